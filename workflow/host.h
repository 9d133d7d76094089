// Host: what Context needs of the engine, and nothing else.
//
// The engine's Run implements it. What every call looks at stands in RunState,
// without a virtual call; what makes the engine act is virtual.
//
// Threads: one run, one thread at a time. Errors: `Refuse` fails the run; the
// call that did so never returns to workflow code.
#ifndef COHORT_WORKFLOW_HOST_H_
#define COHORT_WORKFLOW_HOST_H_

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <random>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cohort/history/command.h"
#include "cohort/versioning/policy.h"
#include "cohort/versioning/version.h"
#include "cohort/versioning/version_book.h"
#include "cohort/workflow/arena.h"
#include "cohort/workflow/future.h"
#include "cohort/workflow/options.h"
#include "cohort/workflow/scheduler.h"

namespace cohort {

// Leaves workflow code when its run has failed. It is no std::exception, and
// swallowing it changes nothing: every further call on Context leaves again.
struct Unwind {};

// Facts of a run that workflow code may branch on.
struct RunInfo {
  std::string workflow_id;
  std::string run_id;
  std::string workflow_type;
  absl::Time start_time;  // of this run's WorkflowExecutionStarted
};

// The signals of one name: what came and was not taken, and who takes it.
struct SignalQueue {
  std::deque<Payloads> unread;
  std::deque<workflow_internal::Ref<workflow_internal::FutureState>> readers;
  std::function<void(const Payloads&)> handler;

  void Deliver(Payloads signal);
};

// A predicate that somebody waits for.
struct Condition {
  std::function<bool()> holds;
  workflow_internal::Ref<workflow_internal::FutureState> waiter;
};

// What calls on Context read and change without asking the engine.
struct RunState {
  Arena arena;
  Scheduler scheduler;
  VersionBook versions;
  RunInfo info;
  std::map<std::string, SignalQueue, std::less<>> signals;
  std::vector<Condition> conditions;
  std::mt19937_64 random;
  const CohortPolicy* policy = nullptr;
  absl::Time turn_time = absl::UnixEpoch();  // see Host::Now
  std::string_view turn_time_text;  // as recorded, until it is asked for
  std::string_view read_only;       // why changing calls are refused right now
  bool turn_completed = false;      // this turn's completion is known: a replay
  bool wants_arguments = false;     // what is issued will be sent: encode it
  bool failed = false;              // the run has failed; nothing is issued
  bool closed = false;              // the closing command was issued
};

class Host {
 public:
  virtual ~Host() = default;

  RunState& state() { return state_; }
  const RunState& state() const { return state_; }

  // The time of this turn: when its workflow task was started.
  absl::Time Now();

  // Opens every call that changes the run. False: do nothing and return
  // something harmless (frames are being destroyed). Leaves by Unwind when the
  // run has failed; fails it when such calls are refused right now.
  bool Enter(std::string_view call, std::source_location site);

  // Issues a command. `future` is settled by what becomes of it; null for
  // commands that are done when they are recorded. Returns the operation.
  virtual OperationId Issue(
      Command command,
      workflow_internal::Ref<workflow_internal::FutureState> future,
      CancellationType cancellation) = 0;
  // Issues the command that closes the run.
  virtual void Close(Command command) = 0;
  virtual void Cancel(OperationId operation, std::source_location site) = 0;

  virtual const RecordedVersion* Recorded(std::string_view change_id) = 0;
  virtual void ExpectMarker(const VersionRecord& record,
                            std::source_location site) = 0;
  virtual void IssueMarker(const VersionRecord& record,
                           std::source_location site) = 0;

  // The value that history records for this side effect, or null when the turn
  // is live: then RecordSideEffect follows.
  virtual const Payload* RecordedSideEffect(std::source_location site) = 0;
  virtual void RecordSideEffect(Payload value, std::source_location site) = 0;

  // Fails the run: stores the status, then leaves by Unwind.
  virtual void Refuse(absl::Status status, std::source_location site) = 0;

  // A line for the log; silent while replaying.
  virtual void Log(std::string_view message) = 0;

 protected:
  // Adds a task that nobody awaits, and makes it ready.
  void AddRoot(Task<void> task) {
    state_.scheduler.AddRoot(std::move(task.owner_));
  }

 private:
  RunState state_;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_HOST_H_
