// The one table of event types: names, role in a turn, fields.
//
//   const EventRow& row = RowOf(EventType::kTimerFired);
//   row.role == Role::kOperation; row.screaming() == "TIMER_FIRED";
//   FindEventType("EVENT_TYPE_TIMER_FIRED") == EventType::kTimerFired;
//
// Source: the protos temporal.api.enums.v1.EventType and
// temporal.api.history.v1 that Python SDK 1.35.0 carries; Cadence's Thrift IDL
// for the rows marked so. Nothing else in the library may list event types or
// their fields. Threads: constants. Errors: a name or number that is not here
// is EventType::kUnknown.
#ifndef COHORT_HISTORY_EVENT_TABLE_H_
#define COHORT_HISTORY_EVENT_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cohort/history/event.h"
#include "cohort/history/event_row.h"

namespace cohort {

namespace event_table_internal {

using enum EventType;
using enum Role;
using enum Target;
inline constexpr Spelling kCadence = Spelling::kCadence;

// In the order of the numbers: a type's row is found by its number.
// Row 0 stands for every type that is not in the table.
inline constexpr std::array kEventRows = {
    EventRow(kUnspecified, "Unspecified", kIgnorable, {}),
    EventRow(kWorkflowExecutionStarted, "WorkflowExecutionStarted", kStart,
             {{"workflowType.name", kName},
              {"workflowId", kId},
              {"cronSchedule", kScope},
              {"originalExecutionRunId", kControl},
              {"input", kInput},
              {"continuedFailure", kFailure},
              {"memo.fields", kDetailsSingle}}),
    EventRow(kWorkflowExecutionCompleted, "WorkflowExecutionCompleted", kOutput,
             {{"newExecutionRunId", kControl}, {"result", kInput}}),
    EventRow(kWorkflowExecutionFailed, "WorkflowExecutionFailed", kOutput,
             {{"newExecutionRunId", kControl},
              {"failure", kFailure},
              {"reason", kName, kCadence},
              {"details", kInput, kCadence}}),
    EventRow(kWorkflowExecutionTimedOut, "WorkflowExecutionTimedOut", kEnd,
             {{"newExecutionRunId", kControl}}),
    EventRow(kWorkflowTaskScheduled, "WorkflowTaskScheduled", kTaskEdge, {}),
    EventRow(kWorkflowTaskStarted, "WorkflowTaskStarted", kTaskEdge,
             {{"scheduledEventId", kSubject}}),
    EventRow(kWorkflowTaskCompleted, "WorkflowTaskCompleted", kTaskEdge,
             {{"startedEventId", kSubject},
              {"binaryChecksum", kName},
              {"workerVersion.buildId", kId},
              {"deploymentVersion.buildId", kScope},
              {"sdkMetadata", kDetailsRaw}}),
    EventRow(kWorkflowTaskTimedOut, "WorkflowTaskTimedOut", kTaskEdge,
             {{"startedEventId", kSubject}, {"timeoutType", kControl}}),
    // kId: the new run's id, when the failure is a reset.
    EventRow(kWorkflowTaskFailed, "WorkflowTaskFailed", kTaskEdge,
             {{"startedEventId", kSubject},
              {"newRunId", kId},
              {"cause", kControl},
              {"failure", kFailure}}),
    EventRow(kActivityTaskScheduled, "ActivityTaskScheduled", kOutput,
             {{"activityType.name", kName},
              {"activityId", kId},
              {"taskQueue.name", kScope},
              {"taskList.name", kScope, kCadence},
              {"input", kInput}}),
    // failure: of the attempt before this one.
    EventRow(kActivityTaskStarted, "ActivityTaskStarted", kOperation,
             {{"scheduledEventId", kSubject}, {"lastFailure", kFailure}}),
    EventRow(kActivityTaskCompleted, "ActivityTaskCompleted", kOperation,
             {{"scheduledEventId", kSubject}, {"result", kInput}}),
    EventRow(kActivityTaskFailed, "ActivityTaskFailed", kOperation,
             {{"scheduledEventId", kSubject},
              {"retryState", kControl},
              {"failure", kFailure},
              {"reason", kName, kCadence},
              {"details", kInput, kCadence}}),
    EventRow(kActivityTaskTimedOut, "ActivityTaskTimedOut", kOperation,
             {{"scheduledEventId", kSubject},
              {"retryState", kControl},
              {"failure", kFailure},
              {"timeoutType", kName, kCadence},
              {"details", kInput, kCadence}}),
    EventRow(kActivityTaskCancelRequested, "ActivityTaskCancelRequested",
             kOutput,
             {{"scheduledEventId", kSubject}, {"activityId", kId, kCadence}}),
    EventRow(kActivityTaskCanceled, "ActivityTaskCanceled", kOperation,
             {{"scheduledEventId", kSubject}, {"details", kInput}}),
    EventRow(kTimerStarted, "TimerStarted", kOutput, {{"timerId", kId}}),
    EventRow(kTimerFired, "TimerFired", kOperation,
             {{"startedEventId", kSubject}, {"timerId", kId}}),
    EventRow(kTimerCanceled, "TimerCanceled", kOutput,
             {{"startedEventId", kSubject}, {"timerId", kId}}),
    EventRow(kWorkflowExecutionCancelRequested,
             "WorkflowExecutionCancelRequested", kCancelRequest,
             {{"externalWorkflowExecution.workflowId", kId},
              {"externalWorkflowExecution.runId", kScope},
              {"cause", kControl}}),
    EventRow(kWorkflowExecutionCanceled, "WorkflowExecutionCanceled", kOutput,
             {{"details", kInput}}),
    EventRow(kRequestCancelExternalWorkflowExecutionInitiated,
             "RequestCancelExternalWorkflowExecutionInitiated", kOutput,
             {{"workflowExecution.runId", kName},
              {"workflowExecution.workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence},
              {"control", kControl}}),
    EventRow(kRequestCancelExternalWorkflowExecutionFailed,
             "RequestCancelExternalWorkflowExecutionFailed", kOperation,
             {{"initiatedEventId", kSubject},
              {"workflowExecution.workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence},
              {"cause", kControl}}),
    EventRow(kExternalWorkflowExecutionCancelRequested,
             "ExternalWorkflowExecutionCancelRequested", kOperation,
             {{"initiatedEventId", kSubject},
              {"workflowExecution.workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence}}),
    EventRow(
        kMarkerRecorded, "MarkerRecorded", kOutput,
        {{"markerName", kName}, {"details", kDetails}, {"failure", kFailure}}),
    EventRow(kWorkflowExecutionSignaled, "WorkflowExecutionSignaled", kSignal,
             {{"signalName", kName},
              {"externalWorkflowExecution.workflowId", kId},
              {"requestId", kControl},
              {"input", kInput}}),
    EventRow(kWorkflowExecutionTerminated, "WorkflowExecutionTerminated", kEnd,
             {{"reason", kControl}, {"details", kInput}}),
    EventRow(kWorkflowExecutionContinuedAsNew,
             "WorkflowExecutionContinuedAsNew", kOutput,
             {{"workflowType.name", kName},
              {"taskQueue.name", kScope},
              {"taskList.name", kScope, kCadence},
              {"newExecutionRunId", kControl},
              {"input", kInput},
              {"failure", kFailure},
              {"memo.fields", kDetailsSingle}}),
    EventRow(kStartChildWorkflowExecutionInitiated,
             "StartChildWorkflowExecutionInitiated", kOutput,
             {{"workflowType.name", kName},
              {"workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence},
              {"control", kControl},
              {"input", kInput},
              {"memo.fields", kDetailsSingle}}),
    EventRow(kStartChildWorkflowExecutionFailed,
             "StartChildWorkflowExecutionFailed", kOperation,
             {{"initiatedEventId", kSubject},
              {"workflowType.name", kName},
              {"workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence},
              {"cause", kControl}}),
    // kControl of a child's events: its run id.
    EventRow(kChildWorkflowExecutionStarted, "ChildWorkflowExecutionStarted",
             kOperation,
             {{"initiatedEventId", kSubject},
              {"workflowType.name", kName},
              {"workflowExecution.workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence},
              {"workflowExecution.runId", kControl}}),
    EventRow(kChildWorkflowExecutionCompleted,
             "ChildWorkflowExecutionCompleted", kOperation,
             {{"initiatedEventId", kSubject},
              {"workflowType.name", kName},
              {"workflowExecution.workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence},
              {"workflowExecution.runId", kControl},
              {"result", kInput}}),
    EventRow(kChildWorkflowExecutionFailed, "ChildWorkflowExecutionFailed",
             kOperation,
             {{"initiatedEventId", kSubject},
              {"workflowType.name", kName},
              {"workflowExecution.workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence},
              {"workflowExecution.runId", kControl},
              {"failure", kFailure},
              {"details", kInput, kCadence}}),
    EventRow(kChildWorkflowExecutionCanceled, "ChildWorkflowExecutionCanceled",
             kOperation,
             {{"initiatedEventId", kSubject},
              {"workflowType.name", kName},
              {"workflowExecution.workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence},
              {"workflowExecution.runId", kControl},
              {"details", kInput}}),
    EventRow(kChildWorkflowExecutionTimedOut, "ChildWorkflowExecutionTimedOut",
             kOperation,
             {{"initiatedEventId", kSubject},
              {"workflowType.name", kName},
              {"workflowExecution.workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence},
              {"workflowExecution.runId", kControl}}),
    EventRow(kChildWorkflowExecutionTerminated,
             "ChildWorkflowExecutionTerminated", kOperation,
             {{"initiatedEventId", kSubject},
              {"workflowType.name", kName},
              {"workflowExecution.workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence},
              {"workflowExecution.runId", kControl}}),
    EventRow(kSignalExternalWorkflowExecutionInitiated,
             "SignalExternalWorkflowExecutionInitiated", kOutput,
             {{"signalName", kName},
              {"workflowExecution.workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence},
              {"control", kControl},
              {"input", kInput}}),
    EventRow(kSignalExternalWorkflowExecutionFailed,
             "SignalExternalWorkflowExecutionFailed", kOperation,
             {{"initiatedEventId", kSubject},
              {"workflowExecution.workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence},
              {"cause", kControl}}),
    EventRow(kExternalWorkflowExecutionSignaled,
             "ExternalWorkflowExecutionSignaled", kOperation,
             {{"initiatedEventId", kSubject},
              {"workflowExecution.workflowId", kId},
              {"namespace", kScope},
              {"domain", kScope, kCadence},
              {"control", kControl}}),
    EventRow(kUpsertWorkflowSearchAttributes, "UpsertWorkflowSearchAttributes",
             kOutput, {{"searchAttributes.indexedFields", kDetailsSingle}}),
    // kId: the update's id (the protocol instance). kControl: the id the
    // requester gave. No request where one was admitted before.
    EventRow(kWorkflowExecutionUpdateAccepted,
             "WorkflowExecutionUpdateAccepted", kOutput,
             {{"acceptedRequestSequencingEventId", kSubject},
              {"acceptedRequest.input.name", kName},
              {"protocolInstanceId", kId},
              {"acceptedRequest.meta.updateId", kControl},
              {"acceptedRequest.input.args", kInput}}),
    EventRow(kWorkflowExecutionUpdateRejected,
             "WorkflowExecutionUpdateRejected", kOutput,
             {{"rejectedRequestSequencingEventId", kSubject},
              {"rejectedRequest.input.name", kName},
              {"protocolInstanceId", kId},
              {"rejectedRequest.meta.updateId", kControl},
              {"rejectedRequest.input.args", kInput},
              {"failure", kFailure}}),
    EventRow(kWorkflowExecutionUpdateCompleted,
             "WorkflowExecutionUpdateCompleted", kOutput,
             {{"acceptedEventId", kSubject},
              {"meta.updateId", kId},
              {"outcome.success", kInput},
              {"outcome.failure", kFailure}}),
    EventRow(kWorkflowPropertiesModifiedExternally,
             "WorkflowPropertiesModifiedExternally", kIgnorable,
             {{"upsertedMemo.fields", kDetailsSingle}}),
    EventRow(kActivityPropertiesModifiedExternally,
             "ActivityPropertiesModifiedExternally", kIgnorable,
             {{"scheduledEventId", kSubject}}),
    EventRow(kWorkflowPropertiesModified, "WorkflowPropertiesModified", kOutput,
             {{"upsertedMemo.fields", kDetailsSingle}}),
    EventRow(kWorkflowExecutionUpdateAdmitted,
             "WorkflowExecutionUpdateAdmitted", kUpdate,
             {{"request.input.name", kName},
              {"request.meta.updateId", kId},
              {"origin", kControl},
              {"request.input.args", kInput}}),
    EventRow(kNexusOperationScheduled, "NexusOperationScheduled", kOutput,
             {{"operation", kName},
              {"requestId", kId},
              {"service", kScope},
              {"endpoint", kControl},
              {"input", kInputSingle}}),
    EventRow(kNexusOperationStarted, "NexusOperationStarted", kOperation,
             {{"scheduledEventId", kSubject}, {"operationToken", kControl}}),
    EventRow(kNexusOperationCompleted, "NexusOperationCompleted", kOperation,
             {{"scheduledEventId", kSubject}, {"result", kInputSingle}}),
    EventRow(kNexusOperationFailed, "NexusOperationFailed", kOperation,
             {{"scheduledEventId", kSubject}, {"failure", kFailure}}),
    EventRow(kNexusOperationCanceled, "NexusOperationCanceled", kOperation,
             {{"scheduledEventId", kSubject}, {"failure", kFailure}}),
    EventRow(kNexusOperationTimedOut, "NexusOperationTimedOut", kOperation,
             {{"scheduledEventId", kSubject}, {"failure", kFailure}}),
    EventRow(kNexusOperationCancelRequested, "NexusOperationCancelRequested",
             kOutput, {{"scheduledEventId", kSubject}}),
    EventRow(kWorkflowExecutionOptionsUpdated,
             "WorkflowExecutionOptionsUpdated", kIgnorable, {}),
    EventRow(kNexusOperationCancelRequestCompleted,
             "NexusOperationCancelRequestCompleted", kOperation,
             {{"scheduledEventId", kSubject}}),
    EventRow(kNexusOperationCancelRequestFailed,
             "NexusOperationCancelRequestFailed", kOperation,
             {{"scheduledEventId", kSubject}, {"failure", kFailure}}),
    EventRow(kWorkflowExecutionPaused, "WorkflowExecutionPaused", kIgnorable,
             {{"reason", kControl}}),
    EventRow(kWorkflowExecutionUnpaused, "WorkflowExecutionUnpaused",
             kIgnorable, {{"reason", kControl}}),
    EventRow(kWorkflowExecutionTimeSkippingTransitioned,
             "WorkflowExecutionTimeSkippingTransitioned", kIgnorable, {}),
};

}  // namespace event_table_internal

// The type's row. EventType::kUnknown, and numbers that are no type, have a row
// too: no fields, Role::kIgnorable, the name "Unspecified".
constexpr const EventRow& RowOf(EventType type) {
  const auto number = static_cast<std::size_t>(type);
  const auto& rows = event_table_internal::kEventRows;
  return rows[number < rows.size() ? number : 0];
}

constexpr Role RoleOf(EventType type) { return RowOf(type).role; }

// Whether the event is an output that ends the run.
constexpr bool IsClosing(EventType type) {
  return type == EventType::kWorkflowExecutionCompleted ||
         type == EventType::kWorkflowExecutionFailed ||
         type == EventType::kWorkflowExecutionCanceled ||
         type == EventType::kWorkflowExecutionContinuedAsNew;
}

// Whether nothing of the run follows: the code closed it, or the server did.
constexpr bool EndsRun(EventType type) {
  return IsClosing(type) || RoleOf(type) == Role::kEnd;
}

// `name` as EVENT_TYPE_TIMER_FIRED, TIMER_FIRED, TimerFired, or Cadence's
// DecisionTask... for WorkflowTask...; kUnknown for any other text.
EventType FindEventType(std::string_view name);

// The type of this number; kUnknown for 0 and numbers that are not there.
constexpr EventType EventTypeOf(std::int64_t number) {
  if (number <= 0 || number > static_cast<std::int64_t>(kEventTypeMax)) {
    return EventType::kUnknown;
  }
  return static_cast<EventType>(number);
}

}  // namespace cohort

#endif  // COHORT_HISTORY_EVENT_TABLE_H_
