// What a turn put out, as the server wants it.
//
//   nlohmann::json request = CompletionJson(completion, queue, updates);
//   return service.CallJson("RespondWorkflowTaskCompleted", request).status();
//
// A command's fields stand under the names of the event that will record it
// (history/event_table.h), with the few exceptions of kCommandRows; updates go
// as protocol messages.
// Threads and errors: functions of their arguments; none.
#ifndef COHORT_TEMPORAL_COMMANDS_H_
#define COHORT_TEMPORAL_COMMANDS_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "cohort/history/command.h"
#include "cohort/worker/task_port.h"
#include "nlohmann/json.hpp"

namespace cohort {

struct CommandRow {
  CommandKind kind;
  std::string_view type;        // behind COMMAND_TYPE_
  std::string_view attributes;  // before CommandAttributes
  // A field of the event that the command has under another name; "" for none.
  std::string_view event_field = "";
  std::string_view command_field = "";  // "": its own fields, at the top
};

// In the order of the enumeration.
// clang-format off
inline constexpr std::array<CommandRow, kCommandKindCount> kCommandRows = {{
    {CommandKind::kScheduleActivity, "SCHEDULE_ACTIVITY_TASK", "scheduleActivityTask"},
    {CommandKind::kRequestCancelActivity, "REQUEST_CANCEL_ACTIVITY_TASK",
     "requestCancelActivityTask"},
    {CommandKind::kStartTimer, "START_TIMER", "startTimer"},
    {CommandKind::kCancelTimer, "CANCEL_TIMER", "cancelTimer"},
    {CommandKind::kStartChild, "START_CHILD_WORKFLOW_EXECUTION", "startChildWorkflowExecution"},
    {CommandKind::kSignalExternal, "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION",
     "signalExternalWorkflowExecution",
     "workflowExecution", "execution"},
    {CommandKind::kCancelExternal, "REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION",
     "requestCancelExternalWorkflowExecution", "workflowExecution", ""},
    {CommandKind::kScheduleNexus, "SCHEDULE_NEXUS_OPERATION", "scheduleNexusOperation"},
    {CommandKind::kRequestCancelNexus, "REQUEST_CANCEL_NEXUS_OPERATION",
     "requestCancelNexusOperation"},
    {CommandKind::kRecordVersion, "RECORD_MARKER", "recordMarker"},
    {CommandKind::kRecordSideEffect, "RECORD_MARKER", "recordMarker"},
    {CommandKind::kRecordMutableSideEffect, "RECORD_MARKER", "recordMarker"},
    {CommandKind::kRecordLocalActivity, "RECORD_MARKER", "recordMarker"},
    {CommandKind::kUpsertSearchAttributes, "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
     "upsertWorkflowSearchAttributes"},
    {CommandKind::kModifyProperties, "MODIFY_WORKFLOW_PROPERTIES", "modifyWorkflowProperties"},
    {CommandKind::kAcceptUpdate, "PROTOCOL_MESSAGE", "protocolMessage"},
    {CommandKind::kCompleteUpdate, "PROTOCOL_MESSAGE", "protocolMessage"},
    {CommandKind::kCompleteWorkflow, "COMPLETE_WORKFLOW_EXECUTION", "completeWorkflowExecution"},
    {CommandKind::kFailWorkflow, "FAIL_WORKFLOW_EXECUTION", "failWorkflowExecution"},
    {CommandKind::kCancelWorkflow, "CANCEL_WORKFLOW_EXECUTION", "cancelWorkflowExecution"},
    {CommandKind::kContinueAsNew, "CONTINUE_AS_NEW_WORKFLOW_EXECUTION",
     "continueAsNewWorkflowExecution"},
}};
// clang-format on

// The update requests of a task, by the update's id: their message as the
// server sent it.
using UpdateMessages = std::map<std::string, nlohmann::json, std::less<>>;

// temporal.api.command.v1.Command. Not for the two kinds of updates.
nlohmann::json CommandJson(const Command& command);

// The event that will record it, as JSON text without id and time of its own.
std::string RecordingEventJson(const Command& command);

// RespondWorkflowTaskCompletedRequest, without token, identity, sticky queue.
// Activities that name no queue get `queue`, the run's.
nlohmann::json CompletionJson(const TurnCompletion& completion,
                              const std::string& queue,
                              const UpdateMessages& updates);

// JSON of the values, as temporal.api has them.
nlohmann::json PayloadsJson(const Payloads& payloads);
nlohmann::json FailureJson(const Failure& failure);

}  // namespace cohort

#endif  // COHORT_TEMPORAL_COMMANDS_H_
