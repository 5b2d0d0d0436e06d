#include "policy/planners/rolling/plan_input.h"

#include <algorithm>

#include "sim/guard.h"

namespace skein::policy {
namespace {

constexpr double kUsdPerCent = 0.01;
constexpr double kUsdPerMillicent = 0.00001;

class Reader {
 public:
  Reader(const PlanNetwork& plan_network, const sim::World& world)
      : plan_(plan_network),
        network_(plan_network.network()),
        world_(world),
        state_(world.state()),
        steps_(plan_network.grid().steps()) {}

  PlanInput Read() {
    input_.until_close = sim::CloseTime(network_, state_.now) - state_.now;
    ReadStands();
    for (std::size_t k = 0; k < state_.aircraft.size(); ++k)
      ReadAircraft(AircraftId{static_cast<std::int32_t>(k)});
    const std::size_t pairs = plan_.pairs().size();
    input_.passengers.assign(pairs * steps_, 0);
    input_.margin_usd.assign(pairs * steps_, 0);
    input_.flight_usd.assign(pairs * steps_, 0);
    input_.flyable.assign(pairs * plan_.levels_wh().size() * steps_, 0);
    mean_party_ = 0;
    const std::vector<double>& shares = network_.scenario().demand.party_size_share;
    for (std::size_t k = 0; k < shares.size(); ++k)
      mean_party_ += static_cast<double>(k + 1) * shares[k];
    for (std::size_t p = 0; p < pairs; ++p) {
      ReadDemand(p);
      ReadMoney(p);
      ReadGuard(p);
    }
    return std::move(input_);
  }

 private:
  SimTime TimeOf(std::size_t step) const { return state_.now + plan_.grid().begin(step); }

  void ReadStands() {
    const std::size_t count = plan_.vertiports();
    input_.stand_releases.assign(count * steps_, 0);
    for (std::size_t v = 0; v < count; ++v) {
      const VertiportId id{static_cast<std::int32_t>(v)};
      const sim::VertiportState& at = state_.at(id);
      input_.stands_taken.push_back(at.on_ground + at.inbound);
      input_.stands.push_back(sim::StandCount(network_, state_, id) -
                              network_.scenario().vertiports[v].contingency_stands);
    }
  }

  void ReadAircraft(AircraftId id) {
    const sim::AircraftState& aircraft = state_.at(id);
    const std::int64_t charge = world_.ChargeWh(id);
    switch (aircraft.phase) {
      case AircraftPhase::kReady: {
        const SimTime at = aircraft.hold_until == kNever ? state_.now : aircraft.hold_until;
        AddOnStand(aircraft.vertiport, at, charge);
        return;
      }
      case AircraftPhase::kTurnaround:
        AddOnStand(aircraft.vertiport, aircraft.ready_at, charge);
        return;
      case AircraftPhase::kCommitted: {
        const SimDuration delay =
            aircraft.delay_revealed ? SimDuration{} : network_.expected_delay(aircraft.vertiport);
        const SimTime take_off = aircraft.take_off + delay;
        AddLanding(aircraft.target,
                   take_off + network_.link(aircraft.vertiport, aircraft.destination).block,
                   charge - aircraft.leg_energy_wh);
        const std::size_t step = std::min(plan_.grid().At(take_off - state_.now).lower, steps_ - 1);
        input_.stand_releases[aircraft.vertiport.index() * steps_ + step] += 1;
        return;
      }
      case AircraftPhase::kEnRoute:
      case AircraftPhase::kDiverting:
      case AircraftPhase::kHolding:
        // A flight whose destination is closed is expected on its alternate when it must divert.
        if (aircraft.landing != kNever) {
          AddLanding(aircraft.target, aircraft.landing,
                     aircraft.charge_wh - aircraft.leg_energy_wh);
        } else if (aircraft.alternate.valid() && aircraft.divert_timer != kNever) {
          AddLanding(aircraft.alternate, aircraft.divert_timer, network_.alternate_reserve_wh);
        }
        return;
      case AircraftPhase::kOutOfService:
        if (aircraft.failed && !aircraft.grounded)
          AddOnStand(aircraft.vertiport, RepairedAt(aircraft), charge);
        return;
      case AircraftPhase::kBlockingPad:
      case AircraftPhase::kRemoved: return;
    }
  }

  // A repair that is overdue is expected to take a quarter of the mean longer. (Assumed.)
  SimTime RepairedAt(const sim::AircraftState& aircraft) const {
    const SimDuration mean = network_.scenario().disturbance.repair_mean;
    return std::max(aircraft.down_since + mean, state_.now + mean / 4);
  }

  void AddOnStand(VertiportId vertiport, SimTime ready, std::int64_t charge_wh) {
    const SimDuration in = std::max(ready - state_.now, SimDuration{});
    input_.aircraft.push_back({vertiport, {in, plan_.ChargeAfter(vertiport, charge_wh, in)}});
  }

  void AddLanding(VertiportId vertiport, SimTime landing, std::int64_t charge_wh) {
    const SimDuration in = std::max(landing - state_.now, SimDuration{});
    input_.aircraft.push_back({vertiport, plan_.ReadyAfterLanding(vertiport, in, charge_wh)});
  }

  void ReadDemand(std::size_t p) {
    const PlanPair& pair = plan_.pairs()[p];
    double* const passengers = &input_.passengers[p * steps_];
    for (const TripId id : state_.waiting[state_.pair(pair.origin, pair.destination)]) {
      const sim::Trip& trip = state_.at(id);
      const GridPoint at = plan_.grid().At(trip.earliest - state_.now);
      const std::size_t step = trip.earliest <= state_.now ? 0 : at.lower + 1;
      if (step < steps_) passengers[step] += trip.passengers;
    }
    for (std::size_t k = 0; k + 1 < steps_; ++k)
      passengers[k + 1] += mean_party_ * ForecastParties(pair, k);
  }

  // Parties of the forecast who become ready to fly in step k and have not booked yet.
  double ForecastParties(const PlanPair& pair, std::size_t step) const {
    const DemandModel& demand = network_.scenario().demand;
    const SimTime middle = TimeOf(step) + plan_.grid().length(step) / 2;
    if (middle >= sim::CloseTime(network_, state_.now)) return 0;
    const std::size_t interval = static_cast<std::size_t>(network_.IntervalOf(middle));
    const double rate = world_.forecast()[state_.pair(pair.origin, pair.destination) *
                                              static_cast<std::size_t>(network_.interval_count()) +
                                          interval];
    double booked = 0;
    if (demand.advance_booking_max > SimDuration{}) {
      const double ahead = static_cast<double>((middle - state_.now).count()) /
                           static_cast<double>(demand.advance_booking_max.count());
      booked = demand.advance_booking_share * std::max(0.0, 1 - ahead);
    }
    return rate * (1 - booked) * static_cast<double>(plan_.grid().length(step).count()) /
           static_cast<double>(kHour.count());
  }

  void ReadMoney(std::size_t p) {
    const PlanPair& pair = plan_.pairs()[p];
    const double passenger =
        kUsdPerMillicent *
        static_cast<double>(network_.passenger_cost_millicents(pair.origin, pair.destination));
    const double flight = kUsdPerCent * static_cast<double>(network_.flight_cost_cents(
                                            pair.origin, pair.destination));
    for (std::size_t k = 0; k < steps_; ++k) {
      const SimTime at = TimeOf(k);
      const std::size_t fare = state_.pair(pair.origin, pair.destination) *
                                   static_cast<std::size_t>(network_.interval_count()) +
                               static_cast<std::size_t>(network_.IntervalOf(at));
      const std::int64_t energy = sim::EnergyCostCents(
          pair.energy_wh,
          network_.energy_price[static_cast<std::size_t>(sim::HourOf(at + pair.block))]);
      input_.margin_usd[p * steps_ + k] =
          kUsdPerCent * static_cast<double>((*state_.fares)[fare]) - passenger;
      input_.flight_usd[p * steps_ + k] = flight + kUsdPerCent * static_cast<double>(energy);
    }
  }

  void ReadGuard(std::size_t p) {
    const PlanPair& pair = plan_.pairs()[p];
    const std::size_t levels = plan_.levels_wh().size();
    const SimTime close = sim::CloseTime(network_, state_.now);
    for (std::size_t k = 0; k < steps_; ++k) {
      const SimTime take_off = TimeOf(k);
      if (take_off > close) break;
      const SimTime landing = take_off + pair.block;
      if (!sim::RouteOpen(network_, state_, pair.origin, pair.destination, take_off, landing))
        continue;
      for (std::size_t l = 0; l < levels; ++l) {
        const auto charge = static_cast<std::int64_t>(plan_.levels_wh()[l]);
        input_.flyable[(p * levels + l) * steps_ + k] =
            charge >= sim::ChargeNeeded(network_, state_, pair.origin, pair.destination, landing);
      }
    }
  }

  const PlanNetwork& plan_;
  const sim::Network& network_;
  const sim::World& world_;
  const sim::WorldState& state_;
  const std::size_t steps_;
  double mean_party_ = 0;
  PlanInput input_;
};

}  // namespace

PlanInput ReadWorld(const PlanNetwork& plan_network, const sim::World& world) {
  return Reader(plan_network, world).Read();
}

}  // namespace skein::policy
