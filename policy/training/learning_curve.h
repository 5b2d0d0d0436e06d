#pragma once

#include <string>
#include <vector>

#include "skein/v1/training.pb.h"

namespace skein::policy {

// The learning curve as an SVG picture: mean profit on the selection days over the decisions
// learned from, with the 95 % interval of its paired difference from the baseline as a band around
// it, and the baseline. Phases are told apart by their ground.
std::string LearningCurveSvg(const std::vector<v1::TrainingProgress>& history);

}  // namespace skein::policy
