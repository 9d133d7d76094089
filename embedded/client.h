// Client: starts workflows, talks to them, looks at them.
//
//   Client& client = engine->client();
//   COHORT_ASSIGN_OR_RETURN(
//       RunKey run, client.Start(StartRequest("Order", "orders")
//                                    .WorkflowId("order-17")
//                                    .Input(ToPayloads(order))));
//   COHORT_ASSIGN_OR_RETURN(std::string result,
//                           client.Result<std::string>(run));
//
// What was acknowledged is on disk. Result, Update and Query wait: in real
// time for the workers' threads, in virtual time by driving the workers.
//
// Threads: any in real time, one in virtual time.
// Errors: kNotFound for an unknown or closed workflow; kAlreadyExists for an id
// that may not be used (again); kDeadlineExceeded when the time to wait is over
// or, in virtual time, nothing is left that could happen; kFailedPrecondition
// for a run that is stuck (its workflow task fails).
#ifndef COHORT_EMBEDDED_CLIENT_H_
#define COHORT_EMBEDDED_CLIENT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/corpus/query.h"
#include "cohort/embedded/core.h"
#include "cohort/embedded/requests.h"
#include "cohort/history/history.h"
#include "cohort/workflow/convert.h"

namespace cohort {

class Client {
 public:
  // Goes on until `done`, at most up to the (real) deadline; false: in vain.
  using Wait =
      std::function<bool(absl::FunctionRef<bool()> done, absl::Time deadline)>;

  Client(Core& core, Wait wait) : core_(core), wait_(std::move(wait)) {}

  // The run that was started, or that is used instead (see IdConflict, and
  // StartRequest::WithSignal).
  absl::StatusOr<RunKey> Start(StartRequest request) {
    return core_.StartRun(std::move(request));
  }
  template <typename... Args>
  absl::Status Signal(const RunKey& run, std::string_view name,
                      const Args&... args) {
    return core_.Signal(run, name, ToPayloads(args...));
  }
  absl::Status Cancel(const RunKey& run, std::string_view reason = "") {
    return core_.RequestCancel(run, reason);
  }
  absl::Status Terminate(const RunKey& run, std::string_view reason = "") {
    return core_.Terminate(run, reason);
  }
  // A new run that has the old one's events up to the workflow task that this
  // event ended, and the signals that came later. Its timeouts begin anew. What
  // is open of the workflow is terminated.
  absl::StatusOr<RunKey> Reset(const RunKey& run, std::int64_t event,
                               std::string_view reason) {
    return core_.Reset(run, event, reason);
  }

  // Sends an update and does not wait; UpdateById with the same id does. That
  // it was sent is in memory alone until the run's code has accepted it.
  absl::Status SendUpdate(const RunKey& run, std::string id, std::string name,
                          Payloads input) {
    return core_.RequestUpdate(
        run, {std::move(id), std::move(name), std::move(input), 0});
  }
  // Waits until the update has ended. An id that is known is not sent again.
  absl::StatusOr<UpdateOutcome> UpdateById(
      const RunKey& run, std::string id, std::string name, Payloads input,
      absl::Duration patience = absl::Seconds(30));
  // The value of an update; what it failed or was rejected with is a
  // kFailedPrecondition.
  template <typename R, typename... Args>
  absl::StatusOr<R> Update(const RunKey& run, std::string name,
                           const Args&... args) {
    COHORT_ASSIGN_OR_RETURN(
        const UpdateOutcome end,
        UpdateById(run, NextId(), std::move(name), ToPayloads(args...)));
    if (end.failure) {
      return FailedPrecondition("the update {}: {}",
                                end.rejected ? "was rejected" : "failed",
                                end.failure->message);
    }
    return FromPayload<R>(end.result.empty() ? Payload{} : end.result[0]);
  }

  absl::StatusOr<Payloads> QueryRaw(
      const RunKey& run, std::string_view name, Payloads input,
      absl::Duration patience = absl::Seconds(30));
  template <typename R, typename... Args>
  absl::StatusOr<R> Query(const RunKey& run, std::string_view name,
                          const Args&... args) {
    COHORT_ASSIGN_OR_RETURN(const Payloads result,
                            QueryRaw(run, name, ToPayloads(args...)));
    return FromPayload<R>(result.empty() ? Payload{} : result[0]);
  }

  // How the run ended, and those that it continued as.
  absl::StatusOr<RunEnd> End(const RunKey& run,
                             absl::Duration patience = absl::Minutes(10));
  // The result of a run that completed; another end is a kFailedPrecondition.
  template <typename R>
  absl::StatusOr<R> Result(const RunKey& run,
                           absl::Duration patience = absl::Minutes(10)) {
    COHORT_ASSIGN_OR_RETURN(const RunEnd end, End(run, patience));
    if (end.status != RunStatus::kCompleted) {
      return FailedPrecondition("workflow {} ended as {}: {}", run.workflow_id,
                                NameOf(end.status), end.failure.message);
    }
    return FromPayload<R>(end.result.empty() ? Payload{} : end.result[0]);
  }

  absl::StatusOr<RunDescription> Describe(const RunKey& run) {
    return core_.Describe(run);
  }
  // The runs that `filter` means (corpus/query.h; "" means all), in the order
  // in which they were started.
  absl::StatusOr<std::vector<RunDescription>> List(
      std::string_view filter = "");
  // Is no run open whose workflow tasks go to this queue?
  absl::StatusOr<bool> Drained(std::string_view queue) {
    return core_.Drained(queue);
  }
  absl::StatusOr<std::string> HistoryJson(const RunKey& run) {
    return core_.ReadHistory(run);
  }
  absl::StatusOr<History> FetchHistory(const RunKey& run);

  // Ends an activity whose function said EndsElsewhere, by its task's token.
  template <typename... Result>
  absl::Status CompleteActivity(const std::string& token,
                                const Result&... result) {
    return core_.EndActivityDurably(token, ActivityOutcome::End::kResult,
                                    ToPayloads(result...), {});
  }
  absl::Status FailActivity(const std::string& token, Failure failure) {
    return core_.EndActivityDurably(token, ActivityOutcome::End::kFailure, {},
                                    std::move(failure));
  }

 private:
  std::string NextId();

  Core& core_;
  Wait wait_;
  std::atomic<std::int64_t> last_id_{0};
};

}  // namespace cohort

#endif  // COHORT_EMBEDDED_CLIENT_H_
