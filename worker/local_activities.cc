#include "cohort/worker/local_activities.h"

#include <chrono>
#include <utility>

#include "cohort/worker/retry.h"

namespace cohort {
namespace {

Failure TimedOut(std::string_view message, std::string type) {
  Failure failure;
  failure.message = message;
  failure.info = "timeoutFailureInfo";
  failure.timeout_type = std::move(type);
  return failure;
}

// What an attempt that took from `begun` to `now` ended with.
std::optional<Failure> FailureOfAttempt(const ActivityOutcome& ended,
                                        absl::Duration took,
                                        absl::Duration limit) {
  if (limit > absl::ZeroDuration() && took > limit) {
    return TimedOut("local activity StartToClose timeout",
                    "TIMEOUT_TYPE_START_TO_CLOSE");
  }
  switch (ended.end) {
    case ActivityOutcome::End::kResult:
      return std::nullopt;
    case ActivityOutcome::End::kFailure:
    case ActivityOutcome::End::kCanceled:
      return ended.failure;
    case ActivityOutcome::End::kElsewhere:
      break;
  }
  return ApplicationError("a local activity cannot end elsewhere").failure();
}

}  // namespace

LocalOutcome RunLocal(const Activities& activities, const LocalCall& call,
                      const ActivityTask& run, const LocalClock& clock) {
  const RetryRules rules = RetryRulesOf(call.attributes);
  const absl::Duration limit =
      DurationOf(call.attributes, "startToCloseTimeout");
  const absl::Duration all =
      DurationOf(call.attributes, "scheduleToCloseTimeout");
  const absl::Duration threshold =
      DurationOf(call.attributes, "localRetryThreshold");
  ActivityTask task = run;
  task.type = call.type;
  task.input = call.input;
  task.attempt = call.attempt;
  task.scheduled = clock.now();
  const absl::Time expires = all > absl::ZeroDuration()
                                 ? task.scheduled + all
                                 : absl::InfiniteFuture();
  LocalOutcome outcome;
  while (true) {
    task.started = clock.now();
    ActivityContext ctx(task, [](Payloads) { return false; });
    ActivityOutcome ended = activities.Run(task, ctx);
    outcome.completed = clock.now();
    outcome.failure =
        FailureOfAttempt(ended, outcome.completed - task.started, limit);
    if (!outcome.failure) {
      outcome.result = std::move(ended.result);
      return outcome;
    }
    const RetryDecision next = DecideRetry(
        rules, task.attempt, *outcome.failure, outcome.completed, expires);
    if (next.state != RetryState::kInProgress) return outcome;
    if (!clock.sleep || next.backoff > threshold) {
      outcome.backoff = absl::ToChronoNanoseconds(next.backoff);
      return outcome;
    }
    clock.sleep(next.backoff);
    ++task.attempt;
  }
}

}  // namespace cohort
