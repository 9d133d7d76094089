// The oracle's words for the events of real histories. For programs.cc alone.
#ifndef COHORT_TESTING_PROGRAM_WORDS_H_
#define COHORT_TESTING_PROGRAM_WORDS_H_

#include <array>
#include <string_view>

#include "cohort/history/event.h"

namespace cohort_testing {

struct EventWord {
  cohort::EventType type;
  std::string_view word;
  bool named = false;  // its name follows
};

inline constexpr auto kEventWords = [] {
  using enum cohort::EventType;
  return std::to_array<EventWord>({
      {kWorkflowExecutionStarted, "Start"},
      {kWorkflowTaskScheduled, "TaskScheduled"},
      {kWorkflowTaskStarted, "TaskStarted"},
      {kWorkflowTaskCompleted, "TaskCompleted"},
      {kActivityTaskScheduled, "Schedule ", true},
      {kActivityTaskCancelRequested, "CancelActivity"},
      {kActivityTaskStarted, "ActivityStarted"},
      {kActivityTaskCompleted, "ActivityCompleted"},
      {kActivityTaskFailed, "ActivityFailed"},
      {kActivityTaskTimedOut, "ActivityTimedOut"},
      {kActivityTaskCanceled, "ActivityCanceled"},
      {kTimerStarted, "Timer"},
      {kTimerCanceled, "CancelTimer"},
      {kTimerFired, "Fired"},
      {kStartChildWorkflowExecutionInitiated, "Child ", true},
      {kStartChildWorkflowExecutionFailed, "ChildNotStarted"},
      {kExternalWorkflowExecutionCancelRequested, "CancelArrived"},
      {kRequestCancelExternalWorkflowExecutionFailed, "CancelLost"},
      {kChildWorkflowExecutionStarted, "ChildStarted"},
      {kChildWorkflowExecutionCompleted, "ChildCompleted"},
      {kChildWorkflowExecutionFailed, "ChildFailed"},
      {kChildWorkflowExecutionTimedOut, "ChildTimedOut"},
      {kChildWorkflowExecutionCanceled, "ChildCanceled"},
      {kChildWorkflowExecutionTerminated, "ChildTerminated"},
      {kNexusOperationScheduled, "Nexus ", true},
      {kNexusOperationCancelRequested, "CancelNexus"},
      {kNexusOperationCancelRequestCompleted, "NexusCancelArrived"},
      {kNexusOperationCancelRequestFailed, "NexusCancelLost"},
      {kNexusOperationStarted, "NexusStarted"},
      {kNexusOperationCompleted, "NexusCompleted"},
      {kNexusOperationFailed, "NexusFailed"},
      {kNexusOperationTimedOut, "NexusTimedOut"},
      {kNexusOperationCanceled, "NexusCanceled"},
      {kSignalExternalWorkflowExecutionInitiated, "Signal ", true},
      {kExternalWorkflowExecutionSignaled, "Signaled"},
      {kSignalExternalWorkflowExecutionFailed, "SignalLost"},
      {kWorkflowExecutionCancelRequested, "CancelRun"},
      {kWorkflowExecutionSignaled, "Received ", true},
      {kWorkflowExecutionUpdateAccepted, "UpdateAccepted"},
      {kWorkflowExecutionUpdateCompleted, "UpdateCompleted"},
      {kWorkflowPropertiesModified, "Memo"},
      {kWorkflowExecutionCompleted, "Complete"},
      {kWorkflowExecutionFailed, "Failed"},
      {kWorkflowExecutionCanceled, "Canceled"},
      {kWorkflowExecutionContinuedAsNew, "ContinuedAsNew"},
  });
}();

}  // namespace cohort_testing

#endif  // COHORT_TESTING_PROGRAM_WORDS_H_
