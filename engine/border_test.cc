// The border to user code: what conversions, closures, destructors and spawned
// tasks throw or keep never leaves the library and never vanishes.
#include <chrono>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/base/utf8.h"
#include "cohort/testing/history_builder.h"
#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;
using cohort_testing::RunToEnd;
using namespace std::chrono_literals;

// Its conversion throws what no JSON library throws.
struct Picky {
  int value = 0;
};
void from_json(const nlohmann::json& j, Picky& p) {
  static const std::map<int, int> kKnown = {{1, 10}};
  p.value = kKnown.at(j.get<int>());
}

absl::Status StatusOf(Task<void> (*workflow)(Context&), Payloads input = {}) {
  Registry registry;
  registry.Workflow("W", workflow);
  Recorder recorder({.registry = &registry}, "W", std::move(input));
  return recorder.RunTurn();
}

TEST(BorderTest, AThrowingResultIsAConversionError) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<std::string> {
        const Result<Picky> r = co_await AsResult(ctx.Activity<Picky>("a"));
        co_return r.Is<ConversionError>() ? "refused" : "taken";
      });
  const LiveRun run = LiveThenReplay(registry, "W", {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open()[0], ToPayloads(2));
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(run.result, "\"refused\"");
}

TEST(BorderTest, AThrowingArgumentFailsTheTurn) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context&, Picky) -> Task<void> { co_return; });
  Recorder recorder({.registry = &registry}, "W", ToPayloads(2));
  EXPECT_EQ(recorder.RunTurn().code(), absl::StatusCode::kInvalidArgument);
}

TEST(BorderTest, AThrowingSideEffectFailsTheTurn) {
  EXPECT_EQ(StatusOf([](Context& ctx) -> Task<void> {
              try {
                ctx.SideEffect([]() -> int { throw std::runtime_error("no"); });
              } catch (const std::exception&) {
              }
              co_return;
            }).code(),
            absl::StatusCode::kInternal);
}

TEST(BorderTest, AThrowingTaskThatNobodyHoldsFailsTheTurn) {
  EXPECT_EQ(StatusOf([](Context& ctx) -> Task<void> {
              (void)ctx.Spawn([]() -> Task<void> {
                throw std::runtime_error("a bug");
                co_return;
              });
              co_await ctx.Sleep(1h);
            }).code(),
            absl::StatusCode::kInternal);
}

TEST(BorderTest, ContinueAsNewInASpawnedTaskClosesTheRun) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        (void)ctx.Spawn([&ctx]() -> Task<void> {
          ctx.ContinueAsNew();
          co_return;
        });
        co_await ctx.Sleep(1h);
      });
  const LiveRun run = LiveThenReplay(registry, "W", {}, RunToEnd);
  EXPECT_EQ(run.history.events().back().type,
            EventType::kWorkflowExecutionContinuedAsNew);
}

// Calls the Context when it goes.
struct Guard {
  explicit Guard(Context& c) : ctx(&c) {}
  Guard(const Guard&) = delete;
  ~Guard() {
    (void)ctx->Activity<void>("from a destructor");
    (void)ctx->Now();
  }
  Context* ctx;
};

TEST(BorderTest, ClosuresMayCallTheContextWhenTheyGo) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        const auto guard = std::make_shared<Guard>(ctx);
        ctx.OnSignal("s", [guard](int) {});
        ctx.OnQuery("q", [guard] { return 1; });
        ctx.OnUpdate("u", [guard] {});
        auto never = ctx.Until([guard] { return false; });
        co_await never;
      });
  Recorder recorder({.registry = &registry}, "W", {});
  EXPECT_OK(recorder.RunTurn());
  EXPECT_TRUE(recorder.Open().empty());
}

struct SideEffectGuard {
  explicit SideEffectGuard(Context& c) : ctx(&c) {}
  SideEffectGuard(const SideEffectGuard&) = delete;
  ~SideEffectGuard() {
    ctx->SideEffect([] { return 1; });
  }
  Context* ctx;
};

TEST(BorderTest, ADestructorThatRunsWhileCodeIsLeftEndsNothing) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        SideEffectGuard guard(ctx);
        co_await ctx.Sleep(1s);
        throw ApplicationError("on purpose");
      });
  HistoryBuilder b("W");
  b.Turn().Timer().TimerFired().Turn().Failed("on purpose");
  const ReplayReport report = Replayer(registry).Replay(b.Build());
  EXPECT_EQ(report.verdict, Verdict::kDivergent) << report.ToString();
}

TEST(BorderTest, WhatCannotBeReadIsNoResultOfTheCode) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        (void)co_await AsResult(ctx.Activity<int>("a"));
        (void)co_await AsResult(ctx.Activity<int>("b"));
      });
  HistoryBuilder b("W");
  b.Turn().Activity("a").ActivityFailed("broken");
  b.Turn().Activity("b").ActivityCompleted(ToPayloads(1)).Turn().Completed();
  EXPECT_EQ(Replayer(registry).Replay(b.Build()).verdict, Verdict::kClean);
  const std::string json = b.ToJson();
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = json;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return Replayer(registry).Replay(*History::FromJson(text)).verdict;
  };
  EXPECT_EQ(replaced("\"message\":\"broken\"", "\"message\":{}"),
            Verdict::kUnreadable);
  EXPECT_EQ(replaced("\"data\":\"MQ==\"", "\"data\":\"M*==\""),
            Verdict::kUnreadable);
}

// The open last turn is delivered; its code has decided nothing yet.
TEST(BorderTest, HandlersWaitInATurnThatIsOnlyDelivered) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        ctx.OnSignal("s", [](int) { throw std::runtime_error("not yet"); });
        co_await ctx.Sleep(1h);
      });
  HistoryBuilder b("W");
  b.Turn().Timer().Signal("s", ToPayloads(1)).StartedTask();
  EXPECT_EQ(Replayer(registry).Replay(b.Build()).verdict, Verdict::kClean);
}

// A history that goes on where the code has closed, read as leniently as its
// writer does: nobody is left to take the signal.
TEST(BorderTest, HandlersAreNotCalledBehindTheClose) {
  static int calls = 0;
  calls = 0;
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        auto kept = std::make_unique<int>(1);
        ctx.OnSignal("s", [&kept](int) { calls += *kept; });
        co_await ctx.Sleep(1s);
      });
  HistoryBuilder b("W");
  b.Sdk("temporal-java").Turn().Timer().TimerFired().Turn();
  b.Signal("s", ToPayloads(1)).Turn().Signal("s", ToPayloads(1)).StartedTask();
  const ReplayReport report =
      Replayer(registry, {.strictness = Strictness::Sdk()}).Replay(b.Build());
  EXPECT_EQ(report.verdict, Verdict::kClean) << report.ToString();
  EXPECT_EQ(calls, 0);
}

// Whatever a history or the code calls a thing: a report does not steer the
// terminal, and its JSON keeps the name.
TEST(BorderTest, NamesDoNotSteerTheTerminal) {
  static constexpr std::string_view kEvil = "a\x1b[2J\u009b31m\nb";
  Registry registry;
  registry.Workflow(
      "W\x1b", +[](Context& ctx) -> Task<void> {
        co_await ctx.Activity<void>("c\x9b");
      });
  HistoryBuilder b("W\x1b");
  b.Turn().Activity(std::string(kEvil)).StartedTask();
  ReplayReport report = Replayer(registry).Replay(b.Build());
  EXPECT_EQ(report.verdict, Verdict::kDivergent);
  report.source = "x\x1b.json";
  report.notes = {"n\x1b"};
  const auto steers = [](std::string_view text) {
    return text.find_first_of("\x1b\x7f") != std::string_view::npos ||
           text.find("\u009b") != std::string_view::npos || !IsUtf8(text);
  };
  EXPECT_FALSE(steers(report.ToString())) << report.ToString();
  EXPECT_NE(report.ToString().find("a\\u001b[2J\\u009b31m\\u000ab"),
            std::string::npos);
  EXPECT_NE(report.ToString().find("c\\x9b"), std::string::npos);
  EXPECT_FALSE(steers(std::string(ToStd(report.status.message()))));
  EXPECT_FALSE(steers(report.ToJson()));
  EXPECT_NE(nlohmann::json::parse(report.ToJson())
                .at("divergence")
                .at("history")
                .get<std::string>()
                .find(kEvil),
            std::string::npos);

  report.divergence.reset();
  report.status = absl::InternalError("threw \x1b\nover two lines");
  report.unconfirmed = {"Call(\x1b)"};
  EXPECT_FALSE(steers(report.ToString())) << report.ToString();
  EXPECT_NE(report.ToString().find("\nover two lines"), std::string::npos);
}

}  // namespace
}  // namespace cohort
