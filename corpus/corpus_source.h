// A corpus (corpus/store.h) as a source of runs.
//
//   CorpusSource source;
//   COHORT_RETURN_IF_ERROR(source.List("corpus/", [&](RunListing run) {
//     names.push_back(run.name);
//     return absl::OkStatus();
//   }));
//
// Listed are the runs whose histories are stored, as their own source listed
// them when they were chosen; a run's name is its file.
// Threads: List by one; Fetch by several.
// Errors: kNotFound for a folder without an index; those of CorpusStore.
#ifndef COHORT_CORPUS_CORPUS_SOURCE_H_
#define COHORT_CORPUS_CORPUS_SOURCE_H_

#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/corpus/source.h"

namespace cohort {

class CorpusSource : public HistorySource {
 public:
  std::string_view scheme() const override { return "corpus"; }
  absl::Status List(std::string_view location,
                    absl::FunctionRef<absl::Status(RunListing)> use) override;
  absl::StatusOr<History> Fetch(std::string_view name) override;
};

}  // namespace cohort

#endif  // COHORT_CORPUS_CORPUS_SOURCE_H_
