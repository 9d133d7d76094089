// TurnHandler: from a workflow task to its completion.
//
//   TurnHandler handler(options);
//   absl::Status status = handler.Handle(port, *std::move(task));
//
// It takes the run from the cache or replays it from its history, advances it
// by one turn, runs the local activities that the turn calls, and answers the
// task. A run whose answer was refused is dropped: memory is never ahead of
// history.
//
// Threads: any; each run is with one at a time.
// Errors: what the port answers, save for tasks that are gone; what goes wrong
// with a run fails its task.
#ifndef COHORT_WORKER_TURN_HANDLER_H_
#define COHORT_WORKER_TURN_HANDLER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/engine/run.h"
#include "cohort/worker/activities.h"
#include "cohort/worker/local_activities.h"
#include "cohort/worker/observer.h"
#include "cohort/worker/run_cache.h"
#include "cohort/worker/task_port.h"

namespace cohort {

// What becomes of a run whose history and code disagree.
enum class OnNondeterminism : std::uint8_t {
  kBlock,  // it waits, stuck, for code that agrees; nothing is lost
  kFail,   // it is closed as failed
};

class TurnHandler {
 public:
  struct Options {
    RunOptions run;  // registry, policy, dialects, build id
    const Activities* activities = nullptr;  // for local ones
    LocalClock clock;
    std::string worker;
    OnNondeterminism on_nondeterminism = OnNondeterminism::kBlock;
    std::size_t runs_max = 1000;  // in the cache; 0: replayed at each turn
    Observer* observer = nullptr;
  };

  explicit TurnHandler(Options options);

  absl::Status Handle(TaskPort& port, WorkflowTask task);

  const RunCache& cache() const { return cache_; }
  void DropAll() { cache_.Clear(); }

 private:
  absl::StatusOr<std::unique_ptr<CachedRun>> RunFor(TaskPort& port,
                                                    WorkflowTask& task,
                                                    bool* cached);
  // Replays what is completed; what the open turn puts out goes to `emission`.
  absl::Status Feed(CachedRun& run, WorkflowTask& task, Emission* emission);
  absl::Status RunLocals(CachedRun& run, const WorkflowTask& task,
                         Emission* emission);
  absl::Status Complete(TaskPort& port, std::unique_ptr<CachedRun> run,
                        const WorkflowTask& task, Emission emission);
  absl::Status Fail(TaskPort& port, const CachedRun& run,
                    const WorkflowTask& task, const absl::Status& why);
  static void Answer(TaskPort& port, CachedRun& run, const WorkflowTask& task,
                     const absl::Status& fed);

  Options options_;
  RunCache cache_;
};

}  // namespace cohort

#endif  // COHORT_WORKER_TURN_HANDLER_H_
