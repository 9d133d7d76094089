// Events: how they are added, buffered and applied; what comes in from outside.

#include "cohort/embedded/ledger.h"

#include <algorithm>

#include "cohort/base/status.h"
#include "cohort/engine/kinds.h"
#include "cohort/history/event_table.h"

namespace cohort {
namespace {

// How json_writer begins an event without an id, and names a start that stands
// right before its event.
constexpr std::string_view kNoId = "{\"eventId\":\"0\"";
constexpr std::string_view kStartBefore = "\"startedEventId\":\"0\"";

void Replace(std::string& text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), by);
}

}  // namespace

absl::Status Ledger::Open(absl::Time now, std::vector<EventDraft> first) {
  first.front().type = EventType::kWorkflowExecutionStarted;
  for (EventDraft& draft : first) {
    draft.time = now;
    Add(std::move(draft));
  }
  COHORT_RETURN_IF_ERROR(Settle());
  if (task_.open) return absl::OkStatus();  // the first task is delayed
  NeedTask(now);
  return Settle();
}

std::int64_t Ledger::Add(EventDraft draft) {
  draft.id = ++last_event_;
  adding_.push_back(WriteEvent(draft));
  return draft.id;
}

void Ledger::AddText(std::string text) {
  const std::int64_t id = ++last_event_;
  Replace(text, kNoId, fmt::format("{{\"eventId\":\"{}\"", id));
  Replace(text, kStartBefore, fmt::format("\"startedEventId\":\"{}\"", id - 1));
  adding_.push_back(std::move(text));
}

absl::Status Ledger::Settle() {
  if (adding_.empty()) return absl::OkStatus();
  const std::int64_t first =
      last_event_ + 1 - static_cast<std::int64_t>(adding_.size());
  std::string events;
  for (std::string& text : adding_) {
    if (!events.empty()) events += ",\n";
    events += text;
  }
  adding_.clear();
  bytes_ += static_cast<std::int64_t>(events.size());
  COHORT_ASSIGN_OR_RETURN(History page,
                          History::FromJson("{\"events\":[" + events + "]}"));
  if (changes_.events.empty()) {
    changes_.first_event = first;
    changes_.events = std::move(events);
  } else {
    changes_.events += ",\n" + events;
  }
  changes_.head = true;
  for (const Event& event : page.events()) COHORT_RETURN_IF_ERROR(Apply(event));
  // Where no worker has the run, the next one wants all events.
  if (unsent_from_ == 1 || !sticky_worker_.empty()) {
    unsent_.push_back(std::move(page));
  }
  return absl::OkStatus();
}

LedgerChanges Ledger::TakeChanges() { return std::exchange(changes_, {}); }

absl::Status Ledger::CheckOpen() const {
  if (open()) return absl::OkStatus();
  return NotFound("run {} of workflow {} is closed ({})", start_.run_id,
                  start_.workflow_id, NameOf(status_));
}

absl::Status Ledger::Arrive(absl::Time now, EventDraft draft) {
  std::vector<EventDraft> drafts;
  drafts.push_back(std::move(draft));
  return ArriveAll(now, std::move(drafts));
}

absl::Status Ledger::ArriveAll(absl::Time now, std::vector<EventDraft> drafts) {
  COHORT_RETURN_IF_ERROR(CheckOpen());
  for (EventDraft& draft : drafts) {
    draft.time = now;
    if (task_.started) {
      BufferOne(std::move(draft));
    } else {
      draft.id = 0;
      AddText(WriteEvent(draft));
    }
  }
  if (task_.started) return absl::OkStatus();
  NeedTask(now);
  return Settle();
}

void Ledger::BufferOne(EventDraft draft) {
  Buffered entry;
  entry.type = draft.type;
  entry.subject = draft.subject;
  entry.text = WriteEvent(draft);
  changes_.buffered.push_back(entry.text);
  buffered_.push_back(std::move(entry));
  const OutcomeRow* row = OutcomeOf(draft.type);
  if (row == nullptr || row->input != Input::kSettled) return;
  if (const auto child = children_.find(draft.subject);
      child != children_.end()) {
    child->second.over = true;
  }
}

absl::Status Ledger::Flush() {
  if (buffered_.empty()) return absl::OkStatus();
  for (Buffered& entry : buffered_) AddText(std::move(entry.text));
  buffered_.clear();
  changes_.buffered.clear();
  changes_.buffer_cleared = true;
  return Settle();
}

absl::Status Ledger::RequestUpdate(absl::Time now, UpdateRequest request) {
  COHORT_RETURN_IF_ERROR(CheckOpen());
  if (updates_.contains(request.id)) return absl::OkStatus();  // it is known
  updates_[request.id] = {};
  waiting_updates_.push_back(std::move(request));
  if (task_.open) return absl::OkStatus();
  // Nothing else is to do: without an outcome it leaves no events.
  task_.open = true;
  task_.speculative = true;
  task_.written = false;
  task_.scheduled = now;
  TaskIsReady();
  return absl::OkStatus();
}

const UpdateState* Ledger::FindUpdate(std::string_view id) const {
  const auto found = updates_.find(id);
  return found == updates_.end() ? nullptr : &found->second;
}

absl::Status Ledger::End(absl::Time now, EventDraft draft) {
  COHORT_RETURN_IF_ERROR(CheckOpen());
  if (task_.started) {
    EventDraft failed;
    failed.type = EventType::kWorkflowTaskFailed;
    failed.text(Text::kControl) =
        "WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND";
    failed.time = now;
    COHORT_RETURN_IF_ERROR(EndTaskUnheard(now, std::move(failed)));
  }
  COHORT_RETURN_IF_ERROR(Flush());
  draft.time = now;
  Command closing;
  closing.kind = CommandKind::kFailWorkflow;
  const std::int64_t id = Add(std::move(draft));
  COHORT_RETURN_IF_ERROR(Settle());
  calls_.push_back({std::move(closing), id});
  return absl::OkStatus();
}

absl::Status Ledger::Adopt(absl::Time now, std::span<const Event> events,
                           EventDraft failed) {
  for (const Event& event : events) {
    adding_.emplace_back(event.json);
    last_event_ = event.id;
  }
  COHORT_RETURN_IF_ERROR(Settle());
  failed.time = now;
  Add(std::move(failed));
  COHORT_RETURN_IF_ERROR(Settle());
  // Their clocks begin anew, and not with the events that scheduled them.
  for (auto& [id, activity] : activities_) {
    activity.attempt.scheduled = activity.attempt.first_scheduled = now;
    Dispatch(id, activity);
    changes_.attempts[id] = RowOf(activity);
  }
  NeedTask(now);
  return Settle();
}

void Ledger::SetDue(absl::Time* slot, std::int64_t key, absl::Time at) {
  if (*slot == at) return;
  if (*slot != absl::InfiniteFuture()) due_.erase({*slot, key});
  if (at != absl::InfiniteFuture()) due_.insert({at, key});
  *slot = at;
  changes_.head = true;
}

absl::Time Ledger::NextDue() const {
  return due_.empty() || !open() ? absl::InfiniteFuture() : due_.begin()->first;
}

absl::Status Ledger::Fire(absl::Time now) {
  while (NextDue() <= now) {
    const std::int64_t key = due_.begin()->second;
    if (key == 0) {
      COHORT_RETURN_IF_ERROR(FireTask(now));
    } else if (key < 0) {
      COHORT_RETURN_IF_ERROR(FireRunTimeout(now));
    } else if (timers_.contains(key)) {
      COHORT_RETURN_IF_ERROR(FireTimer(now, key));
    } else {
      COHORT_RETURN_IF_ERROR(FireActivity(now, key));
    }
  }
  return absl::OkStatus();
}

absl::Status Ledger::FireTimer(absl::Time now, std::int64_t id) {
  OpenTimer& timer = timers_.at(id);
  absl::Time at = timer.at;
  SetDue(&at, id, absl::InfiniteFuture());
  timer.over = true;
  EventDraft fired;
  fired.type = EventType::kTimerFired;
  fired.subject = id;
  fired.text(Text::kId) = timer.id;
  return Arrive(now, std::move(fired));
}

absl::Status Ledger::FireRunTimeout(absl::Time now) {
  EventDraft timed_out;
  timed_out.type = EventType::kWorkflowExecutionTimedOut;
  timed_out.attributes = {
      {"retryState", std::string("RETRY_STATE_RETRY_POLICY_NOT_SET")}};
  return End(now, std::move(timed_out));
}

void Ledger::SetRunDue(absl::Time begun) {
  absl::Time ends = start_.expires;
  if (start_.run_timeout > absl::ZeroDuration()) {
    ends = std::min(ends, begun + start_.run_timeout);
  }
  SetDue(&run_due_, -1, ends);
}

// Of a run that has ended: nothing is waited for any more.
void Ledger::CloseAll() {
  for (const auto& [id, activity] : activities_) {
    changes_.attempts[id] = std::nullopt;
  }
  activities_.clear();
  FirstAttempt();
  timers_.clear();
  due_.clear();
  dispatched_.clear();
  task_ = {};
  task_ready_ = false;
  run_due_ = absl::InfiniteFuture();
  stuck_.clear();
  waiting_updates_.clear();
  for (auto& [id, update] : updates_) {
    if (update.stage == UpdateState::Stage::kCompleted ||
        update.stage == UpdateState::Stage::kRejected) {
      continue;
    }
    update.stage = UpdateState::Stage::kRejected;
    update.failure =
        ApplicationError("the workflow ended before the update did",
                         "WorkflowClosed")
            .failure();
  }
}

}  // namespace cohort
