#include "storage/memory_store.h"

#include "tests/storage/fleet_store_contract.h"

namespace skein::storage {
namespace {

class MemoryUnderTest : public StoreUnderTest {
 public:
  FleetStore& store() override { return store_; }
  void Reopen() override {}  // the process is its memory
  void DamageSnapshot(const std::string& network, std::int64_t sequence) override {
    store_.DamageSnapshot(network, sequence);
  }
  void DamageRecord(const std::string& network, std::int64_t sequence) override {
    store_.DamageRecord(network, sequence);
  }

 private:
  MemoryStore store_;
};

INSTANTIATE_TEST_SUITE_P(Memory, FleetStoreContract,
                         testing::Values([] { return std::make_unique<MemoryUnderTest>(); }));

}  // namespace
}  // namespace skein::storage
