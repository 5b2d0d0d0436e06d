#include "policy/training/losses.h"

#include <torch/types.h>

namespace skein::policy {

LossTerms PpoLoss(const torch::Tensor& logits, const torch::Tensor& value,
                  const LossTargets& targets, const LossOptions& options) {
  const torch::Tensor log_probs = torch::log_softmax(logits, -1);  // [B, V]
  const torch::Tensor log_prob =
      log_probs.gather(1, targets.action.unsqueeze(-1)).squeeze(-1);  // [B]
  const torch::Tensor log_ratio = log_prob - targets.log_prob;
  const torch::Tensor ratio = log_ratio.exp();
  const torch::Tensor& advantage = targets.advantage;
  const torch::Tensor clipped = ratio.clamp(1 - options.clip_epsilon, 1 + options.clip_epsilon);
  const torch::Tensor near_value =
      targets.value + (value - targets.value).clamp(-options.value_clip, options.value_clip);
  LossTerms terms;
  terms.policy = -torch::min(ratio * advantage, clipped * advantage).mean();
  terms.value =
      0.5 *
      torch::max((value - targets.return_).pow(2), (near_value - targets.return_).pow(2)).mean();
  terms.entropy = -(log_probs.exp() * log_probs).sum(-1).mean();
  terms.approx_kl = (ratio - 1 - log_ratio).mean().detach();
  terms.clip_fraction =
      ((ratio - 1).abs() > options.clip_epsilon).to(torch::kFloat32).mean().detach();
  terms.total = options.value_coef * terms.value;
  if (!options.critic_only)
    terms.total = terms.total + terms.policy - options.entropy_coef * terms.entropy;
  return terms;
}

torch::Tensor ImitationLoss(const torch::Tensor& logits, const torch::Tensor& labels) {
  return torch::nll_loss(torch::log_softmax(logits, -1), labels);
}

}  // namespace skein::policy
