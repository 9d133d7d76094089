// Units: what is changed together, and written.

#include "cohort/embedded/core.h"

#include <utility>

#include "cohort/base/status.h"

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
  Lock lock(mutex_);
  if (shut_) return;
  shut_ = true;
  tasks_.notify_all();
  dirty_.notify_all();
  earlier_.notify_all();
  told_.notify_all();
  // What the disk works on stands before what is open.
  committed_.wait(lock, [&] { return syncing_ == 0; });
  if (open_transaction_) CommitNow().IgnoreError();
}

absl::Status Core::Start() {
  const Lock lock(mutex_);
  std::vector<std::int64_t> busy;
  COHORT_RETURN_IF_ERROR(store_->ForEachOpenRun([&](const RunRow& run) {
    if (run.busy) busy.push_back(run.row);
    Remember(run.due, run.row);
    return absl::OkStatus();
  }));
  Unit unit;
  unit.now = clock_.Now();
  unit.first = true;
  for (const std::int64_t row : busy) {
    if (absl::Status s = Touch(unit, row).status(); !s.ok()) SetAside(row, s);
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

absl::Status Core::CheckRunning() const {
  if (shut_) return absl::CancelledError("the engine has been shut down");
  return broken_;
}

absl::Status Core::Transact(Durably durably,
                            absl::FunctionRef<absl::Status(Unit&)> body) {
  Lock lock(mutex_);
  COHORT_RETURN_IF_ERROR(CheckRunning());
  Unit unit;
  unit.now = clock_.Now();
  unit.durable = durably == Durably::kYes;
  return Perform(lock, unit, body);
}

absl::Status Core::Perform(Lock& lock, Unit& unit,
                           absl::FunctionRef<absl::Status(Unit&)> body) {
  absl::Status status = body(unit);
  if (IsAnAnswer(status)) {
    if (absl::Status called = CarryOutCalls(unit); !called.ok()) {
      status = std::move(called);
    }
  }
  if (!IsAnAnswer(status)) {
    if (unit.wrote) {
      Forget(status);
      unit.forgotten = true;
    } else {
      Restore(unit.touched);
    }
    return status;
  }
  if (absl::Status written = Write(unit); !written.ok()) {
    Forget(written);
    unit.forgotten = true;
    return written;
  }
  if (absl::Status ended = EndUnit(lock, unit); !ended.ok()) {
    unit.forgotten = true;
    return ended;
  }
  return status;
}

// Calls touch other runs, which may call others, and those that came before
// once more. What a call met is in the histories: only what contradicts them is
// an error.
absl::Status Core::CarryOutCalls(Unit& unit) {
  bool any = true;
  while (std::exchange(any, false)) {
    for (std::size_t i = 0; i < unit.touched.size(); ++i) {
      Live& live = *live_.at(unit.touched[i]);
      CheckLimits(live);
      for (const LedgerCall& call : live.ledger.TakeCalls()) {
        any = true;
        const absl::Status called = CarryOut(unit, live, call);
        if (!IsAnAnswer(called)) return called;
      }
    }
  }
  return absl::OkStatus();
}

// What the unit wrote, or found, is to be on disk before the caller hears.
absl::Status Core::EndUnit(Lock& lock, const Unit& unit) {
  if (!open_transaction_) {
    // What it found may be on its way to the disk.
    return unit.durable && syncing_ != 0 ? WaitCommitted(lock, syncing_)
                                         : absl::OkStatus();
  }
  if (options_.commit_inline) return CommitNow();
  dirty_.notify_one();
  return unit.durable ? WaitCommitted(lock, transaction_) : absl::OkStatus();
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
  if (!ledger.task_open()) ledger.DropPages();
  Promises now;
  // Where nothing was written it can be kept at once.
  const bool waits = !IsOnDisk(live);
  Promises& promises = waits ? promises_[live.transaction] : now;
  for (const std::int64_t event : ledger.TakeDispatched()) {
    promises.activities.push_back({live.row, event});
  }
  if (ledger.has_news()) promises.news = true;
  Keep(now);
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

}  // namespace cohort
