// Issue: what the code asks for becomes a pending command and an operation;
// cancellation is a step of the operation's life.

#include <exception>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/engine/run.h"

namespace cohort {
namespace {

Input CancelInput(CancellationType type) {
  switch (type) {
    case CancellationType::kTryCancel:
      return Input::kCancelTry;
    case CancellationType::kWait:
    case CancellationType::kWaitRequested:
      return Input::kCancelWait;
    case CancellationType::kAbandon:
      return Input::kAbandon;
  }
  return Input::kCancelTry;
}

std::exception_ptr Canceled() {
  return std::make_exception_ptr(CanceledError());
}

}  // namespace

OperationId Run::Issue(CommandRequest request) {
  const CommandKind kind = request.command.kind;
  if (kind == CommandKind::kUpsertSearchAttributes) {
    for (const auto& [key, payloads] : request.command.details) {
      absl::Status allowed = CheckUserUpsert(key);
      if (!allowed.ok()) Refuse(std::move(allowed), request.command.site);
    }
  }
  // A local one is counted where it begins.
  const std::int64_t number =
      RowOf(kind).begins_as == BeginsAs::kRunning ? 0 : NextNumber(kind);
  bool cancel_at_once = false;
  if (request.result && state().scopes.canceled(request.scope)) {
    cancel_at_once =
        kind == CommandKind::kScheduleActivity &&
        options_.profile->canceled_scope == CanceledScope::kSendActivities;
    if (!cancel_at_once) {
      request.result->SettleError(Canceled());
      if (request.started) request.started->SettleError(Canceled());
      return 0;
    }
  }
  if (RowOf(kind).begins_as == BeginsAs::kRunning) {
    return BeginLocal(std::move(request), 1);
  }
  OperationId id = 0;
  const std::source_location site = request.command.site;
  if (request.result) {
    Operation operation;
    operation.kind = kind;
    operation.cancellation = request.cancellation;
    operation.scope = request.scope;
    operation.future = std::move(request.result);
    operation.start = std::move(request.started);
    id = operations_.Open(std::move(operation));
  }
  Push({.command = std::move(request.command),
        .number = number,
        .operation = id});
  if (cancel_at_once) CancelOne(id, site);
  return id;
}

PendingId Run::Push(PendingCommand pending) {
  const OperationId opened = pending.operation;
  const OperationId target = pending.target;
  const PendingId id = pending_.Push(std::move(pending));
  if (Operation* o = operations_.Find(opened)) o->command = id;
  if (Operation* o = operations_.Find(target)) o->cancel = id;
  return id;
}

void Run::Close(Command command) {
  RunState& s = state();
  if (s.failed || s.closed) return;
  if (s.handlers_running > 0) {
    Log("the run closes while handlers of signals or updates still wait; "
        "wait for AllHandlersFinished() first");
  }
  s.closed = true;
  for (Command& held : std::exchange(update_ends_, {})) {
    Push({.command = std::move(held)});
  }
  Push({.command = std::move(command)});
  s.scheduler.Stop();
}

const LifecycleRow* Run::StepOperation(Operation& operation, Input input) {
  const LifecycleRow* row = Step(operation.state, input);
  if (row == nullptr) return nullptr;
  operation.state = row->to;
  rows_taken_.set(static_cast<std::size_t>(row - kLifecycle.data()));
  return row;
}

void Run::Cancel(OperationId id, std::source_location site) {
  if (operations_.Find(id) != nullptr && Enter("Cancel", site)) {
    CancelOne(id, site);
  }
}

void Run::CancelOperations(ScopeId scope, std::source_location site) {
  for (const OperationId id : operations_.InScope(scope)) CancelOne(id, site);
}

void Run::MoveOperations(ScopeId from, ScopeId to) {
  operations_.MoveScope(from, to);
}

bool Run::StaysCanceled(ScopeId scope) const {
  return scope != kRunScope ||
         options_.profile->canceled_scope != CanceledScope::kOneShot;
}

void Run::CancelOne(OperationId id, std::source_location site) {
  Operation* operation = operations_.Find(id);
  if (operation == nullptr) return;
  // A request to cancel a child is not taken back with the scope.
  if (operation->target != 0) return;
  // Issuing its cancel may move all operations.
  const auto future = operation->future;
  const auto start = operation->start;
  const Input input = CancelInput(operation->cancellation);
  bool settles = false;
  const bool keep =
      operation->state == State::kIssued && operation->command != 0 &&
      (options_.profile->same_turn_cancel == SameTurnCancel::kKeep ||
       operation->command <= sent_until_);
  if (keep) {
    // Both are sent; the step is taken when the first is recorded.
    if (operation->canceled_early) return;
    operation->canceled_early = input;
    settles = input != Input::kCancelWait;
    if (input != Input::kAbandon) IssueCancel(id, site);
  } else {
    const LifecycleRow* row = StepOperation(*operation, input);
    if (row == nullptr) return;
    settles = (row->effects & kSettleCanceled) != 0;
    if (row->effects & kWithdraw) Withdraw(operation->command);
    if (IsOver(operation->state)) operations_.Release(id);
    if (row->effects & kIssueCancel) IssueCancel(id, site);
  }
  if (!settles) return;
  if (start) start->SettleError(Canceled());
  if (future) future->SettleError(Canceled());
}

void Run::IssueCancel(OperationId id, std::source_location site) {
  const Operation& operation = *operations_.Find(id);
  if (RowOf(operation.kind).begins_as == BeginsAs::kRunning) {
    canceled_locals_.push_back(id);
    return;
  }
  const auto with = RowOf(operation.kind).cancel_with;
  if (!with || operation.cancel != 0) return;
  Command cancel;
  cancel.kind = *with;
  cancel.subject = operation.event_id;
  cancel.text(Text::kId) = operation.id;
  cancel.site = site;
  OperationId opened = 0;
  if (RowOf(*with).on_record == OnRecord::kOpens) {
    // Another workflow's cancellation names one that has an id by now.
    if (operation.state == State::kIssued && operation.command > sent_until_) {
      return;
    }
    cancel.subject = 0;
    cancel.attributes = {{"childWorkflowOnly", true}};
    Operation request;
    request.kind = *with;
    request.scope = operation.scope;
    request.cancellation = CancellationType::kAbandon;
    request.target = id;
    opened = operations_.Open(std::move(request));
  }
  Push({.command = std::move(cancel), .operation = opened, .target = id});
}

// It was canceled before it was recorded: now the step can be taken, and its
// cancel command knows what it is about.
void Run::CancelRecorded(OperationId id) {
  Operation& operation = *operations_.Find(id);
  const Input input = *std::exchange(operation.canceled_early, std::nullopt);
  if (PendingCommand* cancel = pending_.Find(operation.cancel)) {
    cancel->command.subject = operation.event_id;
    cancel->command.text(Text::kId) = operation.id;
  }
  // A child could not be named before.
  operation.cancel_at_start = operation.kind == CommandKind::kStartChild &&
                              operation.cancel == 0 && input != Input::kAbandon;
  (void)StepOperation(operation, input);
}

// The cancellation itself is recorded, or has arrived.
void Run::AcknowledgeCancel(OperationId target) {
  Operation* operation = operations_.Find(target);
  if (operation == nullptr) return;
  const auto future = operation->future;
  const auto start = operation->start;
  const LifecycleRow* row = StepOperation(*operation, Input::kCancelAcked);
  if (row == nullptr || (row->effects & kSettleCanceled) == 0) return;
  if (start) start->SettleError(Canceled());
  if (future) future->SettleError(Canceled());
}

void Run::Withdraw(PendingId id) {
  PendingCommand* pending = pending_.Find(id);
  if (pending == nullptr) return;
  pending->withdrawn = true;
  // An unsent request that nobody waits for is gone with its command.
  Operation* opened = operations_.Find(pending->operation);
  if (opened != nullptr && opened->target != 0) {
    operations_.Release(pending->operation);
  }
}

}  // namespace cohort
