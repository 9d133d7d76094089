// Loads on the embedded engine, each one measured run of it.
//
//   LoadResult r = RunLoad({.path = "bench.db", .runs = 200, .at_once = 20});
//
// Threads: each load runs its own. Errors: as a status; a wrong result is one.
#ifndef COHORT_BENCHMARKS_ENGINE_LOAD_H_
#define COHORT_BENCHMARKS_ENGINE_LOAD_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "cohort/embedded/store.h"

namespace cohort_bench {

struct Load {
  std::string path;  // "" keeps nothing on disk
  cohort::Synchronous synchronous = cohort::Synchronous::kFull;
  int runs = 200;
  int activities = 10;  // of each run, one behind the other
  int at_once = 20;     // runs
};

struct LoadResult {
  double seconds = 0;
  double cpu_seconds = 0;  // of all threads
  std::int64_t activities = 0;
  std::int64_t turns = 0;
  std::int64_t commits = 0;
  std::int64_t events = 0;
  std::int64_t history_bytes = 0;
  std::int64_t file_bytes = 0;
  std::int64_t checksum = 0;  // of the results
};

absl::StatusOr<LoadResult> RunLoad(const Load& load);

// Syncs of a small append to a file beside `path`, a second.
double SyncsPerSecond(const std::string& path);

struct IdleResult {
  double cached_bytes = 0;   // of memory for one run in cache and in memory
  double evicted_bytes = 0;  // for one that is in neither
  double start_seconds = 0;  // for all
  std::int64_t runs = 0;
};
// Runs that wait for a timer.
absl::StatusOr<IdleResult> MeasureIdle(int cached, int evicted);

struct ReopenResult {
  double seconds = 0;
  std::int64_t events = 0;
};
// Opens a store with about so many events in it, half of them of open runs.
absl::StatusOr<ReopenResult> MeasureReopen(const std::string& path,
                                           std::int64_t events);

}  // namespace cohort_bench

#endif  // COHORT_BENCHMARKS_ENGINE_LOAD_H_
