#include "cohort/worker/run_cache.h"

#include <utility>

namespace cohort {

std::unique_ptr<CachedRun> RunCache::Take(const std::string& run_id) {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(run_id);
  if (found == by_id_.end()) return nullptr;
  std::unique_ptr<CachedRun> run = std::move(*found->second);
  runs_.erase(found->second);
  by_id_.erase(found);
  return run;
}

bool RunCache::Keep(std::unique_ptr<CachedRun> run, bool replaces) {
  std::unique_ptr<CachedRun> evicted;  // goes without the lock
  bool kept = false;
  {
    const std::lock_guard lock(mutex_);
    if (runs_max_ > 0) {
      const auto found = by_id_.find(run->run_id);
      if (found != by_id_.end()) {
        if (!replaces) return false;
        runs_.erase(found->second);
        by_id_.erase(found);
      }
      runs_.push_front(std::move(run));
      by_id_[runs_.front()->run_id] = runs_.begin();
      kept = true;
    }
    if (runs_.size() > runs_max_) {
      evicted = std::move(runs_.back());
      by_id_.erase(evicted->run_id);
      runs_.pop_back();
    }
  }
  if (evicted && on_evict_) on_evict_(evicted->run_id);
  return kept;
}

void RunCache::Clear() {
  Runs dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(runs_);
  by_id_.clear();
}

std::size_t RunCache::size() const {
  const std::lock_guard lock(mutex_);
  return runs_.size();
}

}  // namespace cohort
