#include "policy/captain/drift/drift_reference.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "proto/codec/json.h"
#include "skein/v1/drift.pb.h"

namespace skein::policy::captain {
namespace {

absl::Status OtherFeatures(const std::string& what) {
  return absl::FailedPreconditionError(absl::StrCat("it is of other features: ", what));
}

absl::Status DecodeFeature(const v1::DriftFeature& message, std::size_t feature,
                           DriftReference* reference) {
  const ProfileFeature& want = ProfileFeatures()[feature];
  if (message.block() != NameOf(want.block) || message.name() != want.name)
    return OtherFeatures(absl::StrCat("features[", feature, "] is ", message.block(), ".",
                                      message.name(), ", want ", std::string(NameOf(want.block)),
                                      ".", std::string(want.name)));
  if (message.mean_size() != kDayParts || message.deviation_size() != kDayParts)
    return absl::InvalidArgumentError(
        absl::StrCat("features[", feature, "] has ", message.mean_size(), " means and ",
                     message.deviation_size(), " deviations, want ", kDayParts, " of each"));
  for (int part = 0; part < kDayParts; ++part) {
    const Moments moments{message.mean(part), message.deviation(part)};
    if (!std::isfinite(moments.mean) || !(moments.deviation >= 0 && moments.deviation < INFINITY))
      return absl::InvalidArgumentError(
          absl::StrCat("features[", feature, "] is not finite, or its deviation negative"));
    reference->moments[static_cast<std::size_t>(part)][feature] = moments;
  }
  return absl::OkStatus();
}

absl::StatusOr<DriftReference> Decode(const v1::DriftReference& message) {
  DriftReference reference{message.policy_checksum(), message.commit(), {}, {}};
  for (const v1::DriftDays& days : message.days())
    reference.days.push_back(
        {days.scenario(), days.vertiports(), days.aircraft(), days.first_seed(), days.days()});
  if (message.features_size() != static_cast<int>(kProfileFeatures))
    return OtherFeatures(
        absl::StrCat("it has ", message.features_size(), ", want ", kProfileFeatures));
  for (std::size_t k = 0; k < kProfileFeatures; ++k)
    SKEIN_RETURN_IF_ERROR(DecodeFeature(message.features(static_cast<int>(k)), k, &reference));
  return reference;
}

}  // namespace

absl::Status SetMoments(std::span<const DayProfile> days, DriftReference* reference) {
  for (std::size_t part = 0; part < kDayParts; ++part) {
    std::vector<const PartProfile*> profiles;
    for (const DayProfile& day : days)
      if (day[part].decisions >= kLeastDecisions) profiles.push_back(&day[part]);
    const auto count = static_cast<double>(profiles.size());
    if (count < 2)
      return absl::InvalidArgumentError(
          absl::StrCat("part ", part + 1, " of ", kDayParts, " of the day has ", count,
                       " days with ", kLeastDecisions, " decisions, want 2 at least"));
    for (std::size_t k = 0; k < kProfileFeatures; ++k) {
      Moments& moments = reference->moments[part][k];
      moments = {};
      for (const PartProfile* profile : profiles) moments.mean += profile->mean(k) / count;
      double squares = 0;
      for (const PartProfile* profile : profiles)
        squares += std::pow(profile->mean(k) - moments.mean, 2);
      moments.deviation = std::sqrt(squares / (count - 1));
    }
  }
  return absl::OkStatus();
}

double DeviationsFrom(const Moments& reference, double mean) {
  const double deviations =
      (mean - reference.mean) / std::max(kLeastDeviation, reference.deviation);
  return std::clamp(deviations, -kMostDeviations, kMostDeviations);
}

std::optional<PolicyDrift> DriftOf(const DayProfile& day, const DriftReference& reference) {
  PolicyDrift squares{};
  std::array<double, kDriftBlockCount> counts{};
  for (std::size_t part = 0; part < kDayParts; ++part) {
    if (day[part].decisions < kLeastDecisions) continue;
    for (std::size_t k = 0; k < kProfileFeatures; ++k) {
      const auto block = static_cast<std::size_t>(ProfileFeatures()[k].block);
      squares[block] += std::pow(DeviationsFrom(reference.moments[part][k], day[part].mean(k)), 2);
      counts[block] += 1;
    }
  }
  if (counts[0] == 0) return std::nullopt;
  PolicyDrift drift{};
  for (std::size_t block = 0; block < kDriftBlockCount; ++block)
    drift[block] = std::sqrt(squares[block] / counts[block]);
  return drift;
}

std::string DriftReferencePath(const std::string& checkpoint_path) {
  return std::filesystem::path(checkpoint_path).replace_extension("drift.json");
}

std::string EncodeDriftReference(const DriftReference& reference) {
  v1::DriftReference message;
  message.set_policy_checksum(reference.policy_checksum);
  message.set_commit(reference.commit);
  for (const DriftDays& days : reference.days) {
    v1::DriftDays* to = message.add_days();
    to->set_scenario(days.scenario);
    to->set_vertiports(days.vertiports);
    to->set_aircraft(days.aircraft);
    to->set_first_seed(days.first_seed);
    to->set_days(days.days);
  }
  for (std::size_t k = 0; k < kProfileFeatures; ++k) {
    const ProfileFeature& feature = ProfileFeatures()[k];
    v1::DriftFeature* to = message.add_features();
    to->set_block(std::string(NameOf(feature.block)));
    to->set_name(std::string(feature.name));
    for (const auto& part : reference.moments) {
      to->add_mean(static_cast<float>(part[k].mean));
      to->add_deviation(static_cast<float>(part[k].deviation));
    }
  }
  return codec::ToJson(message, codec::JsonStyle::kPretty) + "\n";
}

absl::StatusOr<DriftReference> ReadDriftReference(const std::string& path) {
  v1::DriftReference message;
  SKEIN_RETURN_IF_ERROR(codec::ReadMessageFile(path, &message));
  absl::StatusOr<DriftReference> reference = Decode(message);
  if (!reference.ok()) return Annotate(reference.status(), path);
  return reference;
}

}  // namespace skein::policy::captain
