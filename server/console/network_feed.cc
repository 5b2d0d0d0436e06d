#include "server/console/network_feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace skein::server {

NetworkFeed::NetworkFeed(std::string epoch, NetworkReader reader, Milliseconds period)
    : epoch_(std::move(epoch)), period_(period), reader_(std::move(reader)) {}

NetworkFeed::News NetworkFeed::Await(std::int64_t seen, Milliseconds most) {
  const TimePoint until = std::chrono::steady_clock::now() + most;
  while (true) {
    {
      MutexLock lock(&mutex_);
      const TimePoint wake = reading_ ? until : std::min(until, due_);
      const auto left = wake - std::chrono::steady_clock::now();
      mutex_.AwaitFor(std::chrono::ceil<Milliseconds>(std::max(left, TimePoint::duration(0))),
                      [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
                        return closed_ || version_ > seen ||
                               (!reading_ && due_ <= std::chrono::steady_clock::now());
                      });
      const TimePoint now = std::chrono::steady_clock::now();
      if (closed_ || version_ > seen || now >= until) return NewsSince(seen);
      if (reading_ || now < due_) continue;
      reading_ = true;
    }
    reader_.Read(&fresh_);
    MutexLock lock(&mutex_);
    Publish(fresh_);
    reading_ = false;
    due_ = std::chrono::steady_clock::now() + period_;
  }
}

void NetworkFeed::Close() {
  MutexLock lock(&mutex_);
  closed_ = true;
}

NetworkFeed::News NetworkFeed::NewsSince(std::int64_t seen) const {
  News news{version_, "", closed_};
  for (std::size_t k = 0; k < kPartCount; ++k) {
    if (changed_[k] <= seen) continue;
    absl::StrAppend(&news.events, "event: ", NameOf(static_cast<Part>(k)), "\ndata: ", texts_[k],
                    "\n\n");
  }
  return news;
}

void NetworkFeed::Publish(const Texts& texts) {
  const std::int64_t next = version_ + 1;
  for (std::size_t k = 0; k < kPartCount; ++k) {
    if (texts[k] == texts_[k]) continue;
    texts_[k] = texts[k];
    changed_[k] = next;
    version_ = next;
  }
}

}  // namespace skein::server
