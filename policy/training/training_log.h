#pragma once

#include <string>
#include <vector>

#include "skein/v1/training.pb.h"

namespace skein::policy {

// The rows of a run as text: a header and one line per iteration; one JSON object per line.
std::string TrainingCsv(const std::vector<v1::TrainingProgress>& history);
std::string TrainingJsonLines(const std::vector<v1::TrainingProgress>& history);

}  // namespace skein::policy
