#pragma once

#include <vector>

#include "sim/domain/scenario_validate.h"

namespace skein::policy::captain {

// Sizes of the CapTAIN network; docs/policy.md says what they mean. Both backends read them.
// Source: assumed; the paper's sizes are not known. Defaults keep a decision at 8×40 within 150 µs.
struct CaptainOptions {
  int width = 64;         // D, a multiple of capsules and heads
  int capsules = 2;       // P
  int hops = 2;           // K
  int layers = 2;         // of each graph encoder
  int heads = 4;          // of the decoder
  int series_width = 32;  // a multiple of series_heads
  int series_heads = 2;
  int series_layers = 1;
  float logit_clip = 10;
  // Ablations.
  bool no_series = false;
  bool no_edges = false;
  bool no_graph = false;

  friend bool operator==(const CaptainOptions&, const CaptainOptions&) = default;
};

// Every fault, with the field's path below `model`. Empty: the sizes make a network.
std::vector<Fault> Validate(const CaptainOptions& options);

}  // namespace skein::policy::captain
