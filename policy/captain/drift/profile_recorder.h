#pragma once

#include <memory>
#include <string>

#include "policy/captain/backend.h"
#include "policy/captain/drift/day_profile.h"

namespace skein::policy::captain {

// A backend that adds each evaluation, as if its best action were taken, to the profile of a day.
//
// Threads: as the inner backend.
class ProfileRecorder final : public Backend {
 public:
  // `day` outlives the recorder.
  ProfileRecorder(std::unique_ptr<Backend> inner, DayProfile* day);

  absl::Status Evaluate(std::span<const Features* const> batch, std::span<Evaluation> out) override;
  std::string name() const override { return inner_->name(); }

 private:
  const std::unique_ptr<Backend> inner_;
  DayProfile* const day_;
};

}  // namespace skein::policy::captain
