// Local activities: attempts and back-off within a workflow task.
//
//   LocalOutcome outcome = RunLocal(activities, call, task, clock);
//
// A wait before the next attempt that is longer than the call's threshold (or
// that nobody can wait here: no `sleep`) is handed back, to become a timer of
// the run.
// Threads: any. Errors: in the outcome.
#ifndef COHORT_WORKER_LOCAL_ACTIVITIES_H_
#define COHORT_WORKER_LOCAL_ACTIVITIES_H_

#include <functional>
#include <string>

#include "absl/time/time.h"
#include "cohort/engine/emission.h"
#include "cohort/worker/activities.h"

namespace cohort {

struct LocalClock {
  std::function<absl::Time()> now;
  // Null: time does not pass within a task.
  std::function<void(absl::Duration)> sleep;
};

LocalOutcome RunLocal(const Activities& activities, const LocalCall& call,
                      const ActivityTask& run, const LocalClock& clock);

}  // namespace cohort

#endif  // COHORT_WORKER_LOCAL_ACTIVITIES_H_
