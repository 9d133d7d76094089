// Deliver: what came in reaches operations and queues. User code runs only in
// signal handlers; tasks go on in Execute.

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

}  // namespace

absl::Status Run::Deliver(const Turn& turn) {
  const Delivery delivery = options_.profile->delivery;
  const int passes = delivery == Delivery::kEventOrder ? 1 : 3;
  for (int pass = 0; pass < passes; ++pass) {
    for (const Event& event : turn.inbound) {
      const Role role = RoleOf(event.type);
      if (role == Role::kTaskEdge || role == Role::kIgnorable) continue;
      if (PassOf(role, delivery) != pass) continue;
      COHORT_RETURN_IF_ERROR(DeliverOne(event));
    }
  }
  return absl::OkStatus();
}

absl::Status Run::DeliverOne(const Event& event) {
  if (const OutcomeRow* row = OutcomeOf(event.type)) {
    return DeliverOutcome(event, *row);
  }
  switch (RoleOf(event.type)) {
    case Role::kStart:
      return DeliverStart(event);
    case Role::kSignal:
      return DeliverSignal(event);
    case Role::kCancelRequest:
      if (context_) context_->cancel_promise().Set();
      return absl::OkStatus();
    case Role::kEnd:
      return absl::OkStatus();
    case Role::kOperation:
    case Role::kUpdate:
      return Unimplemented(
          "event {}: {} is about a kind of operation that this version does "
          "not replay",
          event.id, RowOf(event.type).camel());
    case Role::kTaskEdge:
    case Role::kOutput:
    case Role::kIgnorable:
      return absl::OkStatus();
  }
  return absl::OkStatus();
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
  s.random.seed(StableHash(s.info.run_id));
  Payloads input;
  if (!event.input.empty()) {
    COHORT_ASSIGN_OR_RETURN(input, reader_.ReadPayloads(event.input));
  }
  context_ = std::make_unique<Context>(*this);
  AddRoot(workflow->start(*context_, std::move(input)));
  return absl::OkStatus();
}

absl::Status Run::DeliverSignal(const Event& event) {
  Payloads arguments;
  if (!event.input.empty()) {
    COHORT_ASSIGN_OR_RETURN(arguments, reader_.ReadPayloads(event.input));
  }
  auto& signals = state().signals;
  auto it = signals.find(event.name());
  if (it == signals.end()) {
    it = signals.emplace(std::string(event.name()), SignalQueue()).first;
  }
  return CallUser([&] { it->second.Deliver(std::move(arguments)); });
}

absl::Status Run::DeliverOutcome(const Event& event, const OutcomeRow& row) {
  OperationId id = 0;
  Operation* operation = operations_.FindByEvent(event.subject, &id);
  if (operation == nullptr || operation->kind != row.kind) {
    return DataLoss(
        "event {}: {} is about event {}, which recorded no open {}; the "
        "history contradicts itself",
        event.id, RowOf(event.type).camel(), event.subject, NameOf(row.kind));
  }
  if (row.guard == Guard::kNeedsStarted && !operation->started) {
    return DataLoss("event {}: {} for event {}, which was never started",
                    event.id, RowOf(event.type).camel(), event.subject);
  }
  const State before = operation->state;
  const LifecycleRow* step = StepOperation(*operation, row.input);
  if (step == nullptr) {
    return DataLoss("event {}: {} for event {} in state {}", event.id,
                    RowOf(event.type).camel(), event.subject, NameOf(before));
  }
  if (row.input == Input::kStarted) operation->started = true;
  if (step->effects & kSettle) SettleWith(*operation, event, row.outcome);
  if (IsOver(operation->state)) {
    // A cancel that was not sent yet has nothing left to cancel.
    if (operation->cancel != 0) pending_.Withdraw(operation->cancel);
    operations_.Release(id);
  }
  return status_;
}

void Run::SettleWith(Operation& operation, const Event& event,
                     Outcome outcome) {
  workflow_internal::FutureState& future = *operation.future;
  if (!future.shared()) return;  // nobody can ask any more
  switch (outcome) {
    case Outcome::kNone:
      return;
    case Outcome::kResult:
      return future.SettleResult(reader_, event.input, scratch_);
    case Outcome::kFailure: {
      Failure failure;
      auto read = reader_.ReadFailure(event.failure);
      if (read.ok()) failure = *std::move(read);
      return future.SettleError(
          std::make_exception_ptr(ActivityError(std::move(failure))));
    }
    case Outcome::kCanceled:
      return future.SettleError(std::make_exception_ptr(CanceledError()));
  }
}

}  // namespace cohort
