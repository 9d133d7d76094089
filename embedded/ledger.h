// Ledger: what a server knows of one run, and how it goes on.
//
// It is sans-IO: what comes in are completions of workflow tasks, ends of
// activities, signals, instants that are due; what goes out are events to
// append, rows to keep beside them, and calls to other runs. Time is an
// argument. What a ledger knows is a fold over the run's events (Apply), and
// little beside them: attempts of activities, events that wait for the end of a
// workflow task, updates that nobody has accepted.
//
//   Ledger ledger;
//   COHORT_RETURN_IF_ERROR(ledger.Open(now, start));
//   LedgerChanges changes = ledger.TakeChanges();  // into the store
//
// A workflow task's start is not in the history before its end: both, and what
// the turn puts out, are one transaction. What comes in meanwhile is buffered.
// A task that is tried again leaves no events until it is completed.
//
// Files: ledger.cc (events, what comes in), ledger_fold.cc (Apply),
// ledger_tasks.cc (workflow tasks), ledger_turn.cc (what a completed one puts
// out), ledger_activities.cc, ledger_rows.cc (what is kept beside events).
// Threads: one at a time. Errors: kNotFound for a run that is closed, or a task
// or attempt that is not open any more.
#ifndef COHORT_EMBEDDED_LEDGER_H_
#define COHORT_EMBEDDED_LEDGER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/corpus/run_status.h"
#include "cohort/embedded/activity_schedule.h"
#include "cohort/engine/emission.h"
#include "cohort/history/history.h"
#include "cohort/history/json_writer.h"
#include "cohort/history/payload_reader.h"
#include "cohort/worker/activities.h"
#include "cohort/worker/task_port.h"

namespace cohort {

// What WorkflowExecutionStarted says of a run.
struct StartFacts {
  std::string workflow_type;
  std::string workflow_id;
  std::string run_id;
  std::string first_run_id;  // of the chain of continued runs
  std::string queue;
  absl::Duration execution_timeout;  // zero: none
  absl::Duration run_timeout;        // zero: none
  absl::Duration task_timeout = absl::Seconds(10);
  std::string parent_workflow_id;
  std::string parent_run_id;
  absl::Time expires = absl::InfiniteFuture();  // all runs of the chain
  std::int64_t parent_event = 0;  // by which the parent recorded this child
  absl::Time started = absl::UnixEpoch();
};

// What has to be kept: events behind those kept before, and rows beside them.
struct LedgerChanges {
  std::int64_t first_event = 0;
  std::string events;  // JSON texts, separated by ",\n"
  // As in KeptState; nullopt: gone.
  std::map<std::int64_t, std::optional<std::string>> attempts;
  bool buffer_cleared = false;  // before these are added:
  std::vector<std::string> buffered;
  bool head = false;  // status, due instant, ...: the run's own row
};

// What other runs have to hear, in the same transaction.
struct LedgerCall {
  Command command;  // kStartChild, kSignalExternal, kCancelExternal, closing
  std::int64_t event_id = 0;
};

struct OpenChild {
  std::string workflow_id;
  std::string run_id;  // "" before it has started
  std::string type;
  std::string close_policy;  // PARENT_CLOSE_POLICY_...
  bool over = false;         // its end is buffered
};

// An update's life, as its requester may ask for it.
struct UpdateState {
  enum class Stage : std::uint8_t {
    kWaiting,
    kAccepted,
    kCompleted,
    kRejected
  };
  Stage stage = Stage::kWaiting;
  std::int64_t event_id = 0;  // of its completion
  Failure failure;            // of a rejection
};

// What is kept of a run beside its events.
struct KeptState {
  // By the event that scheduled the activity; 0: when the workflow task, which
  // has failed, is tried again.
  std::map<std::int64_t, std::string> attempts;
  std::vector<std::string> buffered;
  std::int64_t task_attempt = 1;
  std::string stuck;
  // Whoever ran the attempts that have begun has gone.
  bool attempts_lost = false;
};

// A workflow task that begins.
struct TaskStart {
  std::int64_t attempt = 1;
  std::vector<History> pages;  // the last holds the start alone
  // Where they begin: 1, or behind what the worker knows.
  std::int64_t first_event = 1;
  bool has_pages = false;  // false: those before the last have to be read
  std::vector<UpdateRequest> updates;
};

class Ledger {
 public:
  // --- Its life ------------------------------------------------------------
  // A new run: the drafts of its WorkflowExecutionStarted and of what came in
  // with it.
  absl::Status Open(absl::Time now, std::vector<EventDraft> first);
  // A run as it is kept.
  absl::Status Load(const History& history, KeptState kept, absl::Time now);

  LedgerChanges TakeChanges();
  std::vector<LedgerCall> TakeCalls() { return std::exchange(calls_, {}); }
  // Activities that a worker may have from now on, by their events.
  std::vector<std::int64_t> TakeDispatched() {
    return std::exchange(dispatched_, {});
  }
  // A workflow task is to be handed out from now on.
  bool TakeTaskReady() { return std::exchange(task_ready_, false); }

  // --- What is known -------------------------------------------------------
  const StartFacts& start() const { return start_; }
  RunStatus status() const { return status_; }
  bool open() const { return status_ == RunStatus::kOpen; }
  absl::Time closed_at() const { return closed_at_; }
  std::int64_t last_event() const { return last_event_; }
  std::int64_t bytes() const { return bytes_; }
  const std::string& build_id() const { return build_id_; }
  const std::vector<std::string>& change_versions() const {
    return change_versions_;
  }
  const std::map<std::int64_t, OpenChild>& children() const {
    return children_;
  }
  // Why its workflow task failed; "" if it did not.
  const std::string& stuck() const { return stuck_; }
  // Is there something that a client may wait for: its end, the outcome of an
  // update, that it is stuck?
  bool has_news() const {
    return !open() || !updates_.empty() || !stuck_.empty();
  }
  std::int64_t task_attempt() const { return task_.attempt; }
  bool cancel_requested() const { return cancel_requested_; }
  bool task_open() const { return task_.open; }
  bool task_started() const { return task_.started; }
  const std::string& sticky_worker() const { return sticky_worker_; }
  std::int64_t sent_until() const { return sent_until_; }
  std::size_t open_activities() const { return activities_.size(); }
  std::size_t open_timers() const { return timers_.size(); }
  // Null: no such update since the run was loaded, and none in its history.
  const UpdateState* FindUpdate(std::string_view id) const;
  // Where the activity's tasks go; "" for one that is over.
  std::string QueueOf(std::int64_t activity) const;

  // --- Workflow tasks ------------------------------------------------------
  // `nonce` names this start. Without pages of all events from `first_event`
  // the caller has them read.
  absl::StatusOr<TaskStart> StartTask(absl::Time now, const std::string& worker,
                                      std::int64_t nonce);
  absl::StatusOr<TurnReceipt> CompleteTask(absl::Time now, std::int64_t nonce,
                                           TurnCompletion completion);
  absl::Status FailTask(absl::Time now, std::int64_t nonce,
                        const TurnFailure& failure);
  // What failed is tried at once: there is other code.
  void RetryTask(absl::Time now);
  // Events that no worker is about to have are read again when one wants them.
  void DropPages();
  // Pages for a worker that asks without a task: `out` as of StartTask.
  void PagesFor(const std::string& worker, TaskStart* out) const;
  // The start of the task of this nonce, for a worker that asks again.
  absl::StatusOr<std::optional<History>> BegunTask(std::int64_t nonce) const;
  // The worker that had the run cached has gone.
  void ForgetWorker() { sticky_worker_.clear(); }
  // Something is to be handed out, or is out.
  bool busy() const {
    return (task_.open &&
            (task_.started || task_.due == absl::InfiniteFuture())) ||
           !activities_.empty();
  }
  // Can nothing be lost by loading it anew?
  bool evictable() const {
    return !task_.started && waiting_updates_.empty() && !task_.speculative &&
           activities_.empty();
  }
  // A worker has the run up to here by a query.
  void SentTo(const std::string& worker);

  // --- Activities ----------------------------------------------------------
  // nullopt: somebody else has it, or it is over.
  std::optional<ActivityTask> StartActivity(absl::Time now,
                                            std::int64_t activity);
  absl::Status EndActivity(absl::Time now, std::int64_t activity,
                           std::int64_t attempt, ActivityOutcome::End how,
                           Payloads result, Failure failure);
  absl::StatusOr<bool> Heartbeat(absl::Time now, std::int64_t activity,
                                 std::int64_t attempt, Payloads details);
  // Its attempt ends elsewhere, even if this process does not live so long.
  void LeaveOpen(std::int64_t activity, std::int64_t attempt);
  // Must the start be on disk before the attempt begins?
  bool AttemptsAreBounded(std::int64_t activity) const;

  // --- What comes in -------------------------------------------------------
  absl::Status Arrive(absl::Time now, EventDraft draft);
  absl::Status RequestUpdate(absl::Time now, UpdateRequest request);
  // Ends the run from outside: terminated, or timed out.
  absl::Status End(absl::Time now, EventDraft draft);
  // Events of another run's history that this run begins with; see Client.
  absl::Status Adopt(absl::Time now, std::span<const Event> events,
                     EventDraft failed);

  // --- Time ----------------------------------------------------------------
  absl::Time NextDue() const;
  // All that is due by now.
  absl::Status Fire(absl::Time now);

 private:
  struct OpenTimer {
    std::string id;
    absl::Time at;
    bool over = false;  // its end is buffered
  };
  struct OpenActivity {
    std::string id;
    std::string type;
    std::string queue;
    ActivityRules rules;
    Attempt attempt;
    Payloads input;
    Payloads details;  // of the last heartbeat
    std::optional<Failure> last_failure;
    bool cancel_requested = false;
    bool over = false;  // its end is buffered
    absl::Time due = absl::InfiniteFuture();
  };
  struct Buffered {
    EventType type = EventType::kUnspecified;
    std::int64_t subject = 0;
    std::string text;  // its ids are 0 until it is added
  };
  struct Task {
    bool open = false;
    bool written = false;      // its scheduling is in the history
    bool speculative = false;  // for updates alone
    bool started = false;
    std::int64_t scheduled_id = 0;
    std::int64_t attempt = 1;
    std::int64_t nonce = 0;
    absl::Time scheduled;
    absl::Time due = absl::InfiniteFuture();
    std::vector<std::string> texts;      // of the events that its start is
    std::vector<UpdateRequest> updates;  // that it was handed out with
  };

  // ledger.cc
  std::int64_t Add(EventDraft draft);
  void AddText(std::string text);
  // What was added becomes a page and is applied.
  absl::Status Settle();
  absl::Status ArriveAll(absl::Time now, std::vector<EventDraft> drafts);
  void BufferOne(EventDraft draft);
  absl::Status Flush();
  void SetDue(absl::Time* slot, std::int64_t key, absl::Time at);
  absl::Status FireTimer(absl::Time now, std::int64_t id);
  absl::Status CheckOpen() const;
  absl::Status FireRunTimeout(absl::Time now);
  void SetRunDue(absl::Time begun);
  void CloseAll();

  // ledger_fold.cc
  absl::Status Apply(const Event& event);
  void ForgetTimer(std::int64_t event_id);
  absl::Status ApplyStart(const Event& event);
  absl::Status ApplyActivityScheduled(const Event& event);
  absl::Status ApplyTimerStarted(const Event& event);
  absl::Status ApplyChild(const Event& event);
  absl::Status ApplyUpsert(const Event& event);
  void ApplyTaskEdge(const Event& event);
  void ApplyReset(const Event& event);
  void ApplyEnd(const Event& event);
  absl::StatusOr<absl::Duration> ReadDuration(const Event& event,
                                              std::string_view path);
  absl::StatusOr<RetryRules> ReadRetry(const Event& event);

  // ledger_tasks.cc
  void NeedTask(absl::Time now);
  EventDraft ScheduledDraft(absl::Time now) const;
  void WriteStart();
  void TaskIsReady();
  absl::Status EndTaskUnheard(absl::Time now, EventDraft how);
  absl::Status TryAgain(absl::Time now);
  void FirstAttempt();
  absl::Status FireTask(absl::Time now);

  // ledger_turn.cc
  bool ClosesTooEarly(const Emission& emission) const;
  absl::Status RefuseToClose(absl::Time now);
  absl::Status React(absl::Time now, const Command& command,
                     std::int64_t event_id);
  void SettleUpdates(const Emission& emission);

  // ledger_activities.cc
  void Dispatch(std::int64_t id, OpenActivity& activity);
  void Reschedule(std::int64_t id, OpenActivity& activity);
  absl::Status FireActivity(absl::Time now, std::int64_t id);
  absl::Status EndAttempt(absl::Time now, std::int64_t id,
                          OpenActivity& activity, EventType type,
                          const Failure& failure);
  absl::Status Finish(absl::Time now, std::int64_t id, OpenActivity& activity,
                      EventDraft end);
  absl::Status CancelActivity(absl::Time now, std::int64_t id);
  OpenActivity* FindActivity(std::int64_t id);

  // ledger_rows.cc
  static std::string RowOf(const OpenActivity& activity);
  static absl::Status ReadRow(const std::string& row, OpenActivity& activity);
  static std::string RowOf(const Task& task);
  static absl::Status ReadRow(const std::string& row, Task& task);
  absl::Status LoadActivities(const KeptState& kept,
                              std::vector<std::int64_t>* lost);
  absl::Status LoadTask(const KeptState& kept, absl::Time now);

  StartFacts start_;
  RunStatus status_ = RunStatus::kOpen;
  absl::Time closed_at_ = absl::InfiniteFuture();
  std::int64_t last_event_ = 0;
  std::int64_t bytes_ = 0;
  std::string build_id_;
  std::vector<std::string> change_versions_;
  std::string stuck_;
  bool cancel_requested_ = false;

  std::map<std::int64_t, OpenActivity> activities_;
  std::map<std::int64_t, OpenTimer> timers_;
  std::map<std::int64_t, OpenChild> children_;
  std::map<std::string, UpdateState, std::less<>> updates_;
  std::vector<UpdateRequest> waiting_updates_;
  std::vector<Buffered> buffered_;
  Task task_;
  absl::Time run_due_ = absl::InfiniteFuture();
  // (instant, event id; 0: the workflow task, -1: the run)
  std::set<std::pair<absl::Time, std::int64_t>> due_;

  std::string sticky_worker_;
  std::int64_t sent_until_ = 0;   // what that worker has seen
  std::vector<History> unsent_;   // pages behind it
  std::int64_t unsent_from_ = 1;  // their first event

  // Since they were taken:
  std::vector<std::string> adding_;
  LedgerChanges changes_;
  std::vector<LedgerCall> calls_;
  std::vector<std::int64_t> dispatched_;
  bool task_ready_ = false;
  PayloadReader reader_;
};

}  // namespace cohort

#endif  // COHORT_EMBEDDED_LEDGER_H_
