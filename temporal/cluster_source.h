// A cluster's runs as a source of histories: reads only.
//
//   ClusterSource source(
//       [&](ServiceOptions options) {
//         return Service::Open(connection, std::move(options));
//       },
//       {.calls_per_second = 20});
//   COHORT_RETURN_IF_ERROR(
//       source.List("WorkflowType = 'Order' AND ExecutionStatus = 'Running'",
//                   [&](RunListing run) {
//                     runs.push_back(std::move(run));
//                     return absl::OkStatus();
//                   }));
//   COHORT_ASSIGN_OR_RETURN(History history, source.Fetch(runs.at(0).name));
//
// A location is a list filter of the server's ("": all runs); a run's name is
// "<workflow id>/<run id>". Calls keep to a rate, and when the server answers
// that its limit is reached (kResourceExhausted), that rate is halved and grows
// back slowly: production's own calls come first.
// Threads: List by one; Fetch by several, who share the rate.
// Errors: Service's.
#ifndef COHORT_TEMPORAL_CLUSTER_SOURCE_H_
#define COHORT_TEMPORAL_CLUSTER_SOURCE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/corpus/source.h"
#include "cohort/temporal/cluster_history.h"
#include "cohort/temporal/pace.h"
#include "cohort/temporal/service.h"

namespace cohort {

struct ClusterSourceOptions {
  double calls_per_second = 20;  // 0: no limit until the server sets one
  int page_runs = 200;
};

class ClusterSource : public HistorySource {
 public:
  // Connects by itself when it is first asked.
  using Connect =
      std::function<absl::StatusOr<std::shared_ptr<Service>>(ServiceOptions)>;

  explicit ClusterSource(Connect connect, ClusterSourceOptions options = {});

  std::string_view scheme() const override { return "cluster"; }
  absl::Status List(std::string_view location,
                    absl::FunctionRef<absl::Status(RunListing)> use) override;
  absl::StatusOr<History> Fetch(std::string_view name) override;

  // How many runs there are at a location.
  absl::StatusOr<std::int64_t> Count(std::string_view location);

 private:
  absl::StatusOr<std::shared_ptr<Service>> Connected();
  void WaitForTurn();

  Connect connect_;
  ClusterSourceOptions options_;
  Pace pace_;
  std::mutex mutex_;
  std::shared_ptr<Service> service_;  // under mutex_
};

// "<workflow id>/<run id>", the other way round; kInvalidArgument for others.
absl::StatusOr<ClusterRun> ClusterRunOf(std::string_view name);

}  // namespace cohort

#endif  // COHORT_TEMPORAL_CLUSTER_SOURCE_H_
