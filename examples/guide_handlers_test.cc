// The code of docs/workflows.md that takes signals, queries and updates, and
// waits for one of several things; each function run live and replayed.
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort_examples {
namespace {

using namespace std::chrono_literals;

// snippet: signal-channel
cohort::Task<std::string> Names(cohort::Context& ctx) {
  cohort::SignalChannel<std::string> names = ctx.Signals<std::string>("name");
  std::string all = co_await names.Receive();
  co_await ctx.Sleep(1min);  // what comes meanwhile is kept
  while (std::optional<std::string> more = names.TryReceive()) {
    all += ", " + *more;
  }
  co_return all;
}
// end of snippet

// snippet: signal-handler
cohort::Task<int> Sum(cohort::Context& ctx) {
  int sum = 0;
  bool closed = false;
  ctx.OnSignal("add", [&sum](int n) { sum += n; });
  ctx.OnSignal("close", [&closed] { closed = true; });
  co_await ctx.Until([&closed] { return closed; });
  co_return sum;
}
// end of snippet

// snippet: query
cohort::Task<void> Delivery(cohort::Context& ctx) {
  // Shared with the handler, which answers when the run has closed, too.
  auto status = std::make_shared<std::string>("being packed");
  ctx.OnQuery("status", [status] { return *status; });
  co_await ctx.Activity<void>("pack");
  *status = "on its way";
  co_await ctx.Activity<void>("drive");
  *status = "delivered";
}
// end of snippet

// snippet: update
cohort::Task<std::string> Parcel(cohort::Context& ctx, std::string address) {
  ctx.OnUpdate(
      "move-to",
      [&](std::string to) -> cohort::Task<std::string> {
        co_await ctx.Activity<void>("check-address", to);
        co_return std::exchange(address, to);  // the answer: the old one
      },
      [](std::string to) {
        if (to.empty()) throw cohort::ApplicationError("no address");
      });
  co_await ctx.Sleep(24h);
  co_await ctx.Until([&ctx] { return ctx.AllHandlersFinished(); });
  co_return address;
}
// end of snippet

// snippet: selector
cohort::Task<int> Auction(cohort::Context& ctx) {
  int best = 0;
  bool over = false;
  cohort::Selector next(ctx);
  next.OnReceive(ctx.Signals<int>("bid"),
                 [&best](int bid) { best = std::max(best, bid); })
      .OnSettled(ctx.Timer(1h), [&over] { over = true; });
  while (!over) co_await next.Select();
  co_return best;
}
// end of snippet

// snippet: condition
cohort::Task<std::string> Confirm(cohort::Context& ctx) {
  std::optional<bool> answer;
  ctx.OnSignal("answer", [&answer](bool yes) { answer = yes; });
  const bool came =
      co_await ctx.UntilWithin(72h, [&answer] { return answer.has_value(); });
  if (!came) co_return "no answer";
  co_return *answer ? "yes" : "no";
}
// end of snippet

using cohort::Payloads;
using cohort::Recorder;
using cohort::ToPayloads;
using cohort_testing::LiveRun;
using cohort_testing::Script;

template <typename F>
LiveRun RunOf(F* workflow, const Payloads& input, const Script& script) {
  cohort::Registry registry;
  registry.Workflow("W", workflow);
  return cohort_testing::LiveThenReplay(registry, "W", input, script);
}

TEST(GuideHandlers, Signals) {
  const LiveRun names = RunOf(Names, {}, [](Recorder& r) {
    r.Signal("name", ToPayloads("ada"));
    EXPECT_OK(r.RunTurn());
    r.Signal("name", ToPayloads("bob"));
    r.Complete(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(names.result, "\"ada, bob\"");
  const LiveRun sum = RunOf(Sum, {}, [](Recorder& r) {
    r.Signal("add", ToPayloads(3));  // before the handler is there
    EXPECT_OK(r.RunTurn());
    r.Signal("add", ToPayloads(4));
    r.Signal("close");
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(sum.result, "7");
}

TEST(GuideHandlers, Queries) {
  const auto ask = [](Recorder& r, std::string_view name) {
    const auto answer = r.Query(name);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->at(0).data : "";
  };
  (void)RunOf(Delivery, {}, [&](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    EXPECT_EQ(ask(r, "status"), "\"being packed\"");
    EXPECT_NE(ask(r, "__stack_trace").find("guide_handlers_test.cc:"),
              std::string::npos);
    r.Complete(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
    EXPECT_EQ(ask(r, "status"), "\"on its way\"");
    r.Complete(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
    EXPECT_EQ(ask(r, "status"), "\"delivered\"");
  });
}

TEST(GuideHandlers, Updates) {
  const LiveRun parcel = RunOf(Parcel, ToPayloads("here"), [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Update("u1", "move-to", ToPayloads(""));
    r.Update("u2", "move-to", ToPayloads("there"));
    EXPECT_OK(r.RunTurn());
    EXPECT_EQ(r.rejected().size(), 1u);
    r.Complete(r.Open()[0]);  // the day is over, the handler is not
    EXPECT_OK(r.RunTurn());
    EXPECT_FALSE(r.closed());
    r.Complete(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(parcel.result, "\"there\"");
}

TEST(GuideHandlers, OneOfSeveral) {
  const LiveRun auction = RunOf(Auction, {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Signal("bid", ToPayloads(5));
    r.Signal("bid", ToPayloads(3));
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(auction.result, "5");
  const LiveRun yes = RunOf(Confirm, {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Signal("answer", ToPayloads(true));
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(yes.result, "\"yes\"");
  const LiveRun late = RunOf(Confirm, {}, cohort_testing::RunToEnd);
  EXPECT_EQ(late.result, "\"no answer\"");
}

}  // namespace
}  // namespace cohort_examples
