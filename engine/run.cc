#include "cohort/engine/run.h"

#include "cohort/base/limits.h"
#include "cohort/base/status.h"

namespace cohort {

Run::Run(RunOptions options) : options_(std::move(options)) {
  state().policy = options_.policy;
  state().versions.set_unrecorded_patch(options_.profile->unrecorded_patch);
  status_ = options_.registry->status();
}

Run::~Run() { state().scheduler.DestroyAll(); }

absl::Status Run::Replay(const Turn& turn) {
  COHORT_RETURN_IF_ERROR(status_);
  if (emitted_) return Confirm(turn);
  if (absl::Status s = Begin(turn); !s.ok()) return Fail(std::move(s));
  if (absl::Status s = Deliver(turn); !s.ok()) return Fail(std::move(s));
  COHORT_RETURN_IF_ERROR(Execute());
  if (absl::Status s = ConfirmOutputs(turn); !s.ok()) return Fail(std::move(s));
  return EndTurn();
}

absl::Status Run::DeliverOpen(const Turn& turn) {
  COHORT_RETURN_IF_ERROR(status_);
  if (absl::Status s = Begin(turn); !s.ok()) return Fail(std::move(s));
  if (absl::Status s = Deliver(turn); !s.ok()) return Fail(std::move(s));
  return absl::OkStatus();
}

absl::StatusOr<Emission> Run::Advance(const Turn& turn) {
  if (emitted_) {
    return Fail(
        InvalidArgument("turn {} was advanced before turn {} was confirmed",
                        turn.number, turn_number_));
  }
  COHORT_RETURN_IF_ERROR(DeliverOpen(turn));
  COHORT_RETURN_IF_ERROR(Execute());
  return Emit();
}

absl::Status Run::Confirm(const Turn& turn) {
  COHORT_RETURN_IF_ERROR(status_);
  if (!emitted_) {
    return Fail(InvalidArgument(
        "turn {} came back completed, but was not advanced", turn.number));
  }
  // The answers of this turn stand in the book: it asked for them itself.
  if (turn.completed == nullptr) {
    return Fail(InvalidArgument("turn {} came back without its completion",
                                turn.number));
  }
  turn_versions_.clear();
  turn_side_effects_.clear();
  if (absl::Status s = ReadMarkers(turn); !s.ok()) return Fail(std::move(s));
  emitted_ = false;
  if (absl::Status s = ConfirmOutputs(turn); !s.ok()) return Fail(std::move(s));
  return EndTurn();
}

absl::Status Run::Execute() {
  RunState& s = state();
  while (true) {
    const Scheduler::End end = s.scheduler.Run();
    if (end == Scheduler::End::kLost) {
      return Fail(Internal(
          "turn {}: a coroutine came back neither done nor waiting in one of "
          "our awaiters: it is lost. Is this code built with a compiler that "
          "docs/compilers.md does not list?",
          turn_number_));
    }
    if (end == Scheduler::End::kEndless) {
      return Fail(ResourceExhausted(
          "turn {}: more than {} resumes in one turn: a loop that never waits "
          "for history",
          turn_number_, kResumesPerTurnMax));
    }
    if (end == Scheduler::End::kStopped) return status_;
    if (!SettleConditions()) return status_;
  }
}

bool Run::SettleConditions() {
  RunState& s = state();
  bool any = false;
  std::vector<Condition> waiting = std::move(s.conditions);
  s.conditions.clear();
  for (Condition& condition : waiting) {
    if (!condition.waiter->shared()) continue;
    bool holds = false;
    s.read_only = "a condition";
    const absl::Status called = CallUser([&] { holds = condition.holds(); });
    s.read_only = {};
    if (!called.ok()) return false;
    if (holds) {
      condition.waiter->SettlePayload({});
      any = true;
    } else {
      s.conditions.push_back(std::move(condition));
    }
  }
  return any;
}

absl::Status Run::CallUser(const std::function<void()>& call) {
  try {
    call();
  } catch (const Unwind&) {
  } catch (const std::exception& e) {
    return Fail(
        Internal("turn {}: workflow code threw {}", turn_number_, e.what()));
  } catch (...) {
    return Fail(Internal(
        "turn {}: workflow code threw something that is no std::exception",
        turn_number_));
  }
  return status_;
}

const LifecycleRow* Run::StepOperation(Operation& operation, Input input) {
  const LifecycleRow* row = Step(operation.state, input);
  if (row == nullptr) return nullptr;
  operation.state = row->to;
  rows_taken_.set(static_cast<std::size_t>(row - kLifecycle.data()));
  return row;
}

absl::Status Run::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
  state().failed = true;
  state().scheduler.Stop();
  return status_;
}

absl::Status Run::Diverge(Divergence divergence) {
  absl::Status status = divergence.ToStatus();
  if (status_.ok()) divergence_ = std::move(divergence);
  return Fail(std::move(status));
}

void Run::Refuse(absl::Status status, std::source_location site) {
  const std::string where = SiteText(site);
  std::string prefix = fmt::format("turn {}", turn_number_);
  if (!where.empty()) prefix += " at " + where;
  // The status is stored before anything is thrown: swallowing the exception
  // changes nothing.
  (void)Fail(Annotate(status, prefix));
  if (state().scheduler.destroying() || std::uncaught_exceptions() > 0) return;
  throw Unwind{};
}

OperationId Run::Issue(
    Command command,
    workflow_internal::Ref<workflow_internal::FutureState> future,
    CancellationType cancellation) {
  if (command.kind == CommandKind::kUpsertSearchAttributes) {
    for (const auto& [key, payloads] : command.details) {
      absl::Status allowed = CheckUserUpsert(key);
      if (!allowed.ok()) Refuse(std::move(allowed), command.site);
    }
  }
  OperationId id = 0;
  if (future) {
    Operation operation;
    operation.kind = command.kind;
    operation.cancellation = cancellation;
    operation.future = std::move(future);
    id = operations_.Open(std::move(operation));
  }
  Push({std::move(command), id, 0, false});
  return id;
}

void Run::Push(PendingCommand pending) {
  if (++commands_in_turn_ > kCommandsPerTurnMax) {
    Refuse(ResourceExhausted("more than {} commands in one turn",
                             kCommandsPerTurnMax),
           pending.command.site);
    return;
  }
  const OperationId opened = pending.operation;
  const OperationId target = pending.target;
  const PendingId id = pending_.Push(std::move(pending));
  if (Operation* o = operations_.Find(opened)) o->command = id;
  if (Operation* o = operations_.Find(target)) o->cancel = id;
}

void Run::Close(Command command) {
  RunState& s = state();
  if (s.failed || s.closed) return;
  s.closed = true;
  Push({std::move(command), 0, 0, false});
  s.scheduler.Stop();
}

void Run::Cancel(OperationId id, std::source_location site) {
  Operation* operation = operations_.Find(id);
  if (operation == nullptr || !Enter("Cancel", site)) return;
  static constexpr Input kInputs[] = {Input::kCancelTry, Input::kCancelWait,
                                      Input::kAbandon};
  Cancel(id, *operation,
         kInputs[static_cast<std::size_t>(operation->cancellation)], site);
}

void Run::Cancel(OperationId id, Operation& operation, Input input,
                 std::source_location site) {
  const LifecycleRow* row = StepOperation(operation, input);
  if (row == nullptr) return;
  if (row->effects & kWithdraw) pending_.Withdraw(operation.command);
  if (row->effects & kIssueCancel) {
    Command cancel;
    cancel.kind = *RowOf(operation.kind).cancel_with;
    cancel.subject = operation.event_id;
    cancel.text(Text::kId) = operation.id;
    cancel.site = site;
    Push({std::move(cancel), 0, id, false});
  }
  auto future = operation.future;
  if (IsOver(operation.state)) operations_.Release(id);
  if (row->effects & kSettleCanceled) {
    future->SettleError(std::make_exception_ptr(CanceledError()));
  }
}

void Run::Log(std::string_view message) {
  if (options_.log && !state().turn_completed) options_.log(message);
}

}  // namespace cohort
