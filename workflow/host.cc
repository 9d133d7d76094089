#include "cohort/workflow/host.h"

#include <utility>

#include "cohort/base/status.h"
#include "cohort/history/time.h"

namespace cohort {

void SignalQueue::Deliver(Payloads signal) {
  if (handler) return handler(signal);
  static const Payload kNothing;
  while (!readers.empty()) {
    auto reader = std::move(readers.front());
    readers.pop_front();
    // A future that nobody holds any more would swallow the signal.
    if (!reader->shared() || reader->settled()) continue;
    reader->SettlePayload(signal.empty() ? kNothing : signal[0]);
    return;
  }
  unread.push_back(std::move(signal));
}

absl::Time Host::Now() {
  if (!state_.turn_time_text.empty()) {
    auto time = ParseTime(std::exchange(state_.turn_time_text, {}));
    if (time.ok()) {
      state_.turn_time = *time;
    } else {
      Refuse(time.status(), {});
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
  return true;
}

}  // namespace cohort
