// Retry policies as numbers: when a failed attempt is tried again.
//
//   RetryRules rules = RetryRulesOf(command.attributes);
//   RetryDecision next = DecideRetry(rules, attempt, failure, now, expires);
//   if (next.state == RetryState::kInProgress) Wait(next.backoff);
//
// The rules are Temporal's: the wait before attempt n + 1 is initial *
// factor ^ (n - 1), at most `maximum`; a failure that is canceled, terminated,
// marked or listed as non-retryable is final, and so is an attempt behind the
// last, or one that could begin only when all time is over.
// Threads and errors: functions of their arguments; none.
#ifndef COHORT_WORKER_RETRY_H_
#define COHORT_WORKER_RETRY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "cohort/history/command.h"
#include "cohort/history/payload.h"

namespace cohort {

struct RetryRules {
  absl::Duration initial = absl::Seconds(1);
  double factor = 2.0;
  absl::Duration maximum = absl::Seconds(100);  // zero: 100 times initial
  std::int64_t attempts_max = 0;                // 0: no limit
  std::vector<std::string> non_retryable;
};

// temporal.api.enums.v1.RetryState
enum class RetryState : std::uint8_t {
  kInProgress,
  kNonRetryableFailure,
  kTimeout,
  kMaximumAttemptsReached,
  kCancelRequested,
};
// "RETRY_STATE_IN_PROGRESS", ...
std::string_view SpellingOf(RetryState state);

struct RetryDecision {
  RetryState state = RetryState::kInProgress;
  absl::Duration backoff;
};

// Of the fields below `retryPolicy`.
RetryRules RetryRulesOf(const std::vector<Attribute>& attributes);
// The value of a duration among them; zero for none.
absl::Duration DurationOf(const std::vector<Attribute>& attributes,
                          std::string_view field);

// How long the attempt after `attempt` (from 1) waits.
absl::Duration BackoffOf(const RetryRules& rules, std::int64_t attempt);
bool IsRetryable(const RetryRules& rules, const Failure& failure);
// `attempt` has failed at `now`; all attempts end at `expires`.
RetryDecision DecideRetry(const RetryRules& rules, std::int64_t attempt,
                          const Failure& failure, absl::Time now,
                          absl::Time expires);

}  // namespace cohort

#endif  // COHORT_WORKER_RETRY_H_
