// Calls between runs: children, signals and cancels of others, what a closed
// run leaves behind.

#include <algorithm>

#include "cohort/base/status.h"
#include "cohort/embedded/core.h"
#include "cohort/history/time.h"

namespace cohort {
namespace {

constexpr std::string_view kAbandon = "PARENT_CLOSE_POLICY_ABANDON";

// Of a command's attributes; "" for none.
std::string TextOf(const Command& command, std::string_view field) {
  for (const Attribute& a : command.attributes) {
    if (a.field != field) continue;
    if (const auto* text = std::get_if<std::string>(&a.value)) return *text;
  }
  return "";
}

bool FlagOf(const Command& command, std::string_view field) {
  for (const Attribute& a : command.attributes) {
    if (a.field != field) continue;
    if (const auto* flag = std::get_if<bool>(&a.value)) return *flag;
  }
  return false;
}

EventDraft About(EventType type, const LedgerCall& call) {
  EventDraft draft;
  draft.type = type;
  draft.subject = call.event_id;
  draft.text(Text::kId) = call.command.key();
  return draft;
}

}  // namespace

absl::Status Core::CarryOut(Unit& unit, Live& from, const LedgerCall& call) {
  switch (call.command.kind) {
    case CommandKind::kStartChild:
      return StartChild(unit, from, call);
    case CommandKind::kSignalExternal:
      return SignalOther(unit, from, call);
    case CommandKind::kCancelExternal:
      return CancelOther(unit, from, call);
    default:
      return Closed(unit, from, call);
  }
}

// A run that the same turn has closed hears of nothing any more; of its
// children those alone are started that do without it.
absl::Status Core::StartChild(Unit& unit, Live& parent,
                              const LedgerCall& call) {
  const Command& c = call.command;
  if (!parent.ledger.open() && TextOf(c, "parentClosePolicy") != kAbandon) {
    return absl::OkStatus();
  }
  const StartFacts& facts = parent.ledger.start();
  StartRequest request(std::string(c.name()), TextOf(c, "taskQueue.name"));
  if (request.queue.empty()) request.queue = facts.queue;
  request.WorkflowId(std::string(c.key()))
      .Input(c.input)
      .ExecutionTimeout(DurationOf(c.attributes, "workflowExecutionTimeout"))
      .RunTimeout(DurationOf(c.attributes, "workflowRunTimeout"))
      .TaskTimeout(DurationOf(c.attributes, "workflowTaskTimeout"));
  const absl::StatusOr<RunKey> child =
      StartIn(unit, std::move(request),
              {{"parentWorkflowExecution.workflowId", facts.workflow_id},
               {"parentWorkflowExecution.runId", facts.run_id},
               {"parentInitiatedEventId", call.event_id}});
  if (absl::IsAlreadyExists(child.status())) {
    EventDraft failed =
        About(EventType::kStartChildWorkflowExecutionFailed, call);
    failed.text(Text::kName) = c.name();
    failed.text(Text::kControl) =
        "START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS";
    return parent.ledger.Arrive(unit.now, std::move(failed));
  }
  COHORT_RETURN_IF_ERROR(child.status());
  EventDraft started = About(EventType::kChildWorkflowExecutionStarted, call);
  started.text(Text::kName) = c.name();
  started.text(Text::kControl) = child->run_id;
  return parent.ledger.Arrive(unit.now, std::move(started));
}

// The open run that is meant; null for none.
absl::StatusOr<Core::Live*> Core::FindTarget(Unit& unit, const Live& from,
                                             std::string_view workflow_id,
                                             std::string_view run_id,
                                             bool child_only) {
  const absl::StatusOr<std::int64_t> row =
      RowOfKey({std::string(workflow_id), std::string(run_id)});
  if (absl::IsNotFound(row.status())) return nullptr;
  COHORT_RETURN_IF_ERROR(row.status());
  COHORT_ASSIGN_OR_RETURN(Live * target, Touch(unit, *row));
  if (!target->ledger.open()) return nullptr;
  const bool child = target->ledger.start().parent_workflow_id ==
                     from.ledger.start().workflow_id;
  return child_only && !child ? nullptr : target;
}

absl::Status Core::SignalOther(Unit& unit, Live& from, const LedgerCall& call) {
  const Command& c = call.command;
  COHORT_ASSIGN_OR_RETURN(
      Live * target,
      FindTarget(unit, from, c.key(), TextOf(c, "workflowExecution.runId"),
                 FlagOf(c, "childWorkflowOnly")));
  if (target == nullptr) {
    EventDraft failed =
        About(EventType::kSignalExternalWorkflowExecutionFailed, call);
    failed.text(Text::kControl) =
        "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_"
        "EXECUTION_NOT_FOUND";
    return from.ledger.Arrive(unit.now, std::move(failed));
  }
  EventDraft signal;
  signal.type = EventType::kWorkflowExecutionSignaled;
  signal.text(Text::kName) = c.name();
  signal.text(Text::kId) = from.ledger.start().workflow_id;
  signal.attributes = {
      {"externalWorkflowExecution.runId", from.ledger.start().run_id}};
  signal.input = c.input;
  COHORT_RETURN_IF_ERROR(target->ledger.Arrive(unit.now, std::move(signal)));
  return from.ledger.Arrive(
      unit.now, About(EventType::kExternalWorkflowExecutionSignaled, call));
}

absl::Status Core::CancelOther(Unit& unit, Live& from, const LedgerCall& call) {
  const Command& c = call.command;
  COHORT_ASSIGN_OR_RETURN(Live * target,
                          FindTarget(unit, from, c.key(), c.name(),
                                     FlagOf(c, "childWorkflowOnly")));
  if (target == nullptr) {
    EventDraft failed =
        About(EventType::kRequestCancelExternalWorkflowExecutionFailed, call);
    failed.text(Text::kControl) =
        "CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED_CAUSE_EXTERNAL_WORKFLOW_"
        "EXECUTION_NOT_FOUND";
    return from.ledger.Arrive(unit.now, std::move(failed));
  }
  if (!target->ledger.cancel_requested()) {
    EventDraft request;
    request.type = EventType::kWorkflowExecutionCancelRequested;
    request.text(Text::kId) = from.ledger.start().workflow_id;
    request.text(Text::kScope) = from.ledger.start().run_id;
    COHORT_RETURN_IF_ERROR(target->ledger.Arrive(unit.now, std::move(request)));
  }
  return from.ledger.Arrive(
      unit.now,
      About(EventType::kExternalWorkflowExecutionCancelRequested, call));
}

absl::Status Core::Closed(Unit& unit, Live& run, const LedgerCall& call) {
  for (const auto& [event, child] : run.ledger.children()) {
    if (child.run_id.empty() || child.over || child.close_policy == kAbandon ||
        run.replaced) {
      continue;
    }
    const absl::StatusOr<std::int64_t> row = RowOfKey({child.workflow_id, ""});
    if (!row.ok()) continue;
    COHORT_ASSIGN_OR_RETURN(Live * target, Touch(unit, *row));
    if (!target->ledger.open()) continue;
    EventDraft draft;
    if (child.close_policy == "PARENT_CLOSE_POLICY_REQUEST_CANCEL") {
      if (target->ledger.cancel_requested()) continue;
      draft.type = EventType::kWorkflowExecutionCancelRequested;
      draft.text(Text::kId) = run.ledger.start().workflow_id;
      COHORT_RETURN_IF_ERROR(target->ledger.Arrive(unit.now, std::move(draft)));
    } else {
      draft.type = EventType::kWorkflowExecutionTerminated;
      draft.text(Text::kControl) = "by parent close policy";
      COHORT_RETURN_IF_ERROR(target->ledger.End(unit.now, std::move(draft)));
    }
  }
  if (call.command.kind == CommandKind::kContinueAsNew) {
    return ContinueAsNew(unit, run, call);
  }
  return run.replaced ? absl::OkStatus() : TellParent(unit, run, call.command);
}

absl::Status Core::ContinueAsNew(Unit& unit, Live& run,
                                 const LedgerCall& call) {
  const Command& c = call.command;
  const StartFacts& facts = run.ledger.start();
  StartRequest request(std::string(c.name()),
                       c.text(Text::kScope).empty()
                           ? facts.queue
                           : std::string(c.text(Text::kScope)));
  request.WorkflowId(facts.workflow_id).Input(c.input);
  const absl::Duration run_timeout =
      DurationOf(c.attributes, "workflowRunTimeout");
  const absl::Duration task_timeout =
      DurationOf(c.attributes, "workflowTaskTimeout");
  request.RunTimeout(run_timeout > absl::ZeroDuration() ? run_timeout
                                                        : facts.run_timeout);
  request.TaskTimeout(task_timeout > absl::ZeroDuration() ? task_timeout
                                                          : facts.task_timeout);
  for (const auto& [key, payloads] : c.details) {
    if (!payloads.empty()) request.memo[key] = payloads.front();
  }
  std::vector<Attribute> more = {
      {"continuedExecutionRunId", facts.run_id},
      {"firstExecutionRunId", facts.first_run_id},
      {"initiator", std::string("CONTINUE_AS_NEW_INITIATOR_WORKFLOW")}};
  if (facts.execution_timeout > absl::ZeroDuration()) {
    more.push_back({"workflowExecutionTimeout",
                    absl::ToChronoNanoseconds(facts.execution_timeout)});
  }
  if (facts.expires != absl::InfiniteFuture()) {
    more.push_back(
        {"workflowExecutionExpirationTime", TimeText(facts.expires)});
  }
  if (!facts.parent_workflow_id.empty()) {
    more.push_back(
        {"parentWorkflowExecution.workflowId", facts.parent_workflow_id});
    more.push_back({"parentWorkflowExecution.runId", facts.parent_run_id});
    more.push_back({"parentInitiatedEventId", facts.parent_event});
  }
  return StartIn(unit, std::move(request), std::move(more), run.next_row)
      .status();
}

absl::Status Core::TellParent(Unit& unit, Live& run, const Command& closing) {
  const StartFacts& facts = run.ledger.start();
  if (facts.parent_workflow_id.empty()) return absl::OkStatus();
  absl::StatusOr<std::int64_t> row =
      RowOfKey({facts.parent_workflow_id, facts.parent_run_id});
  if (!row.ok()) return absl::OkStatus();
  COHORT_ASSIGN_OR_RETURN(Live * parent, Touch(unit, *row));
  if (!parent->ledger.open()) {
    // It may have been reset since: then the newer run waits for the child.
    COHORT_ASSIGN_OR_RETURN(row, RowOfKey({facts.parent_workflow_id, ""}));
    COHORT_ASSIGN_OR_RETURN(parent, Touch(unit, *row));
  }
  const auto child = parent->ledger.children().find(facts.parent_event);
  if (!parent->ledger.open() || child == parent->ledger.children().end() ||
      child->second.workflow_id != facts.workflow_id || child->second.over) {
    return absl::OkStatus();
  }
  EventDraft end;
  switch (run.ledger.status()) {
    case RunStatus::kCompleted:
      end.type = EventType::kChildWorkflowExecutionCompleted;
      break;
    case RunStatus::kFailed:
      end.type = EventType::kChildWorkflowExecutionFailed;
      break;
    case RunStatus::kCanceled:
      end.type = EventType::kChildWorkflowExecutionCanceled;
      break;
    case RunStatus::kTimedOut:
      end.type = EventType::kChildWorkflowExecutionTimedOut;
      break;
    default:
      end.type = EventType::kChildWorkflowExecutionTerminated;
      break;
  }
  end.subject = facts.parent_event;
  end.text(Text::kName) = facts.workflow_type;
  end.text(Text::kId) = facts.workflow_id;
  end.text(Text::kControl) = facts.run_id;
  end.input = closing.input;
  end.failure = closing.failure;
  return parent->ledger.Arrive(unit.now, std::move(end));
}

}  // namespace cohort
