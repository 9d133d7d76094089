// A client of a cluster: starts runs, and talks to them.
//
//   ClusterClient client(service);
//   COHORT_ASSIGN_OR_RETURN(
//       ClusterRun run,
//       client.Start(ClusterStart("Order", "orders").WorkflowId("order-17")));
//   COHORT_RETURN_IF_ERROR(client.Signal(run, "pay", ToPayloads(100)));
//   COHORT_ASSIGN_OR_RETURN(ClusterEnd end, client.End(run));
//
// A ClusterRun without a run id means the workflow's latest run.
// Threads: any.
// Errors: Service's (kAlreadyExists: the workflow is running; kNotFound: there
// is no such run); kFailedPrecondition for an update or a query that the
// workflow refused, with its words; kDeadlineExceeded for one that had no
// answer in time.
#ifndef COHORT_TEMPORAL_CLUSTER_CLIENT_H_
#define COHORT_TEMPORAL_CLUSTER_CLIENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/corpus/listing.h"
#include "cohort/history/payload.h"
#include "cohort/temporal/cluster_history.h"
#include "cohort/temporal/service.h"

namespace cohort {

// How a workflow is started; what is not set is the server's default.
class ClusterStart {
 public:
  ClusterStart(std::string type, std::string queue)
      : workflow_type(std::move(type)), queue(std::move(queue)) {}

  // Default: a new random one.
  ClusterStart& WorkflowId(std::string id) {
    workflow_id = std::move(id);
    return *this;
  }
  ClusterStart& Input(Payloads payloads) {
    input = std::move(payloads);
    return *this;
  }
  // Names of temporal.api.enums.v1: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
  // WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, ...
  ClusterStart& Reuse(std::string policy) {
    reuse_policy = std::move(policy);
    return *this;
  }
  ClusterStart& Conflict(std::string policy) {
    conflict_policy = std::move(policy);
    return *this;
  }
  ClusterStart& ExecutionTimeout(absl::Duration d) {
    execution_timeout = d;
    return *this;
  }
  ClusterStart& RunTimeout(absl::Duration d) {
    run_timeout = d;
    return *this;
  }
  ClusterStart& TaskTimeout(absl::Duration d) {
    task_timeout = d;
    return *this;
  }
  ClusterStart& Delay(absl::Duration d) {
    delay = d;
    return *this;
  }
  ClusterStart& Cron(std::string schedule) {
    cron = std::move(schedule);
    return *this;
  }
  ClusterStart& Memo(PayloadMap fields) {
    memo = std::move(fields);
    return *this;
  }
  ClusterStart& SearchAttributes(PayloadMap fields) {
    search_attributes = std::move(fields);
    return *this;
  }

  std::string workflow_type;
  std::string queue;
  std::string workflow_id;
  Payloads input;
  std::string reuse_policy;
  std::string conflict_policy;
  absl::Duration execution_timeout;
  absl::Duration run_timeout;
  absl::Duration task_timeout;
  absl::Duration delay;
  std::string cron;
  PayloadMap memo;
  PayloadMap search_attributes;
};

// How a run ended.
struct ClusterEnd {
  RunStatus status = RunStatus::kOpen;
  Payloads result;
  Failure failure;  // of one that failed
  ClusterRun next;  // of one that continued as new
};

class ClusterClient {
 public:
  explicit ClusterClient(std::shared_ptr<Service> service)
      : service_(std::move(service)) {}

  absl::StatusOr<ClusterRun> Start(const ClusterStart& start);
  absl::StatusOr<ClusterRun> SignalWithStart(const ClusterStart& start,
                                             std::string_view signal,
                                             const Payloads& input);
  absl::Status Signal(const ClusterRun& run, std::string_view name,
                      const Payloads& input);
  absl::Status Cancel(const ClusterRun& run, std::string_view reason = "");
  absl::Status Terminate(const ClusterRun& run, std::string_view reason = "");
  // A new run that goes on behind the workflow task that ended at `event`.
  absl::StatusOr<ClusterRun> Reset(const ClusterRun& run, std::int64_t event,
                                   std::string_view reason);

  absl::StatusOr<Payloads> Query(const ClusterRun& run, std::string_view name,
                                 const Payloads& input,
                                 absl::Duration patience = absl::Seconds(30));
  // Waits until the update is completed. `id` "": a new random one.
  absl::StatusOr<Payloads> Update(const ClusterRun& run, std::string_view name,
                                  const Payloads& input, std::string id = "",
                                  absl::Duration patience = absl::Seconds(30));

  absl::StatusOr<RunListing> Describe(const ClusterRun& run);
  // Waits until the run is closed; `next` is not followed.
  absl::StatusOr<ClusterEnd> End(const ClusterRun& run,
                                 absl::Duration patience = absl::Minutes(10));
  absl::StatusOr<History> FetchHistory(const ClusterRun& run) {
    return FetchClusterHistory(*service_, run);
  }

 private:
  std::shared_ptr<Service> service_;
};

}  // namespace cohort

#endif  // COHORT_TEMPORAL_CLUSTER_CLIENT_H_
