// A run's history, page by page from the server.
//
//   COHORT_ASSIGN_OR_RETURN(
//       History history, FetchClusterHistory(*service, {"order-17", ""}));
//
// Threads: any. Errors: Service's; kResourceExhausted for a history beyond the
// limits of `options`, before the rest of it is fetched.
#ifndef COHORT_TEMPORAL_CLUSTER_HISTORY_H_
#define COHORT_TEMPORAL_CLUSTER_HISTORY_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "cohort/history/history.h"
#include "cohort/temporal/service.h"

namespace cohort {

struct ClusterRun {
  std::string workflow_id;
  std::string run_id;  // "": the workflow's latest run
};

// Calls `before_page` before each page: it may wait, or end the fetch.
absl::StatusOr<History> FetchClusterHistory(
    Service& service, const ClusterRun& run, ReadOptions options = {},
    const std::function<absl::Status()>& before_page = {});

}  // namespace cohort

#endif  // COHORT_TEMPORAL_CLUSTER_HISTORY_H_
