// Commits: what many units wrote goes to the disk with one sync.

#include <algorithm>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/embedded/core.h"

namespace cohort {

std::int64_t Core::commits() {
  const Lock lock(mutex_);
  return last_committed_;
}

bool Core::IsOnDisk(const Live& live) const {
  return live.transaction <= last_committed_;
}

absl::Status Core::EndTransaction() {
  if (absl::Status status = store_->Commit(); !status.ok()) {
    Forget(status);
    return status;
  }
  open_transaction_ = false;
  return absl::OkStatus();
}

// After a sync: what waited for the transaction.
void Core::Committed(std::int64_t transaction, const absl::Status& synced) {
  Promises promises;
  if (auto kept = promises_.extract(transaction)) {
    promises = std::move(kept.mapped());
  }
  if (synced.ok()) {
    last_committed_ = transaction;
    Keep(promises);
  } else {
    // What is on the disk now nobody knows.
    failed_[transaction] = synced;
    broken_ = Annotate(synced, "open the store anew");
    TellClients();
  }
  committed_.notify_all();
}

absl::Status Core::CommitNow() {
  if (!broken_.ok()) {
    // It stands behind one that may be lost: nobody may hear of it.
    Forget(broken_);
    return broken_;
  }
  COHORT_RETURN_IF_ERROR(EndTransaction());
  absl::Status synced = store_->CheckpointIfLong();
  if (synced.ok()) synced = store_->Sync();
  Committed(transaction_, synced);
  return synced;
}

// Each transaction ends, also when the engine is shut down meanwhile.
absl::Status Core::WaitCommitted(Lock& lock, std::int64_t transaction) {
  committed_.wait(lock, [&] {
    return last_committed_ >= transaction || failed_.contains(transaction);
  });
  const auto failed = failed_.find(transaction);
  return failed == failed_.end() ? absl::OkStatus() : failed->second;
}

// One commit after the other. While the disk works the lock is free, and the
// next transaction fills.
void Core::CommitLoop() {
  Lock lock(mutex_);
  while (true) {
    dirty_.wait(lock, [&] { return open_transaction_ || shut_; });
    if (shut_) return;
    if (!broken_.ok()) {
      Forget(broken_);
      continue;
    }
    if (!EndTransaction().ok()) continue;
    absl::Status synced = store_->CheckpointIfLong();
    syncing_ = transaction_;
    if (synced.ok()) {
      lock.unlock();
      synced = store_->Sync();
      lock.lock();
    }
    Committed(std::exchange(syncing_, 0), synced);
  }
}

}  // namespace cohort
