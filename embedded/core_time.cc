// Time: what is due, and waiting for what others do.

#include <algorithm>

#include "absl/time/clock.h"
#include "cohort/base/status.h"
#include "cohort/embedded/core.h"

namespace cohort {

absl::Time Core::NextDue() {
  const Lock lock(mutex_);
  while (!timers_.empty()) {
    const auto [at, row] = timers_.top();
    const auto live = live_.find(row);
    // A run that is not in memory has one entry only: its own.
    const bool holds =
        live == live_.end() ||
        (live->second->ledger.open() &&
         absl::ToUnixNanos(live->second->ledger.NextDue()) == at);
    if (holds) return absl::FromUnixNanos(at);
    timers_.pop();
  }
  return absl::InfiniteFuture();
}

absl::Status Core::FireDue() {
  return Transact(Durably::kNo, [&](Unit& unit) -> absl::Status {
    const std::int64_t now = absl::ToUnixNanos(unit.now);
    while (!timers_.empty() && timers_.top().first <= now) {
      const auto [at, row] = timers_.top();
      timers_.pop();
      if (!live_.contains(row)) {
        // What it was due for may be over.
        COHORT_ASSIGN_OR_RETURN(const auto run, store_->FindRow(row));
        if (!run || run->status != RunStatus::kOpen ||
            absl::ToUnixNanos(run->due) > now) {
          continue;
        }
      }
      COHORT_ASSIGN_OR_RETURN(Live * live, Touch(unit, row));
      COHORT_RETURN_IF_ERROR(live->ledger.Fire(unit.now));
    }
    return absl::OkStatus();
  });
}

void Core::WaitForTimers(absl::Time instant) {
  Lock lock(mutex_);
  const absl::Duration left = instant - clock_.Now();
  if (shut_ || left <= absl::ZeroDuration()) return;
  earlier_.wait_for(lock, absl::ToChronoNanoseconds(left));
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
