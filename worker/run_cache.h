// RunCache: runs kept between their turns, so that a turn needs only its new
// events.
//
//   std::unique_ptr<CachedRun> run = cache.Take(run_id);  // null: not there
//   if (run == nullptr) run = Replayed(run_id);
//   cache.Put(std::move(run));
//
// A run that somebody has taken is nobody else's. What was not used for longest
// goes first when there are more than `runs_max`; 0 keeps none: every turn
// replays its whole history, which is what tests want.
// Threads: any. Errors: none.
#ifndef COHORT_WORKER_RUN_CACHE_H_
#define COHORT_WORKER_RUN_CACHE_H_

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cohort/engine/run.h"
#include "cohort/history/history.h"
#include "cohort/history/turn.h"

namespace cohort {

// A run, and what its next turn is read with.
struct CachedRun {
  std::string run_id;
  std::unique_ptr<Run> run;
  TurnReader reader{EmptyTasks::kApart};
  // Behind the events of its unfinished turn.
  std::vector<History> pages;
};

class RunCache {
 public:
  using OnEvict = std::function<void(std::string_view run_id)>;

  explicit RunCache(std::size_t runs_max, OnEvict on_evict = {})
      : runs_max_(runs_max), on_evict_(std::move(on_evict)) {}

  std::unique_ptr<CachedRun> Take(const std::string& run_id);
  // In place of an older one. False: it was dropped at once.
  bool Put(std::unique_ptr<CachedRun> run) {
    return Keep(std::move(run), true);
  }
  // Only where no turn has put a newer one there meanwhile.
  bool PutBack(std::unique_ptr<CachedRun> run) {
    return Keep(std::move(run), false);
  }
  void Clear();
  std::size_t size() const;

 private:
  using Runs = std::list<std::unique_ptr<CachedRun>>;

  bool Keep(std::unique_ptr<CachedRun> run, bool replaces);

  std::size_t runs_max_;
  OnEvict on_evict_;
  mutable std::mutex mutex_;
  Runs runs_;  // the one used last stands first
  std::unordered_map<std::string, Runs::iterator> by_id_;
};

}  // namespace cohort

#endif  // COHORT_WORKER_RUN_CACHE_H_
