// Fetches what a sample chose.
//
//   COHORT_RETURN_IF_ERROR(store.BeginRound({.seed = 7, .at = now}, sample));
//   COHORT_RETURN_IF_ERROR(FillRound(store, source, {.now = now}));
//
// Threads: one at a time.
// Errors: what the source and the store say; then the same call goes on later
// where this one ended.
#ifndef COHORT_CORPUS_FILL_H_
#define COHORT_CORPUS_FILL_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cohort/corpus/source.h"
#include "cohort/corpus/store.h"

namespace cohort {

struct FillOptions {
  absl::Time now;  // recorded as the time of fetching
  // Called behind each run, with how many of how many are done.
  std::function<void(std::int64_t done, std::int64_t all)> progress;
};

// Fetches the last round's histories that are not there, and finishes it when
// all are. What a source or a reader says of one history (not found, damaged,
// too long, another run's) makes its run a missing one, which the next call
// looks for again; what concerns them all (no connection, no rights, no room)
// ends the filling, and the next call goes on.
absl::Status FillRound(CorpusStore& store, HistorySource& source,
                       const FillOptions& options);

}  // namespace cohort

#endif  // COHORT_CORPUS_FILL_H_
