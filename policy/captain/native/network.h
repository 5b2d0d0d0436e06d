#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "policy/captain/backend.h"
#include "policy/captain/features/features.h"
#include "policy/captain/native/decoder.h"
#include "policy/captain/native/graph_encoder.h"
#include "policy/captain/native/series_encoder.h"

namespace skein::policy::captain::native {

// The CapTAIN network of docs/policy.md with the kernels of one level: the same function as that
// of torch/captain_network.h, with what is linear folded together. Allocates nothing once it has
// seen the greatest number of vertiports and of aircraft.
//
// Threads: compatible.
class Network {
 public:
  // Requires: CheckTensors is content with the checkpoint.
  Network(const Checkpoint& checkpoint, const Kernels& kernels);

  void Evaluate(const Features& features, Evaluation* out);

 private:
  // U: what the network knows of each action. [V, D]
  void FillDestinations(const Features& features, const Matrix& vertiports);
  // Mean rows of all aircraft and of all vertiports.
  void FillMeans(const Matrix& vertiports);

  const Kernels& kernels_;
  GraphEncoder vertiport_encoder_;
  GraphEncoder aircraft_encoder_;
  std::optional<SeriesEncoder> series_encoder_;
  const Matrix destination_bias_;
  const PackedMatrix destination_vertiport_;
  const PackedMatrix destination_aircraft_;
  std::optional<PackedMatrix> destination_series_;
  const PackedMatrix destination_edge_;
  const Linear destination_out_;
  const NormWeights destination_norm_;
  Decoder decoder_;

  std::vector<std::int32_t> every_vertiport_;  // 0, 1, …
  PlaceGraph vertiport_graph_;
  PlaceGraph aircraft_graph_;
  Matrix aircraft_by_place_;  // [V, D] mean of the aircraft at each vertiport
  Matrix hidden_;             // [V, D]
  Matrix destinations_;       // [V, D]
  Matrix shares_;             // [2, V] of each vertiport in the two means
  Matrix means_;              // [2, D]
};

}  // namespace skein::policy::captain::native
