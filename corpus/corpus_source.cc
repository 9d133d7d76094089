#include "cohort/corpus/corpus_source.h"

#include <string>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/corpus/history_file.h"
#include "cohort/corpus/store.h"

namespace cohort {

absl::Status CorpusSource::List(
    std::string_view location,
    absl::FunctionRef<absl::Status(RunListing)> use) {
  COHORT_ASSIGN_OR_RETURN(CorpusStore store,
                          CorpusStore::OpenToRead(std::string(location)));
  return store.ForEachStored([&](const CorpusRun& run) {
    RunListing listing = run.listing;
    listing.name = run.file;
    return use(std::move(listing));
  });
}

absl::StatusOr<History> CorpusSource::Fetch(std::string_view name) {
  return ReadHistoryFile(std::string(name));
}

}  // namespace cohort
