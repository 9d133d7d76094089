// ClusterPort: a worker's tasks from a cluster.
//
//   ClusterPort port(service);
//   Worker worker(
//       port, WorkerOptions("orders").Workflows(registry).Does(activities));
//   COHORT_RETURN_IF_ERROR(worker.Start());
//
// Polls are long ones: they wait for the server, not for the `wait` they are
// given, and end when the worker leaves. A worker with at least two threads for
// workflow tasks also asks its own sticky queue, where the server sends it only
// the new events of the runs that it has cached; with one thread every task
// comes with its whole history.
//
// A task that fails again is not reported again: the server's time-out is the
// pause between attempts. Queries that come with a task are left to the server,
// which asks them by themselves.
// Threads: any, as every TaskPort. The port must outlive its workers.
// Errors: those of TaskPort; Service's.
#ifndef COHORT_TEMPORAL_CLUSTER_PORT_H_
#define COHORT_TEMPORAL_CLUSTER_PORT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cohort/temporal/cluster_history.h"
#include "cohort/temporal/commands.h"
#include "cohort/temporal/metrics.h"
#include "cohort/temporal/service.h"
#include "cohort/worker/activities.h"
#include "cohort/worker/task_port.h"

namespace cohort {

class ClusterPort : public TaskPort {
 public:
  // `metrics` may be null; else it must outlive the port.
  explicit ClusterPort(std::shared_ptr<Service> service,
                       Metrics* metrics = nullptr)
      : service_(std::move(service)), metrics_(metrics) {}

  void Join(const Poller& poller) override;
  void Leave(const Poller& poller) override;
  absl::StatusOr<std::optional<WorkflowTask>> PollWorkflow(
      const Poller& poller, absl::Duration wait) override;
  absl::StatusOr<std::vector<History>> FetchWhole(
      const std::string& token) override;
  absl::StatusOr<TurnReceipt> CompleteTurn(const std::string& token,
                                           TurnCompletion completion) override;
  absl::Status FailTurn(const std::string& token, TurnFailure failure) override;
  void AnswerQueries(const std::string& token,
                     std::vector<QueryAnswer> answers) override;
  absl::StatusOr<std::optional<ActivityTask>> PollActivity(
      const Poller& poller, absl::Duration wait) override;
  absl::Status CompleteActivity(const std::string& token,
                                Payloads result) override;
  absl::Status FailActivity(const std::string& token, Failure failure) override;
  absl::Status CancelActivity(const std::string& token,
                              Payloads details) override;
  void LeaveOpen(const std::string& token) override;
  absl::StatusOr<bool> Heartbeat(const std::string& token,
                                 Payloads details) override;

 private:
  // A worker, by its name.
  struct Present {
    std::string sticky_queue;
    int on_queue = 0;     // polls under way
    bool sticky = false;  // its sticky queue was asked
  };
  // A workflow task that was handed out, by its token.
  struct Open {
    ClusterRun run;
    std::string queue;
    std::string worker;
    std::int64_t attempt = 1;
    std::int64_t last_event = 0;
    UpdateMessages updates;
    std::string type;
    absl::Time received = absl::UnixEpoch();
  };
  // An activity task that was handed out, by its token.
  struct OpenActivity {
    std::string queue;
    std::string type;
    absl::Time scheduled = absl::UnixEpoch();
    absl::Time received = absl::UnixEpoch();
  };

  absl::StatusOr<WorkflowTask> TaskOf(const nlohmann::json& answer,
                                      const Poller& poller);
  absl::StatusOr<std::vector<History>> PagesOf(const nlohmann::json& answer,
                                               const ClusterRun& run);
  // The task of the token, which is then nobody's.
  std::optional<Open> Close(const std::string& token);

  // Metrics.
  void NotePoll(const Poller& poller, const nlohmann::json& answer);
  void NoteCompletion(const Open& open, const Emission& emission);
  void NoteFailure(const Open& open, TaskFailure cause);
  void NoteActivityPoll(const Poller& poller, const ActivityTask& task);
  void NoteActivityEnd(const std::string& token, ActivityOutcome::End end);

  std::shared_ptr<Service> service_;
  Metrics* metrics_;
  std::mutex mutex_;
  std::map<std::string, Present, std::less<>> workers_;  // under mutex_
  std::map<std::string, Open, std::less<>> open_;        // under mutex_
  // Only where there are metrics; under mutex_.
  std::map<std::string, OpenActivity, std::less<>> activities_;
};

}  // namespace cohort

#endif  // COHORT_TEMPORAL_CLUSTER_PORT_H_
