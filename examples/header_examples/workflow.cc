// The examples of the headers of workflow.
#include "cohort/workflow/workflow.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "cohort/base/status.h"
#include "cohort/examples/header_examples/surroundings.h"
#include "cohort/workflow/arena.h"
#include "cohort/workflow/parameters.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using namespace std::chrono_literals;
using cohort_examples::ResultOf;
using cohort_examples::Use;
using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;

TEST(WorkflowHeaders, ArenaUsesABlockAgain) {
  Arena arena;
  // snippet: workflow/arena.h
  void* frame = arena.Allocate(176);
  arena.Free(frame, 176);
  // end of snippet
  EXPECT_EQ(arena.Allocate(176), frame);
}

// snippet: workflow/context.h
cohort::Task<std::string> Order(cohort::Context& ctx, std::string id) {
  co_await ctx.Activity<void>("validate", id);
  if (cohort::GetVersion(ctx, "Step1", 1, 2) == 1) {
    co_await ctx.Activity<void>("ActivityC", id);
  } else {
    co_await ctx.Activity<void>("ActivityD", id);
  }
  co_await ctx.Sleep(std::chrono::hours(24));
  co_return "shipped:" + id;
}
// end of snippet

TEST(WorkflowHeaders, ContextRunsAnOrder) {
  EXPECT_EQ(ResultOf(Order, ToPayloads("o-1")), "\"shipped:o-1\"");
}

namespace convert {

// snippet: workflow/convert.h
struct Order {
  std::string id;
  int cents;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Order, id, cents)
// end of snippet

}  // namespace convert

TEST(WorkflowHeaders, ValuesTravelAsJson) {
  const Payload payload = ToPayload(convert::Order{"o-1", 250});
  EXPECT_EQ(payload.encoding(), "json/plain");
  EXPECT_EQ(payload.data, R"({"cents":250,"id":"o-1"})");
  EXPECT_EQ(FromPayload<convert::Order>(payload)->cents, 250);
}

Task<void> ChargeOrFail(Context& ctx, std::string order) {
  // snippet: workflow/errors.h
  try {
    co_await ctx.Activity<void>("charge", order);
  } catch (const cohort::ActivityError& e) {
    throw cohort::ApplicationError("cannot charge: " + e.message());
  }
  // end of snippet
}

TEST(WorkflowHeaders, ErrorThatLeavesFailsTheRun) {
  Registry registry;
  registry.Workflow("W", ChargeOrFail);
  const LiveRun run = LiveThenReplay(registry, "W", {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    Failure failure;
    failure.message = "no money";
    r.Fail(r.Open()[0], failure);
    EXPECT_OK(r.RunTurn());
    const Command& last = r.commands().back();
    EXPECT_EQ(last.kind, CommandKind::kFailWorkflow);
    EXPECT_EQ(last.failure->message, "cannot charge: no money");
  });
  EXPECT_EQ(run.history.events().back().type,
            EventType::kWorkflowExecutionFailed);
}

Task<int> Sum(Context& ctx) {
  // snippet: workflow/future.h
  cohort::Future<int> a = ctx.Activity<int>("left", 1);  // both are issued
  cohort::Future<int> b = ctx.Activity<int>("right", 2);
  int sum = co_await a + co_await b;
  // end of snippet
  co_return sum;
}

TEST(WorkflowHeaders, FuturesGiveTheirValues) {
  EXPECT_EQ(ResultOf(Sum), "14");
}

Task<int> Greet(Context& ctx) {
  int greeted = 0;
  // snippet: workflow/handlers.h
  ctx.OnSignal("greet", [&](std::string name) { ++greeted; });
  ctx.OnQuery("greeted", [&] { return greeted; });
  // end of snippet
  co_await ctx.Activity<void>("wait");
  co_return greeted;
}

TEST(WorkflowHeaders, HandlersTakeSignalsAndQueries) {
  Registry registry;
  registry.Workflow("W", Greet);
  const LiveRun run = LiveThenReplay(registry, "W", {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Signal("greet", ToPayloads("ada"));
    EXPECT_OK(r.RunTurn());
    EXPECT_EQ(r.Query("greeted")->at(0).data, "1");
    r.Complete(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(run.result, "1");
}

Task<void> Charge(Context& ctx, std::string item) {
  // snippet: workflow/operation_calls.h
  cohort::Future<int> price = ctx.LocalActivity<int>("price", item);
  co_await ctx.Activity<void>(cohort::ActivityOptions().StartToClose(10s),
                              "charge", item);
  // end of snippet
}

TEST(WorkflowHeaders, CallsIssueTheirCommandsAtOnce) {
  Registry registry;
  registry.Workflow("W", Charge);
  const LiveRun run =
      LiveThenReplay(registry, "W", ToPayloads("tea"), [](Recorder& r) {
        r.SetLocalRunner([](const LocalCall& call) -> LocalOutcome {
          EXPECT_EQ(call.type, "price");
          return {.result = ToPayloads(3)};
        });
        cohort_testing::RunToEnd(r);
      });
  EXPECT_OK(run.status);
  EXPECT_NE(run.json.find("LocalActivity"), std::string::npos);
}

Task<std::string> Notify(Context& ctx, std::string order_id) {
  // snippet: workflow/operations.h
  cohort::ChildWorkflow<std::string> child =
      ctx.StartChild<std::string>(ChildOptions(), "Notify", order_id);
  cohort::ExternalWorkflow started = co_await child.started();
  co_await ctx.SignalExternal(started, "hurry");
  std::string result = co_await child.result();
  // end of snippet
  co_return result;
}

TEST(WorkflowHeaders, ChildIsStartedSignaledAndEnds) {
  Registry registry;
  registry.Workflow("W", Notify);
  const LiveRun run =
      LiveThenReplay(registry, "W", ToPayloads("o-1"), [](Recorder& r) {
        EXPECT_OK(r.RunTurn());
        const Recorder::OpenOperation child = r.Open().at(0);
        r.Start(child);
        EXPECT_OK(r.RunTurn());
        r.Complete(r.Open().at(1));  // the signal
        EXPECT_OK(r.RunTurn());
        r.Complete(child, ToPayloads("told"));
        EXPECT_OK(r.RunTurn());
      });
  EXPECT_EQ(run.result, "\"told\"");
}

Task<void> ChargeThrice(Context& ctx, std::string order) {
  // snippet: workflow/options.h
  co_await ctx.Activity<void>(
      cohort::ActivityOptions().StartToClose(10s).MaximumAttempts(3), "charge",
      order);
  // end of snippet
}

TEST(WorkflowHeaders, OptionsGoIntoTheHistory) {
  Registry registry;
  registry.Workflow("W", ChargeThrice);
  const LiveRun run = LiveThenReplay(registry, "W", ToPayloads("o-1"),
                                     cohort_testing::RunToEnd);
  EXPECT_NE(run.json.find(R"("startToCloseTimeout":"10s")"), std::string::npos);
  EXPECT_NE(run.json.find(R"("maximumAttempts":"3")"), std::string::npos);
}

TEST(WorkflowHeaders, ArgumentsAreFilledFromTheInput) {
  using workflow_internal::ReadArguments;
  const Payloads input = ToPayloads("o-1", 3);
  // snippet: workflow/parameters.h
  std::tuple<std::string, int> arguments;
  absl::Status status = ReadArguments(input, arguments);
  // end of snippet
  EXPECT_OK(status);
  EXPECT_EQ(arguments, std::make_tuple(std::string("o-1"), 3));
}

inline constexpr Change kStep1{"Step1", 1, 2};

absl::Status Register() {
  // snippet: workflow/registry.h
  cohort::Registry registry;
  registry.Workflow("Order", Order, {kStep1});
  COHORT_RETURN_IF_ERROR(registry.status());
  // end of snippet
  EXPECT_EQ(registry.Find("Order")->changes.at(0).id, "Step1");
  return absl::OkStatus();
}

TEST(WorkflowHeaders, RegistryKnowsWorkflowsAndChanges) {
  EXPECT_OK(Register());
}

Task<int> CollectUntilTimer(Context& ctx) {
  SignalChannel<std::string> orders = ctx.Signals<std::string>("add-item");
  Future<void> timer = ctx.Timer(1h);
  std::vector<std::string> todo;
  bool expired = false;
  // snippet: workflow/selector.h
  cohort::Selector next(ctx);
  next.OnReceive(orders, [&](std::string id) { todo.push_back(id); })
      .OnSettled(timer, [&] { expired = true; });
  while (!expired) co_await next.Select();
  // end of snippet
  co_return static_cast<int>(todo.size());
}

TEST(WorkflowHeaders, SelectorTakesWhatComesFirst) {
  Registry registry;
  registry.Workflow("W", CollectUntilTimer);
  const LiveRun run = LiveThenReplay(registry, "W", {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Signal("add-item", ToPayloads("tea"));
    r.Signal("add-item", ToPayloads("mug"));
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(run.result, "2");
}

Task<std::string> FirstItem(Context& ctx) {
  // snippet: workflow/signals.h
  cohort::SignalChannel<std::string> orders =
      ctx.Signals<std::string>("add-item");
  std::string item = co_await orders.Receive();
  while (std::optional<std::string> more = orders.TryReceive()) Use(*more);
  // end of snippet
  co_return item;
}

TEST(WorkflowHeaders, ChannelKeepsWhatNobodyAskedFor) {
  Registry registry;
  registry.Workflow("W", FirstItem);
  const LiveRun run = LiveThenReplay(registry, "W", {}, [](Recorder& r) {
    r.Signal("add-item", ToPayloads("tea"));
    r.Signal("add-item", ToPayloads("mug"));
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(run.result, "\"tea\"");
}

// snippet: workflow/task.h
cohort::Task<int> Twice(cohort::Context& ctx, int n) {
  co_return 2 * co_await ctx.Activity<int>("noop", n);
}
// end of snippet

TEST(WorkflowHeaders, TaskReturnsItsValue) {
  EXPECT_EQ(ResultOf(Twice, ToPayloads(3)), "14");
}

Task<int> WaitForSeveral(Context& ctx) {
  std::vector<Future<int>> list = {ctx.Activity<int>("one"),
                                   ctx.Activity<int>("two")};
  // snippet: workflow/when.h
  cohort::Future<int> a = ctx.Activity<int>("left", 1);
  cohort::Future<int> b = ctx.Activity<int>("right", 2);
  co_await WhenAll(a, b);                      // until both are settled
  std::size_t first = co_await WhenAny(a, b);  // which settled first
  std::vector<int> all = co_await WhenAll(std::move(list));
  // end of snippet
  co_return all.at(0) + all.at(1) + static_cast<int>(first);
}

TEST(WorkflowHeaders, WhenWaitsForSeveral) {
  EXPECT_EQ(ResultOf(WaitForSeveral), "14");
}

}  // namespace
}  // namespace cohort
