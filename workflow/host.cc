#include "cohort/workflow/host.h"

#include <utility>

#include "cohort/base/limits.h"
#include "cohort/base/status.h"
#include "cohort/history/time.h"

namespace cohort {

absl::Time Host::Now() {
  if (!state_.turn_time_text.empty()) {
    auto time = ParseTime(state_.turn_time_text);
    if (time.ok()) {
      state_.turn_time = *time;
      state_.turn_time_text.clear();
    } else {
      Refuse(time.status(), {});  // whoever asks: a query, and then the code
    }
  }
  return state_.turn_time;
}

bool Host::Enter(std::string_view call, std::source_location site) {
  RunState& s = state_;
  if (s.scheduler.stopped()) {
    // Destructors of workflow code may come here while frames go, or while the
    // stack unwinds: throwing there would end the process.
    if (s.scheduler.running() == nullptr || std::uncaught_exceptions() > 0) {
      return false;
    }
    throw Unwind{};
  }
  if (!s.read_only.empty()) {
    Refuse(InvalidArgument(
               "{} called in {}: such code may read the run, not change it",
               call, s.read_only),
           site);
    return false;
  }
  if (++s.calls_in_turn > kCallsPerTurnMax) {
    Refuse(ResourceExhausted(
               "more than {} calls in one turn that change the run: a loop "
               "that never waits for history",
               kCallsPerTurnMax),
           site);
    return false;
  }
  return true;
}

void Host::RefuseValue(std::string_view what, std::source_location site) {
  Refuse(Internal("a value cannot be encoded, its conversion threw: {}", what),
         site);
}

bool workflow_internal::IsScopeCanceled(Host& host, ScopeId scope) {
  return host.state().scopes.canceled(scope);
}

bool workflow_internal::MaySettle(Host& host, std::string_view call) {
  if (host.state().scheduler.stopped()) return false;
  if (host.state().read_only.empty()) return true;
  try {
    return host.Enter(call, {});
  } catch (const Unwind&) {
    return false;  // its status is kept
  }
}

bool workflow_internal::EnterHost(Host& host, std::string_view call) {
  return host.Enter(call, {});
}

void Host::CancelScope(ScopeId scope, std::source_location site) {
  for (const ScopeId id : state_.scopes.Affected(scope)) {
    if (StaysCanceled(id)) state_.scopes.MarkCanceled(id);
    state_.scopes.requested(id)->SettleValue({});
    CancelOperations(id, site);
    const std::exception_ptr canceled =
        std::make_exception_ptr(CanceledError());
    for (const Condition& condition : state_.conditions) {
      if (condition.scope == id) condition.waiter->SettleError(canceled);
    }
    std::erase_if(state_.conditions,
                  [](const Condition& c) { return c.waiter->settled(); });
    for (auto& [name, queue] : state_.signals) queue.CancelReaders(id);
  }
}

void Host::CloseScope(ScopeId scope) {
  const ScopeId parent = state_.scopes.parent(scope);
  MoveOperations(scope, parent);
  for (Condition& condition : state_.conditions) {
    if (condition.scope == scope) condition.scope = parent;
  }
  for (auto& [name, queue] : state_.signals) {
    for (SignalQueue::Reader& reader : queue.readers) {
      if (reader.scope == scope) reader.scope = parent;
    }
  }
  state_.scopes.Close(scope);
}

}  // namespace cohort
