// A store of the embedded engine as a source of histories.
//
//   EmbeddedSource source;
//   COHORT_ASSIGN_OR_RETURN(History history,
//                           source.Fetch("orders.db?" + run_id));
//
//   replay embedded:orders.db          with EmbeddedSource among main's sources
//
// A run's name is the store's path, "?", and the run's id. No process may have
// the store open meanwhile.
// Threads: List by one; Fetch by several.
// Errors: as of Store::OpenToRead; kNotFound for a run that is not there.
#ifndef COHORT_EMBEDDED_HISTORY_SOURCE_H_
#define COHORT_EMBEDDED_HISTORY_SOURCE_H_

#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/corpus/source.h"
#include "cohort/embedded/store.h"

namespace cohort {

// What a listing says of a stored run; it is called `name`.
RunListing ListingOf(const RunRow& run, std::string name);

class EmbeddedSource : public HistorySource {
 public:
  std::string_view scheme() const override { return "embedded"; }
  absl::Status List(std::string_view location,
                    absl::FunctionRef<absl::Status(RunListing)> use) override;
  absl::StatusOr<History> Fetch(std::string_view name) override;
};

}  // namespace cohort

#endif  // COHORT_EMBEDDED_HISTORY_SOURCE_H_
