// When an activity's attempt is due: its four timeouts and its retries.
//
//   ActivityDue due = NextDue(rules, attempt);
//   if (due.at <= now) Act(due.what);  // what happens at that instant
//
// schedule-to-close runs over all attempts from the first one's scheduling;
// schedule-to-start and start-to-close over one; a heartbeat timeout from the
// attempt's start or its last heartbeat. A timeout of zero is none. At one
// instant start-to-close comes before schedule-to-start, that before
// schedule-to-close, the heartbeat last: Temporal's order.
// Threads and errors: functions of their arguments; none.
#ifndef COHORT_EMBEDDED_ACTIVITY_SCHEDULE_H_
#define COHORT_EMBEDDED_ACTIVITY_SCHEDULE_H_

#include <cstdint>
#include <string_view>

#include "absl/time/time.h"
#include "cohort/history/payload.h"
#include "cohort/worker/retry.h"

namespace cohort {

struct ActivityRules {
  absl::Duration schedule_to_start;
  absl::Duration start_to_close;
  absl::Duration schedule_to_close;
  absl::Duration heartbeat;
  RetryRules retry;
};

enum class AttemptStage : std::uint8_t {
  kWaiting,  // for `scheduled`
  kQueued,   // for a worker
  kStarted,
};

struct Attempt {
  AttemptStage stage = AttemptStage::kQueued;
  std::int64_t number = 1;
  absl::Time first_scheduled;  // of the first attempt
  absl::Time scheduled;        // of this one
  absl::Time started;
  absl::Time heartbeat;    // the last; equal to `started` before it
  bool elsewhere = false;  // it outlives the process that began it
};

enum class DueWhat : std::uint8_t {
  kStartToClose,
  kScheduleToStart,
  kScheduleToClose,
  kHeartbeat,
  kDispatch,  // the wait for the next attempt is over
};

struct ActivityDue {
  absl::Time at = absl::InfiniteFuture();
  DueWhat what = DueWhat::kDispatch;
};

// Nothing can begin behind it; InfiniteFuture without a schedule-to-close.
absl::Time ExpiryOf(const ActivityRules& rules, const Attempt& attempt);
ActivityDue NextDue(const ActivityRules& rules, const Attempt& attempt);
// The failure of an attempt that ended by `what`.
Failure TimeoutFailureOf(DueWhat what, const Payloads& last_heartbeat);

}  // namespace cohort

#endif  // COHORT_EMBEDDED_ACTIVITY_SCHEDULE_H_
