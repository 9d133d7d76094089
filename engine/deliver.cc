// Deliver: what came in reaches operations and queues. User code runs only in
// signal handlers; tasks go on in Execute.

#include <exception>
#include <utility>

#include "cohort/base/stable_hash.h"
#include "cohort/base/status.h"
#include "cohort/engine/run.h"
#include "cohort/history/event_table.h"
#include "cohort/history/time.h"

namespace cohort {
namespace {

// In which of the turn's passes an event is delivered. The start comes first
// in every order.
int PassOf(Role role, Delivery delivery) {
  if (delivery == Delivery::kEventOrder) return 0;
  if (role == Role::kStart || role == Role::kSignal) return 0;
  const bool last = role == Role::kCancelRequest &&
                    delivery == Delivery::kSignalsFirstCancelLast;
  return last ? 2 : 1;
}

std::exception_ptr ErrorOf(CommandKind kind, Failure failure, Outcome outcome) {
  if (outcome == Outcome::kCanceled) {
    return std::make_exception_ptr(CanceledError(std::move(failure)));
  }
  switch (RowOf(kind).fails_with) {
    case FailsWith::kActivityError:
      return std::make_exception_ptr(ActivityError(std::move(failure)));
    case FailsWith::kChildWorkflowError:
      return std::make_exception_ptr(ChildWorkflowError(std::move(failure)));
    case FailsWith::kNexusError:
      return std::make_exception_ptr(NexusError(std::move(failure)));
    case FailsWith::kExternalError:
      return std::make_exception_ptr(ExternalError(std::move(failure)));
  }
  return nullptr;
}

}  // namespace

absl::Status Run::Deliver(const Turn& turn,
                          std::vector<UpdateRequest> updates) {
  COHORT_RETURN_IF_ERROR(ReadUpdates(turn, updates));
  cancel_swallowed_ = CancelIsSwallowed(turn);
  // A cancel that loses to a result comes behind all results.
  const Delivery delivery = cancel_swallowed_
                                ? Delivery::kSignalsFirstCancelLast
                                : options_.profile->delivery;
  const int passes = delivery == Delivery::kEventOrder ? 1 : 3;
  for (int pass = 0; pass < passes; ++pass) {
    std::size_t update = pass == 0 ? 0 : updates.size();
    for (const Event& event : turn.inbound) {
      while (update < updates.size() &&
             updates[update].behind_event < event.id) {
        COHORT_RETURN_IF_ERROR(DeliverUpdate(std::move(updates[update++])));
      }
      const Role role = RoleOf(event.type);
      if (role == Role::kIgnorable || PassOf(role, delivery) != pass) continue;
      COHORT_RETURN_IF_ERROR(DeliverOne(event));
    }
    while (update < updates.size()) {
      COHORT_RETURN_IF_ERROR(DeliverUpdate(std::move(updates[update++])));
    }
  }
  return absl::OkStatus();
}

absl::Status Run::DeliverOne(const Event& event) {
  if (event.id == options_.stop_at_event) [[unlikely]]
    options_.before();
  if (const OutcomeRow* row = OutcomeOf(event.type)) {
    return DeliverOutcome(event, *row);
  }
  switch (RoleOf(event.type)) {
    case Role::kStart:
      return DeliverStart(event);
    case Role::kSignal:
      return DeliverSignal(event);
    case Role::kCancelRequest:
      return DeliverCancelRequest();
    case Role::kTaskEdge:
      // A task that failed because the run was reset names the new run.
      if (event.type == EventType::kWorkflowTaskFailed &&
          !event.key().empty()) {
        BeginAs(event.key());
      }
      return absl::OkStatus();
    case Role::kOperation:
      return Unimplemented(
          "event {}: {} is about a kind of operation that this version does "
          "not replay",
          event.id, RowOf(event.type).camel());
    case Role::kUpdate:  // see ReadUpdates
    case Role::kEnd:
    case Role::kOutput:
    case Role::kIgnorable:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

// What is made of the run's id begins anew: numbers, and names of children.
void Run::BeginAs(std::string_view run_id) {
  run_id_ = run_id;
  state().random.seed(StableHash(run_id));
}

absl::Status Run::DeliverStart(const Event& event) {
  if (context_) {
    return DataLoss("event {}: the run starts a second time", event.id);
  }
  const WorkflowDefinition* workflow = options_.registry->Find(event.name());
  if (workflow == nullptr) {
    std::string known;
    for (const auto& [name, definition] : options_.registry->workflows()) {
      known += (known.empty() ? "" : ", ") + name;
    }
    return NotFound(
        "event {}: workflow type \"{}\" is not registered (registered: {})",
        event.id, event.name(), known.empty() ? "none" : known);
  }
  RunState& s = state();
  s.info.workflow_type = event.name();
  s.info.workflow_id = event.key();
  s.info.run_id = event.text(Text::kControl);
  if (!event.time.empty()) {
    COHORT_ASSIGN_OR_RETURN(s.info.start_time, ParseTime(event.time));
    if (s.turn_time == absl::UnixEpoch()) s.turn_time = s.info.start_time;
  }
  BeginAs(s.info.run_id);
  Payloads input;
  if (!event.input.empty()) {
    COHORT_ASSIGN_OR_RETURN(input, reader_.ReadPayloads(event.input));
  }
  s.scopes.Open(
      kRunScope, ScopeLink::kAttached,
      ScopeTree::Requested(workflow_internal::TypedState<void>::New(*this)));
  context_ = std::make_unique<Context>(*this);
  AddRoot(workflow->start(*context_, std::move(input)), RootRole::kWorkflow);
  return absl::OkStatus();
}

absl::Status Run::DeliverSignal(const Event& event) {
  Payloads arguments;
  if (!event.input.empty()) {
    COHORT_ASSIGN_OR_RETURN(arguments, reader_.ReadPayloads(event.input));
  }
  // Reading them is all that can be checked where no code runs.
  if (code_is_over()) return absl::OkStatus();
  auto& signals = state().signals;
  auto it = signals.find(event.name());
  if (it == signals.end()) {
    it = signals.emplace(std::string(event.name()), SignalQueue()).first;
  }
  return CallUser([&] { it->second.Deliver(std::move(arguments)); });
}

absl::Status Run::DeliverCancelRequest() {
  if (!context_) return absl::OkStatus();
  if (!FlagInForce(EngineFlag::kScopes)) {
    state().scopes.requested(kRunScope)->SettleValue({});
    return absl::OkStatus();
  }
  if (options_.profile->cancel_race == CancelRace::kCancelWins) {
    if (PromiseBase* goes_on = WorkflowThatGoesOn()) {
      // Either the result goes unseen, or the request does.
      goes_on->canceled = !cancel_swallowed_;
      return absl::OkStatus();
    }
  }
  CancelScope(kRunScope, {});
  return status_;
}

// Only the result of an activity does that; other waits are canceled.
bool Run::CancelIsSwallowed(const Turn& turn) const {
  const Profile& profile = *options_.profile;
  if (profile.cancel_race != CancelRace::kCancelWins ||
      LangFlagRecorded(profile.cancel_race_flag)) {
    return false;
  }
  for (const Event& event : turn.inbound) {
    const OutcomeRow* row = OutcomeOf(event.type);
    if (row == nullptr || row->input != Input::kSettled) continue;
    return row->kind == CommandKind::kScheduleActivity;
  }
  return false;
}

// Where the workflow function waits, if it is about to go on with a result.
PromiseBase* Run::WorkflowThatGoesOn() {
  const Scheduler& scheduler = state().scheduler;
  PromiseBase* waits = scheduler.workflow();
  if (waits == nullptr) return nullptr;
  while (waits->awaited != nullptr && waits->awaited->promise() != nullptr) {
    waits = waits->awaited->promise();
  }
  return scheduler.IsReady(*waits) ? waits : nullptr;
}

absl::Status Run::DeliverOutcome(const Event& event, const OutcomeRow& row) {
  OperationId id = 0;
  Operation* operation = operations_.FindByEvent(event.subject, &id);
  if (operation == nullptr && row.guard == Guard::kMayBeOver) {
    return absl::OkStatus();
  }
  if (operation == nullptr || operation->kind != row.kind) {
    return DataLoss(
        "event {}: {} is about event {}, which recorded no open {}; the "
        "history contradicts itself",
        event.id, RowOf(event.type).camel(), event.subject, NameOf(row.kind));
  }
  const bool wrong =
      (row.guard == Guard::kNeedsStarted && !operation->started) ||
      (row.guard == Guard::kNeedsNotStarted && operation->started);
  if (wrong) {
    return DataLoss("event {}: {} for event {}, which {} started", event.id,
                    RowOf(event.type).camel(), event.subject,
                    operation->started ? "had already" : "was never");
  }
  if (row.input == Input::kCancelAcked) {
    if (operation->cancellation != CancellationType::kWaitRequested) {
      return status_;
    }
    if (row.outcome == Outcome::kNone) {
      AcknowledgeCancel(id);
      return status_;
    }
    // Nobody will hear of the request: what it failed with is the answer.
    const LifecycleRow* lost = StepOperation(*operation, row.input);
    return lost != nullptr && (lost->effects & kSettleCanceled) != 0
               ? SettleWith(*operation, event, row.outcome)
               : status_;
  }
  const State before = operation->state;
  const LifecycleRow* step = StepOperation(*operation, row.input);
  if (step == nullptr) {
    return DataLoss("event {}: {} for event {} in state {}", event.id,
                    RowOf(event.type).camel(), event.subject, NameOf(before));
  }
  if (row.input == Input::kStarted) {
    operation->started = true;
    if (step->effects & kNotifyStarted) SettleStart(*operation, event);
    if (std::exchange(operation->cancel_at_start, false)) IssueCancel(id, {});
    return status_;
  }
  if (step->effects & kSettle) {
    COHORT_RETURN_IF_ERROR(SettleWith(*operation, event, row.outcome));
  }
  // A cancel that was not sent yet has nothing left to cancel.
  if (operation->cancel != 0) Withdraw(operation->cancel);
  const OperationId target = operation->target;
  operations_.Release(id);
  if (target != 0 && row.outcome == Outcome::kResult) {
    const Operation* canceled = operations_.Find(target);
    if (canceled != nullptr &&
        canceled->cancellation == CancellationType::kWaitRequested) {
      AcknowledgeCancel(target);
    }
  }
  return status_;
}

void Run::SettleStart(Operation& operation, const Event& event) {
  if (!operation.start || !operation.start->shared()) return;
  operation.start->SettlePayload(
      operation.kind == CommandKind::kStartChild
          ? PayloadTraits<ExternalWorkflow>::ToPayload(
                {std::string(event.key()),
                 std::string(event.text(Text::kControl))})
          : PayloadTraits<std::string>::ToPayload(
                std::string(event.text(Text::kControl))));
}

absl::Status Run::SettleWith(Operation& operation, const Event& event,
                             Outcome outcome) {
  const auto& future = operation.future;
  const auto& start = operation.start;
  const bool asked = (future && future->shared()) || (start && start->shared());
  if (!asked) return absl::OkStatus();  // nobody can ask any more
  if (outcome == Outcome::kResult) {
    if (start && !start->settled()) {
      start->SettlePayload(PayloadTraits<std::string>::ToPayload(""));
    }
    absl::Status read = future->SettleResult(reader_, event.input, scratch_);
    return Annotate(read, fmt::format("event {}", event.id));
  }
  COHORT_ASSIGN_OR_RETURN(Failure failure, FailureOf(event, outcome));
  const std::exception_ptr error =
      ErrorOf(operation.kind, std::move(failure), outcome);
  if (start) start->SettleError(error);
  if (future) future->SettleError(error);
  return absl::OkStatus();
}

// What an event that is no success says.
absl::StatusOr<Failure> Run::FailureOf(const Event& event, Outcome outcome) {
  Failure failure;
  switch (outcome) {
    case Outcome::kTimedOut:
      failure.message = "timed out";
      failure.info = "timeoutFailureInfo";
      failure.timeout_type = "TIMEOUT_TYPE_START_TO_CLOSE";
      break;
    case Outcome::kTerminated:
      failure.message = "terminated";
      failure.info = "terminatedFailureInfo";
      break;
    case Outcome::kCause:
      failure.message = event.text(Text::kControl);
      failure.info = "applicationFailureInfo";
      failure.type = event.text(Text::kControl);
      break;
    case Outcome::kCanceled:
      failure = CanceledError().failure();
      break;
    case Outcome::kNone:
    case Outcome::kResult:
    case Outcome::kFailure: {
      auto read = reader_.ReadFailure(event.failure);
      if (read.ok()) return read;
      return Annotate(read.status(), fmt::format("event {}", event.id));
    }
  }
  return failure;
}

}  // namespace cohort
