#include "server/metrics/prometheus_networks.h"

namespace skein::server {
namespace {

constexpr const char* kPhases[kAircraftPhaseCount] = {"ready",        "turnaround",     "committed",
                                                      "en_route",     "holding",        "diverting",
                                                      "blocking_pad", "out_of_service", "removed"};
constexpr const char* kClosureKinds[kAdvisoryKindCount] = {"corridor", "vertiport", "pads",
                                                           "chargers"};
constexpr const char* kStates[kNetworkStateCount] = {"absent", "active", "following", "recovering",
                                                     "quarantined"};

constexpr const char* kDriftBlocks[kDriftBlockCount] = {"vertiports", "aircraft", "edges",
                                                        "context",    "series",   "choices"};

// A label beside "network"; none if the name is empty.
struct Label {
  const char* name = "";
  const char* value = "";
};

// From the unit of the code to that of the page.
struct Scale {
  double multiply = 1;
  double divide = 1;
  template <class Number>
  double operator()(Number value) const {
    return static_cast<double>(value) * multiply / divide;
  }
};
constexpr Scale kCentsToUsd{1, 100};
constexpr Scale kMsToS{1, 1000};
constexpr Scale kWhToJoules{3600, 1};

// A figure of a struct, and how it is shown.
template <class Struct, class Number = std::int64_t>
struct Figure {
  const char* name;
  Number Struct::*member;
  Label label = {};
  Scale scale = {};
};

// In every state.
constexpr Figure<NetworkSample> kJournalGauges[] = {
    {"skein_network_waiting_requests", &NetworkSample::requests_waiting},
    {"skein_journal_sequence", &NetworkSample::journal_sequence},
    {"skein_journal_lag_records", &NetworkSample::journal_lag},
};

constexpr Figure<NetworkSample> kNetworkGauges[] = {
    {"skein_open_decision_points", &NetworkSample::open_points},
    {"skein_stale_telemetry_aircraft", &NetworkSample::stale_aircraft},
    {"skein_stranded_aircraft", &NetworkSample::stranded_aircraft},
    {"skein_waiting_passengers", &NetworkSample::waiting_passengers},
    {"skein_profit_usd", &NetworkSample::profit_cents, {}, kCentsToUsd},
};

constexpr Figure<DaySummary> kDayGauges[] = {
    {"skein_day_revenue_usd", &DaySummary::revenue_cents, {}, kCentsToUsd},
    {"skein_day_cost_usd", &DaySummary::operating_cost_cents, {"kind", "operating"}, kCentsToUsd},
    {"skein_day_cost_usd", &DaySummary::energy_cost_cents, {"kind", "energy"}, kCentsToUsd},
};

// Counters of what has grown since the sample before.
constexpr Figure<DaySummary> kDayCounters[] = {
    {"skein_guard_escapes_total", &DaySummary::guard_violations},
    {"skein_passengers_requested_total", &DaySummary::passengers_requested},
    {"skein_passengers_total", &DaySummary::passengers_served, {"outcome", "served"}},
    {"skein_passengers_total", &DaySummary::passengers_diverted, {"outcome", "diverted"}},
    {"skein_passengers_total", &DaySummary::passengers_lost, {"outcome", "lost"}},
    {"skein_passenger_wait_seconds_total", &DaySummary::wait_ms_sum, {}, kMsToS},
    {"skein_passengers_waited_total", &DaySummary::wait_passengers},
    {"skein_flights_total", &DaySummary::flights},
    {"skein_reposition_flights_total", &DaySummary::reposition_flights},
    {"skein_seats_flown_total", &DaySummary::seats_flown},
    {"skein_passengers_flown_total", &DaySummary::passengers_flown},
    {"skein_disruptions_total", &DaySummary::diversions, {"kind", "diversion"}},
    {"skein_disruptions_total", &DaySummary::emergency_landings, {"kind", "emergency_landing"}},
    {"skein_disruptions_total", &DaySummary::cancellations, {"kind", "cancellation"}},
    {"skein_charged_energy_joules_total", &DaySummary::energy_wh, {}, kWhToJoules},
};

constexpr Figure<ForecastScore, double> kForecastCounters[] = {
    {"skein_trip_requests_total", &ForecastScore::requests},
    {"skein_forecast_trip_requests_total", &ForecastScore::forecast},
    {"skein_forecast_error_trip_requests_total", &ForecastScore::error},
};

constexpr Figure<VertiportSample, int> kVertiportGauges[] = {
    {"skein_stands", &VertiportSample::stands},
    {"skein_stands_occupied", &VertiportSample::stands_occupied},
    {"skein_stands_reserved", &VertiportSample::stands_reserved},
    {"skein_chargers", &VertiportSample::chargers},
    {"skein_chargers_in_use", &VertiportSample::chargers_in_use},
    {"skein_charger_queue_aircraft", &VertiportSample::charger_queue},
    {"skein_pads", &VertiportSample::pads},
    {"skein_pads_in_use", &VertiportSample::pads_in_use},
    {"skein_pad_queue_aircraft", &VertiportSample::pad_queue},
    {"skein_vertiport_waiting_passengers", &VertiportSample::waiting_passengers},
    {"skein_vertiport_closed", &VertiportSample::closed},
};

prometheus::Labels LabelsOf(const std::string& network, const Label& label) {
  prometheus::Labels labels{{"network", network}};
  if (*label.name != '\0') labels[label.name] = label.value;
  return labels;
}

}  // namespace

PrometheusNetworks::PrometheusNetworks(prometheus::Registry& registry) : registry_(registry) {
  auto* networks = Gauges(registry, "skein_networks");
  for (std::size_t k = 1; k < states_.size(); ++k)
    states_[k] = &networks->Add({{"state", kStates[k]}});
  auto* refusals = Counters(registry, "skein_guard_refusals_total");
  auto* excursions = Counters(registry, "skein_excursions_total");
  for (std::size_t k = 1; k < refusals_.size(); ++k) {
    const std::string rule(NameOf(static_cast<GuardRule>(k)));
    refusals_[k] = &refusals->Add({{"rule", rule}});
    excursions_[k] = &excursions->Add({{"rule", rule}});
  }
}

void PrometheusNetworks::Record(const NetworkSample& sample) {
  MutexLock lock(&mutex_);
  Entry& entry = EntryOf(sample);
  RecordState(sample.state, &entry);
  for (std::size_t k = 0; k < entry.journal_gauges.size(); ++k)
    entry.journal_gauges[k].Set(kJournalGauges[k].scale(sample.*kJournalGauges[k].member));
  if (sample.state != NetworkState::kActive) return ShowNothing(&entry);
  if (!entry.bound) Bind(sample, &entry);
  RecordFigures(sample, &entry);
  RecordRules(sample);
}

PrometheusNetworks::Entry& PrometheusNetworks::EntryOf(const NetworkSample& sample) {
  const auto [place, is_new] = entries_.try_emplace(sample.network);
  Entry& entry = place->second;
  if (!is_new) return entry;
  entry.label = entries_.size() <= kMaxNetworks ? sample.network : kOtherLabel;
  for (const auto& figure : kJournalGauges)
    entry.journal_gauges.emplace_back(
        Gauges(registry_, figure.name)->Add(LabelsOf(entry.label, figure.label)));
  return entry;
}

// With the first sample of an active network: one that never was has nothing to show.
void PrometheusNetworks::Bind(const NetworkSample& sample, Entry* entry) {
  entry->bound = true;
  const auto gauge = [this, entry](const auto& figure) {
    return SummedGauge(Gauges(registry_, figure.name)->Add(LabelsOf(entry->label, figure.label)));
  };
  const auto counter = [this, entry](const auto& figure) {
    return &Counters(registry_, figure.name)->Add(LabelsOf(entry->label, figure.label));
  };
  for (const auto& figure : kNetworkGauges) entry->gauges.push_back(gauge(figure));
  for (const auto& figure : kDayGauges) entry->day_gauges.push_back(gauge(figure));
  for (const auto& figure : kDayCounters) entry->day_counters.push_back(counter(figure));
  for (const auto& figure : kForecastCounters) entry->forecast_counters.push_back(counter(figure));
  auto* aircraft = Gauges(registry_, "skein_fleet_aircraft");
  for (const char* phase : kPhases)
    entry->aircraft.emplace_back(aircraft->Add(LabelsOf(entry->label, {"state", phase})));
  auto* closures = Gauges(registry_, "skein_closures");
  for (const char* kind : kClosureKinds) {
    prometheus::Labels labels = LabelsOf(entry->label, {"kind", kind});
    labels["state"] = "in_force";
    entry->closures_in_force.emplace_back(closures->Add(labels));
    labels["state"] = "to_come";
    entry->closures_to_come.emplace_back(closures->Add(labels));
  }
  if (entry->label != kOtherLabel) {
    const prometheus::Labels labels = LabelsOf(entry->label, {});
    entry->clock = &Gauges(registry_, "skein_network_clock_seconds")->Add(labels);
    entry->oldest_point = &Gauges(registry_, "skein_oldest_decision_point_seconds")->Add(labels);
  }
  BindVertiports(sample, entry);
}

void PrometheusNetworks::BindVertiports(const NetworkSample& sample, Entry* entry) {
  const bool fits = entry->label != kOtherLabel &&
                    vertiport_labels_ + sample.vertiports.size() <= kMaxVertiportLabels;
  if (fits) vertiport_labels_ += sample.vertiports.size();
  for (const std::string& name : sample.vertiport_names) {
    const std::string& label = fits ? name : kOtherLabel;
    std::vector<SummedGauge>& gauges = entry->vertiports.emplace_back();
    for (const auto& figure : kVertiportGauges)
      gauges.emplace_back(
          Gauges(registry_, figure.name)->Add({{"network", entry->label}, {"vertiport", label}}));
  }
}

void PrometheusNetworks::RecordState(NetworkState state, Entry* entry) {
  if (entry->state != NetworkState::kAbsent)
    states_[static_cast<std::size_t>(entry->state)]->Decrement();
  if (state != NetworkState::kAbsent) states_[static_cast<std::size_t>(state)]->Increment();
  entry->state = state;
}

void PrometheusNetworks::RecordFigures(const NetworkSample& sample, Entry* entry) {
  const auto set = [](const auto& figures, const auto& values, std::vector<SummedGauge>* gauges) {
    for (std::size_t k = 0; k < std::size(figures); ++k)
      (*gauges)[k].Set(figures[k].scale(values.*figures[k].member));
  };
  const auto add = [](const auto& figures, const auto& values,
                      const std::vector<prometheus::Counter*>& counters) {
    for (std::size_t k = 0; k < std::size(figures); ++k)
      counters[k]->Increment(figures[k].scale(values.*figures[k].member));
  };
  const auto set_each = [](const auto& values, std::vector<SummedGauge>* gauges) {
    for (std::size_t k = 0; k < values.size(); ++k)
      (*gauges)[k].Set(static_cast<double>(values[k]));
  };
  set(kNetworkGauges, sample, &entry->gauges);
  set(kDayGauges, sample.today, &entry->day_gauges);
  add(kDayCounters, sample.growth, entry->day_counters);
  add(kForecastCounters, sample.forecast, entry->forecast_counters);
  set_each(sample.aircraft, &entry->aircraft);
  set_each(sample.closures_in_force, &entry->closures_in_force);
  set_each(sample.closures_to_come, &entry->closures_to_come);
  for (std::size_t k = 0; k < sample.vertiports.size(); ++k)
    set(kVertiportGauges, sample.vertiports[k], &entry->vertiports[k]);
  if (entry->label == kOtherLabel) return;
  entry->clock->Set(kMsToS(sample.time_ms));
  entry->oldest_point->Set(kMsToS(sample.oldest_point_ms));
  if (sample.drift.has_value() || !entry->drift.empty())
    RecordDrift(sample.drift.value_or(PolicyDrift{}), entry);
  if (sample.landed_today)
    Gauges(registry_, "skein_day_lowest_landing_margin_ratio")
        ->Add(LabelsOf(entry->label, {}))
        .Set(sample.lowest_margin_ratio);
}

void PrometheusNetworks::RecordDrift(const PolicyDrift& drift, Entry* entry) {
  if (entry->drift.empty())
    for (const char* block : kDriftBlocks)
      entry->drift.push_back(&Gauges(registry_, "skein_policy_drift_ratio")
                                  ->Add(LabelsOf(entry->label, {"block", block})));
  for (std::size_t k = 0; k < drift.size(); ++k) entry->drift[k]->Set(drift[k]);
}

void PrometheusNetworks::ShowNothing(Entry* entry) {
  const auto clear = [](std::vector<SummedGauge>* gauges) {
    for (SummedGauge& gauge : *gauges) gauge.Set(0);
  };
  for (auto* gauges : {&entry->gauges, &entry->day_gauges, &entry->aircraft,
                       &entry->closures_in_force, &entry->closures_to_come})
    clear(gauges);
  for (std::vector<SummedGauge>& gauges : entry->vertiports) clear(&gauges);
  if (entry->oldest_point != nullptr) entry->oldest_point->Set(0);
  for (prometheus::Gauge* drift : entry->drift) drift->Set(0);
}

void PrometheusNetworks::RecordRules(const NetworkSample& sample) {
  for (std::size_t k = 1; k < kGuardRuleCount; ++k) {
    refusals_[k]->Increment(static_cast<double>(sample.refusals[k]));
    excursions_[k]->Increment(static_cast<double>(sample.excursions[k]));
  }
}

}  // namespace skein::server
