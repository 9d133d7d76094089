#include "cohort/testing/history_builder.h"

#include <utility>

#include "absl/time/time.h"
#include "cohort/base/check.h"
#include "cohort/markers/value_markers.h"
#include "fmt/core.h"

namespace cohort {
namespace {

using enum EventType;

EventDraft Draft(EventType type, std::int64_t subject = 0) {
  EventDraft draft;
  draft.type = type;
  draft.subject = subject;
  return draft;
}

EventDraft WithInput(const Payloads& input) {
  EventDraft draft;
  draft.input = input;
  return draft;
}

EventDraft WithFailure(const std::string& message) {
  EventDraft draft;
  draft.failure.emplace();
  draft.failure->message = message;
  draft.failure->info = "applicationFailureInfo";
  return draft;
}

EventDraft Named(std::string name, std::string id = "") {
  EventDraft draft;
  draft.text(Text::kName) = std::move(name);
  draft.text(Text::kId) = std::move(id);
  return draft;
}

EventDraft DraftOf(const Command& command) {
  EventDraft draft;
  draft.texts = command.texts;
  draft.details = command.details;
  draft.failure = command.failure;
  return draft;
}

}  // namespace

HistoryBuilder::HistoryBuilder(std::string workflow_type, Payloads input)
    : HistoryBuilder(RunStart{.workflow_type = std::move(workflow_type),
                              .time = absl::FromUnixMillis(1'700'000'000'001),
                              .input = std::move(input)}) {}

HistoryBuilder::HistoryBuilder(RunStart run)
    : time_(run.time - absl::Milliseconds(1)) {
  EventDraft start = Draft(kWorkflowExecutionStarted);
  start.text(Text::kName) = std::move(run.workflow_type);
  start.text(Text::kId) = std::move(run.workflow_id);
  start.text(Text::kControl) = std::move(run.run_id);
  start.input = std::move(run.input);
  Add(std::move(start));
}

HistoryBuilder& HistoryBuilder::At(absl::Time time) {
  time_ = time - absl::Milliseconds(last_id() + 1);
  return *this;
}

HistoryBuilder& HistoryBuilder::Sdk(std::string name,
                                    std::vector<std::int64_t> flags,
                                    std::vector<std::int64_t> core_flags) {
  sdk_ = std::move(name);
  flags_ = std::move(flags);
  core_flags_ = std::move(core_flags);
  return *this;
}

HistoryBuilder& HistoryBuilder::Markers(Dialect dialect) {
  dialect_ = dialect;
  return *this;
}

HistoryBuilder& HistoryBuilder::Add(EventDraft draft) {
  draft.id = last_id() + 1;
  draft.time = time_ + absl::Milliseconds(draft.id);
  events_.push_back(WriteEvent(draft));
  return *this;
}

HistoryBuilder& HistoryBuilder::StartedTask() {
  before_task_ = last_id();
  Add(Draft(kWorkflowTaskScheduled));
  return Add(Draft(kWorkflowTaskStarted, last_id()));
}

HistoryBuilder& HistoryBuilder::FailedTask() {
  StartedTask();
  return Add(Draft(kWorkflowTaskFailed, last_id()));
}

HistoryBuilder& HistoryBuilder::Reset(std::string_view new_run_id) {
  StartedTask();
  EventDraft failed = Draft(kWorkflowTaskFailed, last_id());
  failed.text(Text::kId) = new_run_id;
  return Add(std::move(failed));
}

HistoryBuilder& HistoryBuilder::Turn() {
  StartedTask();
  EventDraft completed = Draft(kWorkflowTaskCompleted, last_id());
  if (!sdk_.empty()) {
    completed.attributes.push_back({"sdkMetadata.sdkName", sdk_});
    for (std::int64_t flag : flags_) {
      completed.attributes.push_back({"sdkMetadata.langUsedFlags[]", flag});
    }
    for (std::int64_t flag : core_flags_) {
      completed.attributes.push_back({"sdkMetadata.coreUsedFlags[]", flag});
    }
  }
  return Add(std::move(completed));
}

HistoryBuilder& HistoryBuilder::Output(CommandKind kind, EventDraft draft) {
  const KindRow& row = RowOf(kind);
  draft.type = row.recorded_by;
  std::string& id = draft.text(Text::kId);
  if (row.own_id != OwnId::kNoId && id.empty()) {
    id = fmt::format("{}", last_id() + 1);
  }
  const std::string name(draft.text(Text::kName));
  const std::string key = id;
  Add(std::move(draft));
  if (row.on_record == OnRecord::kOpens) {
    open_.push_back({kind, last_id(), name, key});
  }
  return *this;
}

HistoryBuilder& HistoryBuilder::Cancel(CommandKind with,
                                       std::int64_t recorded) {
  EventDraft draft;
  draft.subject = recorded;
  for (const KindRow& row : kKinds) {
    if (row.cancel_with != with) continue;
    const OpenOperation* open = FindOpen(row.kind, recorded);
    if (open == nullptr) continue;
    draft.subject = open->event_id;
    if (row.cancel_by == CancelBy::kId) draft.text(Text::kId) = open->id;
    if (RowOf(with).on_record == OnRecord::kCancels) Forget(open);
    break;
  }
  return Output(with, std::move(draft));
}

HistoryBuilder& HistoryBuilder::Outcome(EventType type, EventDraft draft,
                                        std::int64_t recorded) {
  const OutcomeRow* row = OutcomeOf(type);
  OpenOperation* open =
      row == nullptr ? nullptr : FindOpen(row->kind, recorded);
  draft.type = type;
  draft.subject = recorded;
  if (open != nullptr) {
    if (row->guard == Guard::kNeedsStarted) Start(*open);
    draft.subject = open->event_id;
    draft.text(Text::kName) = open->name;
    draft.text(Text::kId) = open->id;
    if (row->input == Input::kStarted) open->started = true;
    if (row->input == Input::kSettled) Forget(open);
  }
  return Add(std::move(draft));
}

void HistoryBuilder::Start(OpenOperation& open) {
  if (open.started) return;
  for (const OutcomeRow& row : kOutcomes) {
    const bool starts = row.kind == open.kind && row.input == Input::kStarted;
    if (starts) Outcome(row.event, {}, open.event_id);
  }
}

HistoryBuilder::OpenOperation* HistoryBuilder::FindOpen(CommandKind kind,
                                                        std::int64_t event_id) {
  for (OpenOperation& o : open_) {
    if (o.kind != kind) continue;
    if (event_id == 0 || o.event_id == event_id) return &o;
  }
  return nullptr;
}

void HistoryBuilder::Forget(const OpenOperation* open) {
  open_.erase(open_.begin() + (open - open_.data()));
}

HistoryBuilder& HistoryBuilder::Activity(std::string type, std::string id) {
  return Output(CommandKind::kScheduleActivity,
                Named(std::move(type), std::move(id)));
}
HistoryBuilder& HistoryBuilder::CancelActivity(std::int64_t scheduled) {
  return Cancel(CommandKind::kRequestCancelActivity, scheduled);
}
HistoryBuilder& HistoryBuilder::Timer(std::string id) {
  return Output(CommandKind::kStartTimer, Named("", std::move(id)));
}
HistoryBuilder& HistoryBuilder::CancelTimer(std::int64_t started) {
  return Cancel(CommandKind::kCancelTimer, started);
}
HistoryBuilder& HistoryBuilder::Child(std::string type, std::string id) {
  return Output(CommandKind::kStartChild,
                Named(std::move(type), std::move(id)));
}

HistoryBuilder& HistoryBuilder::Marker(const VersionRecord& record,
                                       Dialect dialect, std::size_t events) {
  const VersionCommands commands = EncodeVersion(dialect, book_, record);
  book_.Record(record, Standing::kRecorded);
  Output(CommandKind::kRecordVersion, DraftOf(commands.marker));
  if (events > 1 && commands.upsert) {
    Output(CommandKind::kUpsertSearchAttributes, DraftOf(*commands.upsert));
  }
  return *this;
}

HistoryBuilder& HistoryBuilder::Version(std::string_view change_id,
                                        int version) {
  return Marker({change_id, version, Family::kVersion, false}, dialect_, 2);
}
HistoryBuilder& HistoryBuilder::VersionAlone(std::string_view change_id,
                                             int version) {
  return Marker({change_id, version, Family::kVersion, false}, dialect_, 1);
}
HistoryBuilder& HistoryBuilder::Patch(std::string_view change_id) {
  return Marker({change_id, 1, Family::kPatch, false}, dialect_, 2);
}
HistoryBuilder& HistoryBuilder::PatchAlone(std::string_view change_id) {
  return Marker({change_id, 1, Family::kPatch, false}, dialect_, 1);
}
HistoryBuilder& HistoryBuilder::DeprecatedPatch(std::string_view change_id) {
  return Marker({change_id, 1, Family::kPatch, true}, dialect_, 2);
}
HistoryBuilder& HistoryBuilder::DeprecatedPatchAlone(
    std::string_view change_id) {
  return Marker({change_id, 1, Family::kPatch, true}, dialect_, 1);
}
HistoryBuilder& HistoryBuilder::SideEffect(Payload value) {
  return Output(CommandKind::kRecordSideEffect,
                DraftOf(EncodeSideEffect({1, {value}})));
}
HistoryBuilder& HistoryBuilder::MutableSideEffect(
    const MutableSideEffectMarker& marker) {
  return Output(CommandKind::kRecordMutableSideEffect,
                DraftOf(EncodeMutableSideEffect(marker, last_id() + 1)));
}
HistoryBuilder& HistoryBuilder::LocalActivity(std::string type, std::string id,
                                              const Payloads& result) {
  LocalActivityMarker marker;
  marker.type = std::move(type);
  marker.id = std::move(id);
  marker.result = result;
  return Output(CommandKind::kRecordLocalActivity,
                DraftOf(EncodeLocalActivity(dialect_, marker)));
}
HistoryBuilder& HistoryBuilder::UpsertAttribute(const std::string& key) {
  EventDraft draft;
  draft.details[key] = {Payload{}};
  return Output(CommandKind::kUpsertSearchAttributes, std::move(draft));
}

HistoryBuilder& HistoryBuilder::UpdateAccepted(std::string name, std::string id,
                                               std::int64_t behind) {
  EventDraft draft = Named(std::move(name), id);
  draft.text(Text::kControl) = id;
  draft.subject = behind != 0 ? behind : before_task_;
  Output(CommandKind::kAcceptUpdate, std::move(draft));
  accepted_[std::move(id)] = last_id();
  return *this;
}
HistoryBuilder& HistoryBuilder::UpdateCompleted(std::string id,
                                                const Payloads& result) {
  EventDraft draft = WithInput(result);
  draft.subject = accepted_[id];
  draft.text(Text::kId) = std::move(id);
  return Output(CommandKind::kCompleteUpdate, std::move(draft));
}

HistoryBuilder& HistoryBuilder::Completed(const Payloads& result) {
  return Output(CommandKind::kCompleteWorkflow, WithInput(result));
}
HistoryBuilder& HistoryBuilder::Failed(const std::string& message) {
  return Output(CommandKind::kFailWorkflow, WithFailure(message));
}
HistoryBuilder& HistoryBuilder::Canceled() {
  return Output(CommandKind::kCancelWorkflow);
}

HistoryBuilder& HistoryBuilder::ActivityStarted(std::int64_t scheduled) {
  return Outcome(kActivityTaskStarted, {}, scheduled);
}
HistoryBuilder& HistoryBuilder::ActivityCompleted(const Payloads& result,
                                                  std::int64_t scheduled) {
  return Outcome(kActivityTaskCompleted, WithInput(result), scheduled);
}
HistoryBuilder& HistoryBuilder::ActivityFailed(const std::string& message,
                                               std::int64_t scheduled) {
  return Outcome(kActivityTaskFailed, WithFailure(message), scheduled);
}
HistoryBuilder& HistoryBuilder::ActivityCanceled(std::int64_t scheduled) {
  return Outcome(kActivityTaskCanceled, {}, scheduled);
}
HistoryBuilder& HistoryBuilder::TimerFired(std::int64_t started) {
  return Outcome(kTimerFired, {}, started);
}
HistoryBuilder& HistoryBuilder::Signal(std::string_view name,
                                       const Payloads& input) {
  EventDraft draft = WithInput(input);
  draft.type = kWorkflowExecutionSignaled;
  draft.text(Text::kName) = name;
  return Add(std::move(draft));
}
HistoryBuilder& HistoryBuilder::CancelRequested() {
  return Add(Draft(kWorkflowExecutionCancelRequested));
}

HistoryBuilder& HistoryBuilder::Terminated() {
  return Add(Draft(kWorkflowExecutionTerminated));
}

std::int64_t HistoryBuilder::last_id() const {
  return static_cast<std::int64_t>(events_.size());
}

std::string HistoryBuilder::ToJson() const {
  std::string text = "{\"events\":[";
  for (std::size_t i = 0; i < events_.size(); ++i) {
    text += (i > 0 ? ",\n" : "\n") + events_[i];
  }
  return text + "]}\n";
}

History HistoryBuilder::Build() const {
  auto history = History::FromJson(ToJson());
  COHORT_CHECK(history.ok(), "a built history reads back");
  return *std::move(history);
}

}  // namespace cohort
