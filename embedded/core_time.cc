// Time: what is due, and waiting for what others do.

#include <algorithm>

#include "absl/time/clock.h"
#include "cohort/base/status.h"
#include "cohort/embedded/core.h"

namespace cohort {

absl::Time Core::NextDue() {
  const Lock lock(mutex_);
  return EarliestDue();
}

absl::Time Core::EarliestDue() {
  while (!timers_.empty()) {
    const auto [at, row] = timers_.top();
    const auto live = live_.find(row);
    // A run that is not in memory has one entry only: its own. One that was
    // set aside waits for nothing.
    const bool holds =
        live == live_.end()
            ? !set_aside_.contains(row)
            : live->second->ledger.open() &&
                  absl::ToUnixNanos(live->second->ledger.NextDue()) == at;
    if (holds) return absl::FromUnixNanos(at);
    timers_.pop();
  }
  return absl::InfiniteFuture();
}

// The run whose timer has run out first; nullopt for none by `now`.
absl::StatusOr<std::optional<std::int64_t>> Core::PopDue(absl::Time now) {
  while (EarliestDue() <= now) {
    const std::int64_t row = timers_.top().second;
    std::optional<RunRow> kept;
    const bool in_memory = live_.contains(row);
    if (!in_memory) {
      COHORT_ASSIGN_OR_RETURN(kept, store_->FindRow(row));
    }
    timers_.pop();
    // What it was due for may be over.
    if (in_memory ||
        (kept && kept->status == RunStatus::kOpen && kept->due <= now)) {
      return row;
    }
  }
  return std::nullopt;
}

// A unit for each run: none goes with another's error, memory stays small, and
// others come between.
absl::Status Core::FireDue() {
  const absl::Time now = clock_.Now();
  absl::Status first;
  while (true) {
    Lock lock(mutex_);
    COHORT_RETURN_IF_ERROR(CheckRunning());
    COHORT_ASSIGN_OR_RETURN(const auto row, PopDue(now));
    if (!row) return first;
    Unit unit;
    unit.now = now;
    const absl::Status fired =
        Perform(lock, unit, [&](Unit& u) -> absl::Status {
          COHORT_ASSIGN_OR_RETURN(Live * live, Touch(u, *row));
          return live->ledger.Fire(now);
        });
    if (fired.ok()) continue;
    // The store is to blame: the run has its timer again.
    if (unit.forgotten || !broken_.ok()) return fired;
    SetAside(*row, fired);
    first.Update(fired);
  }
}

void Core::WaitForDue(absl::Duration at_most) {
  Lock lock(mutex_);
  const absl::Duration left = std::min(EarliestDue() - clock_.Now(), at_most);
  if (shut_ || left <= absl::ZeroDuration()) return;
  earlier_.wait_for(lock, absl::ToChronoNanoseconds(left));
}

void Core::Pause(absl::Duration duration) {
  Lock lock(mutex_);
  told_.wait_for(lock, absl::ToChronoNanoseconds(duration),
                 [&] { return shut_; });
}

bool Core::WaitFor(absl::FunctionRef<bool()> done, absl::Time deadline) {
  std::int64_t seen = 0;
  const auto more = [&] { return news_ != seen || shut_; };
  while (true) {
    {
      const Lock lock(mutex_);
      if (shut_) return false;
      seen = news_;
    }
    if (done()) return true;
    Lock lock(mutex_);
    const absl::Duration left = deadline - absl::Now();
    if (!told_.wait_for(lock, absl::ToChronoNanoseconds(left), more)) {
      return false;
    }
  }
}

}  // namespace cohort
