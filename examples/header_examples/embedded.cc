// The examples of the headers of embedded that are below its engine. Paths are
// those of main.cc's folder.
#include "cohort/embedded/embedded.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/base/status.h"
#include "cohort/embedded/activity_schedule.h"
#include "cohort/embedded/check.h"
#include "cohort/embedded/clock.h"
#include "cohort/embedded/fault_vfs.h"
#include "cohort/embedded/history_source.h"
#include "cohort/embedded/ledger.h"
#include "cohort/embedded/store.h"
#include "cohort/embedded/token.h"
#include "cohort/examples/header_examples/surroundings.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

// A store with one run, and the run's id.
absl::StatusOr<std::string> MakeStore() {
  COHORT_ASSIGN_OR_RETURN(std::unique_ptr<EmbeddedEngine> engine,
                          EmbeddedEngine::Open("orders.db", EngineOptions()));
  COHORT_ASSIGN_OR_RETURN(
      const RunKey run, engine->client().Start(StartRequest("Order", "rest")));
  return run.run_id;
}

absl::Status CheckOrders(std::vector<std::string>& printed) {
  const auto Print = [&](const std::string& line) { printed.push_back(line); };
  // snippet: embedded/check.h
  COHORT_ASSIGN_OR_RETURN(StoreReport report, CheckStore("orders.db"));
  for (const std::string& problem : report.problems) Print(problem);
  // end of snippet
  EXPECT_GE(report.runs, 1);
  return absl::OkStatus();
}

absl::Status FetchOrder(const std::string& run_id) {
  // snippet: embedded/history_source.h
  EmbeddedSource source;
  COHORT_ASSIGN_OR_RETURN(History history, source.Fetch("orders.db?" + run_id));
  // end of snippet
  EXPECT_EQ(history.events().front().name(), "Order");
  return absl::OkStatus();
}

TEST(EmbeddedStoreHeaders, StoreIsCheckedAndRead) {
  const absl::StatusOr<std::string> run_id = MakeStore();
  ASSERT_TRUE(run_id.ok()) << run_id.status();
  std::vector<std::string> problems;
  EXPECT_OK(CheckOrders(problems));
  EXPECT_TRUE(problems.empty());
  EXPECT_OK(FetchOrder(*run_id));
}

absl::Status AppendTo(const RunRow& row, const std::string& events) {
  // snippet: embedded/store.h
  COHORT_ASSIGN_OR_RETURN(std::unique_ptr<Store> store,
                          Store::Open("rows.db", {}));
  COHORT_RETURN_IF_ERROR(store->Begin());
  COHORT_RETURN_IF_ERROR(store->Append(row.row, 1, events));
  COHORT_RETURN_IF_ERROR(store->Put(row));
  COHORT_RETURN_IF_ERROR(store->Commit());
  // end of snippet
  COHORT_ASSIGN_OR_RETURN(const std::string read, store->ReadHistory(row.row));
  EXPECT_NE(read.find(events), std::string::npos);
  return absl::OkStatus();
}

TEST(EmbeddedStoreHeaders, TransactionsAppendEvents) {
  RunRow row;
  row.row = 1;
  row.workflow_id = "order-17";
  row.run_id = "run-1";
  EXPECT_OK(AppendTo(row, R"({"eventId":"1"})"));
}

absl::Status OpenLedger(const std::vector<EventDraft>& start, absl::Time now,
                        std::string& events) {
  // snippet: embedded/ledger.h
  Ledger ledger;
  COHORT_RETURN_IF_ERROR(ledger.Open(now, start));
  LedgerChanges changes = ledger.TakeChanges();  // into the store
  // end of snippet
  events = changes.events;
  return absl::OkStatus();
}

TEST(EmbeddedStoreHeaders, LedgerBeginsWithTheStart) {
  EventDraft start;
  start.type = EventType::kWorkflowExecutionStarted;
  start.text(Text::kName) = "Order";
  std::string events;
  EXPECT_OK(OpenLedger({start}, kNow, events));
  EXPECT_NE(events.find("Order"), std::string::npos) << events;
}

TEST(EmbeddedStoreHeaders, AttemptsAreDue) {
  const ActivityRules rules{.start_to_close = absl::Seconds(10)};
  Attempt attempt;
  attempt.stage = AttemptStage::kStarted;
  attempt.first_scheduled = attempt.scheduled = attempt.started =
      attempt.heartbeat = kNow;
  const absl::Time now = kNow + absl::Seconds(10);
  std::vector<DueWhat> done;
  const auto Act = [&](DueWhat what) { done.push_back(what); };
  // snippet: embedded/activity_schedule.h
  ActivityDue due = NextDue(rules, attempt);
  if (due.at <= now) Act(due.what);  // what happens at that instant
  // end of snippet
  EXPECT_EQ(done, std::vector{DueWhat::kStartToClose});
}

TEST(EmbeddedStoreHeaders, VirtualTimeGoesOnWhenTold) {
  // snippet: embedded/clock.h
  VirtualClock clock;  // begins at 2026-01-01T00:00:00Z
  clock.AdvanceTo(clock.Now() + absl::Hours(24));
  // end of snippet
  EXPECT_EQ(absl::FormatTime(clock.Now(), absl::UTCTimeZone()),
            "2026-01-02T00:00:00+00:00");
}

TEST(EmbeddedStoreHeaders, PowerIsCut) {
  const std::uint64_t seed = 7;
  // snippet: embedded/fault_vfs.h
  FaultVfs vfs;       // SQLite's default from now on
  vfs.ShortWrite(3);  // of the next writes the third is cut short
  EXPECT_FALSE(Store::Open("faulty.db", {}).ok());
  vfs.Boot(vfs.AfterPowerCut(/*torn=*/true, seed));  // what was durable
  // end of snippet
  EXPECT_GE(vfs.writes(), 3);
}

absl::Status NameTask(std::int64_t run, std::int64_t event,
                      std::int64_t attempt) {
  // snippet: embedded/token.h
  std::string text = TokenOf({TokenKind::kActivity, run, event, attempt});
  COHORT_ASSIGN_OR_RETURN(Token token, ReadToken(text));
  // end of snippet
  EXPECT_EQ(token.a, event);
  return absl::OkStatus();
}

TEST(EmbeddedStoreHeaders, TokensNameTasks) { EXPECT_OK(NameTask(1, 5, 2)); }

}  // namespace
}  // namespace cohort
