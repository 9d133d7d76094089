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

EventDraft DraftOf(EventType type, const Command& command) {
  EventDraft draft = Draft(type);
  draft.texts = command.texts;
  draft.details = command.details;
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
                                    std::vector<std::int64_t> flags) {
  sdk_ = std::move(name);
  flags_ = std::move(flags);
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
  Add(Draft(kWorkflowTaskScheduled));
  return Add(Draft(kWorkflowTaskStarted, last_id()));
}

HistoryBuilder& HistoryBuilder::FailedTask() {
  StartedTask();
  return Add(Draft(kWorkflowTaskFailed, last_id()));
}

HistoryBuilder& HistoryBuilder::Turn() {
  StartedTask();
  EventDraft completed = Draft(kWorkflowTaskCompleted, last_id());
  if (!sdk_.empty()) {
    completed.attributes.push_back({"sdkMetadata.sdkName", sdk_});
    for (std::int64_t flag : flags_) {
      completed.attributes.push_back({"sdkMetadata.langUsedFlags[]", flag});
    }
  }
  return Add(std::move(completed));
}

HistoryBuilder& HistoryBuilder::Record(EventType type, std::string name,
                                       std::string id) {
  EventDraft draft = Draft(type);
  if (id.empty()) id = fmt::format("{}", last_id() + 1);
  draft.text(Text::kName) = std::move(name);
  draft.text(Text::kId) = id;
  Add(std::move(draft));
  open_.push_back({type, last_id(), std::move(id)});
  return *this;
}

HistoryBuilder::OpenOperation* HistoryBuilder::FindOpen(EventType recorded_by,
                                                        std::int64_t event_id) {
  for (OpenOperation& o : open_) {
    if (o.recorded_by != recorded_by) continue;
    if (event_id == 0 || o.event_id == event_id) return &o;
  }
  return nullptr;
}

HistoryBuilder& HistoryBuilder::About(EventType type, EventType recorded_by,
                                      std::int64_t event_id, EventDraft draft) {
  OpenOperation* open = FindOpen(recorded_by, event_id);
  draft.type = type;
  draft.subject = open == nullptr ? event_id : open->event_id;
  if (open != nullptr && recorded_by == kTimerStarted) {
    draft.text(Text::kId) = open->id;
  }
  const bool ends =
      type != kActivityTaskStarted && type != kActivityTaskCancelRequested;
  if (type == kActivityTaskStarted && open != nullptr) open->started = true;
  if (ends && open != nullptr) open_.erase(open_.begin() + (open - &open_[0]));
  return Add(std::move(draft));
}

HistoryBuilder& HistoryBuilder::Activity(std::string type, std::string id) {
  return Record(kActivityTaskScheduled, std::move(type), std::move(id));
}
HistoryBuilder& HistoryBuilder::CancelActivity(std::int64_t scheduled) {
  return About(kActivityTaskCancelRequested, kActivityTaskScheduled, scheduled);
}
HistoryBuilder& HistoryBuilder::Timer(std::string id) {
  return Record(kTimerStarted, "", std::move(id));
}
HistoryBuilder& HistoryBuilder::CancelTimer(std::int64_t started) {
  return About(kTimerCanceled, kTimerStarted, started);
}

HistoryBuilder& HistoryBuilder::Marker(const VersionRecord& record,
                                       Dialect dialect, std::size_t events) {
  const VersionCommands commands = EncodeVersion(dialect, book_, record);
  book_.Record(record, Standing::kRecorded);
  Add(DraftOf(kMarkerRecorded, commands.marker));
  if (events > 1 && commands.upsert) {
    Add(DraftOf(kUpsertWorkflowSearchAttributes, *commands.upsert));
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
  return Marker({change_id, 1, Family::kPatch, false}, Dialect::kCore, 2);
}
HistoryBuilder& HistoryBuilder::DeprecatedPatch(std::string_view change_id) {
  return Marker({change_id, 1, Family::kPatch, true}, Dialect::kCore, 2);
}
HistoryBuilder& HistoryBuilder::SideEffect(Payload value) {
  return Add(DraftOf(kMarkerRecorded, EncodeSideEffect({1, {value}})));
}

HistoryBuilder& HistoryBuilder::Completed(const Payloads& result) {
  EventDraft draft = WithInput(result);
  draft.type = kWorkflowExecutionCompleted;
  return Add(std::move(draft));
}
HistoryBuilder& HistoryBuilder::Failed(const std::string& message) {
  EventDraft draft = WithFailure(message);
  draft.type = kWorkflowExecutionFailed;
  return Add(std::move(draft));
}
HistoryBuilder& HistoryBuilder::Canceled() {
  return Add(Draft(kWorkflowExecutionCanceled));
}

HistoryBuilder& HistoryBuilder::ActivityStarted(std::int64_t scheduled) {
  return About(kActivityTaskStarted, kActivityTaskScheduled, scheduled);
}
HistoryBuilder& HistoryBuilder::ActivityCompleted(const Payloads& result,
                                                  std::int64_t scheduled) {
  const OpenOperation* open = FindOpen(kActivityTaskScheduled, scheduled);
  if (open != nullptr && !open->started) ActivityStarted(open->event_id);
  return About(kActivityTaskCompleted, kActivityTaskScheduled, scheduled,
               WithInput(result));
}
HistoryBuilder& HistoryBuilder::ActivityFailed(const std::string& message,
                                               std::int64_t scheduled) {
  const OpenOperation* open = FindOpen(kActivityTaskScheduled, scheduled);
  if (open != nullptr && !open->started) ActivityStarted(open->event_id);
  return About(kActivityTaskFailed, kActivityTaskScheduled, scheduled,
               WithFailure(message));
}
HistoryBuilder& HistoryBuilder::ActivityCanceled(std::int64_t scheduled) {
  return About(kActivityTaskCanceled, kActivityTaskScheduled, scheduled);
}
HistoryBuilder& HistoryBuilder::TimerFired(std::int64_t started) {
  return About(kTimerFired, kTimerStarted, started);
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
