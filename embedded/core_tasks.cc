// TaskPort: workflow tasks and queries.

#include <charconv>

#include "absl/time/clock.h"
#include "cohort/base/status.h"
#include "cohort/embedded/core.h"
#include "cohort/embedded/token.h"

namespace cohort {

void Core::Join(const Poller& poller) {
  {
    const Lock lock(mutex_);
    left_.erase(poller.worker);
  }
  // Other code may do what the old could not.
  Transact(Durably::kNo, [&](Unit& unit) -> absl::Status {
    std::vector<std::int64_t> stuck;
    COHORT_RETURN_IF_ERROR(store_->ForEachOpenRun([&](const RunRow& run) {
      if (run.queue == poller.queue && run.task_attempt > 1) {
        stuck.push_back(run.row);
      }
      return absl::OkStatus();
    }));
    for (const std::int64_t row : stuck) {
      const absl::StatusOr<Live*> live = Touch(unit, row);
      if (live.ok()) {
        (*live)->ledger.RetryTask(unit.now);
      } else {
        SetAside(row, live.status());
      }
    }
    return absl::OkStatus();
  }).IgnoreError();
}

void Core::Leave(const Poller& poller) {
  const Lock lock(mutex_);
  for (const auto& [row, live] : live_) {
    if (live->ledger.sticky_worker() == poller.worker) {
      live->ledger.ForgetWorker();
    }
  }
  left_.insert(poller.worker);
  tasks_.notify_all();
}

// Waits for something to poll; false when the time is over.
bool Core::WaitForTask(Lock& lock, absl::Time deadline) {
  const absl::Duration left = deadline - absl::Now();
  if (left <= absl::ZeroDuration()) return false;
  tasks_.wait_for(lock, absl::ToChronoNanoseconds(left));
  return true;
}

absl::StatusOr<std::optional<WorkflowTask>> Core::PollWorkflow(
    const Poller& poller, absl::Duration wait) {
  const absl::Time deadline =
      wait > absl::ZeroDuration() ? absl::Now() + wait : absl::InfinitePast();
  Lock lock(mutex_);
  while (true) {
    if (shut_ || left_.contains(poller.worker)) {
      return absl::CancelledError(
          "no more tasks: the engine or the worker "
          "has been shut down");
    }
    if (auto task = TakeWorkflow(poller)) return task;
    if (auto task = TakeQuery(poller)) return task;
    if (!WaitForTask(lock, deadline)) return std::nullopt;
  }
}

// Nothing of it is in the store before the task is completed.
std::optional<WorkflowTask> Core::TakeWorkflow(const Poller& poller) {
  const auto queue = queues_.find(poller.queue);
  if (queue == queues_.end()) return std::nullopt;
  auto& waiting = queue->second.workflows;
  Unit unit;
  unit.now = clock_.Now();
  while (!waiting.empty()) {
    const std::int64_t row = waiting.front();
    waiting.pop_front();
    absl::StatusOr<WorkflowTask> task = BeginTask(unit, row, poller.worker);
    if (task.ok()) return *std::move(task);
    if (absl::IsNotFound(task.status())) continue;
    SetAside(row, task.status());
  }
  return std::nullopt;
}

// kNotFound: it is over.
absl::StatusOr<WorkflowTask> Core::BeginTask(Unit& unit, std::int64_t row,
                                             const std::string& worker) {
  COHORT_ASSIGN_OR_RETURN(Live * live, Touch(unit, row));
  live->touched = false;
  const std::int64_t nonce = ++last_nonce_;
  COHORT_ASSIGN_OR_RETURN(TaskStart start,
                          live->ledger.StartTask(unit.now, worker, nonce));
  COHORT_RETURN_IF_ERROR(FillPages(row, &start));
  live->due = live->ledger.NextDue();
  Remember(live->due, row);
  const StartFacts& facts = live->ledger.start();
  WorkflowTask task;
  task.token = TokenOf({TokenKind::kTurn, row, nonce, 0});
  task.workflow_id = facts.workflow_id;
  task.run_id = facts.run_id;
  task.workflow_type = facts.workflow_type;
  task.attempt = start.attempt;
  task.pages = std::move(start.pages);
  task.whole = start.first_event == 1;
  task.updates = std::move(start.updates);
  return task;
}

// Reads the events before the last page, where the ledger has them no more.
absl::Status Core::FillPages(std::int64_t row, TaskStart* start) {
  if (start->has_pages) return absl::OkStatus();
  start->first_event = 1;
  COHORT_ASSIGN_OR_RETURN(std::string text, store_->ReadHistory(row));
  COHORT_ASSIGN_OR_RETURN(
      History history, History::FromJson(std::move(text), {}, store_->path()));
  start->pages.insert(start->pages.begin(), std::move(history));
  return absl::OkStatus();
}

std::optional<WorkflowTask> Core::TakeQuery(const Poller& poller) {
  const auto queue = queues_.find(poller.queue);
  if (queue == queues_.end()) return std::nullopt;
  auto& waiting = queue->second.queries;
  for (std::size_t i = waiting.size(); i > 0; --i) {
    const std::int64_t id = waiting.front();
    waiting.pop_front();
    const auto found = queries_.find(id);
    if (found == queries_.end()) continue;  // nobody waits for it any more
    absl::StatusOr<WorkflowTask> task =
        QueryTask(found->second, id, poller.worker);
    if (task.ok()) return *std::move(task);
    if (absl::IsUnavailable(task.status())) {
      waiting.push_back(id);
    } else {
      AnswerQuery(found->second, task.status());
    }
  }
  return std::nullopt;
}

// kUnavailable: it waits for a workflow task; another error is its answer.
absl::StatusOr<WorkflowTask> Core::QueryTask(const OpenQuery& query,
                                             std::int64_t id,
                                             const std::string& worker) {
  Unit unit;
  unit.now = clock_.Now();
  COHORT_ASSIGN_OR_RETURN(Live * live, Touch(unit, query.row));
  live->touched = false;
  Ledger& ledger = live->ledger;
  if (ledger.task_open()) {
    // What came in is seen first; where that fails, so does the query.
    if (ledger.task_attempt() == 1) return absl::UnavailableError("wait");
    return FailedPrecondition("the workflow task fails: {}", ledger.stuck());
  }
  TaskStart start;
  ledger.PagesFor(worker, &start);
  COHORT_RETURN_IF_ERROR(FillPages(query.row, &start));
  ledger.SentTo(worker);
  const StartFacts& facts = ledger.start();
  WorkflowTask task;
  task.token = TokenOf({TokenKind::kQuery, query.row, id, 0});
  task.workflow_id = facts.workflow_id;
  task.run_id = facts.run_id;
  task.workflow_type = facts.workflow_type;
  task.pages = std::move(start.pages);
  task.whole = start.first_event == 1;
  task.queries = {query.request};
  return task;
}

void Core::AnswerQuery(OpenQuery& query, absl::Status why) {
  query.answer = {query.request.id, std::move(why), {}};
  TellClients();
}

absl::StatusOr<std::vector<History>> Core::FetchWhole(
    const std::string& token) {
  COHORT_ASSIGN_OR_RETURN(const Token t, ReadToken(token));
  const Lock lock(mutex_);
  TaskStart start;
  COHORT_RETURN_IF_ERROR(FillPages(t.row, &start));
  const auto live = live_.find(t.row);
  if (t.kind == TokenKind::kTurn && live != live_.end()) {
    COHORT_ASSIGN_OR_RETURN(std::optional<History> begun,
                            live->second->ledger.BegunTask(t.a));
    if (begun) start.pages.push_back(*std::move(begun));
  }
  return std::move(start.pages);
}

absl::StatusOr<TurnReceipt> Core::CompleteTurn(const std::string& token,
                                               TurnCompletion completion) {
  COHORT_ASSIGN_OR_RETURN(const Token t, ReadToken(token));
  TurnReceipt receipt;
  COHORT_RETURN_IF_ERROR(
      Transact(Durably::kNo, [&](Unit& unit) -> absl::Status {
        COHORT_ASSIGN_OR_RETURN(Live * live, Touch(unit, t.row));
        for (Command& command : completion.emission.commands) {
          if (command.kind != CommandKind::kContinueAsNew) continue;
          live->next_row = store_->NextRow();
          command.text(Text::kControl) = store_->RunIdOf(live->next_row);
        }
        COHORT_ASSIGN_OR_RETURN(
            receipt,
            live->ledger.CompleteTask(unit.now, t.a, std::move(completion)));
        ++turns_;
        return absl::OkStatus();
      }));
  return receipt;
}

std::int64_t Core::turns() {
  const Lock lock(mutex_);
  return turns_;
}

absl::Status Core::FailTurn(const std::string& token, TurnFailure failure) {
  COHORT_ASSIGN_OR_RETURN(const Token t, ReadToken(token));
  return Transact(Durably::kNo, [&](Unit& unit) -> absl::Status {
    COHORT_ASSIGN_OR_RETURN(Live * live, Touch(unit, t.row));
    return live->ledger.FailTask(unit.now, t.a, failure);
  });
}

void Core::AnswerQueries(const std::string& token,
                         std::vector<QueryAnswer> answers) {
  const absl::StatusOr<Token> t = ReadToken(token);
  if (!t.ok()) return;
  const Lock lock(mutex_);
  const auto found = queries_.find(t->a);
  if (found == queries_.end() || answers.empty()) return;
  found->second.answer = std::move(answers.front());
  TellClients();
}

}  // namespace cohort
