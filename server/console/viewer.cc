#include "server/console/viewer.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace skein::server {
namespace {

constexpr std::chrono::milliseconds kLook{1'000};          // between two looks whether it is there
constexpr std::chrono::milliseconds kMostSilence{10'000};  // keeps proxies from giving up

// The version in an event's id; 0 unless it is of this epoch.
std::int64_t VersionOf(const std::string& id, const std::string& epoch) {
  const std::string prefix = absl::StrCat(epoch, "-");
  std::int64_t version = 0;
  if (id.substr(0, prefix.size()) != prefix) return 0;
  return absl::SimpleAtoi(id.substr(prefix.size()), &version) && version > 0 ? version : 0;
}

}  // namespace

Viewer::Viewer(std::shared_ptr<void> place, std::shared_ptr<NetworkFeed> feed,
               const std::string& last_event_id, std::string greeting)
    : place_(std::move(place)),
      feed_(std::move(feed)),
      greeting_(std::move(greeting)),
      seen_(VersionOf(last_event_id, feed_->epoch())) {}

bool Viewer::Send(httplib::DataSink& sink) {
  if (!greeting_.empty()) return Write(std::exchange(greeting_, ""), sink);
  const NetworkFeed::News news = feed_->Await(seen_, kLook);
  if (news.closed) {
    const bool sent = Write("event: closing\ndata: {}\n\n", sink);
    sink.done();
    return sent;
  }
  if (!news.events.empty()) {
    seen_ = news.version;
    // The id stands alone at the end, so that a batch that was cut off is sent again.
    return Write(absl::StrCat(news.events, "id: ", feed_->epoch(), "-", seen_, "\n\n"), sink);
  }
  if (std::chrono::steady_clock::now() - last_write_ >= kMostSilence) return Write(":\n\n", sink);
  return sink.is_writable();
}

bool Viewer::Write(const std::string& text, httplib::DataSink& sink) {
  last_write_ = std::chrono::steady_clock::now();
  return sink.write(text.data(), text.size());
}

}  // namespace skein::server
