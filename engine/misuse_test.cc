// Runs that fail, and stay failed.
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "cohort/testing/history_builder.h"
#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using absl::StatusCode;

// The first turn's status, live.
template <typename F>
absl::Status RunOnce(F function) {
  Registry registry;
  registry.Workflow("W", +function);
  Recorder recorder({.registry = &registry}, "W", {});
  const absl::Status status = recorder.RunTurn();
  EXPECT_EQ(recorder.RunTurn(), status) << "a failed run stays failed";
  EXPECT_TRUE(recorder.commands().empty());
  return status;
}

TEST(MisuseTest, GetVersionInASideEffect) {
  EXPECT_EQ(
      RunOnce([](Context& ctx) -> Task<void> {
        (void)ctx.SideEffect([&ctx] { return GetVersion(ctx, "x", 1, 2); });
        co_return;
      }).code(),
      StatusCode::kInvalidArgument);
}

TEST(MisuseTest, ActivityInASideEffect) {
  EXPECT_EQ(RunOnce([](Context& ctx) -> Task<void> {
              (void)ctx.SideEffect([&ctx] {
                (void)ctx.Activity<void>("a");
                return 1;
              });
              co_return;
            }).code(),
            StatusCode::kInvalidArgument);
}

TEST(MisuseTest, BadVersionCalls) {
  EXPECT_EQ(RunOnce([](Context& ctx) -> Task<void> {
              (void)GetVersion(ctx, "x", 2, 1);
              co_return;
            }).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(RunOnce([](Context& ctx) -> Task<void> {
              (void)GetVersion(ctx, "", 1, 2);
              co_return;
            }).code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(RunOnce([](Context& ctx) -> Task<void> {
              (void)GetVersion(ctx, "x", 1, 2);
              (void)Patched(ctx, "x");
              co_return;
            }).code(),
            StatusCode::kInvalidArgument);
}

TEST(MisuseTest, UserMayNotUpsertTheVersions) {
  EXPECT_EQ(RunOnce([](Context& ctx) -> Task<void> {
              ctx.UpsertSearchAttributes(
                  {{"TemporalChangeVersion", JsonPayload("[]")}});
              co_return;
            }).code(),
            StatusCode::kInvalidArgument);
}

TEST(MisuseTest, ForeignExceptionIsNoDivergence) {
  const absl::Status status = RunOnce([](Context&) -> Task<void> {
    throw std::runtime_error("a bug");
    co_return;
  });
  EXPECT_EQ(status.code(), StatusCode::kInternal);
  EXPECT_NE(status.message().find("a bug"), std::string::npos);
  EXPECT_EQ(RunOnce([](Context&) -> Task<void> {
              throw 7;
              co_return;
            }).code(),
            StatusCode::kInternal);
}

Task<void> Ready(Context&) { co_return; }

TEST(MisuseTest, EndlessLoop) {
  EXPECT_EQ(RunOnce([](Context& ctx) -> Task<void> {
              while (true) co_await Ready(ctx);
            }).code(),
            StatusCode::kResourceExhausted);
}

TEST(MisuseTest, EndlessCommands) {
  EXPECT_EQ(RunOnce([](Context& ctx) -> Task<void> {
              while (true) (void)ctx.Timer(std::chrono::seconds(1));
              co_return;
            }).code(),
            StatusCode::kResourceExhausted);
}

TEST(MisuseTest, EndlessCallsThatAreNoCommands) {
  EXPECT_EQ(RunOnce([](Context& ctx) -> Task<void> {
              while (true) (void)ctx.LocalActivity<void>("x");
              co_return;
            }).code(),
            StatusCode::kResourceExhausted);
  EXPECT_EQ(RunOnce([](Context& ctx) -> Task<void> {
              while (true) (void)ctx.Spawn(Ready(ctx));
              co_return;
            }).code(),
            StatusCode::kResourceExhausted);
  EXPECT_EQ(RunOnce([](Context& ctx) -> Task<void> {
              while (true) (void)ctx.Until([] { return false; });
              co_return;
            }).code(),
            StatusCode::kResourceExhausted);
}

// Code that may only read is refused each call that changes the run.
using Call = void (*)(Context&, Promise<>&);
constexpr std::pair<const char*, Call> kChangingCalls[] = {
    {"Random", [](Context& ctx, Promise<>&) { (void)ctx.Random()(); }},
    {"Uuid", [](Context& ctx, Promise<>&) { (void)ctx.Uuid(); }},
    {"Set", [](Context&, Promise<>& promise) { promise.Set(); }},
    {"Fail", [](Context&, Promise<>& promise) { promise.Fail({}); }},
    {"Timer", [](Context& ctx,
                 Promise<>&) { (void)ctx.Timer(std::chrono::seconds(1)); }},
    {"Patched", [](Context& ctx, Promise<>&) { (void)Patched(ctx, "p"); }},
    {"Receive",
     [](Context& ctx, Promise<>&) { (void)ctx.Signals<int>("s").Receive(); }},
    {"Readable",
     [](Context& ctx, Promise<>&) { (void)ctx.Signals<int>("s").Readable(); }},
    {"UpsertMemo", [](Context& ctx, Promise<>&) { ctx.UpsertMemo({}); }},
};

TEST(MisuseTest, ReadOnlyCodeChangesNothing) {
  static std::size_t number = 0;  // workflow functions capture nothing
  for (number = 0; number < std::size(kChangingCalls); ++number) {
    const auto refused = [&](auto function) {
      EXPECT_EQ(RunOnce(function).code(), StatusCode::kInvalidArgument)
          << kChangingCalls[number].first;
    };
    refused([](Context& ctx) -> Task<void> {
      Promise<> promise = ctx.MakePromise();
      (void)ctx.SideEffect([&] {
        kChangingCalls[number].second(ctx, promise);
        return 1;
      });
      co_return;
    });
    refused([](Context& ctx) -> Task<void> {
      Promise<> promise = ctx.MakePromise();
      co_await ctx.Until([&] {
        kChangingCalls[number].second(ctx, promise);
        return true;
      });
    });
  }
}

TEST(MisuseTest, QueriesAndValidatorsChangeNothing) {
  Registry registry;
  registry.Workflow("W", [](Context& ctx) -> Task<void> {
    Promise<> promise = ctx.MakePromise();
    ctx.OnQuery("call", [&ctx, &promise](int n) {
      kChangingCalls[n].second(ctx, promise);
      return n;
    });
    ctx.OnUpdate(
        "call", [](int n) { return n; },
        [&ctx, &promise](int n) { kChangingCalls[n].second(ctx, promise); });
    ctx.OnQuery("settled", [&promise] { return promise.future().settled(); });
    co_await ctx.Sleep(std::chrono::hours(1));
  });
  for (int n = 0; n < static_cast<int>(std::size(kChangingCalls)); ++n) {
    Recorder r({.registry = &registry}, "W", {});
    EXPECT_OK(r.RunTurn());
    EXPECT_EQ(r.Query("call", ToPayloads(n)).status().code(),
              StatusCode::kInvalidArgument)
        << kChangingCalls[n].first;
    EXPECT_EQ(r.Query("settled")->at(0).data, "false");
    r.Update("u", "call", ToPayloads(n));
    EXPECT_EQ(r.RunTurn().code(), StatusCode::kInvalidArgument)
        << kChangingCalls[n].first;
  }
}

struct Unwritable {};
void to_json(nlohmann::json&, const Unwritable&) {
  throw ApplicationError("no way to write it");
}
void from_json(const nlohmann::json&, Unwritable&) {}

// What is encoded live only may not be caught by the code: its replay would not
// see it.
TEST(MisuseTest, AValueThatCannotBeEncodedFailsTheTurn) {
  EXPECT_EQ(RunOnce([](Context& ctx) -> Task<void> {
              try {
                (void)ctx.SideEffect([] { return Unwritable{}; });
              } catch (const std::exception&) {
              }
              co_await ctx.Activity<void>("caught");
            }).code(),
            StatusCode::kInternal);
  const absl::Status status = RunOnce([](Context& ctx) -> Task<void> {
    try {
      (void)ctx.Activity<void>("a", Unwritable{});
    } catch (const std::exception&) {
    }
    co_return;
  });
  EXPECT_EQ(status.code(), StatusCode::kInternal);
  EXPECT_NE(status.message().find("no way to write it"), std::string::npos);
  EXPECT_EQ(RunOnce([](Context&) -> Task<Unwritable> {
              co_return Unwritable{};
            }).code(),
            StatusCode::kInternal);
}

TEST(MisuseTest, APolicyThatThrowsFailsTheTurn) {
  Registry registry;
  registry.Workflow("W", [](Context& ctx) -> Task<void> {
    try {
      (void)GetVersion(ctx, "x", 1, 2);
    } catch (const std::exception&) {
    }
    co_return;
  });
  const CohortPolicy policy =
      CohortPolicy::Callback([](const VersionRequest&) -> Version {
        throw std::runtime_error("no idea");
      });
  Recorder r({.registry = &registry, .policy = &policy}, "W", {});
  EXPECT_EQ(r.RunTurn().code(), StatusCode::kInvalidArgument);
}

TEST(MisuseTest, WhateverAPolicyThrowsFailsTheTurn) {
  Registry registry;
  registry.Workflow("W", [](Context& ctx) -> Task<void> {
    try {
      (void)GetVersion(ctx, "x", 1, 2);
    } catch (...) {
    }
    co_return;
  });
  const CohortPolicy policy =
      CohortPolicy::Callback([](const VersionRequest&) -> Version { throw 7; });
  Recorder r({.registry = &registry, .policy = &policy}, "W", {});
  EXPECT_EQ(r.RunTurn().code(), StatusCode::kInvalidArgument);
}

TEST(MisuseTest, WhatALogThrowsIsNotSeenByTheCode) {
  Registry registry;
  registry.Workflow("W", [](Context& ctx) -> Task<void> {
    ctx.Log("one");
    co_return;
  });
  RunOptions options{.registry = &registry};
  options.log = [](std::string_view) { throw std::runtime_error("full"); };
  Recorder r(options, "W", {});
  EXPECT_OK(r.RunTurn());
  EXPECT_TRUE(r.closed());
}

TEST(MisuseTest, SwallowingChangesNothing) {
  const absl::Status status = RunOnce([](Context& ctx) -> Task<void> {
    for (int i = 0; i < 3; ++i) {
      try {
        (void)GetVersion(ctx, "x", 2, 1);
      } catch (...) {
      }
      try {
        (void)ctx.Activity<void>("after");
      } catch (...) {
      }
      try {
        (void)ctx.SideEffect([] { return 1; });
        co_await ctx.Sleep(std::chrono::hours(1));
      } catch (...) {
      }
    }
    throw ApplicationError("closes it?");
  });
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << status;
}

// Calls everything, as frames go.
struct CallsOnExit {
  Context& ctx;
  ~CallsOnExit() {
    (void)ctx.Activity<void>("bye");
    (void)GetVersion(ctx, "late", 1, 2);
    (void)GetVersion(ctx, "x", 2, 1);
    (void)Patched(ctx, "");
    (void)ctx.Timer(std::chrono::seconds(1));
    (void)ctx.SideEffect([] { return 1; });
    ctx.UpsertSearchAttributes({});
    (void)ctx.Signals<int>("s").Receive();
    (void)ctx.Spawn(Ready(ctx));
    ctx.MakePromise<int>().Set(1);
  }
};

TEST(DestructionTest, CallsAreNoOps) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        CallsOnExit calls{ctx};
        co_await ctx.Activity<void>("never");
      });
  Recorder recorder({.registry = &registry}, "W", {});
  EXPECT_OK(recorder.RunTurn());
}

TEST(DestructionTest, CallsWhileARefusalUnwinds) {
  EXPECT_EQ(RunOnce([](Context& ctx) -> Task<void> {
              CallsOnExit calls{ctx};
              (void)GetVersion(ctx, "y", 2, 1);
              co_return;
            }).code(),
            StatusCode::kInvalidArgument);
}

// Settles a promise when it goes, as guards do.
struct SettlesOnExit {
  Promise<void> promise;
  ~SettlesOnExit() { promise.Set(); }
};

TEST(DestructionTest, AGuardSettlesAPromiseWhenTheRunHasFailed) {
  EXPECT_EQ(RunOnce([](Context& ctx) -> Task<void> {
              SettlesOnExit guard{ctx.MakePromise<void>()};
              try {
                (void)GetVersion(ctx, "y", 2, 1);
              } catch (...) {
              }
              co_return;
            }).code(),
            StatusCode::kInvalidArgument);
}

TEST(DestructionTest, AGuardSettlesAPromiseInAQuery) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        const Promise<void> done = ctx.MakePromise<void>();
        ctx.OnQuery("q", [done] {
          SettlesOnExit guard{done};
          return 1;
        });
        co_await done.future();
      });
  Recorder r({.registry = &registry}, "W", {});
  EXPECT_OK(r.RunTurn());
  EXPECT_EQ(r.Query("q").status().code(), StatusCode::kInvalidArgument);
  EXPECT_OK(r.status());
}

// Go's threads are asked for their conditions before each goes on.
TEST(DestructionTest, NobodyGoesOnBehindAConditionThatThrows) {
  for (const char* profile : {"cohort", "go"}) {
    Registry registry;
    registry.Workflow(
        "W", +[](Context& ctx) -> Task<void> {
          auto ran = std::make_shared<bool>(false);
          Future<void> beside = ctx.Spawn([&ctx, ran]() -> Task<void> {
            co_await ctx.Activity<void>("a");
            *ran = true;
            throw std::runtime_error("went on");
          });
          co_await ctx.Until([]() -> bool { throw std::logic_error("cond"); });
          co_await beside;
        });
    Recorder r({.registry = &registry, .profile = FindProfile(profile)}, "W",
               {});
    const absl::Status status = r.RunTurn();
    EXPECT_NE(ToStd(status.message()).find("cond"), std::string_view::npos)
        << profile << " " << status;
  }
}

Task<void> Asks(Context& ctx) {
  (void)GetVersion(ctx, "x", 1, 2);
  co_await ctx.Activity<void>("a");
}

TEST(RangeTest, OutsideIsFailedNotDivergent) {
  Registry registry;
  registry.Workflow("W", Asks);
  HistoryBuilder b("W");
  b.Turn().Version("x", 3).Activity("a").ActivityCompleted();
  b.Turn().Completed();
  const ReplayReport report = Replayer(registry).Replay(b.Build());
  EXPECT_EQ(report.verdict, Verdict::kFailed) << report.ToString();
  EXPECT_EQ(report.status.code(), StatusCode::kOutOfRange);
  EXPECT_FALSE(report.divergence);
}

TEST(ContradictionTest, IsDataLoss) {
  Registry registry;
  registry.Workflow("W", Asks);
  HistoryBuilder settled_twice("W");
  settled_twice.Turn().Version("x", 1).Activity("a");
  const std::int64_t a = settled_twice.last_id();
  settled_twice.ActivityCompleted().ActivityCompleted({}, a);
  settled_twice.Turn().Completed();
  HistoryBuilder of_nothing("W");
  of_nothing.Turn().Version("x", 1).Activity("a").TimerFired(5);
  of_nothing.Turn();
  for (HistoryBuilder* b : {&settled_twice, &of_nothing}) {
    const ReplayReport report = Replayer(registry).Replay(b->Build());
    EXPECT_EQ(report.verdict, Verdict::kUnreadable) << report.ToString();
    EXPECT_EQ(report.status.code(), StatusCode::kDataLoss);
  }
}

TEST(ThreadsTest, TwoReplaysShareNothing) {
  Registry registry;
  registry.Workflow("W", Asks);
  HistoryBuilder b("W");
  b.Turn().Version("x", 1).Activity("a").ActivityCompleted();
  b.Turn().Completed();
  const History history = b.Build();
  const Replayer replayer(registry);
  std::vector<Verdict> verdicts(2, Verdict::kFailed);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        verdicts[t] = replayer.Replay(history).verdict;
        if (verdicts[t] != Verdict::kClean) return;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(verdicts, std::vector<Verdict>(2, Verdict::kClean));
}

}  // namespace
}  // namespace cohort
