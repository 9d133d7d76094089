// Runs that come into memory and leave it; what happens to them when the store
// does not take what they did, or cannot give what it has.

#include <algorithm>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/embedded/core.h"
#include "fmt/core.h"

namespace cohort {

absl::StatusOr<Core::Live*> Core::Touch(Unit& unit, std::int64_t row) {
  auto found = live_.find(row);
  Live* live = nullptr;
  if (found != live_.end()) {
    live = found->second.get();
  } else {
    COHORT_ASSIGN_OR_RETURN(live, Load(unit, row));
  }
  used_.splice(used_.begin(), used_, live->used);
  if (!std::exchange(live->touched, true)) unit.touched.push_back(row);
  return live;
}

absl::StatusOr<Core::Live*> Core::Load(const Unit& unit, std::int64_t row) {
  COHORT_ASSIGN_OR_RETURN(const std::optional<RunRow> run,
                          store_->FindRow(row));
  if (!run) return NotFound("{}: there is no run {}", store_->path(), row);
  COHORT_ASSIGN_OR_RETURN(const History history, HistoryOf(row));
  KeptState kept;
  kept.task_attempt = run->task_attempt;
  kept.stuck = run->stuck;
  kept.attempts_lost = unit.first;
  if (run->status == RunStatus::kOpen) {
    COHORT_ASSIGN_OR_RETURN(KeptRows rows, store_->ReadKept(row));
    kept.attempts = std::move(rows.attempts);
    kept.buffered = std::move(rows.buffered);
  }
  auto live = std::make_unique<Live>(row);
  COHORT_RETURN_IF_ERROR(
      Annotate(live->ledger.Load(history, std::move(kept), unit.now),
               fmt::format("{}: run {}", store_->path(), run->run_id)));
  // One that was set aside has no timer.
  live->due = set_aside_.erase(row) > 0 ? absl::InfiniteFuture() : run->due;
  // At worst it was written last by what is not on disk yet.
  live->transaction = open_transaction_ ? transaction_ : syncing_;
  return &Insert(std::move(live));
}

Core::Live& Core::Insert(std::unique_ptr<Live> live) {
  used_.push_front(live->row);
  live->used = used_.begin();
  rows_[live->ledger.start().run_id] = live->row;
  const std::int64_t row = live->row;
  return *(live_[row] = std::move(live));
}

Core::Live& Core::Adopt(Unit& unit, std::unique_ptr<Live> live) {
  live->touched = true;
  unit.touched.push_back(live->row);
  return Insert(std::move(live));
}

void Core::Discard(std::int64_t row) {
  const auto live = live_.find(row);
  if (live == live_.end()) return;
  rows_.erase(live->second->ledger.start().run_id);
  used_.erase(live->second->used);
  live_.erase(live);
}

void Core::SetAside(std::int64_t row, const absl::Status& why) {
  Discard(row);
  set_aside_[row] = why;
  if (options_.observer != nullptr) {
    options_.observer->Log(store_->RunIdOf(row),
                           "the run is set aside: " + why.ToString());
  }
}

// Back to what the store has; what the runs want of others is wanted again.
void Core::Restore(const std::vector<std::int64_t>& rows) {
  Unit unit;
  unit.now = clock_.Now();
  for (const std::int64_t row : rows) {
    Discard(row);
    absl::StatusOr<Live*> live = Load(unit, row);
    if (absl::IsNotFound(live.status())) continue;  // it had only begun
    if (!live.ok()) {
      SetAside(row, live.status());
      continue;
    }
    (*live)->due = absl::InfiniteFuture();
    AfterWrite(**live);
  }
}

// The store did not take it: what the transaction wrote, and what was about to
// be written, did not happen. What others have of these runs is void.
void Core::Forget(const absl::Status& why) {
  store_->Rollback();
  std::vector<std::int64_t> rows;
  for (const auto& [row, live] : live_) {
    const bool written = open_transaction_ && live->transaction == transaction_;
    if (written || live->touched) rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end());
  if (open_transaction_) {
    failed_[transaction_] = why;
    promises_.erase(transaction_);
  }
  open_transaction_ = false;
  Restore(rows);
  committed_.notify_all();
  TellClients();
}

bool Core::CanGo(const Live& live) const {
  return !live.touched && live.ledger.evictable() && IsOnDisk(live);
}

void Core::EvictLedgers() {
  // So many are looked at each time, as more than a unit touches; what has to
  // stay is not looked at again before all the others.
  constexpr int kLooks = 32;
  for (int i = 0; i < kLooks && live_.size() > options_.ledgers_max; ++i) {
    const Live& live = *live_.at(used_.back());
    if (CanGo(live)) {
      Discard(live.row);
    } else {
      used_.splice(used_.begin(), used_, live.used);
    }
  }
}

}  // namespace cohort
