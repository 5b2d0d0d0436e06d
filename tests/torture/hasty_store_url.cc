// A control: skein with a store that acknowledges a batch before it writes it. Whoever tortures
// that program must find something lost.

#define OpenStore OpenHonestStore
#include "cli/store_url.cc"  // NOLINT(bugprone-suspicious-include): all of it, but for the name
#undef OpenStore

namespace skein::cli {
namespace {

using storage::FleetStore;
using storage::JournalQuery;
using storage::JournalRecord;
using storage::NetworkBatch;
using storage::NetworkRecord;
using storage::ResponseRecord;
using storage::SnapshotRecord;

// Writes the last batch when the next call comes.
class HastyStore : public FleetStore {
 public:
  explicit HastyStore(std::unique_ptr<FleetStore> store) : store_(std::move(store)) {}
  ~HastyStore() override { WriteLast().IgnoreError(); }

  absl::Status CommitBatch(std::span<const NetworkBatch> batches) override {
    const absl::Status written = WriteLast();
    MutexLock lock(&mutex_);
    last_.assign(batches.begin(), batches.end());
    return written;
  }
  absl::StatusOr<std::vector<NetworkRecord>> ListNetworks() override {
    SKEIN_RETURN_IF_ERROR(WriteLast());
    return store_->ListNetworks();
  }
  absl::StatusOr<std::optional<SnapshotRecord>> LoadSnapshot(const std::string& network,
                                                             std::int64_t at_most) override {
    SKEIN_RETURN_IF_ERROR(WriteLast());
    return store_->LoadSnapshot(network, at_most);
  }
  absl::StatusOr<std::vector<JournalRecord>> ReadJournal(const JournalQuery& query) override {
    SKEIN_RETURN_IF_ERROR(WriteLast());
    return store_->ReadJournal(query);
  }
  absl::StatusOr<std::optional<ResponseRecord>> FindResponse(
      const std::string& network, const std::string& method,
      const std::string& request_id) override {
    SKEIN_RETURN_IF_ERROR(WriteLast());
    return store_->FindResponse(network, method, request_id);
  }

 private:
  absl::Status WriteLast() {
    MutexLock lock(&mutex_);
    if (last_.empty()) return absl::OkStatus();
    return store_->CommitBatch(std::exchange(last_, {}));
  }

  const std::unique_ptr<FleetStore> store_;
  Mutex mutex_;
  std::vector<NetworkBatch> last_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<OpenedStore> OpenStore(const std::string& url, StoreMode mode) {
  SKEIN_ASSIGN_OR_RETURN(OpenedStore opened, OpenHonestStore(url, mode));
  if (mode == StoreMode::kCreate && opened.shared == nullptr)
    opened.store = std::make_unique<HastyStore>(std::move(opened.store));
  return opened;
}

}  // namespace skein::cli
