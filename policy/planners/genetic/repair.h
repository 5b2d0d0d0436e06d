#pragma once

#include "sim/domain/check.h"

namespace skein::policy {

// The action that a gene stands for: the gene itself if it is legal, else the legal action with the
// next higher index, cyclically. A repaired gene is legal, so repairing it again changes nothing.
//
// Requires: is_legal(index) holds for some index in [0, action_count).
template <class IsLegal>
int Repair(int gene, int action_count, IsLegal&& is_legal) {
  int action = gene;
  for (int tried = 0; tried < action_count; ++tried) {
    if (is_legal(action)) return action;
    if (++action == action_count) action = 0;
  }
  SKEIN_CHECK(false, "no legal action, not even hold");
  return action;
}

}  // namespace skein::policy
