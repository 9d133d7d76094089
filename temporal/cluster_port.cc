#include "cohort/temporal/cluster_port.h"

#include <charconv>
#include <utility>

#include "absl/time/clock.h"
#include "cohort/base/status.h"
#include "cohort/temporal/json_values.h"

namespace cohort {
namespace {

using Json = nlohmann::json;

// The server ends a poll without a task after a minute.
constexpr absl::Duration kPoll = absl::Seconds(70);
// How long a task may lie in the sticky queue of a worker that is gone.
constexpr const char* kStickyPatience = "5s";

constexpr std::string_view kNondeterminismCode = "[TMPRL1100] ";

// Of its workers' workflow task polls, and of its workers' activity polls.
std::string GroupOf(const Poller& poller) {
  return fmt::format("{}/{}", poller.queue, poller.worker);
}

std::string_view CauseOf(TaskFailure cause) {
  return cause == TaskFailure::kNondeterminism
             ? "WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR"
             : "WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE";
}

Json PollRequest(const Service& service, const Poller& poller, Json queue) {
  Json request = {{"taskQueue", std::move(queue)},
                  {"identity", service.identity()}};
  if (!poller.build_id.empty()) {
    request["workerVersionCapabilities"] = {{"buildId", poller.build_id}};
  }
  return request;
}

Json StickyQueue(const std::string& name, const std::string& normal) {
  return {{"name", name},
          {"kind", "TASK_QUEUE_KIND_STICKY"},
          {"normalName", normal}};
}

// A poll that ended without a task is no error.
bool IsEmptyPoll(const absl::StatusOr<Json>& answer) {
  return absl::IsDeadlineExceeded(answer.status()) ||
         (answer.ok() && TextAt(*answer, "taskToken").empty());
}

}  // namespace

void ClusterPort::Join(const Poller& poller) {
  if (metrics_ != nullptr) {
    metrics_->Count(Metric::kWorkerStart, {poller.queue});
  }
  const std::lock_guard lock(mutex_);
  workers_[GroupOf(poller)].sticky_queue =
      fmt::format("{}:{}:{}", service_->identity(), poller.worker,
                  absl::ToUnixNanos(absl::Now()));
}

void ClusterPort::Leave(const Poller& poller) {
  Present gone;
  {
    const std::lock_guard lock(mutex_);
    const auto it = workers_.find(GroupOf(poller));
    if (it == workers_.end()) return;
    gone = std::move(it->second);
    workers_.erase(it);
  }
  service_->Cancel(GroupOf(poller));
  // Lets the server hand its sticky tasks to others at once; if it cannot be
  // told, their patience ends.
  if (gone.sticky) {
    (void)service_->CallJson("ShutdownWorker",
                             {{"stickyTaskQueue", gone.sticky_queue},
                              {"identity", service_->identity()},
                              {"reason", "worker leaves"}});
  }
}

absl::StatusOr<std::optional<WorkflowTask>> ClusterPort::PollWorkflow(
    const Poller& poller, absl::Duration /*wait*/) {
  const std::string group = GroupOf(poller);
  Json queue = {{"name", poller.queue}, {"kind", "TASK_QUEUE_KIND_NORMAL"}};
  bool sticky = false;
  {
    const std::lock_guard lock(mutex_);
    const auto it = workers_.find(group);
    if (it == workers_.end()) return absl::CancelledError("the worker left");
    sticky = it->second.on_queue > 0;
    if (sticky) {
      it->second.sticky = true;
      queue = StickyQueue(it->second.sticky_queue, poller.queue);
    } else {
      ++it->second.on_queue;
    }
  }
  const absl::StatusOr<Json> answer = service_->CallJson(
      "PollWorkflowTaskQueue", PollRequest(*service_, poller, std::move(queue)),
      {.timeout = kPoll, .long_poll = true, .group = group});
  {
    const std::lock_guard lock(mutex_);
    const auto it = workers_.find(group);
    if (!sticky && it != workers_.end()) --it->second.on_queue;
  }
  if (IsEmptyPoll(answer)) {
    if (metrics_ != nullptr) {
      metrics_->Count(Metric::kWorkflowTaskPollEmpty, {poller.queue});
    }
    return std::optional<WorkflowTask>();
  }
  if (!answer.ok()) return answer.status();
  NotePoll(poller, *answer);
  COHORT_ASSIGN_OR_RETURN(WorkflowTask task, TaskOf(*answer, poller));
  return std::optional(std::move(task));
}

absl::StatusOr<WorkflowTask> ClusterPort::TaskOf(const Json& answer,
                                                 const Poller& poller) {
  WorkflowTask task;
  task.token = TextAt(answer, "taskToken");
  const Json execution = answer.value("workflowExecution", Json::object());
  task.workflow_id = TextAt(execution, "workflowId");
  task.run_id = TextAt(execution, "runId");
  task.workflow_type =
      TextAt(answer.value("workflowType", Json::object()), "name");
  task.attempt = std::max<std::int64_t>(NumberAt(answer, "attempt"), 1);
  Open open;
  open.run = {task.workflow_id, task.run_id};
  open.queue = poller.queue;
  open.worker = GroupOf(poller);
  open.attempt = task.attempt;
  open.last_event = NumberAt(answer, "startedEventId");
  open.type = task.workflow_type;
  open.received = absl::Now();
  for (const Json& message : answer.value("messages", Json::array())) {
    const Json body = message.value("body", Json::object());
    const Json input = body.value("input", Json::object());
    UpdateRequest update;
    update.id = TextAt(message, "protocolInstanceId");
    update.name = TextAt(input, "name");
    COHORT_ASSIGN_OR_RETURN(update.input, PayloadsAt(input, "args"));
    update.behind_event = NumberAt(message, "eventId");
    open.updates[update.id] = message;
    task.updates.push_back(std::move(update));
  }
  if (answer.contains("query")) {
    const Json& query = answer["query"];
    QueryRequest request;
    request.name = TextAt(query, "queryType");
    COHORT_ASSIGN_OR_RETURN(request.input, PayloadsAt(query, "queryArgs"));
    task.queries.push_back(std::move(request));
  }
  {
    const std::lock_guard lock(mutex_);
    open_[task.token] = open;
  }
  COHORT_ASSIGN_OR_RETURN(task.pages, PagesOf(answer, open.run));
  task.whole =
      !task.pages.empty() && task.pages.front().events().front().id == 1;
  return task;
}

absl::StatusOr<std::vector<History>> ClusterPort::PagesOf(
    const Json& answer, const ClusterRun& run) {
  std::vector<History> pages;
  const auto add = [&](const Json& page) -> absl::Status {
    const Json events =
        page.value("history", Json::object()).value("events", Json::array());
    if (events.empty()) return absl::OkStatus();
    COHORT_ASSIGN_OR_RETURN(
        History history, History::FromJson(events.dump(), {}, run.workflow_id));
    pages.push_back(std::move(history));
    return absl::OkStatus();
  };
  COHORT_RETURN_IF_ERROR(add(answer));
  Json next = answer.value("nextPageToken", Json());
  while (next.is_string() && !next.get_ref<const std::string&>().empty()) {
    COHORT_ASSIGN_OR_RETURN(
        const Json page,
        service_->CallJson(
            "GetWorkflowExecutionHistory",
            {{"execution",
              {{"workflowId", run.workflow_id}, {"runId", run.run_id}}},
             {"nextPageToken", next}}));
    COHORT_RETURN_IF_ERROR(add(page));
    next = page.value("nextPageToken", Json());
  }
  return pages;
}

std::optional<ClusterPort::Open> ClusterPort::Close(const std::string& token) {
  const std::lock_guard lock(mutex_);
  const auto it = open_.find(token);
  if (it == open_.end()) return std::nullopt;
  Open open = std::move(it->second);
  open_.erase(it);
  return open;
}

absl::StatusOr<std::vector<History>> ClusterPort::FetchWhole(
    const std::string& token) {
  ClusterRun run;
  std::int64_t last = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto it = open_.find(token);
    if (it == open_.end()) return NotFound("the task is gone");
    run = it->second.run;
    last = it->second.last_event;
    if (metrics_ != nullptr) {
      metrics_->Count(Metric::kStickyCacheMiss, {it->second.queue});
    }
  }
  COHORT_ASSIGN_OR_RETURN(History history, FetchClusterHistory(*service_, run));
  // What came in since then belongs to the next task.
  if (last > 0) history = history.Until(last);
  return std::vector<History>{std::move(history)};
}

absl::StatusOr<TurnReceipt> ClusterPort::CompleteTurn(
    const std::string& token, TurnCompletion completion) {
  const std::optional<Open> open = Close(token);
  if (!open) return NotFound("the task is gone");
  Json request = CompletionJson(completion, open->queue, open->updates);
  request["taskToken"] = token;
  request["identity"] = service_->identity();
  if (completion.keeps_run) {
    const std::lock_guard lock(mutex_);
    const auto it = workers_.find(open->worker);
    if (it != workers_.end() && it->second.sticky) {
      request["stickyAttributes"] = {
          {"workerTaskQueue",
           StickyQueue(it->second.sticky_queue, open->queue)},
          {"scheduleToStartTimeout", kStickyPatience}};
    }
  }
  const auto answer =
      service_->CallJson("RespondWorkflowTaskCompleted", std::move(request));
  // UnhandledCommand: something came in first; a new task follows.
  if (absl::IsInvalidArgument(answer.status()) &&
      answer.status().message().find("UnhandledCommand") !=
          absl::string_view::npos) {
    return FailedPrecondition("{}", ToStd(answer.status().message()));
  }
  if (!answer.ok()) return answer.status();
  NoteCompletion(*open, completion.emission);
  return TurnReceipt{NumberAt(*answer, "resetHistoryEventId") == 0};
}

absl::Status ClusterPort::FailTurn(const std::string& token,
                                   TurnFailure failure) {
  const std::optional<Open> open = Close(token);
  if (!open) return NotFound("the task is gone");
  NoteFailure(*open, failure.cause);
  if (open->attempt > 1) return absl::OkStatus();
  if (failure.cause == TaskFailure::kNondeterminism &&
      !failure.failure.message.starts_with(kNondeterminismCode)) {
    failure.failure.message.insert(0, kNondeterminismCode);
  }
  return service_
      ->CallJson("RespondWorkflowTaskFailed",
                 {{"taskToken", token},
                  {"cause", CauseOf(failure.cause)},
                  {"failure", FailureJson(failure.failure)},
                  {"identity", service_->identity()}})
      .status();
}

void ClusterPort::AnswerQueries(const std::string& token,
                                std::vector<QueryAnswer> answers) {
  Close(token);
  for (const QueryAnswer& answer : answers) {
    Json request = {{"taskToken", token}};
    if (answer.status.ok()) {
      request["completedType"] = "QUERY_RESULT_TYPE_ANSWERED";
      request["queryResult"] = PayloadsJson(answer.result);
    } else {
      request["completedType"] = "QUERY_RESULT_TYPE_FAILED";
      request["errorMessage"] = ToStd(answer.status.message());
    }
    // Who asked has stopped waiting if this fails.
    (void)service_->CallJson("RespondQueryTaskCompleted", std::move(request));
  }
}

}  // namespace cohort
