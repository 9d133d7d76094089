// The types of history events, under the numbers of Temporal's protos
// (temporal.api.enums.v1.EventType).
//
//   if (event.type == EventType::kTimerFired) ++fired;
//
// What is known of each type stands in history/event_table.h.
#ifndef COHORT_HISTORY_EVENT_TYPE_H_
#define COHORT_HISTORY_EVENT_TYPE_H_

#include <cstddef>
#include <cstdint>

namespace cohort {

enum class EventType : std::uint8_t {
  kUnspecified = 0,
  kWorkflowExecutionStarted = 1,
  kWorkflowExecutionCompleted = 2,
  kWorkflowExecutionFailed = 3,
  kWorkflowExecutionTimedOut = 4,
  kWorkflowTaskScheduled = 5,
  kWorkflowTaskStarted = 6,
  kWorkflowTaskCompleted = 7,
  kWorkflowTaskTimedOut = 8,
  kWorkflowTaskFailed = 9,
  kActivityTaskScheduled = 10,
  kActivityTaskStarted = 11,
  kActivityTaskCompleted = 12,
  kActivityTaskFailed = 13,
  kActivityTaskTimedOut = 14,
  kActivityTaskCancelRequested = 15,
  kActivityTaskCanceled = 16,
  kTimerStarted = 17,
  kTimerFired = 18,
  kTimerCanceled = 19,
  kWorkflowExecutionCancelRequested = 20,
  kWorkflowExecutionCanceled = 21,
  kRequestCancelExternalWorkflowExecutionInitiated = 22,
  kRequestCancelExternalWorkflowExecutionFailed = 23,
  kExternalWorkflowExecutionCancelRequested = 24,
  kMarkerRecorded = 25,
  kWorkflowExecutionSignaled = 26,
  kWorkflowExecutionTerminated = 27,
  kWorkflowExecutionContinuedAsNew = 28,
  kStartChildWorkflowExecutionInitiated = 29,
  kStartChildWorkflowExecutionFailed = 30,
  kChildWorkflowExecutionStarted = 31,
  kChildWorkflowExecutionCompleted = 32,
  kChildWorkflowExecutionFailed = 33,
  kChildWorkflowExecutionCanceled = 34,
  kChildWorkflowExecutionTimedOut = 35,
  kChildWorkflowExecutionTerminated = 36,
  kSignalExternalWorkflowExecutionInitiated = 37,
  kSignalExternalWorkflowExecutionFailed = 38,
  kExternalWorkflowExecutionSignaled = 39,
  kUpsertWorkflowSearchAttributes = 40,
  kWorkflowExecutionUpdateAccepted = 41,
  kWorkflowExecutionUpdateRejected = 42,
  kWorkflowExecutionUpdateCompleted = 43,
  kWorkflowPropertiesModifiedExternally = 44,
  kActivityPropertiesModifiedExternally = 45,
  kWorkflowPropertiesModified = 46,
  kWorkflowExecutionUpdateAdmitted = 47,
  kNexusOperationScheduled = 48,
  kNexusOperationStarted = 49,
  kNexusOperationCompleted = 50,
  kNexusOperationFailed = 51,
  kNexusOperationCanceled = 52,
  kNexusOperationTimedOut = 53,
  kNexusOperationCancelRequested = 54,
  kWorkflowExecutionOptionsUpdated = 55,
  kNexusOperationCancelRequestCompleted = 56,
  kNexusOperationCancelRequestFailed = 57,
  kWorkflowExecutionPaused = 58,
  kWorkflowExecutionUnpaused = 59,
  kWorkflowExecutionTimeSkippingTransitioned = 60,
  // A type that is not in the table: newer than this library, or no type.
  kUnknown = 255,
};

// The highest number in the table.
inline constexpr std::size_t kEventTypeMax = 60;

}  // namespace cohort

#endif  // COHORT_HISTORY_EVENT_TYPE_H_
