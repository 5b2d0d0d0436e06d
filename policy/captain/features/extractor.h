#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "policy/captain/features/demand_table.h"
#include "policy/captain/features/features.h"
#include "policy/captain/features/fleet_table.h"
#include "policy/captain/features/prospect.h"
#include "sim/charging.h"
#include "sim/domain/dispatcher.h"
#include "sim/network.h"

namespace skein::policy::captain {

// Turns decision points of one network into features: everything of order 1, nothing that is not
// known at the time of the decision. Once its buffers have grown, it allocates only when a new
// forecast is published.
//
// Threads: compatible.
class FeatureExtractor {
 public:
  explicit FeatureExtractor(std::shared_ptr<const sim::Network> network);

  // Requires: the point is of this network.
  void Extract(const DecisionPoint& point, Features* features);

  // The unit of money: fare of a flight with all seats taken, mean by the forecast, cents.
  // Requires: Extract has been called.
  double full_flight_cents() const { return demand_.full_flight_cents(); }

 private:
  // What one decision's rows are made from; lives within Extract.
  struct Scene;

  void FillVertiports(const Scene& scene, std::vector<VertiportRow>* rows);
  void FillAircraft(const Scene& scene, Features* features) const;
  void FillEdges(const Scene& scene, std::vector<EdgeRow>* rows);
  void FillFlight(const Scene& scene, std::size_t j, EdgeRow* row) const;
  void FillQueue(const Scene& scene, std::size_t j, EdgeRow* row) const;
  void FillPromise(const Scene& scene, std::size_t j, EdgeRow* row) const;
  void FillSeries(const Scene& scene, std::vector<SeriesRow>* rows) const;
  void FillContext(const Scene& scene, const Features& features, ContextRow* row) const;
  void FillProximity(const Scene& scene, std::vector<float>* proximity) const;

  const std::shared_ptr<const sim::Network> network_;
  const sim::ChargeCurve curve_;
  const std::vector<PairCost> pairs_;
  double range_m_ = 1;
  double seats_ = 1;
  std::vector<float> closeness_;  // [V·V] proximity when everything is open
  DemandTable demand_;
  FleetTable fleet_;
};

}  // namespace skein::policy::captain
