// Workflow tasks: scheduled, started, failed, timed out; tried again.

#include <algorithm>

#include "cohort/base/status.h"
#include "cohort/embedded/ledger.h"
#include "fmt/core.h"

namespace cohort {
namespace {

// The second attempt comes at once, the others wait: 1 s, 2 s, 4 s, ...
constexpr absl::Duration kFirstBackoff = absl::Seconds(1);
constexpr absl::Duration kBackoffMax = absl::Minutes(10);
constexpr std::int64_t kPromptAttempts = 2;

absl::Duration BackoffOfTask(std::int64_t attempt) {
  if (attempt <= kPromptAttempts) return absl::ZeroDuration();
  RetryRules rules;
  rules.initial = kFirstBackoff;
  rules.maximum = kBackoffMax;
  return BackoffOf(rules, attempt - kPromptAttempts);
}

// temporal.api.enums.v1.WorkflowTaskFailedCause
std::string_view SpellingOf(TaskFailure cause) {
  switch (cause) {
    case TaskFailure::kWorkerFailure:
      return "WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE";
    case TaskFailure::kNondeterminism:
      return "WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR";
  }
  return "";
}

}  // namespace

EventDraft Ledger::ScheduledDraft(absl::Time now) const {
  EventDraft draft;
  draft.type = EventType::kWorkflowTaskScheduled;
  draft.time = now;
  draft.attributes = {
      {"taskQueue.name", start_.queue},
      {"startToCloseTimeout", absl::ToChronoNanoseconds(start_.task_timeout)},
      {"attempt", task_.attempt}};
  return draft;
}

void Ledger::TaskIsReady() {
  task_ready_ = true;
  changes_.head = true;
}

// Something has happened that the code has to see. A task that waits for its
// instant sees it then: a run that is stuck is not tried more often because of
// what comes in.
void Ledger::NeedTask(absl::Time now) {
  if (!open() || task_.started) return;
  if (task_.open && !task_.speculative) {
    // Its scheduling will stand behind what came in.
    if (!task_.written) task_.scheduled = std::max(task_.scheduled, now);
    return;
  }
  task_.scheduled = now;
  Add(ScheduledDraft(now));
  TaskIsReady();
}

absl::StatusOr<TaskStart> Ledger::StartTask(absl::Time now,
                                            const std::string& worker,
                                            std::int64_t nonce) {
  if (!open() || !task_.open || task_.started || task_.scheduled > now) {
    return NotFound("run {} has no workflow task to start", start_.run_id);
  }
  task_.started = true;
  task_.nonce = nonce;
  task_.texts.clear();
  std::int64_t id = last_event_;
  if (!task_.written) {
    EventDraft scheduled = ScheduledDraft(task_.scheduled);
    scheduled.id = task_.scheduled_id = ++id;
    task_.texts.push_back(WriteEvent(scheduled));
  }
  EventDraft started;
  started.type = EventType::kWorkflowTaskStarted;
  started.id = ++id;
  started.time = now;
  started.subject = task_.scheduled_id;
  started.attributes = {{"identity", worker}, {"historySizeBytes", bytes_}};
  task_.texts.push_back(WriteEvent(started));
  SetDue(&task_.due, 0, now + start_.task_timeout);
  COHORT_ASSIGN_OR_RETURN(std::optional<History> begun, BegunTask(nonce));

  TaskStart out;
  out.attempt = task_.attempt;
  PagesFor(worker, &out);
  out.pages.push_back(*std::move(begun));
  task_.updates = std::exchange(waiting_updates_, {});
  for (UpdateRequest& update : task_.updates) update.behind_event = id - 1;
  out.updates = task_.updates;
  return out;
}

absl::StatusOr<std::optional<History>> Ledger::BegunTask(
    std::int64_t nonce) const {
  if (!task_.started || task_.nonce != nonce) return std::nullopt;
  std::string page = "{\"events\":[" + task_.texts.front();
  if (task_.texts.size() > 1) page += ",\n" + task_.texts.back();
  COHORT_ASSIGN_OR_RETURN(History begun, History::FromJson(page + "]}"));
  return begun;
}

void Ledger::PagesFor(const std::string& worker, TaskStart* out) const {
  const bool cached = !worker.empty() && worker == sticky_worker_;
  out->first_event = cached ? sent_until_ + 1 : 1;
  out->has_pages = unsent_from_ <= out->first_event;
  if (out->has_pages) out->pages = unsent_;
}

void Ledger::DropPages() {
  if (!sticky_worker_.empty()) return;  // it has all but these few
  unsent_.clear();
  unsent_from_ = last_event_ + 1;
}

void Ledger::SentTo(const std::string& worker) {
  sticky_worker_ = worker;
  sent_until_ = last_event_;
  unsent_.clear();
  unsent_from_ = last_event_ + 1;
}

// The start of the task becomes a part of the history.
void Ledger::WriteStart() {
  for (std::string& text : task_.texts) {
    adding_.push_back(std::move(text));
    ++last_event_;
  }
  task_.texts.clear();
}

// The task ends without a completion; only its first attempt leaves events.
absl::Status Ledger::EndTaskUnheard(absl::Time now, EventDraft how) {
  SetDue(&task_.due, 0, absl::InfiniteFuture());
  sticky_worker_.clear();
  waiting_updates_.insert(waiting_updates_.begin(), task_.updates.begin(),
                          task_.updates.end());
  task_.updates.clear();
  const bool written = task_.written;
  task_.started = false;
  if (!written) {
    task_.open = task_.speculative = false;
    return absl::OkStatus();
  }
  WriteStart();
  how.subject = last_event_;
  how.attributes.push_back({"scheduledEventId", task_.scheduled_id});
  how.time = now;
  Add(std::move(how));
  return Settle();
}

absl::Status Ledger::FailTask(absl::Time now, std::int64_t nonce,
                              const TurnFailure& failure) {
  if (!task_.started || task_.nonce != nonce) {
    return NotFound("run {}: this workflow task is over", start_.run_id);
  }
  EventDraft failed;
  failed.type = EventType::kWorkflowTaskFailed;
  failed.text(Text::kControl) = SpellingOf(failure.cause);
  failed.failure = failure.failure;
  stuck_ = failure.failure.message;
  COHORT_RETURN_IF_ERROR(EndTaskUnheard(now, std::move(failed)));
  return TryAgain(now);
}

absl::Status Ledger::TryAgain(absl::Time now) {
  ++task_.attempt;
  changes_.head = true;
  COHORT_RETURN_IF_ERROR(Flush());
  task_.open = true;
  task_.written = false;
  const absl::Duration backoff = BackoffOfTask(task_.attempt);
  task_.scheduled = now + backoff;
  if (backoff > absl::ZeroDuration()) {
    changes_.attempts[0] = RowOf(task_);
    SetDue(&task_.due, 0, task_.scheduled);
  } else {
    TaskIsReady();
  }
  return absl::OkStatus();
}

// The next task is tried for the first time.
void Ledger::FirstAttempt() {
  if (task_.attempt > kPromptAttempts) changes_.attempts[0] = std::nullopt;
  task_.attempt = 1;
}

absl::Status Ledger::FireTask(absl::Time now) {
  SetDue(&task_.due, 0, absl::InfiniteFuture());
  if (!task_.started) {
    // A wait is over: for the first task, or for another attempt.
    if (task_.attempt > 1) {
      TaskIsReady();
      return absl::OkStatus();
    }
    task_.open = false;
    NeedTask(now);
    return Settle();
  }
  EventDraft timed_out;
  timed_out.type = EventType::kWorkflowTaskTimedOut;
  timed_out.text(Text::kControl) = "TIMEOUT_TYPE_START_TO_CLOSE";
  stuck_ = fmt::format("the workflow task timed out: it took more than {}",
                       absl::FormatDuration(start_.task_timeout));
  COHORT_RETURN_IF_ERROR(EndTaskUnheard(now, std::move(timed_out)));
  return TryAgain(now);
}

void Ledger::RetryTask(absl::Time now) {
  if (!task_.open || task_.started || task_.attempt == 1) return;
  SetDue(&task_.due, 0, absl::InfiniteFuture());
  task_.scheduled = std::min(task_.scheduled, now);
  TaskIsReady();
}

}  // namespace cohort
