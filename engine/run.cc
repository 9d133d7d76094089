#include "cohort/engine/run.h"

#include <utility>

#include "cohort/base/limits.h"
#include "cohort/base/status.h"

namespace cohort {

Run::Run(RunOptions options) : options_(std::move(options)) {
  state().policy = options_.policy;
  state().versions.set_unrecorded_patch(options_.profile->unrecorded_patch);
  if (options_.profile->ready != ReadyOrder::kFifo) {
    state().scheduler.UseCreationOrder([this] { (void)SettleConditions(); });
  }
  status_ = options_.registry->status();
}

// Closures of workflow code may call the Context when they go: it goes last.
Run::~Run() {
  RunState& s = state();
  s.scheduler.DestroyAll();
  s.conditions.clear();
  s.signals.clear();
  s.queries.clear();
  s.updates.clear();
  locals_.clear();
}

absl::Status Run::Replay(const Turn& turn,
                         std::optional<StrictRule> confirmed_by) {
  COHORT_RETURN_IF_ERROR(status_);
  if (emitted_) return Confirm(turn);
  if (absl::Status s = Begin(turn); !s.ok()) return Fail(std::move(s));
  if (absl::Status s = Deliver(turn, {}); !s.ok()) return Fail(std::move(s));
  if (options_.stop_at_event != 0) StopBeforeCode(turn);
  COHORT_RETURN_IF_ERROR(Execute());
  if (confirmed_by && !strict(*confirmed_by)) return EndTurn();
  confirmed_by_ = confirmed_by;
  if (absl::Status s = ConfirmOutputs(turn); !s.ok()) return Fail(std::move(s));
  return EndTurn();
}

void Run::StopBeforeCode(const Turn& turn) const {
  const std::int64_t first = turn.completed->id;
  const auto outputs = static_cast<std::int64_t>(turn.outputs.size());
  if (options_.stop_at_event >= first &&
      options_.stop_at_event <= first + outputs) {
    options_.before();
  }
}

absl::Status Run::DeliverOpen(const Turn& turn) {
  COHORT_RETURN_IF_ERROR(status_);
  delivers_only_ = true;
  if (absl::Status s = Begin(turn); !s.ok()) return Fail(std::move(s));
  if (absl::Status s = Deliver(turn, {}); !s.ok()) return Fail(std::move(s));
  return absl::OkStatus();
}

absl::StatusOr<Emission> Run::Advance(const Turn& turn,
                                      std::vector<UpdateRequest> updates) {
  if (emitted_) {
    return Fail(
        InvalidArgument("turn {} was advanced before turn {} was confirmed",
                        turn.number, turn_number_));
  }
  COHORT_RETURN_IF_ERROR(status_);
  if (absl::Status s = Begin(turn); !s.ok()) return Fail(std::move(s));
  if (absl::Status s = Deliver(turn, std::move(updates)); !s.ok()) {
    return Fail(std::move(s));
  }
  COHORT_RETURN_IF_ERROR(Execute());
  RejectUnknownUpdates();
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
  turn_version_of_.clear();
  turn_side_effects_.clear();
  if (absl::Status s = ReadMarkers(turn); !s.ok()) return Fail(std::move(s));
  emitted_ = false;
  own_turn_ = true;
  absl::Status confirmed = ConfirmOutputs(turn);
  own_turn_ = false;
  if (!confirmed.ok()) return Fail(std::move(confirmed));
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
    if (end == Scheduler::End::kStopped || !SettleConditions()) break;
  }
  for (Command& command : std::exchange(update_ends_, {})) {
    Push({.command = std::move(command)});
  }
  return status_;
}

bool Run::SettleConditions() {
  RunState& s = state();
  bool any = false;
  std::vector<Condition> waiting = std::move(s.conditions);
  s.conditions.clear();
  for (Condition& condition : waiting) {
    if (!condition.waiter->shared() || condition.waiter->settled()) continue;
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

absl::Status Run::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
  state().failed = true;
  state().scheduler.Stop();
  return status_;
}

absl::Status Run::Diverge(Divergence divergence) {
  absl::Status status = divergence.ToStatus();
  if (status_.ok()) {
    if (confirmed_by_) divergence.rule = NameOf(*confirmed_by_);
    divergence_ = std::move(divergence);
  }
  return Fail(std::move(status));
}

void Run::Refuse(absl::Status status, std::source_location site) {
  const std::string where = SiteText(site);
  std::string prefix = fmt::format("turn {}", turn_number_);
  if (!where.empty()) prefix += " at " + where;
  // The status is stored before anything is thrown: swallowing the exception
  // changes nothing. A query that fails harms nobody but who asked.
  if (query_status_ != nullptr) {
    query_status_->Update(status);
  } else {
    (void)Fail(Annotate(status, prefix));
  }
  Leave();
}

// Leaves workflow code, unless it is on its way out already.
void Run::Leave() const {
  if (state().scheduler.destroying() || std::uncaught_exceptions() > 0) return;
  throw Unwind{};
}

void Run::Log(std::string_view message) {
  if (!options_.log || state().turn_completed) return;
  // Replays do not log: workflow code may not see what a sink throws.
  try {
    options_.log(message);
  } catch (...) {
  }
}

}  // namespace cohort
