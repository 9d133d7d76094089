#include "cohort/testing/recorder.h"

#include <algorithm>

#include "absl/time/time.h"
#include "cohort/base/status.h"
#include "cohort/base/version.h"
#include "cohort/engine/kinds.h"
#include "fmt/core.h"

namespace cohort {
namespace {

absl::Time TimeOf(std::int64_t event_id) {
  return absl::FromUnixSeconds(1'700'000'000) + absl::Milliseconds(event_id);
}

EventDraft Draft(EventType type, std::int64_t subject = 0) {
  EventDraft draft;
  draft.type = type;
  draft.subject = subject;
  return draft;
}

}  // namespace

Recorder::Recorder(RunOptions options, std::string workflow_type,
                   Payloads input, Mode mode)
    : options_(std::move(options)),
      mode_(mode),
      run_(std::make_unique<Run>(options_)),
      reader_(std::make_unique<TurnReader>()) {
  EventDraft start = Draft(EventType::kWorkflowExecutionStarted);
  start.text(Text::kName) = std::move(workflow_type);
  start.text(Text::kId) = "workflow-1";
  start.text(Text::kControl) = "5e1f0a0c-0000-4000-8000-000000000001";
  start.attributes = {{"taskQueue.name", std::string("queue-1")},
                      {"firstExecutionRunId", start.text(Text::kControl)},
                      {"workflowTaskTimeout", Nanoseconds(10'000'000'000)},
                      {"attempt", std::int64_t{1}}};
  start.input = std::move(input);
  Append(std::move(start));
}

std::int64_t Recorder::Append(EventDraft draft) {
  draft.id = static_cast<std::int64_t>(events_.size()) + 1;
  draft.time = TimeOf(draft.id);
  events_.push_back(WriteEvent(draft));
  return draft.id;
}

void Recorder::Evict() {
  run_ = std::make_unique<Run>(options_);
  reader_ = std::make_unique<TurnReader>();
  pages_.clear();
  fed_ = 0;
}

void Recorder::Deploy(const Registry& registry) {
  options_.registry = &registry;
  Evict();
  if (status_.ok() || closed_) return;
  // The failed turn's last event is the start of its task.
  Append(Draft(EventType::kWorkflowTaskFailed,
               static_cast<std::int64_t>(events_.size())));
  status_ = absl::OkStatus();
}

absl::Status Recorder::RunTurn() {
  COHORT_RETURN_IF_ERROR(status_);
  if (closed_) return status_ = InvalidArgument("the run is closed");
  const std::int64_t scheduled =
      Append(Draft(EventType::kWorkflowTaskScheduled));
  const std::int64_t started =
      Append(Draft(EventType::kWorkflowTaskStarted, scheduled));
  if (mode_ == Mode::kEvicted) Evict();
  Emission emission;
  status_ = Feed(&emission);
  COHORT_RETURN_IF_ERROR(status_);
  EventDraft completed = Draft(EventType::kWorkflowTaskCompleted, started);
  completed.attributes = {{"scheduledEventId", scheduled},
                          {"sdkMetadata.sdkName", std::string(kSdkName)},
                          {"sdkMetadata.sdkVersion", std::string(kSdkVersion)}};
  for (std::int64_t flag : emission.lang_used_flags) {
    completed.attributes.push_back({"sdkMetadata.langUsedFlags[]", flag});
  }
  for (std::int64_t flag : emission.core_used_flags) {
    completed.attributes.push_back({"sdkMetadata.coreUsedFlags[]", flag});
  }
  const std::int64_t completed_id = Append(std::move(completed));
  for (const Command& c : emission.commands) Record(c, completed_id);
  commands_ = std::move(emission.commands);
  closed_ = emission.closed;
  return status_;
}

void Recorder::FailTask() {
  const std::int64_t scheduled =
      Append(Draft(EventType::kWorkflowTaskScheduled));
  const std::int64_t started =
      Append(Draft(EventType::kWorkflowTaskStarted, scheduled));
  Append(Draft(EventType::kWorkflowTaskFailed, started));
}

absl::Status Recorder::Feed(Emission* emission) {
  std::string text = "{\"events\":[";
  for (std::size_t i = fed_; i < events_.size(); ++i) {
    text += (i > fed_ ? ",\n" : "\n") + events_[i];
  }
  text += "]}";
  fed_ = events_.size();
  COHORT_ASSIGN_OR_RETURN(History page, History::FromJson(std::move(text)));
  pages_.push_back(page);
  COHORT_RETURN_IF_ERROR(reader_->Add(page.events(), PageEnd::kLast));
  while (true) {
    COHORT_ASSIGN_OR_RETURN(std::optional<Turn> turn, reader_->Next());
    if (!turn) return absl::OkStatus();
    if (turn->completed != nullptr) {
      COHORT_RETURN_IF_ERROR(run_->Replay(*turn));
    } else {
      COHORT_ASSIGN_OR_RETURN(*emission, run_->Advance(*turn));
    }
  }
}

void Recorder::Record(const Command& command, std::int64_t completed_id) {
  const KindRow& row = RowOf(command.kind);
  EventDraft draft = Draft(row.recorded_by, command.subject);
  draft.texts = command.texts;
  draft.input = command.input;
  draft.failure = command.failure;
  draft.details = command.details;
  draft.attributes = command.attributes;
  draft.attributes.push_back({"workflowTaskCompletedEventId", completed_id});
  const std::int64_t id = Append(std::move(draft));
  if (row.on_record == OnRecord::kOpens) {
    open_.push_back({command.kind, id, std::string(command.name()),
                     std::string(command.key())});
  }
  if (row.on_record == OnRecord::kCancels) Forget(command.subject);
}

void Recorder::Forget(std::int64_t event_id) {
  std::erase_if(open_, [event_id](const OpenOperation& o) {
    return o.event_id == event_id;
  });
}

void Recorder::StartActivity(const OpenOperation& operation) {
  if (operation.kind != CommandKind::kScheduleActivity) return;
  const std::int64_t id = operation.event_id;
  if (std::find(started_.begin(), started_.end(), id) != started_.end()) return;
  started_.push_back(id);
  Append(Draft(EventType::kActivityTaskStarted, id));
}

void Recorder::Complete(const OpenOperation& operation,
                        const Payloads& result) {
  const bool timer = operation.kind == CommandKind::kStartTimer;
  StartActivity(operation);
  EventDraft draft =
      Draft(timer ? EventType::kTimerFired : EventType::kActivityTaskCompleted,
            operation.event_id);
  if (timer) {
    draft.text(Text::kId) = operation.id;
  } else {
    draft.input = result;
  }
  Append(std::move(draft));
  Forget(operation.event_id);
}

void Recorder::Fail(const OpenOperation& operation, const Failure& failure) {
  StartActivity(operation);
  EventDraft draft = Draft(EventType::kActivityTaskFailed, operation.event_id);
  draft.failure = failure;
  Append(std::move(draft));
  Forget(operation.event_id);
}

void Recorder::TimeOut(const OpenOperation& operation) {
  EventDraft draft =
      Draft(EventType::kActivityTaskTimedOut, operation.event_id);
  draft.failure.emplace();
  draft.failure->message = "activity timeout";
  draft.failure->info = "timeoutFailureInfo";
  draft.failure->timeout_type = "TIMEOUT_TYPE_SCHEDULE_TO_START";
  Append(std::move(draft));
  Forget(operation.event_id);
}

void Recorder::AcknowledgeCancel(const OpenOperation& operation) {
  StartActivity(operation);
  Append(Draft(EventType::kActivityTaskCanceled, operation.event_id));
  Forget(operation.event_id);
}

void Recorder::Signal(std::string_view name, const Payloads& input) {
  EventDraft draft = Draft(EventType::kWorkflowExecutionSignaled);
  draft.text(Text::kName) = name;
  draft.input = input;
  Append(std::move(draft));
}

void Recorder::RequestCancel() {
  Append(Draft(EventType::kWorkflowExecutionCancelRequested));
}

absl::StatusOr<History> Recorder::history() const {
  return History::FromJson(ToJson());
}

std::string Recorder::ToJson() const {
  std::string text = "{\"events\":[";
  for (std::size_t i = 0; i < events_.size(); ++i) {
    text += (i > 0 ? ",\n" : "\n") + events_[i];
  }
  return text + "]}\n";
}

}  // namespace cohort
