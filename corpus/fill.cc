#include "cohort/corpus/fill.h"

#include <optional>

#include "cohort/base/status.h"

namespace cohort {

absl::Status FillRound(CorpusStore& store, HistorySource& source,
                       const FillOptions& options) {
  COHORT_ASSIGN_OR_RETURN(const std::optional<CorpusRound> round,
                          store.LastRound());
  if (!round) {
    return FailedPrecondition("{}: has no round to fill", store.folder());
  }
  const auto all = static_cast<std::int64_t>(round->runs.size());
  std::int64_t done = 0;
  for (const RoundRun& chosen : round->runs) {
    ++done;
    if (chosen.run.state != FetchState::kWanted) continue;
    auto history = source.Fetch(chosen.run.listing.name);
    absl::Status status = history.status();
    if (status.ok()) {
      status = store.Put(chosen.run.id, *history, round->keep, options.now);
    }
    if (absl::IsNotFound(status) || absl::IsDataLoss(status) ||
        absl::IsInvalidArgument(status)) {
      status = store.PutMissing(chosen.run.id, ToStd(status.message()));
    }
    COHORT_RETURN_IF_ERROR(status);
    if (options.progress) options.progress(done, all);
  }
  return store.FinishRound();
}

}  // namespace cohort
