// Check: is a store whole?
//
//   COHORT_ASSIGN_OR_RETURN(StoreReport report, CheckStore("orders.db"));
//   for (const std::string& problem : report.problems) Print(problem);
//
// The file by SQLite's own check; each run's history by its structure (ids,
// turns, operations that are ended once); its row by what the history says.
// Nothing is changed.
// Threads: functions of their arguments.
// Errors: as of Store::OpenToRead; what is wrong inside stands in the report.
#ifndef COHORT_EMBEDDED_CHECK_H_
#define COHORT_EMBEDDED_CHECK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/embedded/store.h"

namespace cohort {

struct StoreReport {
  std::int64_t runs = 0;
  std::int64_t open_runs = 0;
  std::int64_t events = 0;
  std::vector<std::string> problems;  // one line each
};

absl::StatusOr<StoreReport> CheckStore(const std::string& path);
absl::StatusOr<StoreReport> CheckStore(Store& store);

}  // namespace cohort

#endif  // COHORT_EMBEDDED_CHECK_H_
