#include "server/console/feed_directory.h"

#include "absl/strings/str_cat.h"

namespace skein::server {

std::shared_ptr<NetworkFeed> FeedDirectory::Of(const std::string& network) {
  MutexLock lock(&mutex_);
  std::erase_if(feeds_, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<NetworkFeed>& known = feeds_[network];
  std::shared_ptr<NetworkFeed> feed = known.lock();
  if (feed == nullptr) {
    feed = std::make_shared<NetworkFeed>(absl::StrCat(made_unix_ms_, ".", ++feeds_made_),
                                         NetworkReader(network, controller_, policies_), period_);
    if (closed_) feed->Close();
    known = feed;
  }
  return feed;
}

void FeedDirectory::Close() {
  MutexLock lock(&mutex_);
  closed_ = true;
  for (const auto& [network, known] : feeds_)
    if (const auto feed = known.lock()) feed->Close();
}

}  // namespace skein::server
