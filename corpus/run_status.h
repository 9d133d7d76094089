// How a run stands: open, or how it ended.
//
//   FindRunStatus("WORKFLOW_EXECUTION_STATUS_TIMED_OUT") ==
//       RunStatus::kTimedOut;
//   NameOf(RunStatus::kTimedOut) == "timed-out";
//
// Source: temporal.api.enums.v1.WorkflowExecutionStatus.
// Threads and errors: constants.
#ifndef COHORT_CORPUS_RUN_STATUS_H_
#define COHORT_CORPUS_RUN_STATUS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "cohort/history/event_type.h"

namespace cohort {

enum class RunStatus : std::uint8_t {
  kOpen,
  kCompleted,
  kFailed,
  kCanceled,
  kContinuedAsNew,
  kTimedOut,
  kTerminated,
};

struct RunStatusRow {
  RunStatus status;
  std::string_view name;      // as our reports print it
  std::string_view spelling;  // behind WORKFLOW_EXECUTION_STATUS_
  std::string_view camel;     // as `temporal workflow list` prints it
  EventType ended_by;         // kUnspecified for an open run
};

// In the order of the enumeration.
inline constexpr std::array kRunStatuses = {
    RunStatusRow{RunStatus::kOpen, "open", "RUNNING", "Running",
                 EventType::kUnspecified},
    RunStatusRow{RunStatus::kCompleted, "completed", "COMPLETED", "Completed",
                 EventType::kWorkflowExecutionCompleted},
    RunStatusRow{RunStatus::kFailed, "failed", "FAILED", "Failed",
                 EventType::kWorkflowExecutionFailed},
    RunStatusRow{RunStatus::kCanceled, "canceled", "CANCELED", "Canceled",
                 EventType::kWorkflowExecutionCanceled},
    RunStatusRow{RunStatus::kContinuedAsNew, "continued-as-new",
                 "CONTINUED_AS_NEW", "ContinuedAsNew",
                 EventType::kWorkflowExecutionContinuedAsNew},
    RunStatusRow{RunStatus::kTimedOut, "timed-out", "TIMED_OUT", "TimedOut",
                 EventType::kWorkflowExecutionTimedOut},
    RunStatusRow{RunStatus::kTerminated, "terminated", "TERMINATED",
                 "Terminated", EventType::kWorkflowExecutionTerminated},
};

constexpr std::string_view NameOf(RunStatus status) {
  return kRunStatuses[static_cast<std::size_t>(status)].name;
}

// By any of its three spellings; nullopt for another word.
constexpr std::optional<RunStatus> FindRunStatus(std::string_view word) {
  constexpr std::string_view kPrefix = "WORKFLOW_EXECUTION_STATUS_";
  if (word.starts_with(kPrefix)) word.remove_prefix(kPrefix.size());
  for (const RunStatusRow& row : kRunStatuses) {
    if (word == row.name || word == row.spelling || word == row.camel) {
      return row.status;
    }
  }
  return std::nullopt;
}

// How the run ended by this event; nullopt if it did not.
constexpr std::optional<RunStatus> EndedBy(EventType type) {
  for (const RunStatusRow& row : kRunStatuses) {
    if (row.status != RunStatus::kOpen && row.ended_by == type) {
      return row.status;
    }
  }
  return std::nullopt;
}

}  // namespace cohort

#endif  // COHORT_CORPUS_RUN_STATUS_H_
