// HistoryBuilder: histories by hand, for tests.
//
//   History history = HistoryBuilder("Order")
//                         .Turn().Version("Step1", 1).Activity("ActivityC")
//                         .ActivityCompleted(ToPayloads(7))
//                         .Turn().Completed()
//                         .Build();
//
// Each call appends events and numbers them from 1; the first is the run's
// start. Turn() is a whole workflow task: scheduled, started, completed; what
// a turn put out stands behind it, what comes in before the next one. Nothing
// is checked: a history may be as wrong as a test wants it.
//
// Calls about an operation take the id of the event that recorded it; 0 is the
// oldest one of that kind that is still open. Ids of activities and timers are
// event numbers unless they are given. Which event records a kind of command,
// and which events say what became of it, stands in engine/kinds.h: Output()
// and Outcome() know every row of it, the other calls are short forms.
//
// Threads: one. Errors: Build() ends the process for a text that does not read
// back: a mistake of the test.
#ifndef COHORT_TESTING_HISTORY_BUILDER_H_
#define COHORT_TESTING_HISTORY_BUILDER_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "cohort/engine/kinds.h"
#include "cohort/history/command.h"
#include "cohort/history/history.h"
#include "cohort/history/json_writer.h"
#include "cohort/markers/codec.h"
#include "cohort/markers/value_markers.h"
#include "cohort/versioning/version_book.h"

namespace cohort {

// How a run begins.
struct RunStart {
  std::string workflow_type;
  std::string workflow_id = "workflow-1";
  std::string run_id = "run-1";
  absl::Time time = absl::FromUnixSeconds(1'700'000'000);
  Payloads input = {};
};

class HistoryBuilder {
 public:
  explicit HistoryBuilder(std::string workflow_type, Payloads input = {});
  explicit HistoryBuilder(RunStart start);

  // Who wrote it: task completions from now on say so, with these language
  // flags, and core's. Without it a history has our own rules, or its markers'
  // dialect's.
  HistoryBuilder& Sdk(std::string name, std::vector<std::int64_t> flags = {},
                      std::vector<std::int64_t> core_flags = {});
  // The dialect of markers from now on, where it has them: by default Go's, and
  // core's for patches.
  HistoryBuilder& Markers(Dialect dialect);

  // The time of the events from now on; each is a millisecond behind the one
  // before.
  HistoryBuilder& At(absl::Time time);

  // Workflow tasks.
  HistoryBuilder& Turn();
  HistoryBuilder& FailedTask();  // scheduled, started, failed
  // The run is reset: a task fails for it, and names the new run.
  HistoryBuilder& Reset(std::string_view new_run_id);
  HistoryBuilder& StartedTask();  // scheduled, started: the open last turn

  // Outputs of the turn before: the event that records a command of that kind.
  HistoryBuilder& Output(CommandKind kind, EventDraft draft = {});
  // A command that cancels: about an open operation of the kind that it ends.
  HistoryBuilder& Cancel(CommandKind with, std::int64_t recorded = 0);
  HistoryBuilder& Activity(std::string type, std::string id = "");
  HistoryBuilder& CancelActivity(std::int64_t scheduled = 0);
  HistoryBuilder& Timer(std::string id = "");
  HistoryBuilder& CancelTimer(std::int64_t started = 0);
  HistoryBuilder& Child(std::string type, std::string id = "");
  // The marker with its upsert, and the marker alone.
  HistoryBuilder& Version(std::string_view change_id, int version);
  HistoryBuilder& VersionAlone(std::string_view change_id, int version);
  // Core's marker, with its upsert, and alone.
  HistoryBuilder& Patch(std::string_view change_id);
  HistoryBuilder& PatchAlone(std::string_view change_id);
  HistoryBuilder& DeprecatedPatch(std::string_view change_id);
  HistoryBuilder& DeprecatedPatchAlone(std::string_view change_id);
  HistoryBuilder& SideEffect(Payload value);
  // In Go's form, or Java's: see MutableSideEffectMarker.
  HistoryBuilder& MutableSideEffect(const MutableSideEffectMarker& marker);
  HistoryBuilder& LocalActivity(std::string type, std::string id,
                                const Payloads& result = {});
  HistoryBuilder& UpsertAttribute(const std::string& key);
  // `behind`: the event that the request came behind; 0 is the last one before
  // the turn's task.
  HistoryBuilder& UpdateAccepted(std::string name, std::string id,
                                 std::int64_t behind = 0);
  HistoryBuilder& UpdateCompleted(std::string id, const Payloads& result = {});
  HistoryBuilder& Completed(const Payloads& result = {});
  HistoryBuilder& Failed(const std::string& message);
  HistoryBuilder& Canceled();

  // What came in: an event of kOutcomes. The operation is started first where
  // it has to be.
  HistoryBuilder& Outcome(EventType type, EventDraft draft = {},
                          std::int64_t recorded = 0);
  HistoryBuilder& ActivityStarted(std::int64_t scheduled = 0);
  HistoryBuilder& ActivityCompleted(const Payloads& result = {},
                                    std::int64_t scheduled = 0);
  HistoryBuilder& ActivityFailed(const std::string& message,
                                 std::int64_t scheduled = 0);
  HistoryBuilder& ActivityCanceled(std::int64_t scheduled = 0);
  HistoryBuilder& TimerFired(std::int64_t started = 0);
  HistoryBuilder& Signal(std::string_view name, const Payloads& input = {});
  HistoryBuilder& CancelRequested();
  HistoryBuilder& Terminated();

  // Any other event; its id and time are set.
  HistoryBuilder& Add(EventDraft draft);

  // The id of the last event.
  std::int64_t last_id() const;
  std::string ToJson() const;
  History Build() const;

 private:
  struct OpenOperation {
    CommandKind kind;
    std::int64_t event_id;
    std::string name;
    std::string id;
    bool started = false;
  };

  HistoryBuilder& Marker(const VersionRecord& record, Dialect dialect,
                         std::size_t events);
  // Null for one that is not open.
  OpenOperation* FindOpen(CommandKind kind, std::int64_t event_id);
  void Forget(const OpenOperation* open);
  void Start(OpenOperation& open);

  absl::Time time_;  // less a millisecond for each event
  std::string sdk_;
  std::vector<std::int64_t> flags_;
  std::vector<std::int64_t> core_flags_;
  Dialect dialect_ = Dialect::kGo;
  VersionBook book_;
  std::vector<OpenOperation> open_;
  std::int64_t before_task_ = 0;  // the last event before the turn's task
  std::map<std::string, std::int64_t> accepted_;  // updates, by which event
  std::vector<std::string> events_;
};

}  // namespace cohort

#endif  // COHORT_TESTING_HISTORY_BUILDER_H_
