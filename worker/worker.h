// Worker: runs the workflows and activities of one task queue.
//
//   cohort::Worker worker(engine->port(), cohort::WorkerOptions("orders")
//                             .Workflows(registry)
//                             .Does(activities)
//                             .BuildId("build-7"));
//   COHORT_RETURN_IF_ERROR(worker.Start());   // threads, until Shutdown
//
// or, in virtual time and in tests, step by step in the caller's thread:
//
//   while (*worker.Step()) {}                 // until there is nothing to do
//
// A cut-over to new code goes by build ids (routes within the code), or by task
// queues: one worker for each queue, several workers in one process.
//
// Threads: Start, Step and Shutdown are called by one thread at a time.
// Errors: kInvalidArgument for options that do not fit; of Step what the port
// answers. What goes wrong in user code fails its task, not the worker.
#ifndef COHORT_WORKER_WORKER_H_
#define COHORT_WORKER_WORKER_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/worker/activities.h"
#include "cohort/worker/observer.h"
#include "cohort/worker/task_port.h"
#include "cohort/worker/turn_handler.h"

namespace cohort {

class WorkerOptions {
 public:
  explicit WorkerOptions(std::string queue) : queue_(std::move(queue)) {}

  // Both outlive the worker.
  WorkerOptions& Workflows(const Registry& registry) {
    run_.registry = &registry;
    return *this;
  }
  WorkerOptions& Does(const Activities& activities) {
    activities_ = &activities;
    return *this;
  }
  WorkerOptions& BuildId(std::string id) {
    run_.build_id = std::move(id);
    return *this;
  }
  // New runs are recorded so that workers of this SDK can replay them and go
  // on: "go" (the default), "java", "python", "typescript", "dotnet", "ruby".
  // Runs that another SDK has begun are gone on with as that SDK does, anyway.
  WorkerOptions& RecordAs(std::string_view sdk);
  // What live first calls of GetVersion answer; outlives the worker.
  WorkerOptions& Policy(const CohortPolicy& policy) {
    run_.policy = &policy;
    return *this;
  }
  WorkerOptions& Nondeterminism(OnNondeterminism policy) {
    on_nondeterminism_ = policy;
    return *this;
  }
  // Runs kept between turns; 0: each turn replays its whole history.
  WorkerOptions& CachedRuns(std::size_t runs_max) {
    runs_max_ = runs_max;
    return *this;
  }
  // Threads that run workflow tasks, and activities; of Start only.
  WorkerOptions& Slots(int workflows, int activities) {
    workflow_slots_ = workflows;
    activity_slots_ = activities;
    return *this;
  }
  // Outlives the worker.
  WorkerOptions& Watch(Observer& observer) {
    observer_ = &observer;
    return *this;
  }
  // By which the engine tells workers apart; by default one of its own.
  WorkerOptions& Name(std::string name) {
    name_ = std::move(name);
    return *this;
  }
  // How time is told to local activities. Default: the system's.
  WorkerOptions& Clock(LocalClock clock) {
    clock_ = std::move(clock);
    return *this;
  }

 private:
  friend class Worker;
  std::string queue_;
  std::string name_;
  absl::Status status_;  // of what was asked for
  RunOptions run_;
  const Activities* activities_ = nullptr;
  LocalClock clock_;
  OnNondeterminism on_nondeterminism_ = OnNondeterminism::kBlock;
  std::size_t runs_max_ = 1000;
  int workflow_slots_ = 2;
  int activity_slots_ = 4;
  Observer* observer_ = nullptr;
};

class Worker {
 public:
  // `port` outlives the worker.
  Worker(TaskPort& port, WorkerOptions options);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  absl::Status Start();
  // Finishes what was begun and joins its threads. Cached runs are dropped.
  void Shutdown();

  // One task, if there is one: workflow tasks first.
  absl::StatusOr<bool> Step();
  absl::StatusOr<bool> StepWorkflow();
  absl::StatusOr<bool> StepActivity();

  const std::string& queue() const { return poller_.queue; }
  std::size_t cached_runs() const { return handler_->cache().size(); }
  void DropCachedRuns() { handler_->DropAll(); }

 private:
  absl::Status Check() const;
  void Join();
  absl::StatusOr<bool> DoWorkflow(absl::Duration wait);
  absl::StatusOr<bool> DoActivity(absl::Duration wait);
  absl::Status RunActivity(const ActivityTask& task);
  void Loop(absl::StatusOr<bool> (Worker::*work)(absl::Duration));

  TaskPort& port_;
  WorkerOptions options_;
  Poller poller_;
  std::unique_ptr<TurnHandler> handler_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_{false};
  bool joined_ = false;
};

}  // namespace cohort

#endif  // COHORT_WORKER_WORKER_H_
