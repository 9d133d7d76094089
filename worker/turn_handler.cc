#include "cohort/worker/turn_handler.h"

#include <algorithm>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/history/turn.h"

namespace cohort {
namespace {

// Answers of a port after which there is nothing to do but to drop the run.
bool TaskIsGone(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsFailedPrecondition(status);
}

Failure FailureOfRun(const absl::Status& status) {
  Failure failure;
  failure.message = ToStd(status.message());
  failure.info = "applicationFailureInfo";
  failure.type = absl::StatusCodeToString(status.code());
  return failure;
}

// How a run is gone on with: as its history says, by the rules and in the
// dialect of the SDK that began it.
void FitToHistory(const WorkflowTask& task, RunOptions& options) {
  if (task.pages.empty()) return;
  const Profile& profile = DetectProfile(task.pages.front().events());
  if (&profile == &kOwnProfile) return;
  options.profile = &profile;
  options.version_dialect = profile.dialect;
}

TurnNote NoteOf(const WorkflowTask& task, bool cached) {
  return {task.workflow_type, task.workflow_id, task.run_id, task.attempt,
          cached};
}

}  // namespace

TurnHandler::TurnHandler(Options options)
    : options_(std::move(options)),
      cache_(options_.runs_max, [this](std::string_view run_id) {
        if (options_.observer != nullptr) options_.observer->RunEvicted(run_id);
      }) {}

absl::StatusOr<std::unique_ptr<CachedRun>> TurnHandler::RunFor(
    TaskPort& port, WorkflowTask& task, bool* cached) {
  std::unique_ptr<CachedRun> run = cache_.Take(task.run_id);
  *cached = run != nullptr && !task.whole;
  if (*cached) return run;
  if (!task.whole) {
    COHORT_ASSIGN_OR_RETURN(task.pages, port.FetchWhole(task.token));
  }
  run = std::make_unique<CachedRun>();
  run->run_id = task.run_id;
  RunOptions options = options_.run;
  FitToHistory(task, options);
  if (options_.observer != nullptr) {
    options.log = [observer = options_.observer, id = task.run_id](
                      std::string_view line) { observer->Log(id, line); };
  }
  run->reader = TurnReader(options.profile->empty_tasks);
  run->run = std::make_unique<Run>(std::move(options));
  return run;
}

absl::Status TurnHandler::Handle(TaskPort& port, WorkflowTask task) {
  bool cached = false;
  auto taken = RunFor(port, task, &cached);
  if (!taken.ok()) {
    return TaskIsGone(taken.status()) ? absl::OkStatus() : taken.status();
  }
  std::unique_ptr<CachedRun> run = *std::move(taken);
  Emission emission;
  absl::Status status = Feed(*run, task, &emission);
  if (task.queries_only()) {
    Answer(port, *run, task, status);
    // One that was built for the query knows more events than the worker was
    // given tasks for: the next task would leave a gap.
    if (cached && run->run->status().ok()) cache_.PutBack(std::move(run));
    return absl::OkStatus();
  }
  if (status.ok()) status = RunLocals(*run, task, &emission);
  Observer* observer = options_.observer;
  if (!status.ok()) {
    if (observer != nullptr) observer->TurnFailed(NoteOf(task, cached), status);
    return Fail(port, *run, task, status);
  }
  const std::size_t commands = emission.commands.size();
  COHORT_RETURN_IF_ERROR(
      Complete(port, std::move(run), task, std::move(emission)));
  if (observer != nullptr) {
    observer->TurnCompleted(NoteOf(task, cached), commands);
  }
  return absl::OkStatus();
}

absl::Status TurnHandler::Feed(CachedRun& run, WorkflowTask& task,
                               Emission* emission) {
  const std::size_t known = run.pages.size();
  run.pages.insert(run.pages.end(), task.pages.begin(), task.pages.end());
  for (std::size_t i = known; i < run.pages.size(); ++i) {
    const bool last = i + 1 == run.pages.size();
    COHORT_RETURN_IF_ERROR(run.reader.Add(
        run.pages[i].events(), last ? PageEnd::kLast : PageEnd::kMore));
    while (true) {
      COHORT_ASSIGN_OR_RETURN(std::optional<Turn> turn, run.reader.Next());
      if (!turn) break;
      if (turn->completed != nullptr) {
        COHORT_RETURN_IF_ERROR(run.run->Replay(*turn));
      } else if (!task.queries_only()) {
        COHORT_ASSIGN_OR_RETURN(
            *emission, run.run->Advance(*turn, std::move(task.updates)));
      }
    }
  }
  if (task.pages.empty()) return absl::OkStatus();
  // The unfinished turn has begun within these pages.
  run.pages.erase(run.pages.begin(),
                  run.pages.begin() + static_cast<std::ptrdiff_t>(known));
  return absl::OkStatus();
}

absl::Status TurnHandler::RunLocals(CachedRun& run, const WorkflowTask& task,
                                    Emission* emission) {
  ActivityTask of_run;
  of_run.workflow_id = task.workflow_id;
  of_run.run_id = task.run_id;
  of_run.workflow_type = task.workflow_type;
  std::vector<LocalCall> open = std::move(emission->locals);
  std::vector<RejectedUpdate> rejected = std::move(emission->rejected);
  while (!open.empty() && !emission->closed) {
    const LocalCall call = std::move(open.front());
    open.erase(open.begin());
    if (options_.activities == nullptr) {
      return InvalidArgument(
          "local activity \"{}\": this worker has no activities; give it some",
          call.type);
    }
    COHORT_ASSIGN_OR_RETURN(
        *emission,
        run.run->Resolve(call.operation, RunLocal(*options_.activities, call,
                                                  of_run, options_.clock)));
    for (LocalCall& begun : emission->locals) open.push_back(std::move(begun));
    for (const OperationId id : emission->canceled_locals) {
      std::erase_if(open,
                    [id](const LocalCall& c) { return c.operation == id; });
    }
    rejected.insert(rejected.end(), emission->rejected.begin(),
                    emission->rejected.end());
  }
  emission->rejected = std::move(rejected);
  return absl::OkStatus();
}

absl::Status TurnHandler::Complete(TaskPort& port,
                                   std::unique_ptr<CachedRun> run,
                                   const WorkflowTask& task,
                                   Emission emission) {
  TurnCompletion completion;
  completion.keeps_run = options_.runs_max > 0 && !emission.closed;
  completion.emission = std::move(emission);
  completion.build_id = options_.run.build_id;
  completion.worker = options_.worker;
  const bool keeps = completion.keeps_run;
  // It has to be there before the next task can be.
  if (keeps) cache_.Put(std::move(run));
  const absl::StatusOr<TurnReceipt> receipt =
      port.CompleteTurn(task.token, std::move(completion));
  const bool recorded = receipt.ok() && receipt->recorded;
  if (keeps && !recorded) cache_.Take(task.run_id);
  return receipt.ok() || TaskIsGone(receipt.status()) ? absl::OkStatus()
                                                      : receipt.status();
}

absl::Status TurnHandler::Fail(TaskPort& port, const CachedRun& run,
                               const WorkflowTask& task,
                               const absl::Status& why) {
  const bool diverged = run.run->divergence().has_value();
  absl::Status answered;
  if (diverged && options_.on_nondeterminism == OnNondeterminism::kFail) {
    TurnCompletion completion;
    Command fail;
    fail.kind = CommandKind::kFailWorkflow;
    fail.failure = FailureOfRun(why);
    fail.failure->type = "NonDeterministicError";
    fail.failure->non_retryable = true;
    completion.emission.commands = {std::move(fail)};
    completion.emission.closed = true;
    completion.build_id = options_.run.build_id;
    answered = port.CompleteTurn(task.token, std::move(completion)).status();
  } else {
    TurnFailure failure;
    failure.cause =
        diverged ? TaskFailure::kNondeterminism : TaskFailure::kWorkerFailure;
    failure.failure = FailureOfRun(why);
    answered = port.FailTurn(task.token, std::move(failure));
  }
  return TaskIsGone(answered) ? absl::OkStatus() : answered;
}

void TurnHandler::Answer(TaskPort& port, CachedRun& run,
                         const WorkflowTask& task, const absl::Status& fed) {
  std::vector<QueryAnswer> answers;
  for (const QueryRequest& query : task.queries) {
    QueryAnswer answer;
    answer.id = query.id;
    answer.status = fed;
    if (answer.status.ok()) {
      absl::StatusOr<Payloads> result = run.run->Query(query.name, query.input);
      answer.status = result.status();
      if (result.ok()) answer.result = *std::move(result);
    }
    answers.push_back(std::move(answer));
  }
  port.AnswerQueries(task.token, std::move(answers));
}

}  // namespace cohort
