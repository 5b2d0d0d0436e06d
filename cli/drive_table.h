#pragma once

#include <string>

#include "sim/world.h"

namespace skein::cli {

// The live table of a driven day: a row for every half hour of network time and, on a terminal, a
// line in between that overwrites itself. All on stderr.
class DriveTable {
 public:
  // Shows where the world stands; cheap if nothing is due.
  void Show(const sim::World& world);

 private:
  void Row(const std::string& clock, const sim::World& world, const char* end) const;

  SimTime next_row_{};
  SimTime next_line_{};
  bool head_shown_ = false;
};

}  // namespace skein::cli
