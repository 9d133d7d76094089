#include "cohort/testing/recorder.h"

#include <algorithm>
#include <utility>

#include "absl/time/time.h"
#include "cohort/base/status.h"
#include "cohort/engine/kinds.h"
#include "cohort/engine/record.h"
#include "cohort/history/event_table.h"
#include "cohort/history/time.h"
#include "fmt/core.h"

namespace cohort {
namespace {

// See Mode.
constexpr std::size_t kEvictedEachTurnEvents = 256;
constexpr std::size_t kEvictedGrowth = 16;

EventDraft Draft(EventType type, std::int64_t subject = 0) {
  EventDraft draft;
  draft.type = type;
  draft.subject = subject;
  return draft;
}

}  // namespace

Recorder::Recorder(RunOptions options, std::string workflow_type,
                   Payloads input, Mode mode)
    : Recorder(
          std::move(options),
          [&] {
            EventDraft start;
            start.text(Text::kName) = std::move(workflow_type);
            start.text(Text::kId) = "workflow-1";
            start.text(Text::kControl) = "5e1f0a0c-0000-4000-8000-000000000001";
            start.input = std::move(input);
            return start;
          }(),
          mode) {}

Recorder::Recorder(RunOptions options, EventDraft start, Mode mode)
    : options_(std::move(options)),
      mode_(mode),
      run_(std::make_unique<Run>(options_)),
      reader_(std::make_unique<TurnReader>(options_.profile->empty_tasks)) {
  start.type = EventType::kWorkflowExecutionStarted;
  start.attributes = {{"taskQueue.name", std::string("queue-1")},
                      {"firstExecutionRunId", start.text(Text::kControl)},
                      {"workflowTaskTimeout", Nanoseconds(10'000'000'000)},
                      {"attempt", std::int64_t{1}}};
  Append(std::move(start));
}

Recorder::Recorder(RunOptions options, const History& history)
    : options_(std::move(options)),
      mode_(Mode::kCached),
      run_(std::make_unique<Run>(options_)),
      reader_(std::make_unique<TurnReader>(options_.profile->empty_tasks)) {
  for (const Event& event : history.events()) {
    events_.emplace_back(event.json);
    last_event_id_ = event.id;
    if (EndsRun(event.type)) closed_ = true;
    if (RoleOf(event.type) != Role::kTaskEdge) continue;
    const bool scheduled = event.type == EventType::kWorkflowTaskScheduled;
    const bool started = event.type == EventType::kWorkflowTaskStarted;
    if (!started) scheduled_ = scheduled ? event.id : 0;
    task_started_ = started ? event.id : 0;
  }
  // Events stand behind it: the task that goes on has to start behind them.
  if (task_started_ != last_event_id_) task_started_ = 0;
  if (history.events().empty()) return;
  const Event& last = history.events().back();
  if (auto time = ParseTime(last.time); time.ok()) {
    origin_ = *time - absl::Milliseconds(last.id);
  }
}

std::int64_t Recorder::Append(EventDraft draft) {
  draft.id = ++last_event_id_;
  draft.time = origin_ + absl::Milliseconds(draft.id);
  events_.push_back(WriteEvent(draft));
  return draft.id;
}

void Recorder::Evict() {
  run_ = std::make_unique<Run>(options_);
  reader_ = std::make_unique<TurnReader>(options_.profile->empty_tasks);
  pages_.clear();
  locals_.clear();  // they are handed out anew
  fed_ = 0;
}

void Recorder::Deploy(const Registry& registry) {
  options_.registry = &registry;
  Evict();
  if (status_.ok() || closed_) return;
  status_ = absl::OkStatus();
  FailTask();
}

void Recorder::ScheduleTask() {
  if (scheduled_ != 0) return;
  scheduled_ = Append(Draft(EventType::kWorkflowTaskScheduled));
}

void Recorder::StartTask() {
  if (task_started_ != 0) return;
  ScheduleTask();
  task_started_ = Append(Draft(EventType::kWorkflowTaskStarted, scheduled_));
}

std::int64_t Recorder::EndTask(EventDraft draft) {
  draft.subject = task_started_;
  draft.attributes.push_back({"scheduledEventId", scheduled_});
  scheduled_ = task_started_ = 0;
  return Append(std::move(draft));
}

void Recorder::FailTask() {
  if (!Takes("workflow task")) return;
  StartTask();
  EndTask(Draft(EventType::kWorkflowTaskFailed));
}

void Recorder::TimeOutTask() {
  if (!Takes("workflow task")) return;
  if (scheduled_ == 0) StartTask();
  EndTask(Draft(EventType::kWorkflowTaskTimedOut));
}

bool Recorder::Takes(std::string_view what) {
  if (!closed_) return true;
  status_.Update(
      InvalidArgument("the run is closed, it takes no {} any more", what));
  return false;
}

absl::Status Recorder::RunTurn() {
  COHORT_RETURN_IF_ERROR(status_);
  if (!Takes("workflow task")) return status_;
  StartTask();
  if (mode_ != Mode::kCached && events_.size() >= evict_at_) {
    Evict();
    if (mode_ == Mode::kEvicted && events_.size() > kEvictedEachTurnEvents) {
      evict_at_ = events_.size() + events_.size() / kEvictedGrowth;
    }
  }
  Emission emission;
  status_ = Feed(&emission);
  if (status_.ok()) status_ = RunLocals(&emission);
  COHORT_RETURN_IF_ERROR(status_);
  RecordCompletion(emission);
  commands_ = std::move(emission.commands);
  closed_ = emission.closed;
  return status_;
}

void Recorder::RecordCompletion(const Emission& emission) {
  const std::int64_t completed_id =
      EndTask(CompletionOf(emission, options_.build_id));
  for (const Command& c : emission.commands) Record(c, completed_id);
}

absl::Status Recorder::RunLocals(Emission* emission) {
  const auto take = [this](Emission& from) {
    locals_.insert(locals_.end(), from.locals.begin(), from.locals.end());
    for (const OperationId id : from.canceled_locals) {
      std::erase_if(locals_,
                    [id](const LocalCall& c) { return c.operation == id; });
    }
    rejected_.insert(rejected_.end(), from.rejected.begin(),
                     from.rejected.end());
  };
  take(*emission);
  for (std::size_t i = 0; i < locals_.size() && !emission->closed;) {
    std::optional<LocalOutcome> outcome;
    if (local_runner_) {
      outcome = local_runner_(locals_[i]);
    } else {
      outcome.emplace();
    }
    if (!outcome) {
      ++i;
      continue;
    }
    const OperationId id = locals_[i].operation;
    locals_.erase(locals_.begin() + static_cast<std::ptrdiff_t>(i));
    COHORT_ASSIGN_OR_RETURN(*emission, run_->Resolve(id, *std::move(outcome)));
    take(*emission);
  }
  return absl::OkStatus();
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
      COHORT_ASSIGN_OR_RETURN(
          *emission, run_->Advance(*turn, std::exchange(updates_, {})));
    }
  }
}

void Recorder::Record(const Command& command, std::int64_t completed_id) {
  const KindRow& row = RowOf(command.kind);
  const std::int64_t id = Append(EventOf(command, completed_id));
  if (row.on_record == OnRecord::kOpens) {
    open_.push_back({command.kind, id, std::string(command.name()),
                     std::string(command.key())});
  }
  if (row.on_record == OnRecord::kCancels) Forget(command.subject);
}

void Recorder::Forget(std::int64_t event_id) {
  started_.erase(event_id);
  std::erase_if(open_, [event_id](const OpenOperation& o) {
    return o.event_id == event_id;
  });
}

const OutcomeRow* Recorder::RowFor(CommandKind kind, Outcome outcome) {
  for (const OutcomeRow& row : kOutcomes) {
    if (row.kind == kind && row.outcome == outcome) return &row;
  }
  return nullptr;
}

void Recorder::Start(OpenOperation operation) {
  if (!Takes("event of an operation")) return;
  const std::int64_t id = operation.event_id;
  if (started_.contains(id)) return;
  for (const OutcomeRow& row : kOutcomes) {
    if (row.kind != operation.kind || row.input != Input::kStarted) continue;
    started_.insert(id);
    EventDraft draft = Draft(row.event, id);
    draft.text(Text::kName) = operation.name;
    draft.text(Text::kId) = operation.id;
    draft.text(Text::kControl) = fmt::format("started-{}", id);
    Append(std::move(draft));
  }
}

void Recorder::End(OpenOperation operation, EventType type, EventDraft draft) {
  if (!Takes("event of an operation")) return;
  const OutcomeRow* row = OutcomeOf(type);
  if (row != nullptr && row->guard == Guard::kNeedsStarted) Start(operation);
  draft.type = type;
  draft.subject = operation.event_id;
  draft.text(Text::kName) = operation.name;
  draft.text(Text::kId) = operation.id;
  Append(std::move(draft));
  if (row != nullptr && row->input == Input::kSettled) {
    Forget(operation.event_id);
  }
}

void Recorder::Complete(OpenOperation operation, const Payloads& result) {
  EventDraft draft;
  draft.input = result;
  End(operation, RowFor(operation.kind, Outcome::kResult)->event,
      std::move(draft));
}

void Recorder::Fail(OpenOperation operation, const Failure& failure) {
  EventDraft draft;
  const OutcomeRow* row = RowFor(operation.kind, Outcome::kFailure);
  if (row != nullptr) {
    draft.failure = failure;
  } else {
    row = RowFor(operation.kind, Outcome::kCause);
    draft.text(Text::kControl) = failure.message;
  }
  // Timers do not fail.
  if (row != nullptr) End(operation, row->event, std::move(draft));
}

void Recorder::TimeOut(OpenOperation operation) {
  EventDraft draft;
  draft.failure.emplace();
  draft.failure->message = "timeout";
  draft.failure->info = "timeoutFailureInfo";
  draft.failure->timeout_type = "TIMEOUT_TYPE_SCHEDULE_TO_START";
  const OutcomeRow* row = RowFor(operation.kind, Outcome::kTimedOut);
  const EventType type = row != nullptr ? row->event
                         : operation.kind == CommandKind::kScheduleNexus
                             ? EventType::kNexusOperationTimedOut
                             : EventType::kActivityTaskTimedOut;
  End(operation, type, std::move(draft));
}

void Recorder::AcknowledgeCancel(OpenOperation operation) {
  const OutcomeRow* row = RowFor(operation.kind, Outcome::kCanceled);
  if (row == nullptr) return;
  Start(operation);
  End(operation, row->event);
}

void Recorder::Update(std::string id, std::string name, Payloads input) {
  if (!Takes("update")) return;
  updates_.push_back(
      {std::move(id), std::move(name), std::move(input), LastEventId()});
}

void Recorder::Admit(std::string id, std::string name, Payloads input) {
  if (!Takes("update")) return;
  EventDraft draft = Draft(EventType::kWorkflowExecutionUpdateAdmitted);
  draft.text(Text::kName) = std::move(name);
  draft.text(Text::kId) = std::move(id);
  draft.input = std::move(input);
  Append(std::move(draft));
}

void Recorder::Signal(std::string_view name, const Payloads& input) {
  if (!Takes("signal")) return;
  EventDraft draft = Draft(EventType::kWorkflowExecutionSignaled);
  draft.text(Text::kName) = name;
  draft.input = input;
  Append(std::move(draft));
}

void Recorder::RequestCancel() {
  if (!Takes("request to cancel")) return;
  Append(Draft(EventType::kWorkflowExecutionCancelRequested));
}

void Recorder::Terminate(Payloads details) {
  if (!Takes("termination")) return;
  EventDraft draft = Draft(EventType::kWorkflowExecutionTerminated);
  draft.input = std::move(details);
  Append(std::move(draft));
  closed_ = true;
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
