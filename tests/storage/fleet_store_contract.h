#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "storage/fleet_store.h"
#include "tests/storage/samples.h"

namespace skein::storage {

// A store under test, with what the contract needs to know about it beyond its interface.
class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual FleetStore& store() = 0;
  // As after the end of the process and a new start.
  virtual void Reopen() = 0;
  virtual void DamageSnapshot(const std::string& network, std::int64_t sequence) = 0;
  virtual void DamageRecord(const std::string& network, std::int64_t sequence) = 0;
};

using StoreFactory = std::function<std::unique_ptr<StoreUnderTest>()>;

// What every FleetStore promises. Each implementation instantiates it with its factory:
//   INSTANTIATE_TEST_SUITE_P(Memory, FleetStoreContract, testing::Values(MakeIt));
class FleetStoreContract : public testing::TestWithParam<StoreFactory> {
 protected:
  FleetStore& store() { return under_test_->store(); }

  std::unique_ptr<StoreUnderTest> under_test_ = GetParam()();
};

}  // namespace skein::storage
