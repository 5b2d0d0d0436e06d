#include "policy/captain/features/demand_table.h"

#include <algorithm>

namespace skein::policy::captain {
namespace {

double Hours(SimDuration duration) {
  return static_cast<double>(duration.count()) / static_cast<double>(kHour.count());
}

double MeanParty(const std::vector<double>& share) {
  double mean = 0;
  for (std::size_t k = 0; k < share.size(); ++k) mean += static_cast<double>(k + 1) * share[k];
  return mean;
}

}  // namespace

DemandTable::DemandTable(const sim::Network& network)
    : count_(static_cast<std::size_t>(network.vertiport_count())),
      intervals_(static_cast<std::size_t>(network.interval_count())),
      interval_h_(Hours(network.scenario().demand.interval)),
      open_h_(Hours(network.scenario().operations.close_time -
                    network.scenario().operations.open_time)),
      mean_party_(MeanParty(network.scenario().demand.party_size_share)),
      seats_(network.scenario().aircraft_type.seats) {}

void DemandTable::Update(const sim::WorldState& state) {
  if (forecast_ == state.forecast && fares_ == state.fares) return;
  forecast_ = state.forecast;
  fares_ = state.fares;
  Rebuild();
  RebuildFares();
}

void DemandTable::Rebuild() {
  const std::size_t row = intervals_ + 1;
  pair_.assign(count_ * count_ * row, 0);
  out_.assign(count_ * row, 0);
  in_.assign(count_ * row, 0);
  total_.assign(row, 0);
  for (std::size_t i = 0; i < count_; ++i) {
    for (std::size_t j = 0; j < count_; ++j) {
      const std::size_t pair = i * count_ + j;
      double sum = 0;
      for (std::size_t k = 0; k < intervals_; ++k) {
        sum += (*forecast_)[pair * intervals_ + k] * mean_party_ * interval_h_;
        pair_[pair * row + k + 1] = sum;
        out_[i * row + k + 1] += sum;
        in_[j * row + k + 1] += sum;
        total_[k + 1] += sum;
      }
    }
  }
}

void DemandTable::RebuildFares() {
  fare_out_.assign(count_ * intervals_, 0);
  fare_in_.assign(count_ * intervals_, 0);
  std::vector<double> weight_out(count_ * intervals_, 0);
  std::vector<double> weight_in(count_ * intervals_, 0);
  double fare_sum = 0;
  double weight_sum = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    for (std::size_t j = 0; j < count_; ++j) {
      for (std::size_t k = 0; k < intervals_; ++k) {
        const std::size_t at = (i * count_ + j) * intervals_ + k;
        const double weight = (*forecast_)[at];
        const double fare = weight * static_cast<double>((*fares_)[at]);
        fare_out_[i * intervals_ + k] += fare;
        weight_out[i * intervals_ + k] += weight;
        fare_in_[j * intervals_ + k] += fare;
        weight_in[j * intervals_ + k] += weight;
        fare_sum += fare;
        weight_sum += weight;
      }
    }
  }
  for (std::size_t k = 0; k < fare_out_.size(); ++k) {
    if (weight_out[k] > 0) fare_out_[k] /= weight_out[k];
    if (weight_in[k] > 0) fare_in_[k] /= weight_in[k];
  }
  const double mean_fare = weight_sum > 0 ? fare_sum / weight_sum : 0;
  full_flight_cents_ = std::max(1.0, mean_fare * seats_);
}

double DemandTable::SumAt(const std::vector<double>& sums, std::size_t row, double at_h) const {
  const double at = std::clamp(at_h, 0.0, open_h_) / interval_h_;
  const std::size_t k = std::min(static_cast<std::size_t>(at), intervals_ - 1);
  const double* const sum = &sums[row * (intervals_ + 1) + k];
  return sum[0] + (sum[1] - sum[0]) * (at - static_cast<double>(k));
}

double DemandTable::Pair(std::size_t pair, double from_h, double to_h) const {
  return SumAt(pair_, pair, to_h) - SumAt(pair_, pair, from_h);
}
double DemandTable::Out(std::size_t vertiport, double from_h, double to_h) const {
  return SumAt(out_, vertiport, to_h) - SumAt(out_, vertiport, from_h);
}
double DemandTable::In(std::size_t vertiport, double from_h, double to_h) const {
  return SumAt(in_, vertiport, to_h) - SumAt(in_, vertiport, from_h);
}
double DemandTable::Total(double from_h, double to_h) const {
  return SumAt(total_, 0, to_h) - SumAt(total_, 0, from_h);
}

double DemandTable::PairRate(std::size_t pair, double at_h) const {
  if (at_h < 0 || at_h >= open_h_) return 0;
  return (*forecast_)[pair * intervals_ + IntervalAt(at_h)] * mean_party_;
}

std::size_t DemandTable::IntervalAt(double at_h) const {
  return std::min(static_cast<std::size_t>(std::max(at_h, 0.0) / interval_h_), intervals_ - 1);
}

double DemandTable::FarePair(std::size_t pair, double at_h) const {
  return static_cast<double>((*fares_)[pair * intervals_ + IntervalAt(at_h)]);
}
double DemandTable::FareOut(std::size_t vertiport, double at_h) const {
  return fare_out_[vertiport * intervals_ + IntervalAt(at_h)];
}
double DemandTable::FareIn(std::size_t vertiport, double at_h) const {
  return fare_in_[vertiport * intervals_ + IntervalAt(at_h)];
}

}  // namespace skein::policy::captain
