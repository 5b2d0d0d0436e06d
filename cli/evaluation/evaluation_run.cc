#include "cli/evaluation/evaluation_run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <utility>

#include "cli/evaluation/evaluation_progress.h"
#include "policy/evaluation/parallel_jobs.h"
#include "proto/codec/report_codec.h"

namespace skein::cli {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr double kCentsPerUsd = 100;

// A piece of work: a day with a policy or, after the last policy, its bound.
struct Job {
  std::size_t evaluation;
  std::size_t day;
  std::size_t policy;
};

class Run {
 public:
  Run(const std::vector<PlannedEvaluation>& evaluations, const RunOptions& options, WorkFile* work)
      : evaluations_(evaluations), options_(options), work_(work) {
    for (const PlannedEvaluation& evaluation : evaluations) {
      const auto days = static_cast<std::size_t>(evaluation.protocol.days());
      EvaluationDays& result = results_.emplace_back();
      result.days.resize(options.policies.size());
      for (auto& of_policy : result.days) of_policy.resize(days);
      if (options.bound) result.bounds.resize(days);
    }
  }

  absl::StatusOr<std::vector<EvaluationDays>> Finish() {
    if (work_ != nullptr) {
      for (const v1::EvaluationWorkLine& line : work_->found()) TakeOver(line);
    }
    const std::vector<Job> jobs = JobsLeft();
    std::vector<int> left(evaluations_.size() * Kinds());
    for (const Job& job : jobs) ++left[KindOf(job)];
    const std::size_t done = JobCount() - jobs.size();
    EvaluationProgress progress(left, static_cast<int>(done), options_.threads,
                                options_.hooks.clock);
    std::atomic<std::size_t> finished{done};
    const absl::Status status =
        policy::RunInParallel(jobs.size(), options_.threads, [&](std::size_t k) -> absl::Status {
          const std::chrono::nanoseconds start = options_.hooks.clock();
          SKEIN_RETURN_IF_ERROR(Do(jobs[k]));
          ++finished;
          progress.Finish(KindOf(jobs[k]), options_.hooks.clock() - start);
          return absl::OkStatus();
        });
    if (!status.ok()) return Stopped(status, finished);
    return std::move(results_);
  }

 private:
  std::size_t Kinds() const { return options_.policies.size() + 1; }
  std::size_t KindOf(const Job& job) const { return job.evaluation * Kinds() + job.policy; }

  std::size_t JobCount() const {
    std::size_t days = 0;
    for (const EvaluationDays& result : results_) days += result.days.front().size();
    return days * (options_.policies.size() + (options_.bound ? 1 : 0));
  }

  // Index of the day with this seed; beyond the last if there is none.
  std::size_t DayOf(std::size_t evaluation, std::uint64_t seed) const {
    return seed - evaluations_[evaluation].protocol.first_seed();  // wraps below the first seed
  }

  // Work of policies that are not asked for is left where it is.
  void TakeOver(const v1::EvaluationWorkLine& line) {
    const auto evaluation = static_cast<std::size_t>(line.has_day() ? line.day().evaluation()
                                                                    : line.bound().evaluation());
    if (evaluation >= results_.size()) return;
    EvaluationDays& result = results_[evaluation];
    if (line.has_day()) {
      const auto policy =
          std::find(options_.policies.begin(), options_.policies.end(), line.day().policy());
      const std::size_t day = DayOf(evaluation, line.day().report().seed());
      if (policy == options_.policies.end() || day >= result.days.front().size()) return;
      result.days[static_cast<std::size_t>(policy - options_.policies.begin())][day] = line.day();
    } else if (line.has_bound()) {
      const std::size_t day = DayOf(evaluation, line.bound().seed());
      if (day < result.bounds.size()) result.bounds[day] = line.bound();
    }
  }

  std::vector<Job> JobsLeft() const {
    std::vector<Job> jobs;
    for (std::size_t k = 0; k < results_.size(); ++k) {
      const EvaluationDays& result = results_[k];
      for (std::size_t day = 0; day < result.days.front().size(); ++day) {
        for (std::size_t policy = 0; policy < result.days.size(); ++policy)
          if (!result.days[policy][day].has_report()) jobs.push_back({k, day, policy});
        if (!result.bounds.empty() && !result.bounds[day].has_bound_usd())
          jobs.push_back({k, day, options_.policies.size()});
      }
    }
    return jobs;
  }

  absl::Status Do(const Job& job) {
    if (options_.hooks.stop()) return absl::CancelledError("");
    const PlannedEvaluation& evaluation = evaluations_[job.evaluation];
    const std::uint64_t seed = evaluation.protocol.first_seed() + job.day;
    SKEIN_ASSIGN_OR_RETURN(const auto network, evaluation.networks.Of(seed));
    v1::EvaluationWorkLine line;
    if (job.policy == options_.policies.size()) {
      SKEIN_ASSIGN_OR_RETURN(*line.mutable_bound(), BoundOf(job, network, seed));
      results_[job.evaluation].bounds[job.day] = line.bound();
    } else {
      SKEIN_ASSIGN_OR_RETURN(*line.mutable_day(), Play(job, network, seed));
      results_[job.evaluation].days[job.policy][job.day] = line.day();
    }
    return work_ == nullptr ? absl::OkStatus() : work_->Append(line);
  }

  absl::StatusOr<v1::FinishedDay> Play(const Job& job,
                                       const std::shared_ptr<const sim::Network>& network,
                                       std::uint64_t seed) const {
    const std::string& policy = options_.policies[job.policy];
    const auto day = policy::RunDay(network, seed, policy, options_.hooks);
    if (!day.ok()) return Annotate(day.status(), absl::StrCat(policy, ", seed ", seed));
    v1::FinishedDay finished;
    finished.set_evaluation(static_cast<int>(job.evaluation));
    finished.set_policy(policy);
    *finished.mutable_report() = codec::EncodeDayReport(
        day->episode.summary,
        {network->battery_wh, seed, day->episode.digest, Seconds(day->wall).count()});
    finished.set_decision_points(day->decisions.decisions);
    finished.set_decision_s(Seconds(day->decisions.total).count());
    finished.set_longest_decision_s(Seconds(day->decisions.longest).count());
    return finished;
  }

  absl::StatusOr<v1::FinishedBound> BoundOf(const Job& job,
                                            const std::shared_ptr<const sim::Network>& network,
                                            std::uint64_t seed) const {
    const auto day = policy::BoundDay(network, seed, options_.hooks);
    if (!day.ok()) return Annotate(day.status(), absl::StrCat("bound, seed ", seed));
    v1::FinishedBound finished;
    finished.set_evaluation(static_cast<int>(job.evaluation));
    finished.set_seed(seed);
    finished.set_bound_usd(static_cast<double>(day->bound_cents) / kCentsPerUsd);
    finished.set_wall_s(Seconds(day->wall).count());
    return finished;
  }

  // The status, with what became of the work.
  absl::Status Stopped(const absl::Status& status, std::size_t finished) const {
    const std::string kept =
        work_ == nullptr
            ? "are lost; --state FILE would have kept them"
            : absl::StrCat("are kept in ", work_->path(), "; the same command goes on from there");
    const std::string why =
        absl::IsCancelled(status) ? "interrupted" : std::string(status.message());
    return absl::Status(status.code(), absl::StrCat(why, "; ", finished, " of ", JobCount(),
                                                    " days are done and ", kept));
  }

  const std::vector<PlannedEvaluation>& evaluations_;
  const RunOptions& options_;
  WorkFile* const work_;
  // Each job writes an element of its own.
  std::vector<EvaluationDays> results_;
};

}  // namespace

absl::StatusOr<std::vector<EvaluationDays>> RunEvaluations(
    const std::vector<PlannedEvaluation>& evaluations, const RunOptions& options, WorkFile* work) {
  return Run(evaluations, options, work).Finish();
}

}  // namespace skein::cli
