#include "cohort/corpus/fill.h"

#include <filesystem>
#include <optional>
#include <system_error>

#include "cohort/base/status.h"

namespace cohort {
namespace {

// What says nothing of the one history: with the next one it is the same.
bool IsOfTheConnection(const absl::Status& why) {
  switch (why.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return true;
    default:
      return false;
  }
}

bool IsDone(const CorpusRun& run) {
  if (run.state == FetchState::kCounted) return true;
  std::error_code error;
  return run.state == FetchState::kStored &&
         std::filesystem::is_regular_file(run.file, error);
}

// Fetches the run's history; false if it could not be had.
absl::StatusOr<bool> Fill(CorpusStore& store, HistorySource& source,
                          const CorpusRun& run, Keep keep, absl::Time now) {
  auto history = source.Fetch(run.listing.name);
  absl::Status status = history.status();
  if (history.ok()) {
    status = store.Put(run, *history, keep, now);
    if (!absl::IsInvalidArgument(status)) {
      COHORT_RETURN_IF_ERROR(status);
      return true;
    }
  } else if (IsOfTheConnection(status)) {
    return status;
  }
  COHORT_RETURN_IF_ERROR(store.PutMissing(run.id, ToStd(status.message())));
  return false;
}

}  // namespace

absl::Status FillRound(CorpusStore& store, HistorySource& source,
                       const FillOptions& options) {
  COHORT_ASSIGN_OR_RETURN(const std::optional<CorpusRound> round,
                          store.LastRound());
  if (!round) {
    return FailedPrecondition("{}: has no round to fill", store.folder());
  }
  const auto all = static_cast<std::int64_t>(round->runs.size());
  std::int64_t done = 0;
  bool whole = true;
  for (const RoundRun& chosen : round->runs) {
    ++done;
    if (IsDone(chosen.run)) continue;
    COHORT_ASSIGN_OR_RETURN(const bool filled, Fill(store, source, chosen.run,
                                                    round->keep, options.now));
    whole = whole && filled;
    if (options.progress) options.progress(done, all);
  }
  return whole ? store.FinishRound() : absl::OkStatus();
}

}  // namespace cohort
