// TaskPort: between a worker and whoever holds the histories.
//
// The embedded engine implements it; a cluster's client does so too. A worker
// asks for tasks and answers them; all values are typed, and there is no clock
// here: how long to wait is an argument.
//
//   COHORT_ASSIGN_OR_RETURN(std::optional<WorkflowTask> task,
//                           port.PollWorkflow(poller, absl::ZeroDuration()));
//   if (task) return handler.Handle(port, *std::move(task));
//
// Threads: every call may be made by several at once.
// Errors: kNotFound for a token whose task is gone (it timed out, the run was
// closed, the store was opened anew): drop what was worked out for it.
// kFailedPrecondition for a completion that the holder does not record because
// something came in before it (UnhandledCommand): drop the run, a new task
// follows. kCancelled from a poll after Shutdown.
#ifndef COHORT_WORKER_TASK_PORT_H_
#define COHORT_WORKER_TASK_PORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/engine/emission.h"
#include "cohort/history/history.h"
#include "cohort/history/payload.h"

namespace cohort {

// Who asks for tasks.
struct Poller {
  std::string queue;
  std::string worker;    // the same for all polls of one worker
  std::string build_id;  // of its code; "" if it has none
};

struct QueryRequest {
  std::string id;
  std::string name;
  Payloads input;
};
struct QueryAnswer {
  std::string id;
  absl::Status status;
  Payloads result;
};

struct WorkflowTask {
  std::string token;
  std::string workflow_id;
  std::string run_id;
  std::string workflow_type;
  std::int64_t attempt = 1;
  // The events: all of them, or those behind the last task that this worker
  // completed with `keeps_run`. The last is the task's start.
  std::vector<History> pages;
  bool whole = true;
  std::vector<UpdateRequest> updates;
  // Asks only: there is no open task; `pages` end with the last turn.
  std::vector<QueryRequest> queries;
  bool queries_only() const { return !queries.empty(); }
};

struct TurnCompletion {
  Emission emission;
  std::string build_id;
  std::string worker;
  // The worker has the run cached: next time the new events are enough.
  bool keeps_run = false;
  // Local activities are still running: open the next task at once.
  bool goes_on = false;
};

struct TurnReceipt {
  // False: the turn put nothing out and was not asked for by any event (a
  // rejected update): it is not in the history, and the run has to be dropped.
  bool recorded = true;
};

// Why a workflow task failed.
enum class TaskFailure : std::uint8_t {
  kWorkerFailure,   // user code threw what is no WorkflowError, ...
  kNondeterminism,  // code and history disagree
};

struct TurnFailure {
  TaskFailure cause = TaskFailure::kWorkerFailure;
  Failure failure;
};

struct ActivityTask {
  std::string token;
  std::string workflow_id;
  std::string run_id;
  std::string workflow_type;
  std::string activity_id;
  std::string type;
  Payloads input;
  // What the last attempt reported last.
  Payloads heartbeat_details;
  std::int64_t attempt = 1;
  absl::Time scheduled = absl::UnixEpoch();  // the first attempt
  absl::Time started = absl::UnixEpoch();
  // When this attempt ends at the latest, and the longest silence; zero: none.
  absl::Time deadline = absl::InfiniteFuture();
  absl::Duration heartbeat_timeout;
};

class TaskPort {
 public:
  virtual ~TaskPort() = default;

  // A worker with this code is there: runs that failed under other code are
  // tried again.
  virtual void Join(const Poller& poller) = 0;
  // It has gone; its cached runs with it.
  virtual void Leave(const Poller& poller) = 0;

  // Waits for a task up to `wait`; nullopt: there was none.
  virtual absl::StatusOr<std::optional<WorkflowTask>> PollWorkflow(
      const Poller& poller, absl::Duration wait) = 0;
  // All events of a task that was handed out without them.
  virtual absl::StatusOr<std::vector<History>> FetchWhole(
      const std::string& token) = 0;
  virtual absl::StatusOr<TurnReceipt> CompleteTurn(
      const std::string& token, TurnCompletion completion) = 0;
  virtual absl::Status FailTurn(const std::string& token,
                                TurnFailure failure) = 0;
  virtual void AnswerQueries(const std::string& token,
                             std::vector<QueryAnswer> answers) = 0;

  virtual absl::StatusOr<std::optional<ActivityTask>> PollActivity(
      const Poller& poller, absl::Duration wait) = 0;
  virtual absl::Status CompleteActivity(const std::string& token,
                                        Payloads result) = 0;
  virtual absl::Status FailActivity(const std::string& token,
                                    Failure failure) = 0;
  virtual absl::Status CancelActivity(const std::string& token,
                                      Payloads details) = 0;
  // Its function has returned, and somebody else will end the activity.
  virtual void LeaveOpen(const std::string& token) = 0;
  // Whether the activity is asked to cancel.
  virtual absl::StatusOr<bool> Heartbeat(const std::string& token,
                                         Payloads details) = 0;
};

}  // namespace cohort

#endif  // COHORT_WORKER_TASK_PORT_H_
