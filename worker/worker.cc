#include "cohort/worker/worker.h"

#include <random>

#include "absl/time/clock.h"
#include "cohort/base/status.h"

namespace cohort {
namespace {

// How long a thread waits for a task before it looks whether it is to stop.
constexpr absl::Duration kPollWait = absl::Seconds(1);
// After an error of the port.
constexpr absl::Duration kErrorPause = absl::Milliseconds(100);

// Unlike every other worker's: a server tells by it who keeps a run.
std::string NextName() {
  std::random_device random;
  return fmt::format("worker-{:08x}{:08x}", random(), random());
}

LocalClock RealClock() {
  return {[] { return absl::Now(); },
          [](absl::Duration d) { absl::SleepFor(d); }};
}

TurnHandler::Options HandlerOptions(const RunOptions& run) {
  TurnHandler::Options options;
  options.run = run;
  return options;
}

}  // namespace

WorkerOptions& WorkerOptions::RecordAs(std::string_view sdk) {
  const Profile* profile = FindProfile(sdk);
  if (profile == nullptr) {
    status_ = InvalidArgument(
        "RecordAs(\"{}\"): unknown SDK; one of go, java, python, typescript, "
        "dotnet, ruby",
        sdk);
    return *this;
  }
  run_.version_dialect = profile->dialect;
  run_.ids = profile->ids;
  return *this;
}

Worker::Worker(TaskPort& port, WorkerOptions options)
    : port_(port), options_(std::move(options)) {
  if (options_.name_.empty()) options_.name_ = NextName();
  if (!options_.clock_.now) options_.clock_ = RealClock();
  poller_ = {options_.queue_, options_.name_, options_.run_.build_id};
  TurnHandler::Options handler = HandlerOptions(options_.run_);
  handler.activities = options_.activities_;
  handler.clock = options_.clock_;
  handler.worker = options_.name_;
  handler.on_nondeterminism = options_.on_nondeterminism_;
  handler.runs_max = options_.runs_max_;
  handler.observer = options_.observer_;
  handler_ = std::make_unique<TurnHandler>(std::move(handler));
}

Worker::~Worker() { Shutdown(); }

absl::Status Worker::Check() const {
  COHORT_RETURN_IF_ERROR(options_.status_);
  if (options_.queue_.empty()) {
    return InvalidArgument("a worker needs the name of a task queue");
  }
  if (options_.run_.registry == nullptr && options_.activities_ == nullptr) {
    return InvalidArgument(
        "the worker of queue {} has neither workflows nor activities",
        options_.queue_);
  }
  if (options_.run_.registry != nullptr) {
    COHORT_RETURN_IF_ERROR(options_.run_.registry->status());
  }
  if (options_.activities_ != nullptr) {
    COHORT_RETURN_IF_ERROR(options_.activities_->status());
  }
  return absl::OkStatus();
}

void Worker::Join() {
  if (joined_) return;
  joined_ = true;
  port_.Join(poller_);
}

absl::Status Worker::Start() {
  COHORT_RETURN_IF_ERROR(Check());
  if (!threads_.empty()) {
    return InvalidArgument("the worker of queue {} runs already",
                           options_.queue_);
  }
  stopping_ = false;
  Join();
  if (options_.run_.registry != nullptr) {
    for (int i = 0; i < options_.workflow_slots_; ++i) {
      threads_.emplace_back([this] { Loop(&Worker::DoWorkflow); });
    }
  }
  if (options_.activities_ != nullptr) {
    for (int i = 0; i < options_.activity_slots_; ++i) {
      threads_.emplace_back([this] { Loop(&Worker::DoActivity); });
    }
  }
  return absl::OkStatus();
}

void Worker::Shutdown() {
  stopping_ = true;
  if (joined_) port_.Leave(poller_);
  joined_ = false;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  handler_->DropAll();
}

void Worker::Loop(absl::StatusOr<bool> (Worker::*work)(absl::Duration)) {
  while (!stopping_) {
    const absl::StatusOr<bool> done = (this->*work)(kPollWait);
    // Also of a cancelled call: only Shutdown ends the thread.
    if (!done.ok() && !stopping_) absl::SleepFor(kErrorPause);
  }
}

absl::StatusOr<bool> Worker::Step() {
  COHORT_ASSIGN_OR_RETURN(const bool worked, StepWorkflow());
  if (worked) return true;
  return StepActivity();
}

absl::StatusOr<bool> Worker::StepWorkflow() {
  COHORT_RETURN_IF_ERROR(Check());
  Join();
  if (options_.run_.registry == nullptr) return false;
  return DoWorkflow(absl::ZeroDuration());
}

absl::StatusOr<bool> Worker::StepActivity() {
  COHORT_RETURN_IF_ERROR(Check());
  Join();
  if (options_.activities_ == nullptr) return false;
  return DoActivity(absl::ZeroDuration());
}

absl::StatusOr<bool> Worker::DoWorkflow(absl::Duration wait) {
  COHORT_ASSIGN_OR_RETURN(std::optional<WorkflowTask> task,
                          port_.PollWorkflow(poller_, wait));
  if (!task) return false;
  COHORT_RETURN_IF_ERROR(handler_->Handle(port_, *std::move(task)));
  return true;
}

absl::StatusOr<bool> Worker::DoActivity(absl::Duration wait) {
  COHORT_ASSIGN_OR_RETURN(std::optional<ActivityTask> task,
                          port_.PollActivity(poller_, wait));
  if (!task) return false;
  COHORT_RETURN_IF_ERROR(RunActivity(*task));
  return true;
}

absl::Status Worker::RunActivity(const ActivityTask& task) {
  ActivityContext ctx(task, [&](Payloads details) {
    const auto asked = port_.Heartbeat(task.token, std::move(details));
    // Not found: nobody waits for it any more. Who cannot be reached now will
    // be asked again.
    return asked.ok() ? *asked : absl::IsNotFound(asked.status());
  });
  ActivityOutcome outcome = options_.activities_->Run(task, ctx);
  absl::Status how;
  absl::Status answered;
  switch (outcome.end) {
    case ActivityOutcome::End::kResult:
      answered = port_.CompleteActivity(task.token, std::move(outcome.result));
      break;
    case ActivityOutcome::End::kFailure:
      how = Internal("{}", outcome.failure.message);
      answered = port_.FailActivity(task.token, std::move(outcome.failure));
      break;
    case ActivityOutcome::End::kCanceled:
      how = absl::CancelledError("canceled");
      answered = port_.CancelActivity(task.token, std::move(outcome.result));
      break;
    case ActivityOutcome::End::kElsewhere:
      port_.LeaveOpen(task.token);
      break;
  }
  if (options_.observer_ != nullptr) {
    options_.observer_->ActivityEnded(task.type, task.attempt, how);
  }
  // It timed out, or its run has ended: nobody asks for its result any more.
  return absl::IsNotFound(answered) ? absl::OkStatus() : answered;
}

}  // namespace cohort
