// Core: the engine behind its lock. Runs in memory, queues, timers, commits.
//
// Every change is a unit: ledgers are touched, calls between runs are carried
// out, and all of it is written into the open transaction of the store. While
// the disk works on one transaction the next one fills (group commit); what
// callers were promised, and the activities that were scheduled, wait for the
// commit. Workflow tasks do not: they only compute. If a write or a commit
// fails, everything since the last commit is forgotten, in the store and in
// memory. A run that cannot be read is set aside: the others go on without it.
//
// Files: core.cc (units), core_runs.cc (runs that come into memory and leave
// it), core_commit.cc, core_calls.cc (between runs), core_tasks.cc (TaskPort:
// workflow tasks), core_activities.cc (TaskPort: activities), core_start.cc
// (runs that begin), core_client.cc and core_reset.cc (what clients ask),
// core_time.cc.
// Threads: any. Errors: as of Ledger, Store and TaskPort.
#ifndef COHORT_EMBEDDED_CORE_H_
#define COHORT_EMBEDDED_CORE_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/corpus/query.h"
#include "cohort/embedded/clock.h"
#include "cohort/embedded/ledger.h"
#include "cohort/embedded/requests.h"
#include "cohort/embedded/store.h"
#include "cohort/worker/observer.h"
#include "cohort/worker/task_port.h"

namespace cohort {

// Documented limits of a history: past the first two it is said that the run
// should continue as new, past the others the run is terminated.
struct HistoryLimits {
  std::int64_t events_warn = 10'240;
  std::int64_t bytes_warn = 10 * 1024 * 1024;
  std::int64_t events_max = 51'200;
  std::int64_t bytes_max = 50 * 1024 * 1024;
};

struct CoreOptions {
  // Commit each unit at once, in the caller's thread.
  bool commit_inline = true;
  // Ledgers kept in memory; those that can go go beyond it.
  std::size_t ledgers_max = 10'000;
  HistoryLimits limits;
  Observer* observer = nullptr;
};

// Does the caller wait until its unit is on disk?
enum class Durably : std::uint8_t { kYes, kNo };

class Core final : public TaskPort {
 public:
  Core(std::unique_ptr<Store> store, Clock& clock, CoreOptions options);
  ~Core() override;

  // Reads the open runs: what is due, what is to be handed out.
  absl::Status Start();
  // Refuses all polls from now on; commits what is open.
  void Shutdown();

  // --- TaskPort ------------------------------------------------------------
  void Join(const Poller& poller) override;
  void Leave(const Poller& poller) override;
  absl::StatusOr<std::optional<WorkflowTask>> PollWorkflow(
      const Poller& poller, absl::Duration wait) override;
  absl::StatusOr<std::vector<History>> FetchWhole(
      const std::string& token) override;
  absl::StatusOr<TurnReceipt> CompleteTurn(const std::string& token,
                                           TurnCompletion completion) override;
  absl::Status FailTurn(const std::string& token, TurnFailure failure) override;
  void AnswerQueries(const std::string& token,
                     std::vector<QueryAnswer> answers) override;
  absl::StatusOr<std::optional<ActivityTask>> PollActivity(
      const Poller& poller, absl::Duration wait) override;
  absl::Status CompleteActivity(const std::string& token,
                                Payloads result) override;
  absl::Status FailActivity(const std::string& token, Failure failure) override;
  absl::Status CancelActivity(const std::string& token,
                              Payloads details) override;
  void LeaveOpen(const std::string& token) override;
  absl::StatusOr<bool> Heartbeat(const std::string& token,
                                 Payloads details) override;

  // --- What clients ask; see Client ----------------------------------------
  absl::StatusOr<RunKey> StartRun(StartRequest request);
  absl::Status Signal(const RunKey& run, std::string_view name, Payloads input);
  absl::Status RequestCancel(const RunKey& run, std::string_view reason);
  absl::Status Terminate(const RunKey& run, std::string_view reason);
  absl::StatusOr<RunKey> Reset(const RunKey& run, std::int64_t event,
                               std::string_view reason);
  absl::Status RequestUpdate(const RunKey& run, UpdateRequest request);
  absl::StatusOr<UpdateOutcome> FindUpdate(const RunKey& run,
                                           std::string_view id);
  absl::StatusOr<std::string> AskQuery(const RunKey& run, std::string_view name,
                                       Payloads input);
  // nullopt: not answered yet. An answer is given once.
  std::optional<QueryAnswer> TakeAnswer(const std::string& query);
  // Nobody waits for its answer any more.
  void DropQuery(const std::string& query);
  absl::StatusOr<RunDescription> Describe(const RunKey& run);
  // nullopt: it is open.
  absl::StatusOr<std::optional<RunEnd>> FindEnd(const RunKey& run);
  absl::Status List(const Query& query,
                    absl::FunctionRef<absl::Status(const RunDescription&)> use);
  // Is no run of this task queue open?
  absl::StatusOr<bool> Drained(std::string_view queue);
  absl::StatusOr<std::string> ReadHistory(const RunKey& run);
  absl::Status EndActivityDurably(const std::string& token,
                                  ActivityOutcome::End how, Payloads result,
                                  Failure failure);

  // --- Time ----------------------------------------------------------------
  // When something is due next.
  absl::Time NextDue();
  // Workflow tasks that were completed since the engine was opened.
  std::int64_t turns();
  // All that is due by now. A run that cannot go on is set aside, and the first
  // such error is the answer; after one of the store nothing more is tried.
  absl::Status FireDue();
  // Waits until `done` (called without the lock) or the real-time deadline.
  bool WaitFor(absl::FunctionRef<bool()> done, absl::Time deadline);
  // Real time: until something is due, at most for so long.
  void WaitForDue(absl::Duration at_most);
  // Real time: for so long, or until Shutdown.
  void Pause(absl::Duration duration);
  std::int64_t commits();
  Clock& clock() { return clock_; }
  Store& store() { return *store_; }

 private:
  struct Live {
    explicit Live(std::int64_t r) : row(r) {}
    std::int64_t row;
    Ledger ledger;
    absl::Time due = absl::InfiniteFuture();  // as the timers know it
    bool touched = false;
    bool warned = false;
    std::int64_t transaction = 0;  // that wrote it last
    bool replaced = false;         // a reset ends it: its children live on
    std::int64_t next_row = 0;     // of the run that it continues as
    std::list<std::int64_t>::iterator used;
  };
  struct Unit {
    absl::Time now;
    std::vector<std::int64_t> touched;
    // Of these the commit has to be waited for whatever the caller wants.
    bool durable = false;
    bool wrote = false;  // before its end
    // The process has just begun: attempts that the store says are running went
    // with the one before.
    bool first = false;
    bool forgotten = false;  // the store did not take it
  };
  struct ActivityRef {
    std::int64_t row;
    std::int64_t event;
  };
  // What waits for a commit.
  struct Promises {
    std::vector<ActivityRef> activities;  // that may begin
    bool news = false;                    // for clients
  };
  struct TaskQueue {
    std::deque<std::int64_t> workflows;  // runs
    std::deque<ActivityRef> activities;
    std::deque<std::int64_t> queries;
  };
  struct OpenQuery {
    std::int64_t row = 0;
    QueryRequest request;
    bool out = false;
    std::optional<QueryAnswer> answer;
  };
  using Lock = std::unique_lock<std::mutex>;

  // core.cc
  absl::Status Transact(Durably durably,
                        absl::FunctionRef<absl::Status(Unit&)> body);
  absl::Status CheckRunning() const;
  absl::Status Perform(Lock& lock, Unit& unit,
                       absl::FunctionRef<absl::Status(Unit&)> body);
  absl::Status CarryOutCalls(Unit& unit);
  absl::Status EndUnit(Lock& lock, const Unit& unit);
  absl::Status Write(Unit& unit);
  absl::Status WriteOne(Live& live);
  absl::Status WriteChanges(std::int64_t row, const LedgerChanges& changes);
  void AfterWrite(Live& live);
  void CheckLimits(Live& live);
  void Keep(const Promises& promises);
  void TellClients();
  RunRow RowOf(const Live& live) const;
  void Remember(absl::Time due, std::int64_t row);

  // core_runs.cc
  absl::StatusOr<Live*> Touch(Unit& unit, std::int64_t row);
  absl::StatusOr<Live*> Load(const Unit& unit, std::int64_t row);
  Live& Insert(std::unique_ptr<Live> live);
  Live& Adopt(Unit& unit, std::unique_ptr<Live> live);
  void Discard(std::int64_t row);
  void SetAside(std::int64_t row, const absl::Status& why);
  void Restore(const std::vector<std::int64_t>& rows);
  void Forget(const absl::Status& why);
  bool CanGo(const Live& live) const;
  void EvictLedgers();

  // core_commit.cc
  bool IsOnDisk(const Live& live) const;
  absl::Status EndTransaction();
  void Committed(std::int64_t transaction, const absl::Status& synced);
  absl::Status CommitNow();
  absl::Status WaitCommitted(Lock& lock, std::int64_t transaction);
  void CommitLoop();

  // core_calls.cc
  absl::Status CarryOut(Unit& unit, Live& from, const LedgerCall& call);
  absl::Status StartChild(Unit& unit, Live& parent, const LedgerCall& call);
  absl::Status SignalOther(Unit& unit, Live& from, const LedgerCall& call);
  absl::Status CancelOther(Unit& unit, Live& from, const LedgerCall& call);
  absl::Status Closed(Unit& unit, Live& run, const LedgerCall& call);
  absl::Status ContinueAsNew(Unit& unit, Live& run, const LedgerCall& call);
  absl::Status TellParent(Unit& unit, Live& run, const Command& closing);
  absl::StatusOr<Live*> FindTarget(Unit& unit, const Live& from,
                                   std::string_view workflow_id,
                                   std::string_view run_id, bool child_only);

  // core_start.cc
  absl::StatusOr<RunKey> StartIn(Unit& unit, StartRequest request,
                                 std::vector<Attribute> more,
                                 std::int64_t row = 0);
  EventDraft StartDraft(absl::Time now, std::int64_t row,
                        const StartRequest& request,
                        std::vector<Attribute> more);
  absl::StatusOr<std::optional<RunKey>> MakeWay(Unit& unit,
                                                const StartRequest& request);
  absl::StatusOr<std::int64_t> RowOfKey(const RunKey& key);
  absl::StatusOr<Live*> TouchKey(Unit& unit, const RunKey& key);

  // core_time.cc
  absl::Time EarliestDue();
  absl::StatusOr<std::optional<std::int64_t>> PopDue(absl::Time now);

  // core_reset.cc
  absl::Status EndForReset(Unit& unit, Live& run, std::string_view reason);
  absl::StatusOr<RunKey> BeginAt(Unit& unit, const Live& base,
                                 const History& history, std::int64_t event,
                                 std::string_view reason);

  // core_tasks.cc
  std::optional<WorkflowTask> TakeWorkflow(const Poller& poller);
  absl::StatusOr<WorkflowTask> BeginTask(Unit& unit, std::int64_t row,
                                         const std::string& worker);
  std::optional<WorkflowTask> TakeQuery(const Poller& poller);
  absl::StatusOr<WorkflowTask> QueryTask(const OpenQuery& query,
                                         std::int64_t id,
                                         const std::string& worker);
  void AnswerQuery(OpenQuery& query, absl::Status why);
  absl::Status FillPages(std::int64_t row, TaskStart* start);
  bool WaitForTask(Lock& lock, absl::Time deadline);

  // core_client.cc
  absl::StatusOr<History> HistoryOf(std::int64_t row);
  RunDescription DescriptionOf(const RunRow& run) const;

  // core_activities.cc
  absl::Status EndActivity(Durably durably, const std::string& token,
                           ActivityOutcome::End how, Payloads result,
                           Failure failure);

  std::unique_ptr<Store> store_;
  Clock& clock_;
  CoreOptions options_;

  std::mutex mutex_;
  std::condition_variable tasks_;      // something can be polled
  std::condition_variable committed_;  // a transaction has ended
  std::condition_variable told_;       // `news_` has grown
  std::condition_variable dirty_;      // one is open
  std::condition_variable earlier_;    // something is due earlier than before
  bool shut_ = false;
  std::set<std::string> left_;  // workers

  std::unordered_map<std::int64_t, std::unique_ptr<Live>> live_;
  std::unordered_map<std::string, std::int64_t> rows_;  // of these, by run id
  std::list<std::int64_t> used_;  // the one touched last stands first
  // Runs that could not be read, and why; they are tried again when somebody
  // wants something of them.
  std::map<std::int64_t, absl::Status> set_aside_;
  std::map<std::string, TaskQueue, std::less<>> queues_;
  std::map<std::int64_t, OpenQuery> queries_;
  std::int64_t last_query_ = 0;
  std::int64_t last_nonce_ = 0;
  std::int64_t turns_ = 0;
  // How often there was something that clients wait for; see TellClients.
  std::int64_t news_ = 0;
  // (instant, run); what a run does not know of any more is passed over.
  using Timer = std::pair<std::int64_t, std::int64_t>;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;

  bool open_transaction_ = false;
  std::int64_t transaction_ = 0;  // the number of the open or the last one
  std::int64_t syncing_ = 0;      // of the one that the disk works on; 0: none
  std::int64_t last_committed_ = 0;
  std::map<std::int64_t, absl::Status> failed_;  // transactions
  absl::Status broken_;                          // nothing more can be written
  std::map<std::int64_t, Promises> promises_;    // until that one's commit
  std::thread committer_;
};

}  // namespace cohort

#endif  // COHORT_EMBEDDED_CORE_H_
