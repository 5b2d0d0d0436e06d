#include "server/metrics/metric_catalogue.h"

#include "absl/strings/str_cat.h"
#include "sim/domain/check.h"

namespace skein::server {
namespace {

constexpr MetricType kCounter = MetricType::kCounter;
constexpr MetricType kGauge = MetricType::kGauge;
constexpr MetricType kHistogram = MetricType::kHistogram;

constexpr MetricInfo kCalls[] = {
    {"skein_rpc_requests_total", kCounter, "method, code", "Finished calls.",
     "What is called, how often, and what fails?"},
    {"skein_rpc_duration_seconds", kHistogram, "method",
     "Time from a call to its answer; a stream's is its life.", "How long do callers wait?"},
    {"skein_rpc_in_flight_requests", kGauge, "method",
     "Calls that have begun and are not answered; open streams.", "Is the server saturated?"},
};

constexpr MetricInfo kDecisions[] = {
    {"skein_decisions_total", kCounter, "policy, outcome, action",
     "Accepted decisions, by who answered.", "Who decides, and how often do aircraft fly or hold?"},
    {"skein_fallback_decisions_total", kCounter, "reason", "Decisions that the fallback rule made.",
     "Does the policy fail, and how?"},
    {"skein_dispatch_duration_seconds", kHistogram, "stage",
     "Time of a decision: until its turn (queue), filling the observation (observe), in the policy "
     "making features, if it makes any, and in the policy else (inference), in the guard, until it "
     "is durable (journal), total.",
     "Where does a decision spend its time?"},
    {"skein_guard_refusals_total", kCounter, "rule", "Choices that the guard refused.",
     "Which rules stop what policies and operators want?"},
    {"skein_guard_escapes_total", kCounter, "network",
     "Accepted decisions that an independent check found illegal; a restart counts those of the "
     "day that runs.",
     "Is the guard wrong? Anything above 0 is a safety incident."},
    {"skein_excursions_total", kCounter, "rule",
     "Times that the outside world violated what was reserved.",
     "Does the real world keep to the plan?"},
    {"skein_policy_drift_ratio", kGauge, "network, block",
     "How far features and choices of the policy lie from its training, by block of features: "
     "root mean square deviation, over the latest day of opening hours, where 1 is usual among "
     "days of training; 0 while it is not known.",
     "Does the policy meet what it was trained for, and does it choose as it did there?"},
    {"skein_open_decision_points", kGauge, "network", "Aircraft that wait for a decision.",
     "How many aircraft are ready?"},
    {"skein_oldest_decision_point_seconds", kGauge, "network",
     "Network time for which the first of them has waited.",
     "Does anybody answer the aircraft that are ready?"},
};

constexpr MetricInfo kFleet[] = {
    {"skein_fleet_aircraft", kGauge, "network, state", "Aircraft.", "What are the aircraft doing?"},
    {"skein_stale_telemetry_aircraft", kGauge, "network",
     "Aircraft whose last report is too old for rule G8, while the network is open.",
     "Do we hear from the fleet?"},
    {"skein_stranded_aircraft", kGauge, "network",
     "Aircraft that block a pad, or whose charge takes them nowhere from where nothing charges.",
     "Must somebody be sent to an aircraft?"},
    {"skein_day_lowest_landing_margin_ratio", kGauge, "network",
     "Least state of charge at a landing of the day, less the reserve.",
     "How close do we come to the reserve?"},
};

constexpr MetricInfo kVertiports[] = {
    {"skein_stands", kGauge, "network, vertiport", "Stands in order.",
     "How many aircraft can the vertiport hold?"},
    {"skein_stands_occupied", kGauge, "network, vertiport", "Stands with an aircraft.",
     "Is the vertiport full?"},
    {"skein_stands_reserved", kGauge, "network, vertiport",
     "Stands kept for aircraft on their way.", "Will the vertiport be full?"},
    {"skein_chargers", kGauge, "network, vertiport", "Chargers in order and not closed.",
     "How many aircraft can charge at once?"},
    {"skein_chargers_in_use", kGauge, "network, vertiport",
     "Chargers with an aircraft that charges.", "Is charging the bottleneck?"},
    {"skein_charger_queue_aircraft", kGauge, "network, vertiport",
     "Aircraft that wait for a charger.", "Where do aircraft wait for energy?"},
    {"skein_pads", kGauge, "network, vertiport", "Pads that are not closed.",
     "How many movements can happen at once?"},
    {"skein_pads_in_use", kGauge, "network, vertiport",
     "Pads with a movement, or blocked by an aircraft without a stand.",
     "Are the pads the bottleneck?"},
    {"skein_pad_queue_aircraft", kGauge, "network, vertiport",
     "Aircraft committed to leave that have not taken off.", "Where do aircraft wait for a slot?"},
    {"skein_vertiport_waiting_passengers", kGauge, "network, vertiport",
     "Passengers waiting for an aircraft at the vertiport.", "Where does demand pile up?"},
    {"skein_vertiport_closed", kGauge, "network, vertiport", "1 while a closure is in force.",
     "Which vertiports are closed?"},
    {"skein_closures", kGauge, "network, kind, state",
     "Closures of corridors, vertiports, pads and chargers, in force or to come.",
     "What is closed now and soon?"},
};

constexpr MetricInfo kPassengersFlights[] = {
    {"skein_waiting_passengers", kGauge, "network", "Passengers waiting for an aircraft.",
     "Is demand piling up?"},
    {"skein_passengers_requested_total", kCounter, "network", "Passengers of trip requests.",
     "How much demand is there?"},
    {"skein_passengers_total", kCounter, "network, outcome",
     "Passengers whose trip ended: served, diverted or lost.", "How much demand do we serve?"},
    {"skein_passenger_wait_seconds_total", kCounter, "network",
     "Time that served passengers waited for their take-off.",
     "How long do passengers wait? (divide by the next one)"},
    {"skein_passengers_waited_total", kCounter, "network",
     "Served passengers whose wait is in the sum.", "How many passengers is the wait shared by?"},
    {"skein_flights_total", kCounter, "network", "Take-offs.", "How much do we fly?"},
    {"skein_reposition_flights_total", kCounter, "network", "Take-offs without passengers.",
     "How much of it is empty?"},
    {"skein_seats_flown_total", kCounter, "network", "Seats of flights that took off.",
     "How full are the flights? (divides the next one)"},
    {"skein_passengers_flown_total", kCounter, "network", "Passengers of flights that took off.",
     "How full are the flights?"},
    {"skein_disruptions_total", kCounter, "network, kind",
     "Diversions, emergency landings and cancelled commitments.", "How often does a plan break?"},
};

constexpr MetricInfo kMoneyEnergyForecast[] = {
    {"skein_profit_usd", kGauge, "network",
     "Fares less operating cost less energy since the network began.", "Do we earn money?"},
    {"skein_day_revenue_usd", kGauge, "network", "Fares less refunds of the day that runs.",
     "What do passengers pay?"},
    {"skein_day_cost_usd", kGauge, "network, kind",
     "Operating and energy cost of the day that runs.", "What does flying cost?"},
    {"skein_charged_energy_joules_total", kCounter, "network", "Energy drawn from chargers.",
     "How much energy do we use?"},
    {"skein_trip_requests_total", kCounter, "network",
     "Trip requests of the forecast intervals that ended.",
     "Did as many come as the forecast said?"},
    {"skein_forecast_trip_requests_total", kCounter, "network",
     "Trip requests that the forecast expected in them.",
     "Is the forecast biased? (compare with the one before)"},
    {"skein_forecast_error_trip_requests_total", kCounter, "network",
     "Absolute difference of requests and forecast, vertiport by vertiport.",
     "How good is the forecast? (divide by the expected requests)"},
};

constexpr MetricInfo kNetworksJournalStore[] = {
    {"skein_networks", kGauge, "state",
     "Networks of this server: active, following, recovering or quarantined.",
     "Is a network out of action?"},
    {"skein_network_clock_seconds", kGauge, "network",
     "Network time since midnight of its first day.", "What time is it there?"},
    {"skein_network_waiting_requests", kGauge, "network",
     "Requests that wait for their turn or their answer.", "Is one network the bottleneck?"},
    {"skein_journal_sequence", kGauge, "network", "Number of the last journal record.",
     "Does the network make progress?"},
    {"skein_journal_lag_records", kGauge, "network",
     "Records that were new when this server, a standby, last looked.",
     "How far behind the writer is the standby?"},
    {"skein_writer_leads", kGauge, "",
     "1 if this server writes to its store; of several that share a database, one does.",
     "Who writes? The sum over the servers of a database should be 1."},
    {"skein_writer_epoch", kGauge, "", "Number of the writer's term that this server saw last.",
     "When did another server take over?"},
    {"skein_store_duration_seconds", kHistogram, "operation", "Time of a store operation.",
     "How fast is the store?"},
    {"skein_store_commit_records", kHistogram, "", "Journal records that share a transaction.",
     "How much does a transaction carry?"},
    {"skein_store_commit_requests", kHistogram, "", "Requests that share a transaction.",
     "Does group commit work?"},
    {"skein_store_commit_failures_total", kCounter, "",
     "Transactions that failed; their networks are rebuilt.", "Does the store fail?"},
    {"skein_store_waiting_requests", kGauge, "", "Requests that wait for the next transaction.",
     "Is the store the bottleneck?"},
    {"skein_store_connections_total", kCounter, "",
     "Connections made in order to write to the database.", "How often was the connection lost?"},
    {"skein_store_in_doubt_total", kCounter, "resolved",
     "Transactions whose answer was lost, by what had become of them.",
     "How often did the connection break in the middle of a commit?"},
    {"skein_store_disk_free_bytes", kGauge, "",
     "Free space where the file of the store lies; absent if it has none.",
     "How long will the disk last?"},
    {"skein_store_disk_size_bytes", kGauge, "",
     "Size of the file system where the file of the store lies.", "How large is the disk?"},
};

constexpr MetricInfo kProcess[] = {
    {"skein_build_info", kGauge, "version, commit", "1.", "Which program is running?"},
    {"skein_clock_seconds", kGauge, "", "The server's wall clock, seconds since 1970.",
     "Is the server's clock right?"},
    {"skein_metrics_dropped_values_total", kCounter, "",
     "Measured values that were not finite and were left out.",
     "Can the other metrics be trusted?"},
    {"process_start_time_seconds", kGauge, "", "When the process started, seconds since 1970.",
     "Does the server restart again and again?"},
    {"process_cpu_seconds_total", kCounter, "", "Processor time of the process.",
     "Is the processor the bottleneck?"},
    {"process_resident_memory_bytes", kGauge, "", "Memory of the process that is resident.",
     "Does the memory grow?"},
    {"process_open_fds", kGauge, "", "Open file descriptors.", "Are there too many connections?"},
    {"process_max_fds", kGauge, "", "Most file descriptors that the process may open.",
     "How many connections are possible?"},
};

constexpr MetricSection kSections[] = {
    {"Calls", kCalls},
    {"Decisions", kDecisions},
    {"The fleet", kFleet},
    {"Vertiports", kVertiports},
    {"Passengers and flights", kPassengersFlights},
    {"Money, energy and the forecast", kMoneyEnergyForecast},
    {"Networks, the journal and the store", kNetworksJournalStore},
    {"The process", kProcess},
};

const char* NameOf(MetricType type) {
  switch (type) {
    case kCounter: return "counter";
    case kGauge: return "gauge";
    case kHistogram: return "histogram";
  }
  return "";
}

constexpr const char* kIntroduction = R"(# Metrics

`http://ADDRESS/metrics`, for Prometheus. Labels are closed sets: the first networks, vertiports,
policies and methods of a server have a label of their own, the others share `other`. Units are
seconds, joules, bytes and US dollars; a ratio of 1 is the whole.

This page is written by `skein metrics`; a test keeps it so.
)";

}  // namespace

std::span<const MetricSection> MetricCatalogue() { return kSections; }

const MetricInfo& MetricNamed(std::string_view name) {
  for (const MetricSection& section : kSections)
    for (const MetricInfo& metric : section.metrics)
      if (name == metric.name) return metric;
  SKEIN_CHECK(false, std::string(name) + " is not in the catalogue of metrics");
}

std::string MetricsMarkdown() {
  std::string page = kIntroduction;
  for (const MetricSection& section : kSections) {
    absl::StrAppend(&page, "\n## ", section.title,
                    "\n\n| metric | type | labels | what it is | question |\n"
                    "|---|---|---|---|---|\n");
    for (const MetricInfo& metric : section.metrics) {
      const std::string labels =
          *metric.labels == '\0' ? "" : absl::StrCat("`", metric.labels, "`");
      absl::StrAppend(&page, "| `", metric.name, "` | ", NameOf(metric.type), " | ", labels, " | ",
                      metric.help, " | ", metric.question, " |\n");
    }
  }
  return page;
}

}  // namespace skein::server
