// RunAgain: what came in, off a recorded history; the commands, from our code.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/engine/kinds.h"
#include "cohort/history/event_table.h"
#include "cohort/history/payload_reader.h"
#include "cohort/markers/value_markers.h"
#include "cohort/testing/conformance/live_sequences.h"

namespace cohort_testing {
namespace {

using cohort::Event;
using cohort::EventDraft;
using cohort::EventType;
using cohort::FailedPrecondition;
using cohort::History;
using cohort::LocalActivityMarker;
using cohort::LocalCall;
using cohort::LocalOutcome;
using cohort::OutcomeRow;
using cohort::Recorder;
using cohort::Registry;
using cohort::Role;
using cohort::Text;

// The code itself brought these about; a server does others.
bool CodeFails(std::string_view cause) {
  return cause == "WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR" ||
         cause ==
             "WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE";
}

class Rerun {
 public:
  Rerun(const History& recorded, const LiveOptions& options)
      : events_(recorded.events()), options_(options) {}

  absl::StatusOr<LiveRunAgain> Run() {
    for (std::size_t i = 0; i < events_.size(); ++i) {
      absl::Status done = RoleOf(events_[i].type) == Role::kTaskEdge
                              ? TaskEdge(&i)
                              : Outside(events_[i]);
      if (!done.ok()) return cohort::Annotate(done, Where(events_[i]));
      done = AskForUpdates(events_[i].id);
      if (!done.ok()) return cohort::Annotate(done, Where(events_[i]));
    }
    if (!recorder_) return cohort::NotFound("the history has no events");
    LiveRunAgain live;
    live.json = recorder_->ToJson();
    COHORT_ASSIGN_OR_RETURN(live.history, recorder_->history());
    live.generation = completed_by_;
    return live;
  }

 private:
  static std::string Where(const Event& event) {
    return "event " + std::to_string(event.id);
  }

  // --- What came in ---------------------------------------------------------

  absl::Status Outside(const Event& event) {
    if (const OutcomeRow* row = cohort::OutcomeOf(event.type)) {
      return Operation(event, *row);
    }
    COHORT_ASSIGN_OR_RETURN(EventDraft draft, DraftOf(event));
    switch (RoleOf(event.type)) {
      case Role::kStart:
        return Start(std::move(draft));
      case Role::kSignal:
        recorder_->Signal(event.name(), draft.input);
        return absl::OkStatus();
      case Role::kCancelRequest:
        recorder_->RequestCancel();
        return absl::OkStatus();
      case Role::kUpdate:
        recorder_->Admit(std::string(event.key()), std::string(event.name()),
                         std::move(draft.input));
        return absl::OkStatus();
      case Role::kEnd:
        recorder_->Terminate(std::move(draft.input));
        return absl::OkStatus();
      default:
        return cohort::Unimplemented("{} is not run again",
                                     RowOf(event.type).camel());
    }
  }

  absl::StatusOr<EventDraft> DraftOf(const Event& event) {
    EventDraft draft;
    for (std::size_t i = 0; i < cohort::kTextCount; ++i) {
      draft.texts[i] = event.texts[i];
    }
    if (!event.input.empty()) {
      COHORT_ASSIGN_OR_RETURN(draft.input, reader_.ReadPayloads(event.input));
    }
    if (!event.failure.empty()) {
      COHORT_ASSIGN_OR_RETURN(draft.failure,
                              reader_.ReadFailure(event.failure));
    }
    return draft;
  }

  absl::Status Start(EventDraft draft) {
    COHORT_ASSIGN_OR_RETURN(const Registry* first, FirstCode());
    cohort::RunOptions run = options_.run;
    run.registry = first;
    recorder_ = std::make_unique<Recorder>(std::move(run), std::move(draft),
                                           options_.mode);
    recorder_->SetLocalRunner(
        [this](const LocalCall& call) { return OutcomeOfLocal(call); });
    return absl::OkStatus();
  }

  absl::Status Operation(const Event& event, const OutcomeRow& row) {
    const auto found = ours_.find(event.subject);
    if (found == ours_.end()) {
      return FailedPrecondition(
          "{} is about event {}, which the live run has no command for",
          RowOf(event.type).camel(), event.subject);
    }
    if (row.input == cohort::Input::kStarted) {
      recorder_->Start(found->second);
      return absl::OkStatus();
    }
    COHORT_ASSIGN_OR_RETURN(EventDraft draft, DraftOf(event));
    recorder_->End(found->second, event.type, std::move(draft));
    return absl::OkStatus();
  }

  // Those that the task at hand accepts, and that came behind this event.
  absl::Status AskForUpdates(std::int64_t behind_event) {
    for (const Event* accepted : updates_) {
      if (accepted->subject != behind_event) continue;
      COHORT_ASSIGN_OR_RETURN(cohort::Payloads input,
                              reader_.ReadPayloads(accepted->input));
      recorder_->Update(std::string(accepted->key()),
                        std::string(accepted->name()), std::move(input));
    }
    return absl::OkStatus();
  }

  // --- Workflow tasks -------------------------------------------------------

  // Stops at the last event of what the task put out.
  absl::Status TaskEdge(std::size_t* at) {
    const Event& event = events_[*at];
    switch (event.type) {
      case EventType::kWorkflowTaskScheduled:
        recorder_->ScheduleTask();
        FindUpdates(*at);
        return absl::OkStatus();
      case EventType::kWorkflowTaskStarted:
        recorder_->StartTask();
        return absl::OkStatus();
      case EventType::kWorkflowTaskTimedOut:
        recorder_->TimeOutTask();
        return absl::OkStatus();
      case EventType::kWorkflowTaskFailed:
        return FailedTask(event);
      default:
        return CompletedTask(at);
    }
  }

  absl::Status FailedTask(const Event& event) {
    if (!CodeFails(event.text(Text::kControl))) {
      recorder_->FailTask();
      return absl::OkStatus();
    }
    COHORT_RETURN_IF_ERROR(Deploy(event));
    if (recorder_->RunTurn().ok()) {
      return FailedPrecondition(
          "the recorded code cannot go on here, and ours does");
    }
    recorder_->Deploy(registries_.at(generation_));  // says it failed
    return absl::OkStatus();
  }

  absl::Status CompletedTask(std::size_t* at) {
    const Event& completed = events_[*at];
    COHORT_RETURN_IF_ERROR(Deploy(completed));
    std::vector<const Event*> outputs;
    for (; *at + 1 < events_.size() &&
           RoleOf(events_[*at + 1].type) == Role::kOutput;
         ++*at) {
      outputs.push_back(&events_[*at + 1]);
    }
    locals_.clear();
    for (const Event* output : outputs) {
      if (output->type != EventType::kMarkerRecorded) continue;
      COHORT_ASSIGN_OR_RETURN(std::optional<LocalActivityMarker> marker,
                              DecodeLocalActivity(*output, reader_));
      if (marker) locals_.push_back(*std::move(marker));
    }
    COHORT_RETURN_IF_ERROR(recorder_->RunTurn());
    completed_by_ = generation_;
    for (const Event* output : outputs) Pair(*output);
    return absl::OkStatus();
  }

  // The next of our open operations of that kind and name is the recorded one.
  void Pair(const Event& output) {
    for (const Recorder::OpenOperation& open : recorder_->Open()) {
      const cohort::KindRow& row = cohort::RowOf(open.kind);
      if (row.recorded_by != output.type || open.name != output.name() ||
          open.event_id <= paired_) {
        continue;
      }
      ours_.insert_or_assign(output.id, open);
      paired_ = open.event_id;
      return;
    }
  }

  // nullopt while the recorded task ends without it: a heartbeat.
  std::optional<LocalOutcome> OutcomeOfLocal(const LocalCall& call) {
    const auto of_type =
        std::find_if(locals_.begin(), locals_.end(),
                     [&](const auto& m) { return m.type == call.type; });
    if (of_type == locals_.end()) return std::nullopt;
    LocalOutcome outcome;
    outcome.result = of_type->result;
    outcome.failure = of_type->failure;
    outcome.backoff = of_type->backoff;
    outcome.completed = of_type->completed;
    locals_.erase(of_type);
    return outcome;
  }

  // The updates that the next completed task accepts.
  void FindUpdates(std::size_t from) {
    updates_.clear();
    while (from < events_.size() &&
           events_[from].type != EventType::kWorkflowTaskCompleted) {
      ++from;
    }
    for (++from;
         from < events_.size() && RoleOf(events_[from].type) == Role::kOutput;
         ++from) {
      if (events_[from].type == EventType::kWorkflowExecutionUpdateAccepted) {
        updates_.push_back(&events_[from]);
      }
    }
  }

  // --- Generations ----------------------------------------------------------

  // The code that takes the task which this event ends.
  absl::Status Deploy(const Event& event) {
    COHORT_ASSIGN_OR_RETURN(const std::string generation, GenerationOf(event));
    if (generation_ == generation) return absl::OkStatus();
    COHORT_ASSIGN_OR_RETURN(const Registry* code, CodeOf(generation));
    if (!generation_.empty()) recorder_->Deploy(*code);
    generation_ = generation;
    return absl::OkStatus();
  }

  // With which a worker's identity ends.
  absl::StatusOr<std::string> GenerationOf(const Event& event) {
    if (!options_.generation.empty()) return options_.generation;
    COHORT_ASSIGN_OR_RETURN(const std::string identity,
                            reader_.ReadAttributeText(event, "identity"));
    return identity.substr(identity.rfind('-') + 1);
  }

  absl::StatusOr<const Registry*> CodeOf(const std::string& generation) {
    const auto [code, is_new] = registries_.try_emplace(generation);
    if (is_new) {
      code->second = ProgramOf(*options_.sdk, options_.family, generation);
    }
    if (code->second.workflows().empty()) {
      return cohort::NotFound("no generation \"{}\"", generation);
    }
    return &code->second;
  }

  // That takes the first task; where none was completed, any will do.
  absl::StatusOr<const Registry*> FirstCode() {
    for (const Event& event : events_) {
      if (event.type != EventType::kWorkflowTaskCompleted) continue;
      COHORT_ASSIGN_OR_RETURN(const std::string generation,
                              GenerationOf(event));
      return CodeOf(generation);
    }
    return CodeOf("g0");
  }

  std::span<const Event> events_;
  const LiveOptions& options_;
  cohort::PayloadReader reader_;
  std::map<std::string, Registry> registries_;  // by generation
  std::string generation_;                      // that takes the tasks now
  std::string completed_by_;  // the last task that was completed
  std::unique_ptr<Recorder> recorder_;
  // Our operation for the recorded event of that id.
  std::map<std::int64_t, Recorder::OpenOperation> ours_;
  std::int64_t paired_ = 0;                  // our last operation among them
  std::vector<const Event*> updates_;        // that the task at hand accepts
  std::vector<LocalActivityMarker> locals_;  // that end in the task at hand
};

}  // namespace

absl::StatusOr<LiveRunAgain> RunAgain(const History& recorded,
                                      const LiveOptions& options) {
  return Rerun(recorded, options).Run();
}

}  // namespace cohort_testing
