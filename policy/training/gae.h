#pragma once

#include <span>
#include <vector>

namespace skein::policy {

enum class Ending { kNone, kTerminated, kTruncated };

// One step of one environment, in order of time.
struct Transition {
  double reward = 0;
  double value = 0;      // the critic's, of the decision
  double elapsed_s = 0;  // until the next decision
  Ending ending = Ending::kNone;
  double next_value = 0;  // of the decision after a truncated step; else unused
};

struct GaeOptions {
  double discount_half_life_s = 7200;  // 0: no discount
  double gae_half_life_s = 1800;
};

struct Advantage {
  double advantage = 0;
  double return_ = 0;  // advantage + value: what the critic should have said
};

// Generalised advantage estimation for decisions at uneven times: discount and lambda are powers of
// the time between two decisions, so that 5 and 500 aircraft look equally far ahead:
//
//   γ_t = 2^(−Δt/h_γ), λ_t = 2^(−Δt/h_λ), δ_t = r_t + γ_t V_{t+1} − V_t,
//   A_t = δ_t + γ_t λ_t A_{t+1}
//
// A terminated step has V_{t+1} = 0. A truncated one takes next_value. Neither passes A_{t+1} on.
// Requires: the last step has an ending.
// Source: Schulman et al. 2016, "High-dimensional continuous control using GAE", equation 16.
std::vector<Advantage> ComputeGae(std::span<const Transition> steps, const GaeOptions& options);

// Shifts and scales the values to mean 0 and mean square 1; if all are equal, to 0.
void Normalise(std::span<float> values);

}  // namespace skein::policy
