// What a run can do, and what clients can ask of it: live, then replayed.

#include <chrono>
#include <string>

#include "cohort/testing/engine_fixture.h"
#include "gmock/gmock.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

Task<std::string> Parent(Context& ctx, std::string how) {
  ChildOptions options = ChildOptions().WorkflowId("child");
  auto child = ctx.StartChild<std::string>(options, "Child", how);
  const ExternalWorkflow started = co_await child.started();
  co_await ctx.SignalExternal(started, "go", how);
  if (how == "cancel") child.Cancel();
  Result<std::string> result = co_await AsResult(child.result());
  co_return result.ok() ? result.value() : "error: " + result.message();
}
Task<std::string> Child(Context& ctx, std::string how) {
  std::string signal = co_await ctx.Signals<std::string>("go").Receive();
  if (how == "fail") throw ApplicationError("no luck");
  if (how == "again") {
    ctx.ContinueAsNew(ContinueAsNewOptions(), std::string("second"));
  }
  co_await ctx.Sleep(1h);
  co_return how + "/" + signal;
}

class Children : public EngineTest {
 protected:
  Children() { registry.Workflow("Parent", Parent).Workflow("Child", Child); }
};

TEST_F(Children, AreStartedSignaledAndHeard) {
  Work();
  const RunKey run = Start("Parent", std::string("plain"));
  EXPECT_EQ(ResultOf<std::string>(run), "plain/plain");
  EXPECT_EQ(EventsOf(run),
            "WorkflowExecutionStarted StartChildWorkflowExecutionInitiated "
            "ChildWorkflowExecutionStarted "
            "SignalExternalWorkflowExecutionInitiated "
            "ExternalWorkflowExecutionSignaled ChildWorkflowExecutionCompleted "
            "WorkflowExecutionCompleted");
  ExpectReplays(run);
  ExpectReplays({"child", ""});
}

TEST_F(Children, FailAndAreCanceled) {
  Work(0);
  EXPECT_EQ(ResultOf<std::string>(Start("Parent", std::string("fail"))),
            "error: no luck");
  const RunKey run = Start("Parent", std::string("cancel"));
  EXPECT_THAT(ResultOf<std::string>(run), HasSubstr("cancel"));
  EXPECT_THAT(EventsOf({"child", ""}),
              HasSubstr("WorkflowExecutionCancelRequested"));
  ExpectReplays(run);
}

TEST_F(Children, ThatExistAlreadyAreNotStarted) {
  Work();
  Start("Child", std::string("x"));
  ASSERT_TRUE(engine->client()
                  .Start(StartRequest("Child", "q")
                             .WorkflowId("child")
                             .Input(ToPayloads(std::string("other"))))
                  .ok());
  auto parent =
      engine->client().Start(StartRequest("Parent", "q")
                                 .WorkflowId("p")
                                 .Input(ToPayloads(std::string("plain"))));
  auto end = engine->client().End(*parent);
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->status, RunStatus::kFailed);
  EXPECT_THAT(end->failure.message, HasSubstr("WORKFLOW_ALREADY_EXISTS"));
}

TEST_F(Children, AreEndedWithTheirParent) {
  Work();
  const RunKey run = Start("Parent", std::string("plain"));
  ASSERT_TRUE(engine->RunReady().ok());
  ASSERT_TRUE(engine->client().Terminate(run, "enough").ok());
  auto end = engine->client().End({"child", ""});
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_EQ(end->status, RunStatus::kTerminated);
}

Task<int> Counter(Context& ctx, int n) {
  co_await ctx.Sleep(1s);
  if (n < 3) ctx.ContinueAsNew(ContinueAsNewOptions(), n + 1);
  co_return n;
}

TEST_F(EngineTest, ContinuesAsNew) {
  registry.Workflow("Counter", Counter);
  Work();
  EXPECT_EQ(ResultOf<int>(Start("Counter", 1)), 3);
  auto runs = engine->client().List("ExecutionStatus = 'ContinuedAsNew'");
  ASSERT_TRUE(runs.ok()) << runs.status();
  EXPECT_EQ(runs->size(), 2u);
}

// One of each: an update with a validator, a query, a local activity that is
// tried again, a side effect, a version, a cancelable wait.
Task<std::string> Desk(Context& ctx) {
  auto open = std::make_shared<int>(0);
  ctx.OnUpdate(
      "add", [open](int n) { return *open += n; },
      [](int n) {
        if (n < 0) throw ApplicationError("negative");
      });
  ctx.OnQuery("sum", [open] { return *open; });
  const int seed = ctx.SideEffect([] { return 7; });
  const int local = co_await ctx.LocalActivity<int>(
      LocalActivityOptions().Retry(RetryPolicy().Backoff(1s, 2.0, 10s)),
      "flaky");
  if (GetVersion(ctx, "step", kDefaultVersion, 2) == 2) {
    co_await ctx.Sleep(1s);
  }
  co_await ctx.Until([open] { return *open >= 10; });
  co_return std::to_string(*open + seed + local);
}

TEST_F(EngineTest, UpdatesQueriesAndLocalActivities) {
  registry.Workflow("Desk", Desk);
  activities.Add("flaky", [n = std::make_shared<int>(0)]() -> int {
    if (++*n < 3) throw ApplicationError("not yet");
    return 100;
  });
  for (const std::size_t cached : {100u, 0u}) {
    Work(cached);
    const RunKey run = Start("Desk");
    Client& client = engine->client();
    auto first = client.Update<int>(run, "add", 4);
    ASSERT_TRUE(first.ok()) << first.status();
    EXPECT_EQ(*first, 4);
    const auto before = client.Describe(run)->listing.events;
    auto refused = client.Update<int>(run, "add", -1);
    EXPECT_THAT(std::string(refused.status().message()),
                HasSubstr("rejected: negative"));
    EXPECT_EQ(client.Describe(run)->listing.events, before);
    auto unknown = client.Update<int>(run, "nothing", 1);
    EXPECT_THAT(std::string(unknown.status().message()),
                HasSubstr("takes no update"));
    EXPECT_EQ(*client.Query<int>(run, "sum"), 4);
    EXPECT_EQ(*client.Update<int>(run, "add", 6), 10);
    EXPECT_EQ(ResultOf<std::string>(run), "117");
    EXPECT_EQ(*client.Query<int>(run, "sum"), 10);  // of a closed run
    EXPECT_THAT(client.Describe(run)->listing.change_versions,
                ::testing::Optional(::testing::ElementsAre("step-2")));
    auto found = client.List("TemporalChangeVersion = 'step-2'");
    EXPECT_FALSE(found->empty());
    ExpectReplays(run);
  }
}

TEST_F(EngineTest, AnUpdateThatIsAskedTwiceIsOne) {
  registry.Workflow("Desk", Desk);
  activities.Add("flaky", [] { return 1; });
  Work();
  const RunKey run = Start("Desk");
  Client& client = engine->client();
  for (int i = 0; i < 2; ++i) {
    auto end = client.UpdateById(run, "u-1", "add", ToPayloads(3));
    ASSERT_TRUE(end.ok()) << end.status();
    EXPECT_TRUE(end->completed);
    EXPECT_EQ(*FromPayload<int>(end->result[0]), 3);
  }
  EXPECT_EQ(*client.Query<int>(run, "sum"), 3);
}

Task<std::string> Waits(Context& ctx) {
  auto activity = ctx.Activity<void>(
      ActivityOptions().Cancellation(CancellationType::kWait), "slow");
  const Result<void> end = co_await AsResult(activity);
  co_return end.Is<CanceledError>() ? "undone" : end.message();
}

TEST_F(EngineTest, ACancelReachesAnActivityByItsHeartbeat) {
  registry.Workflow("Waits", Waits);
  RunKey run;
  activities.Add("slow", [&](ActivityContext& ctx) {
    EXPECT_FALSE(ctx.Heartbeat(1));
    EXPECT_TRUE(engine->client().Cancel(run).ok());
    EXPECT_TRUE(*worker->StepWorkflow());
    EXPECT_TRUE(ctx.Heartbeat(2));
    throw CanceledError();
  });
  Work();
  run = Start("Waits");
  EXPECT_EQ(ResultOf<std::string>(run), "undone");
  EXPECT_THAT(EventsOf(run),
              HasSubstr("WorkflowExecutionCancelRequested "
                        "ActivityTaskCancelRequested ActivityTaskStarted "
                        "ActivityTaskCanceled"));
  ExpectReplays(run);
}

TEST_F(EngineTest, ACancelOfWhatHasNotStartedIsDoneAtOnce) {
  registry.Workflow("Waits", Waits);
  Work();
  const RunKey run = Start("Waits");
  ASSERT_TRUE(*worker->StepWorkflow());
  ASSERT_TRUE(engine->client().Cancel(run).ok());
  EXPECT_EQ(ResultOf<std::string>(run), "undone");
  EXPECT_THAT(EventsOf(run), HasSubstr("ActivityTaskCancelRequested "
                                       "ActivityTaskCanceled"));
  ExpectReplays(run);
}

Task<int> TwoSignals(Context& ctx) {
  int sum = co_await ctx.Signals<int>("add").Receive();
  while (auto more = ctx.Signals<int>("add").TryReceive()) sum += *more;
  co_return sum;
}

TEST_F(EngineTest, WhatComesInBeforeAClosingCommandIsNotLost) {
  registry.Workflow("TwoSignals", TwoSignals);
  Work();
  const RunKey run = Start("TwoSignals");
  ASSERT_TRUE(engine->RunReady().ok());
  ASSERT_TRUE(engine->client().Signal(run, "add", 1).ok());
  auto task =
      engine->port().PollWorkflow({"q", "other", ""}, absl::ZeroDuration());
  ASSERT_TRUE(task.ok() && task->has_value());
  ASSERT_TRUE(engine->client().Signal(run, "add", 2).ok());  // buffered
  TurnHandler::Options options;
  options.run.registry = &registry;
  TurnHandler handler(options);
  ASSERT_TRUE(handler.Handle(engine->port(), *std::move(*task)).ok());
  EXPECT_EQ(ResultOf<int>(run), 3);
  EXPECT_EQ(EventsOf(run),
            "WorkflowExecutionStarted WorkflowExecutionSignaled "
            "WorkflowTaskFailed WorkflowExecutionSignaled "
            "WorkflowExecutionCompleted");
  ExpectReplays(run);
}

TEST_F(EngineTest, AStartWithASignalIsOneOrTheOther) {
  registry.Workflow("TwoSignals", TwoSignals);
  Work();
  Client& client = engine->client();
  auto first = client.Start(StartRequest("TwoSignals", "q")
                                .WorkflowId("s")
                                .WithSignal("add", ToPayloads(1)));
  auto second = client.Start(StartRequest("TwoSignals", "q")
                                 .WorkflowId("s")
                                 .WithSignal("add", ToPayloads(2)));
  EXPECT_EQ(first->run_id, second->run_id);
  EXPECT_EQ(ResultOf<int>(*first), 3);
  ExpectReplays(*first);
}

TEST_F(EngineTest, AnIdIsUsedAgainAsItsPolicySays) {
  registry.Workflow("Counter", Counter);
  Work();
  Client& client = engine->client();
  const StartRequest base =
      StartRequest("Counter", "q").WorkflowId("c").Input(ToPayloads(5));
  auto first = client.Start(base);
  EXPECT_TRUE(absl::IsAlreadyExists(client.Start(base).status()));
  auto same =
      client.Start(StartRequest(base).Conflict(IdConflict::kUseExisting));
  EXPECT_EQ(same->run_id, first->run_id);
  auto other =
      client.Start(StartRequest(base).Conflict(IdConflict::kTerminateExisting));
  EXPECT_NE(other->run_id, first->run_id);
  EXPECT_EQ(client.End(*first)->status, RunStatus::kTerminated);
  EXPECT_EQ(ResultOf<int>(*other), 5);
  EXPECT_TRUE(absl::IsAlreadyExists(
      client.Start(StartRequest(base).Reuse(IdReuse::kReject)).status()));
  EXPECT_TRUE(absl::IsAlreadyExists(
      client.Start(StartRequest(base).Reuse(IdReuse::kAllowIfFailed))
          .status()));
  EXPECT_TRUE(client.Start(base).ok());
}

Task<std::string> Shop(Context& ctx, std::string id) {
  const auto price = co_await ctx.Activity<int>("price", id);
  const auto go = co_await ctx.Signals<std::string>("go").Receive();
  co_return id + ":" + std::to_string(price) + ":" + go;
}

TEST_F(EngineTest, AResetRunGoesOnFromAnOldTaskWithLaterSignals) {
  registry.Workflow("Shop", Shop);
  int price = 1;
  activities.Add("price", [&](std::string) { return price; });
  Work();
  const RunKey run = Start("Shop", std::string("a"));
  Client& client = engine->client();
  ASSERT_TRUE(engine->RunReady().ok());
  ASSERT_TRUE(client.Signal(run, "go", std::string("now")).ok());
  EXPECT_EQ(ResultOf<std::string>(run), "a:1:now");
  price = 2;
  EXPECT_TRUE(absl::IsInvalidArgument(client.Reset(run, 3, "x").status()));
  EXPECT_TRUE(absl::IsNotFound(client.Reset(run, 99, "x").status()));
  auto again = client.Reset(run, 4, "wrong price");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(ResultOf<std::string>(*again), "a:2:now");
  ExpectReplays(*again);
}

Task<std::string> UsesNexus(Context& ctx) {
  auto call = ctx.Nexus<std::string>(NexusOptions("bank", "pay"), "charge");
  const auto result = co_await AsResult(call.result());
  co_return result.message();
}

TEST_F(EngineTest, NexusOperationsFailClearly) {
  registry.Workflow("UsesNexus", UsesNexus);
  Work();
  const RunKey run = Start("UsesNexus");
  EXPECT_EQ(ResultOf<std::string>(run),
            "the embedded engine has no Nexus endpoint \"bank\"");
  ExpectReplays(run);
}

TEST_F(EngineTest, ARunThatTakesTooLongTimesOut) {
  registry.Workflow("Counter", Counter);
  Work();
  auto run = engine->client().Start(StartRequest("Counter", "q")
                                        .WorkflowId("t")
                                        .Input(ToPayloads(9))
                                        .RunTimeout(absl::Milliseconds(900)));
  EXPECT_EQ(engine->client().End(*run)->status, RunStatus::kTimedOut);
}

Task<void> Endless(Context& ctx) {
  while (true) co_await ctx.Activity<void>("step");
}

TEST_F(EngineTest, AHistoryThatIsTooLongEndsItsRun) {
  registry.Workflow("Endless", Endless);
  activities.Add("step", [] {});
  Open("", EngineOptions().Limits({.events_warn = 100, .events_max = 200}));
  Work();
  const RunKey run = Start("Endless");
  EXPECT_EQ(engine->client().End(run)->status, RunStatus::kTerminated);
  EXPECT_NEAR(
      static_cast<double>(engine->client().Describe(run)->listing.events), 200,
      10);
}

Task<int> Queried(Context& ctx) {
  ctx.OnQuery("n", [] { return 7; });
  auto signal = ctx.Signals<int>("s").Receive();
  co_return co_await signal;
}

// A run that a query had built would not know where its next task begins.
TEST_F(EngineTest, AQueryOfAnEvictedRunLeavesNothingInTheCache) {
  registry.Workflow("Queried", Queried);
  Work();
  const RunKey run = Start("Queried");
  ASSERT_TRUE(engine->RunReady().ok());
  EXPECT_EQ(worker->cached_runs(), 1u);
  EXPECT_EQ(*engine->client().Query<int>(run, "n"), 7);
  EXPECT_EQ(worker->cached_runs(), 1u);
  worker->DropCachedRuns();
  EXPECT_EQ(*engine->client().Query<int>(run, "n"), 7);
  EXPECT_EQ(worker->cached_runs(), 0u);
  ASSERT_TRUE(engine->client().Signal(run, "s", 3).ok());
  EXPECT_EQ(ResultOf<int>(run), 3);
  EXPECT_EQ(EventsOf(run),
            "WorkflowExecutionStarted WorkflowExecutionSignaled "
            "WorkflowExecutionCompleted");
}

// Its activities are numbered as that SDK's own replayer numbers them.
TEST_F(EngineTest, AWorkerRecordsAsTheSdkThatItIsTold) {
  registry.Workflow("Endless", Endless);
  activities.Add("step", [] {});
  Open("", EngineOptions().Limits({.events_warn = 10, .events_max = 20}));
  const auto options = [&](std::string_view sdk) {
    return WorkerOptions("q")
        .Workflows(registry)
        .Does(activities)
        .RecordAs(sdk);
  };
  Worker unknown(engine->port(), options("cobol"));
  EXPECT_EQ(unknown.Start().code(), absl::StatusCode::kInvalidArgument);
  Worker python(engine->port(), options("python"));
  engine->Drive(python);
  const RunKey run = Start("Endless");
  ASSERT_TRUE(engine->client().End(run).ok());
  const auto history = engine->client().FetchHistory(run);
  ASSERT_TRUE(history.ok()) << history.status();
  std::string ids;
  for (const Event& event : history->events()) {
    if (event.type == EventType::kActivityTaskScheduled) {
      ids += std::string(event.key()) + " ";
    }
  }
  EXPECT_TRUE(ids.starts_with("1 2 3 ")) << ids;
  engine->Undrive(python);
}

TEST_F(EngineTest, AQueueIsDrainedWhenItsRunsAreOver) {
  registry.Workflow("Counter", Counter);
  Work();
  const RunKey run = Start("Counter", 3);
  EXPECT_FALSE(*engine->client().Drained("q"));
  ResultOf<int>(run);
  EXPECT_TRUE(*engine->client().Drained("q"));
}

}  // namespace
}  // namespace cohort
