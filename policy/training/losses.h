#pragma once

#include <torch/types.h>

namespace skein::policy {

struct LossOptions {
  double clip_epsilon = 0.2;
  double value_clip = 0.5;
  double value_coef = 0.5;
  double entropy_coef = 0.01;
  bool critic_only = false;  // the policy stays as it is
};

// What the loss compares with: the decisions as they were made. All [B].
struct LossTargets {
  torch::Tensor action;     // int64
  torch::Tensor log_prob;   // under the policy that acted
  torch::Tensor value;      // of the critic then
  torch::Tensor advantage;  // normalised over the minibatch, of which this may be a part
  torch::Tensor return_;
};

// Scalars, of which `total` has a gradient.
struct LossTerms {
  torch::Tensor total;
  torch::Tensor policy;
  torch::Tensor value;
  torch::Tensor entropy;
  torch::Tensor approx_kl;
  torch::Tensor clip_fraction;
};

// total = policy + value_coef · value − entropy_coef · entropy, with
//
//   policy = −mean min(ρ Â, clip(ρ, 1 ± ε) Â),  ρ = π(a) / π_old(a)
//   value  = ½ mean max((V − R)², (clip(V, V_old ± c) − R)²)
//   approx_kl = mean((ρ − 1) − ln ρ)
//
// Shapes: logits [B, V], illegal ones kIllegalLogit; value [B]
// Source: Schulman et al. 2017, "Proximal policy optimization", equations 7 and 9; value clipping
//         and advantage normalisation: their code; approx_kl: Schulman 2020, "Approximating KL".
LossTerms PpoLoss(const torch::Tensor& logits, const torch::Tensor& value,
                  const LossTargets& targets, const LossOptions& options);

// Mean cross-entropy with the expert's actions. Shapes: logits [B, V], labels [B] int64
torch::Tensor ImitationLoss(const torch::Tensor& logits, const torch::Tensor& labels);

}  // namespace skein::policy
