// Recorder: one live run against a history kept in memory.
//
//   Recorder recorder({.registry = &registry}, "Order", ToPayloads("o-1"));
//   COHORT_RETURN_IF_ERROR(recorder.RunTurn());  // the first task
//   recorder.Complete(recorder.Open()[0], ToPayloads("ok"));
//   COHORT_RETURN_IF_ERROR(recorder.RunTurn());
//   COHORT_ASSIGN_OR_RETURN(History history, recorder.history());
//
// It does what a server does with one run and nothing else: it appends what a
// turn issues behind the turn's completion, and what the test says came in
// before the next one. Time is a counter: one millisecond per event.
//
// `Mode` says how the run is kept between turns: cached (the same Run goes on
// with the new events only), or evicted (a new Run replays all of them first).
// Long runs are evicted more rarely, so that a run costs no more than a fixed
// multiple of its events: at every turn up to 256 events, from then on whenever
// the history has grown by a 16th. kEvictedEachTurn makes no such exception: a
// run then costs the square of its events.
//
// Threads: one. Errors: the first one of the run, kept in status(). A run that
// is closed takes nothing more: what is said to come in is not recorded, and
// status() becomes kInvalidArgument.
#ifndef COHORT_TESTING_RECORDER_H_
#define COHORT_TESTING_RECORDER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/engine/run.h"
#include "cohort/history/history.h"
#include "cohort/history/json_writer.h"
#include "cohort/history/turn.h"
#include "cohort/workflow/registry.h"

namespace cohort {

class Recorder {
 public:
  enum class Mode : std::uint8_t { kCached, kEvicted, kEvictedEachTurn };

  // An operation that history has recorded and not ended.
  struct OpenOperation {
    CommandKind kind;
    std::int64_t event_id;
    std::string name;
    std::string id;
  };

  // `options.registry` is the registry to run.
  Recorder(RunOptions options, std::string workflow_type, Payloads input,
           Mode mode = Mode::kCached);
  // The same for a run that is called otherwise than workflow-1: `start` holds
  // the texts of its first event (type, workflow id, run id), and the input.
  Recorder(RunOptions options, EventDraft start, Mode mode = Mode::kCached);
  // Goes on with a recorded run, whose workflow task may be scheduled or
  // started. `options.profile` says how the history is read. What it has open
  // is not in Open().
  Recorder(RunOptions options, const History& history);

  // One workflow task: scheduled, started, executed, completed, recorded.
  absl::Status RunTurn();
  // Its first two events alone, where something comes in behind them: RunTurn,
  // FailTask and TimeOutTask do what is left of them to do.
  void ScheduleTask();
  void StartTask();
  // A workflow task that starts and fails: its events only.
  void FailTask();
  // One that times out; one that was scheduled and not started does so there.
  void TimeOutTask();
  // From the next turn on the run, rebuilt from its history, has other code.
  // A turn that the old code failed in is recorded as a failed task, and may be
  // tried again. `registry` outlives the recorder.
  void Deploy(const Registry& registry);

  // Runs local activities, within the turn that calls them. nullopt: it has not
  // ended yet; the turn completes without it (a heartbeat), and the next one
  // asks again. Without a runner each gives null.
  using LocalRunner =
      std::function<std::optional<LocalOutcome>(const LocalCall&)>;
  void SetLocalRunner(LocalRunner runner) { local_runner_ = std::move(runner); }

  // What came in, before the next turn. Operations are started first where
  // they have to be.
  void Complete(OpenOperation operation, const Payloads& result = {});
  void Fail(OpenOperation operation, const Failure& failure);
  void TimeOut(OpenOperation operation);
  void AcknowledgeCancel(OpenOperation operation);
  // The event that says that it has started; for kinds that have one.
  void Start(OpenOperation operation);
  // Any other event about it: OutcomeOf(type) has the operation's kind.
  void End(OpenOperation operation, EventType type, EventDraft draft = {});
  // Asks for an update in the next turn; Admit records that first.
  void Update(std::string id, std::string name, Payloads input = {});
  void Admit(std::string id, std::string name, Payloads input = {});
  void Signal(std::string_view name, const Payloads& input = {});
  void RequestCancel();
  // The server ends the run.
  void Terminate(Payloads details = {});

  // In the order in which they were recorded.
  const std::vector<OpenOperation>& Open() const { return open_; }
  bool closed() const { return closed_; }
  const absl::Status& status() const { return status_; }
  const Run& run() const { return *run_; }
  absl::StatusOr<Payloads> Query(std::string_view name,
                                 const Payloads& input = {}) {
    return run_->Query(name, input);
  }
  // All events so far.
  absl::StatusOr<History> history() const;
  std::string ToJson() const;
  // The commands of the last turn.
  const std::vector<Command>& commands() const { return commands_; }
  // All updates that the code did not take.
  const std::vector<RejectedUpdate>& rejected() const { return rejected_; }

 private:
  std::int64_t Append(EventDraft draft);
  std::int64_t LastEventId() const { return last_event_id_; }
  // Can it take what comes in? Where it cannot, status() says so.
  bool Takes(std::string_view what);
  // The next turn replays all before it first.
  void Evict();
  void Forget(std::int64_t event_id);
  void Record(const Command& command, std::int64_t completed_id);
  // The turns of the events since the last call, one after the other.
  absl::Status Feed(Emission* emission);
  // Runs what the emission asks for, until nothing ends any more.
  absl::Status RunLocals(Emission* emission);
  void RecordCompletion(const Emission& emission);
  // The task at hand ends by the event of this type.
  std::int64_t EndTask(EventDraft draft);
  static const OutcomeRow* RowFor(CommandKind kind, Outcome outcome);

  RunOptions options_;
  Mode mode_;
  std::unique_ptr<Run> run_;
  std::unique_ptr<TurnReader> reader_;
  std::vector<History> pages_;       // events are views into them
  std::vector<std::string> events_;  // one JSON text each
  std::int64_t last_event_id_ = 0;
  std::size_t fed_ = 0;  // events that the run has seen
  absl::Time origin_ = absl::FromUnixSeconds(1'700'000'000);  // of event 0
  std::size_t evict_at_ = 0;    // as soon as there are so many events
  std::int64_t scheduled_ = 0;  // the task at hand, by its events' ids
  std::int64_t task_started_ = 0;
  std::vector<OpenOperation> open_;
  std::set<std::int64_t> started_;      // open operations that were started
  std::vector<UpdateRequest> updates_;  // for the next turn
  LocalRunner local_runner_;
  std::vector<LocalCall> locals_;  // that have not ended
  std::vector<RejectedUpdate> rejected_;
  std::vector<Command> commands_;
  bool closed_ = false;
  absl::Status status_;
};

}  // namespace cohort

#endif  // COHORT_TESTING_RECORDER_H_
