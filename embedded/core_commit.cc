// Commits: what many units wrote goes to the disk with one sync.

#include <utility>

#include "cohort/base/status.h"
#include "cohort/embedded/core.h"

namespace cohort {

std::int64_t Core::commits() {
  const Lock lock(mutex_);
  return last_committed_;
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
void Core::Committed(std::int64_t transaction, const absl::Status& synced,
                     const Promises& promises) {
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
  COHORT_RETURN_IF_ERROR(EndTransaction());
  const absl::Status synced = store_->Sync();
  Committed(transaction_, synced, std::exchange(promises_, {}));
  return synced;
}

absl::Status Core::WaitCommitted(Lock& lock, std::int64_t transaction) {
  committed_.wait(lock, [&] {
    return last_committed_ >= transaction || failed_.contains(transaction) ||
           shut_;
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
      // It stands behind one that may be lost: nobody may hear of it.
      Forget(broken_);
      continue;
    }
    if (!EndTransaction().ok()) continue;
    const std::int64_t transaction = transaction_;
    const Promises promises = std::exchange(promises_, {});
    syncing_ = transaction;
    lock.unlock();
    const absl::Status synced = store_->Sync();
    lock.lock();
    syncing_ = 0;
    Committed(transaction, synced, promises);
  }
}

}  // namespace cohort
