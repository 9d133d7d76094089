// Workers on Temporal's own server: what they do is recorded as other SDKs'
// workers have it recorded, and replays.
#include "cohort/temporal/cluster_port.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "cohort/temporal/cluster_client.h"
#include "cohort/temporal/dev_server.h"
#include "cohort/testing/replayer.h"
#include "cohort/worker/worker.h"
#include "cohort/workflow/workflow.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

Task<std::string> Order(Context& ctx, std::string id) {
  const auto paid = std::make_shared<int>(0);
  ctx.OnSignal("pay", [paid](int amount) { *paid += amount; });
  ctx.OnQuery("paid", [paid] { return *paid; });
  ctx.OnUpdate(
      "add", [paid](int amount) { return *paid += amount; },
      [](int amount) {
        if (amount < 0) throw ApplicationError("negative");
      });
  const ActivityOptions options = ActivityOptions().StartToClose(10s);
  co_await ctx.Activity<std::string>(options, "validate", id);
  if (GetVersion(ctx, "Step1", 1, 2) == 2) co_await ctx.Sleep(10ms);
  const int seed = ctx.SideEffect([] { return 7; });
  const int local = co_await ctx.LocalActivity<int>("count", seed);
  co_await ctx.Until([paid] { return *paid >= 100; });
  if (Patched(ctx, "ship-fast")) {
    co_await ctx.Activity<std::string>(options, "ship", id);
  }
  co_return "shipped:" + id + ":" + std::to_string(local);
}

Task<std::string> Parent(Context& ctx) {
  auto child =
      ctx.StartChild<std::string>(ChildOptions().WorkflowId("child"), "Child");
  const ExternalWorkflow started = co_await child.started();
  co_await ctx.SignalExternal(started, "go", std::string("x"));
  co_return co_await child.result();
}
Task<std::string> Child(Context& ctx) {
  co_return co_await ctx.Signals<std::string>("go").Receive();
}

Task<int> Counter(Context& ctx, int n) {
  if (n < 3) ctx.ContinueAsNew(ContinueAsNewOptions(), n + 1);
  co_return n;
}

Task<void> Waits(Context& ctx) { co_await ctx.Sleep(1h); }

class Live : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto server = DevServer::Start();
    if (!server.ok()) {
      std::cout << "skipped: " << server.status().message() << "\n";
      return;
    }
    server_ = server->release();
  }
  static void TearDownTestSuite() { delete server_; }

  void SetUp() override {
    if (server_ == nullptr) GTEST_SKIP();
    service_ = *Service::Open({.address = server_->address()});
    client_ = std::make_unique<ClusterClient>(service_);
    port_ = std::make_unique<ClusterPort>(service_);
    registry_.Workflow("Order", Order)
        .Workflow("Parent", Parent)
        .Workflow("Child", Child)
        .Workflow("Counter", Counter)
        .Workflow("Waits", Waits);
    activities_.Add("validate", [](std::string id) { return id; })
        .Add("ship", [](std::string id) { return id; })
        .Add("count", [](int n) { return n + 1; });
  }
  void TearDown() override { worker_.reset(); }

  void Work(std::size_t cached = 100) {
    worker_.reset();
    worker_ = std::make_unique<Worker>(*port_, WorkerOptions(Queue())
                                                   .Workflows(registry_)
                                                   .Does(activities_)
                                                   .CachedRuns(cached));
    ASSERT_TRUE(worker_->Start().ok());
  }
  static std::string Queue() {
    return ::testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  ClusterRun Start(std::string type, std::string id, Payloads input = {}) {
    const auto run = client_->Start(ClusterStart(std::move(type), Queue())
                                        .WorkflowId(std::move(id))
                                        .Input(std::move(input)));
    EXPECT_TRUE(run.ok()) << run.status();
    return run.value_or(ClusterRun());
  }
  template <typename T>
  T ResultOf(const ClusterRun& run) {
    const auto end = client_->End(run, absl::Seconds(60));
    EXPECT_TRUE(end.ok()) << end.status();
    if (!end.ok()) return T();
    EXPECT_EQ(end->status, RunStatus::kCompleted) << end->failure.message;
    if (end->result.empty()) return T();
    return FromPayload<T>(end->result[0]).value_or(T());
  }
  History HistoryOf(const ClusterRun& run) {
    const auto history = client_->FetchHistory(run);
    EXPECT_TRUE(history.ok()) << history.status();
    return history.value_or(History());
  }
  void ExpectReplays(const ClusterRun& run) {
    const ReplayReport report = Replayer(registry_).Replay(HistoryOf(run));
    EXPECT_EQ(report.verdict, Verdict::kClean) << report.ToString();
  }
  int CountOf(const History& history, EventType type) {
    int count = 0;
    for (const Event& event : history.events()) count += event.type == type;
    return count;
  }

  static DevServer* server_;
  Registry registry_;
  Activities activities_;
  std::shared_ptr<Service> service_;
  std::unique_ptr<ClusterClient> client_;
  std::unique_ptr<ClusterPort> port_;
  std::unique_ptr<Worker> worker_;
};
DevServer* Live::server_ = nullptr;

TEST_F(Live, AnOrderIsShipped) {
  for (const std::size_t cached : {100u, 0u}) {
    SCOPED_TRACE(cached);
    Work(cached);
    const std::string id = "order-" + std::to_string(cached);
    const ClusterRun run = Start("Order", id, ToPayloads(std::string("17")));
    const auto sum = client_->Update(run, "add", ToPayloads(40));
    ASSERT_TRUE(sum.ok()) << sum.status();
    EXPECT_EQ(FromPayload<int>(sum->at(0)).value_or(-1), 40);
    const auto refused = client_->Update(run, "add", ToPayloads(-1));
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr("negative"));
    const auto paid = client_->Query(run, "paid", {});
    ASSERT_TRUE(paid.ok()) << paid.status();
    EXPECT_EQ(FromPayload<int>(paid->at(0)).value_or(-1), 40);
    const auto unknown = client_->Query(run, "no-such", {});
    EXPECT_EQ(unknown.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_TRUE(client_->Signal(run, "pay", ToPayloads(60)).ok());
    EXPECT_EQ(ResultOf<std::string>(run), "shipped:17:8");
    const History history = HistoryOf(run);
    EXPECT_EQ(CountOf(history, EventType::kWorkflowTaskFailed), 0);
    EXPECT_EQ(CountOf(history, EventType::kWorkflowTaskTimedOut), 0);
    ExpectReplays(run);
  }
}

TEST_F(Live, VersionsAreFoundByTheServersOwnQuery) {
  Work();
  const ClusterRun run =
      Start("Order", "versions", ToPayloads(std::string("1")));
  ASSERT_TRUE(client_->Signal(run, "pay", ToPayloads(100)).ok());
  EXPECT_EQ(ResultOf<std::string>(run), "shipped:1:8");
  for (const char* element : {"Step1-2", "ship-fast"}) {
    std::string found;
    for (int i = 0; i < 200 && found.find("versions") == std::string::npos;
         ++i) {
      absl::SleepFor(absl::Milliseconds(50));
      const auto out = server_->Cli(
          {"workflow", "list", "--query",
           std::string("WorkflowId = \"versions\" AND TemporalChangeVersion = "
                       "\"") +
               element + "\""});
      ASSERT_TRUE(out.ok());
      found = *out;
    }
    EXPECT_THAT(found, HasSubstr("versions")) << element;
  }
}

TEST_F(Live, ChildrenAndChains) {
  Work();
  EXPECT_EQ(ResultOf<std::string>(Start("Parent", "parent")), "x");
  ExpectReplays({"parent", ""});
  const ClusterRun first = Start("Counter", "counter", ToPayloads(1));
  auto end = client_->End(first);
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->status, RunStatus::kContinuedAsNew);
  EXPECT_NE(end->next.run_id, "");
  end = client_->End(end->next);
  EXPECT_EQ(ResultOf<int>(end->next), 3);
}

TEST_F(Live, CancelsAndFails) {
  Work();
  const ClusterRun run = Start("Waits", "waits");
  ASSERT_TRUE(client_->Cancel(run).ok());
  const auto end = client_->End(run);
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->status, RunStatus::kCanceled);
  ExpectReplays(run);
}

// Code that disagrees with what is recorded blocks the run, and says why.
TEST_F(Live, NondeterminismFailsTheTaskWithItsCause) {
  Work();
  const ClusterRun run = Start("Waits", "changed");
  for (int i = 0; i < 200; ++i) {
    if (CountOf(HistoryOf(run), EventType::kTimerStarted) > 0) break;
    absl::SleepFor(absl::Milliseconds(20));
  }
  worker_.reset();
  Registry changed;
  changed.Workflow("Waits", [](Context& ctx) -> Task<void> {
    co_await ctx.Activity<std::string>("validate", std::string("x"));
  });
  registry_ = std::move(changed);
  Work();
  ASSERT_TRUE(client_->Signal(run, "wake", {}).ok());
  History history;
  for (int i = 0; i < 400; ++i) {
    history = HistoryOf(run);
    if (CountOf(history, EventType::kWorkflowTaskFailed) > 0) break;
    absl::SleepFor(absl::Milliseconds(20));
  }
  const auto out = server_->Cli(
      {"workflow", "show", "--workflow-id", "changed", "--output", "json"});
  ASSERT_TRUE(out.ok());
  EXPECT_THAT(*out,
              HasSubstr("WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR"));
  EXPECT_THAT(*out, HasSubstr("TMPRL1100"));
  EXPECT_TRUE(client_->Terminate(run).ok());
}

TEST_F(Live, AnotherWorkerGoesOn) {
  Work();
  const ClusterRun run = Start("Order", "moves", ToPayloads(std::string("2")));
  for (int i = 0; i < 200; ++i) {
    if (CountOf(HistoryOf(run), EventType::kActivityTaskCompleted) > 0) break;
    absl::SleepFor(absl::Milliseconds(20));
  }
  Work();  // a new one: nothing is cached
  ASSERT_TRUE(client_->Signal(run, "pay", ToPayloads(100)).ok());
  EXPECT_EQ(ResultOf<std::string>(run), "shipped:2:8");
  EXPECT_EQ(CountOf(HistoryOf(run), EventType::kWorkflowTaskFailed), 0);
  ExpectReplays(run);
}

}  // namespace
}  // namespace cohort
