// Units; runs that are loaded and forgotten.

#include "cohort/embedded/core.h"

#include <algorithm>

#include "cohort/base/status.h"
#include "fmt/core.h"

namespace cohort {
namespace {

// What a unit may end with and still be written: the caller's mistakes, and
// tasks that are over. Anything else contradicts what the ledger knows.
bool IsAnAnswer(const absl::Status& status) {
  return status.ok() || absl::IsNotFound(status) ||
         absl::IsFailedPrecondition(status) ||
         absl::IsInvalidArgument(status) || absl::IsAlreadyExists(status);
}

}  // namespace

Core::Core(std::unique_ptr<Store> store, Clock& clock, CoreOptions options)
    : store_(std::move(store)), clock_(clock), options_(options) {
  if (!options_.commit_inline)
    committer_ = std::thread([this] { CommitLoop(); });
}

Core::~Core() {
  Shutdown();
  if (committer_.joinable()) committer_.join();
}

void Core::Shutdown() {
  const Lock lock(mutex_);
  if (!shut_ && open_transaction_) CommitNow().IgnoreError();
  shut_ = true;
  tasks_.notify_all();
  dirty_.notify_all();
  earlier_.notify_all();
  committed_.notify_all();
  told_.notify_all();
}

absl::Status Core::Start() {
  const Lock lock(mutex_);
  std::vector<std::int64_t> busy;
  COHORT_RETURN_IF_ERROR(store_->ForEachOpenRun([&](const RunRow& run) {
    if (run.busy) busy.push_back(run.row);
    Remember(run.due, run.row);
    return absl::OkStatus();
  }));
  Unit unit{clock_.Now(), {}, false, false};
  for (const std::int64_t row : busy) {
    COHORT_RETURN_IF_ERROR(Touch(unit, row).status());
  }
  COHORT_RETURN_IF_ERROR(Write(unit));
  return open_transaction_ ? CommitNow() : absl::OkStatus();
}

void Core::Remember(absl::Time due, std::int64_t row) {
  if (due == absl::InfiniteFuture()) return;
  const Timer timer{absl::ToUnixNanos(due), row};
  if (timers_.empty() || timer < timers_.top()) earlier_.notify_all();
  timers_.push(timer);
}

absl::Status Core::Transact(Durably durably,
                            absl::FunctionRef<absl::Status(Unit&)> body) {
  Lock lock(mutex_);
  if (shut_) return absl::CancelledError("the engine has been shut down");
  COHORT_RETURN_IF_ERROR(broken_);
  Unit unit{clock_.Now(), {}, durably == Durably::kYes, false};
  absl::Status status = body(unit);
  if (IsAnAnswer(status)) {
    // Calls may touch other runs, which may call others.
    for (std::size_t i = 0; i < unit.touched.size(); ++i) {
      Live& live = *live_.at(unit.touched[i]);
      CheckLimits(live);
      for (const LedgerCall& call : live.ledger.TakeCalls()) {
        absl::Status called = CarryOut(unit, live, call);
        if (!called.ok()) status = std::move(called);
      }
    }
  }
  if (!IsAnAnswer(status)) {
    if (unit.wrote) {
      Forget(status);
    } else {
      Drop(unit.touched);
    }
    return status;
  }
  if (absl::Status written = Write(unit); !written.ok()) {
    Forget(written);
    return written;
  }
  if (!open_transaction_) {
    // What it found may be on its way to the disk.
    if (unit.durable && syncing_ != 0) {
      COHORT_RETURN_IF_ERROR(WaitCommitted(lock, syncing_));
    }
    return status;
  }
  if (options_.commit_inline) {
    COHORT_RETURN_IF_ERROR(CommitNow());
    return status;
  }
  dirty_.notify_one();
  if (unit.durable) COHORT_RETURN_IF_ERROR(WaitCommitted(lock, transaction_));
  return status;
}

absl::StatusOr<Core::Live*> Core::Touch(Unit& unit, std::int64_t row) {
  auto found = live_.find(row);
  Live* live = nullptr;
  if (found != live_.end()) {
    live = found->second.get();
  } else {
    COHORT_ASSIGN_OR_RETURN(live, Load(row, unit.now));
  }
  used_.splice(used_.begin(), used_, live->used);
  if (!std::exchange(live->touched, true)) unit.touched.push_back(row);
  return live;
}

absl::StatusOr<Core::Live*> Core::Load(std::int64_t row, absl::Time now) {
  COHORT_ASSIGN_OR_RETURN(const std::optional<RunRow> run,
                          store_->FindRow(row));
  if (!run) return NotFound("{}: there is no run {}", store_->path(), row);
  COHORT_ASSIGN_OR_RETURN(std::string text, store_->ReadHistory(row));
  COHORT_ASSIGN_OR_RETURN(
      const History history,
      History::FromJson(std::move(text), {}, store_->path()));
  KeptRows kept;
  if (run->status == RunStatus::kOpen) {
    COHORT_ASSIGN_OR_RETURN(kept, store_->ReadKept(row));
  }
  auto live = std::make_unique<Live>(row);
  COHORT_RETURN_IF_ERROR(Annotate(
      live->ledger.Load(history, kept.attempts, std::move(kept.buffered),
                        run->task_attempt, run->stuck, now),
      fmt::format("{}: run {}", store_->path(), run->run_id)));
  live->due = run->due;
  used_.push_front(row);
  live->used = used_.begin();
  return (live_[row] = std::move(live)).get();
}

Core::Live& Core::Adopt(Unit& unit, std::unique_ptr<Live> live) {
  const std::int64_t row = live->row;
  live->touched = true;
  unit.touched.push_back(row);
  used_.push_front(row);
  live->used = used_.begin();
  return *(live_[row] = std::move(live));
}

void Core::CheckLimits(Live& live) {
  Ledger& ledger = live.ledger;
  const HistoryLimits& limits = options_.limits;
  if (!ledger.open()) return;
  const bool warn = ledger.last_event() > limits.events_warn ||
                    ledger.bytes() > limits.bytes_warn;
  if (warn && !std::exchange(live.warned, true) &&
      options_.observer != nullptr) {
    options_.observer->HistoryIsLong(ledger.start().run_id, ledger.last_event(),
                                     ledger.bytes());
  }
  if (ledger.last_event() <= limits.events_max &&
      ledger.bytes() <= limits.bytes_max) {
    return;
  }
  EventDraft terminated;
  terminated.type = EventType::kWorkflowExecutionTerminated;
  terminated.text(Text::kControl) =
      ledger.last_event() > limits.events_max
          ? "Workflow history count exceeds limit."
          : "Workflow history size exceeds limit.";
  ledger.End(clock_.Now(), std::move(terminated)).IgnoreError();
}

RunRow Core::RowOf(const Live& live) const {
  const Ledger& ledger = live.ledger;
  RunRow row;
  row.row = live.row;
  row.workflow_id = ledger.start().workflow_id;
  row.run_id = ledger.start().run_id;
  row.workflow_type = ledger.start().workflow_type;
  row.queue = ledger.start().queue;
  row.status = ledger.status();
  row.started = ledger.start().started;
  row.closed = ledger.closed_at();
  row.events = ledger.last_event();
  row.bytes = ledger.bytes();
  row.due = ledger.NextDue();
  row.busy = ledger.open() && ledger.busy();
  row.task_attempt = ledger.task_attempt();
  row.build_id = ledger.build_id();
  row.change_versions = ledger.change_versions();
  row.stuck = ledger.stuck();
  return row;
}

absl::Status Core::WriteChanges(std::int64_t row,
                                const LedgerChanges& changes) {
  if (!changes.events.empty()) {
    COHORT_RETURN_IF_ERROR(
        store_->Append(row, changes.first_event, changes.events));
  }
  for (const auto& [event, text] : changes.attempts) {
    COHORT_RETURN_IF_ERROR(store_->PutAttempt(row, event, text));
  }
  if (changes.buffer_cleared) COHORT_RETURN_IF_ERROR(store_->ClearBuffer(row));
  for (const std::string& text : changes.buffered) {
    COHORT_RETURN_IF_ERROR(store_->AddBuffered(row, text));
  }
  return absl::OkStatus();
}

absl::Status Core::WriteOne(Live& live) {
  const LedgerChanges changes = live.ledger.TakeChanges();
  const bool anything = changes.head || !changes.attempts.empty() ||
                        changes.buffer_cleared || !changes.buffered.empty();
  if (!anything) return absl::OkStatus();
  if (!open_transaction_) {
    COHORT_RETURN_IF_ERROR(store_->Begin());
    open_transaction_ = true;
    ++transaction_;
  }
  live.transaction = transaction_;
  COHORT_RETURN_IF_ERROR(WriteChanges(live.row, changes));
  return changes.head ? store_->Put(RowOf(live)) : absl::OkStatus();
}

absl::Status Core::Write(Unit& unit) {
  for (const std::int64_t row : unit.touched) {
    Live& live = *live_.at(row);
    live.touched = false;
    COHORT_RETURN_IF_ERROR(WriteOne(live));
    AfterWrite(live);
  }
  EvictLedgers();
  return absl::OkStatus();
}

// What a written run wants of others.
void Core::AfterWrite(Live& live) {
  Ledger& ledger = live.ledger;
  if (const absl::Time due = ledger.NextDue(); due != live.due) {
    live.due = due;
    Remember(due, live.row);
  }
  if (ledger.TakeTaskReady()) {
    queues_[ledger.start().queue].workflows.push_back(live.row);
    tasks_.notify_all();
  }
  Promises now;
  // Where nothing was written it can be kept at once.
  Promises& promises = IsOnDisk(live) ? now : promises_;
  for (const std::int64_t event : ledger.TakeDispatched()) {
    promises.activities.push_back({live.row, event});
  }
  if (ledger.has_news()) promises.news = true;
  Keep(now);
}

bool Core::IsOnDisk(const Live& live) const {
  return live.transaction <= last_committed_;
}

void Core::Keep(const Promises& promises) {
  for (const ActivityRef& ref : promises.activities) {
    const auto live = live_.find(ref.row);
    if (live == live_.end()) continue;
    const std::string queue = live->second->ledger.QueueOf(ref.event);
    if (!queue.empty()) queues_[queue].activities.push_back(ref);
  }
  if (!promises.activities.empty()) tasks_.notify_all();
  if (promises.news) TellClients();
}

// There is something that they wait for: an end, an answer, the outcome of an
// update; they look again.
void Core::TellClients() {
  ++news_;
  told_.notify_all();
}

// The store did not take it: memory goes back to what it has.
void Core::Forget(const absl::Status& why) {
  store_->Rollback();
  open_transaction_ = false;
  failed_[transaction_] = why;
  promises_ = {};
  std::vector<std::int64_t> open;
  for (const auto& [row, live] : live_) {
    if (live->ledger.open()) open.push_back(row);
  }
  live_.clear();
  used_.clear();
  Unit unit{clock_.Now(), {}, false, false};
  for (const std::int64_t row : open) {
    absl::StatusOr<Live*> loaded = Touch(unit, row);
    if (!loaded.ok()) continue;  // it had only begun
    (*loaded)->touched = false;
    (*loaded)->due = absl::InfiniteFuture();
    AfterWrite(**loaded);
  }
  committed_.notify_all();
  TellClients();
}

void Core::Drop(const std::vector<std::int64_t>& rows) {
  for (const std::int64_t row : rows) {
    const auto live = live_.find(row);
    if (live == live_.end()) continue;
    used_.erase(live->second->used);
    live_.erase(live);
  }
}

void Core::EvictLedgers() {
  auto at = used_.end();
  while (live_.size() > options_.ledgers_max && at != used_.begin()) {
    --at;
    const auto live = live_.find(*at);
    if (live->second->touched || !live->second->ledger.evictable() ||
        !IsOnDisk(*live->second)) {
      continue;
    }
    live_.erase(live);
    at = used_.erase(at);
  }
}

}  // namespace cohort
