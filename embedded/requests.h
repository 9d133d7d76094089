// What is asked of an engine from outside, and what it answers.
//
//   StartRequest start("Order", "orders");
//   start.WorkflowId("order-17").Input(ToPayloads(order));
//
// Threads and errors: values.
#ifndef COHORT_EMBEDDED_REQUESTS_H_
#define COHORT_EMBEDDED_REQUESTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "cohort/corpus/listing.h"
#include "cohort/history/payload.h"

namespace cohort {

// May a workflow id be used again when its last run is closed?
enum class IdReuse : std::uint8_t {
  kAllow,
  kAllowIfFailed,  // or canceled, terminated, timed out
  kReject,
};

// What happens when its last run is open?
enum class IdConflict : std::uint8_t {
  kFail,
  kUseExisting,
  kTerminateExisting,
};

class StartRequest {
 public:
  StartRequest(std::string type, std::string queue)
      : workflow_type(std::move(type)), queue(std::move(queue)) {}

  // Default: one of the engine's own.
  StartRequest& WorkflowId(std::string id) {
    workflow_id = std::move(id);
    return *this;
  }
  StartRequest& Input(Payloads payloads) {
    input = std::move(payloads);
    return *this;
  }
  StartRequest& Reuse(IdReuse policy) {
    reuse = policy;
    return *this;
  }
  StartRequest& Conflict(IdConflict policy) {
    conflict = policy;
    return *this;
  }
  // How long all runs of the workflow, one run, and one workflow task may
  // take, behind the delay; zero: no limit, and ten seconds for a task.
  StartRequest& ExecutionTimeout(absl::Duration d) {
    execution_timeout = d;
    return *this;
  }
  StartRequest& RunTimeout(absl::Duration d) {
    run_timeout = d;
    return *this;
  }
  StartRequest& TaskTimeout(absl::Duration d) {
    task_timeout = d;
    return *this;
  }
  // How long its first workflow task waits.
  StartRequest& Delay(absl::Duration d) {
    delay = d;
    return *this;
  }
  StartRequest& Memo(PayloadMap fields) {
    memo = std::move(fields);
    return *this;
  }
  // Send with the start, in one transaction: to the open run if there is one,
  // save under kTerminateExisting.
  StartRequest& WithSignal(std::string name, Payloads payloads) {
    signal = {std::move(name), std::move(payloads)};
    return *this;
  }

  std::string workflow_type;
  std::string queue;
  std::string workflow_id;
  Payloads input;
  IdReuse reuse = IdReuse::kAllow;
  IdConflict conflict = IdConflict::kFail;
  absl::Duration execution_timeout;
  absl::Duration run_timeout;
  absl::Duration task_timeout;
  absl::Duration delay;
  PayloadMap memo;
  std::optional<std::pair<std::string, Payloads>> signal;
};

// One run; the newest of its workflow where run_id is empty.
struct RunKey {
  std::string workflow_id;
  std::string run_id;
};

// How a run ended.
struct RunEnd {
  RunStatus status = RunStatus::kOpen;
  Payloads result;
  Failure failure;  // of one that failed
  RunKey next;      // of one that continued as new
};

struct RunDescription {
  RunListing listing;
  std::int64_t bytes = 0;
  std::int64_t task_attempt = 1;
  // Why its workflow task failed last; "" if it did not.
  std::string stuck;
  // A task or an activity of it waits for a worker, or is with one.
  bool busy = false;
  // Of Describe alone:
  std::size_t open_activities = 0;
  std::size_t open_timers = 0;
  std::size_t open_children = 0;
};

// What became of an update.
struct UpdateOutcome {
  bool accepted = false;
  bool completed = false;
  bool rejected = false;  // `failure` says why
  Payloads result;
  std::optional<Failure> failure;
};

}  // namespace cohort

#endif  // COHORT_EMBEDDED_REQUESTS_H_
