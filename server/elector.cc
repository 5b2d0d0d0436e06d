#include "server/elector.h"

#include <algorithm>
#include <utility>

#include "server/controller.h"

namespace skein::server {
namespace {

using Ms = std::chrono::milliseconds;

// Of the lease: how often a writer shows life, and a standby looks for it.
constexpr int kBeatsPerLease = 5;
constexpr int kLooksPerLease = 10;
// Networks are made rarely, and listing them reads their scenarios.
constexpr Ms kLookForNetworks{2000};

}  // namespace

Elector::Elector(Options options, storage::WriterLease* lease, Controller* controller,
                 WriterRole* role, const Clock* clock)
    : options_(std::move(options)),
      lease_(lease),
      controller_(controller),
      role_(role),
      clock_(clock) {}

Elector::~Elector() { Stop(); }

void Elector::Start() {
  thread_ = std::thread([this] {
    while (true) {
      const Ms pause = Step();
      MutexLock lock(&mutex_);
      if (mutex_.AwaitFor(pause, [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return stopping_; }))
        return;
    }
  });
}

void Elector::Stop() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
  // If it cannot be given up, it runs out.
  if (std::exchange(holds_, false)) lease_->Release().IgnoreError();
}

Ms Elector::Step() {
  if (holds_)
    Lead();
  else
    Follow();
  if (options_.on_step != nullptr) options_.on_step(epoch_, role_->leads(clock_->steady()));
  const Ms lease(options_.claim.lease_ms);
  return lease / (holds_ ? kBeatsPerLease : kLooksPerLease);
}

std::chrono::steady_clock::time_point Elector::LeaseFrom(
    std::chrono::steady_clock::time_point sent) const {
  return sent + Ms(options_.claim.lease_ms);
}

void Elector::Lead() {
  const auto leads_until = LeaseFrom(clock_->steady());
  const absl::Status renewed = lease_->Renew();
  if (absl::IsFailedPrecondition(renewed)) {
    holds_ = stands_ = false;
    sees_ = false;
    role_->Follow("");
    controller_->StepDown();
    Trouble(renewed);
    return Follow();
  }
  if (!renewed.ok()) {
    was_blind_ = true;
    return Trouble(renewed);
  }
  // Taken, but the networks could not be brought up to date then.
  if (!stands_) return Stand(leads_until);
  role_->Lead(leads_until);
  trouble_.clear();
}

void Elector::Follow() {
  const absl::StatusOr<storage::WriterTerm> term = lease_->Read();
  if (!term.ok()) {
    sees_ = false;
    was_blind_ = true;
    return Trouble(term.status());
  }
  trouble_.clear();
  Refresh();
  const auto now = clock_->steady();
  const bool changed = !(*term == seen_);
  if (!sees_ || changed) seen_since_ = now;
  const std::string leader = term->ended ? "" : term->address;
  const bool other = !sees_ || term->epoch != seen_.epoch || term->ended != seen_.ended;
  sees_ = true;
  seen_ = *term;
  epoch_ = term->epoch;
  role_->Follow(leader);
  const bool vacant = term->epoch == 0 || term->ended;
  if (vacant || now - seen_since_ >= Ms(term->lease_ms)) return Take();
  if (other && options_.on_role != nullptr) options_.on_role(false, epoch_, leader);
  if (now < look_for_networks_) return;
  look_for_networks_ = now + kLookForNetworks;
  const absl::Status found = controller_->FindNewNetworks();
  if (!found.ok()) Trouble(found);
}

void Elector::Take() {
  const auto leads_until = LeaseFrom(clock_->steady());
  const absl::StatusOr<std::int64_t> epoch = lease_->Take(seen_, options_.claim);
  if (absl::IsAborted(epoch.status())) return;  // somebody lives; look again
  if (!epoch.ok()) {
    sees_ = false;
    was_blind_ = true;
    return Trouble(epoch.status());
  }
  epoch_ = *epoch;
  holds_ = true;
  Stand(leads_until);
}

void Elector::Refresh() {
  if (std::exchange(was_blind_, false)) controller_->Reload();
}

void Elector::Stand(std::chrono::steady_clock::time_point leads_until) {
  Refresh();
  const absl::Status taken = controller_->TakeOver([&] { role_->Lead(leads_until); });
  if (!taken.ok()) return Trouble(taken);
  stands_ = true;
  if (options_.on_role != nullptr) options_.on_role(true, epoch_, options_.claim.address);
}

void Elector::Trouble(const absl::Status& status) {
  const std::string text = status.ToString();
  if (text == trouble_) return;
  trouble_ = text;
  if (options_.on_trouble != nullptr) options_.on_trouble(status);
}

}  // namespace skein::server
