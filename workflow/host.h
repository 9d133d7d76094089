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
#include "cohort/workflow/convert.h"
#include "cohort/workflow/future.h"
#include "cohort/workflow/options.h"
#include "cohort/workflow/scheduler.h"
#include "cohort/workflow/scope.h"
#include "cohort/workflow/signals.h"

namespace cohort {

// Leaves workflow code when its run has failed. It is no std::exception, and
// swallowing it changes nothing: every further call on Context leaves again.
struct Unwind {};

// Facts of a run that workflow code may branch on.
struct RunInfo {
  std::string workflow_id;
  std::string run_id;  // the run's first one, if it was reset since
  std::string workflow_type;
  absl::Time start_time;  // of this run's WorkflowExecutionStarted
};

// A predicate that somebody waits for.
struct Condition {
  std::function<bool()> holds;
  workflow_internal::Ref<workflow_internal::FutureState> waiter;
  ScopeId scope = kRunScope;
};

using QueryHandler = std::function<Payloads(const Payloads&)>;

struct UpdateHandler {
  // Throws what the request is rejected with; may be empty.
  std::function<void(const Payloads&)> validate;
  // Runs the update of this id: from Host::AcceptUpdate to Host::EndUpdate.
  std::function<void(std::string, Payloads)> start;
};

// What calls on Context read and change without asking the engine.
struct RunState {
  Arena arena;
  Scheduler scheduler;
  VersionBook versions;
  RunInfo info;
  ScopeTree scopes;
  std::map<std::string, SignalQueue, std::less<>> signals;
  std::map<std::string, QueryHandler, std::less<>> queries;
  std::map<std::string, UpdateHandler, std::less<>> updates;
  std::vector<Condition> conditions;
  std::mt19937_64 random;
  const CohortPolicy* policy = nullptr;
  absl::Time turn_time = absl::UnixEpoch();  // see Host::Now
  std::string turn_time_text;      // as recorded, until it is asked for
  std::string_view read_only;      // why changing calls are refused right now
  int handlers_running = 0;        // of signals and updates
  std::int64_t calls_in_turn = 0;  // that change the run, see Host::Enter
  bool turn_completed = false;     // this turn's completion is known: a replay
  bool wants_arguments = false;    // what is issued will be sent: encode it
  bool failed = false;             // the run has failed; nothing is issued
  bool closed = false;             // the closing command was issued
};

// A command on its way to the engine, and who waits for what becomes of it.
struct CommandRequest {
  Command command;
  // Null for commands that are done when they are recorded.
  workflow_internal::Ref<workflow_internal::FutureState> result;
  // Children and Nexus operations: settles when they have started.
  workflow_internal::Ref<workflow_internal::FutureState> started;
  CancellationType cancellation = CancellationType::kTryCancel;
  ScopeId scope = kRunScope;
};

// What a call of MutableSideEffect starts from.
struct MutableValue {
  const Payload* value = nullptr;  // the run's value so far, if it has one
  bool recorded = false;           // it is the answer: nothing is computed
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
  // run has failed; fails it when such calls are refused right now, or when the
  // turn makes more of them than kCallsPerTurnMax.
  bool Enter(std::string_view call, std::source_location site);

  // Issues a command. Its futures are settled by what becomes of it. Returns
  // the operation; 0 where there is none.
  virtual OperationId Issue(CommandRequest request) = 0;
  // Issues the command that closes the run.
  virtual void Close(Command command) = 0;
  virtual void Cancel(OperationId operation, std::source_location site) = 0;

  // Cancels what a scope and the attached ones below it hold: first those who
  // wait for the request itself, then operations in the order in which they
  // were issued, conditions, and receivers of signals.
  void CancelScope(ScopeId scope, std::source_location site);
  // What a scope still holds goes to its parent.
  void CloseScope(ScopeId scope);

  virtual const RecordedVersion* Recorded(std::string_view change_id) = 0;
  virtual void ExpectMarker(const VersionRecord& record,
                            std::source_location site) = 0;
  virtual void IssueMarker(const VersionRecord& record,
                           std::source_location site) = 0;

  // The value that history records for this side effect, or null when the turn
  // is live: then RecordSideEffect follows.
  virtual const Payload* RecordedSideEffect(std::source_location site) = 0;
  virtual void RecordSideEffect(Payload value, std::source_location site) = 0;
  virtual MutableValue RecordedMutable(std::string_view id,
                                       std::source_location site) = 0;
  virtual void RecordMutable(std::string_view id, Payload value,
                             std::source_location site) = 0;

  // The code can take updates of this name from now on.
  virtual void UpdateHandlerAdded(std::string_view name) = 0;
  // The handler of an update begins: its acceptance stands before all that the
  // handler issues.
  virtual void AcceptUpdate(std::string_view id) = 0;
  // An update has ended: with a result, or with what it threw.
  virtual void EndUpdate(std::string id, Payloads result,
                         std::exception_ptr error) = 0;

  // The build that completed this turn, or that runs it now; "" if unknown.
  virtual std::string_view BuildId() const = 0;

  // Adds a task that nobody awaits, and makes it ready.
  void AddRoot(Task<void> task, RootRole role) {
    state_.scheduler.AddRoot(std::move(task.owner_), role);
  }

  // Fails the run (or the query that is asked): stores the status, then leaves
  // by Unwind.
  virtual void Refuse(absl::Status status, std::source_location site) = 0;

  // What the code sends. Values are encoded in live turns only, so what their
  // conversion throws would be seen live only: it fails the turn.
  template <typename... Args>
  Payloads Encode(std::source_location site, const Args&... args) {
    std::string what;
    try {
      return ToPayloads(args...);
    } catch (const std::exception& e) {
      what = e.what();
    } catch (...) {
      what = "something that is no std::exception";
    }
    RefuseValue(what, site);
    return {};
  }

  // A line for the log; silent while replaying.
  virtual void Log(std::string_view message) = 0;

 protected:
  virtual void CancelOperations(ScopeId scope, std::source_location site) = 0;
  virtual void MoveOperations(ScopeId from, ScopeId to) = 0;
  // Whether a canceled scope stays so for later calls.
  virtual bool StaysCanceled(ScopeId scope) const = 0;

 private:
  void RefuseValue(std::string_view what, std::source_location site);

  RunState state_;
};

}  // namespace cohort

#endif  // COHORT_WORKFLOW_HOST_H_
