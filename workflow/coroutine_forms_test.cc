// Each way to write an await that some compiler gets wrong, and what must come
// out (docs/compilers.md).
#include <coroutine>
#include <string>
#include <vector>

#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::LiveThenReplay;
using cohort_testing::RunToEnd;

// How many of them live: a temporary that is destroyed twice makes it negative.
struct Tally {
  int alive = 0;
  int made = 0;
};

struct Traced {
  explicit Traced(Tally* t) : tally(t) { Count(); }
  Traced(const Traced& other) : tally(other.tally) { Count(); }
  Traced& operator=(const Traced&) = default;
  ~Traced() { --tally->alive; }
  void Count() {
    ++tally->alive;
    ++tally->made;
  }
  Tally* tally;
};

struct Aggregate {
  std::string name;
  Traced traced;
};

// Suspends once, truly; gives the argument back.
template <typename T>
Task<T> Later(Context& ctx, T value) {
  co_await ctx.Activity<void>("later");
  co_return value;
}

Task<std::string> NameOf(Context& ctx, Aggregate a) {
  co_await ctx.Activity<void>("later");
  co_return a.name;
}

template <typename F>
Task<std::string> Call(Context& ctx, F f) {
  co_await ctx.Activity<void>("later");
  co_return f();
}

template <typename F>
std::string ResultOf(F function, Payloads input = {}) {
  Registry registry;
  registry.Workflow("W", +function);
  return LiveThenReplay(registry, "W", input, RunToEnd).result;
}

std::string Balance(const Tally& tally) {
  return std::to_string(tally.alive) + (tally.made > 0 ? " made" : " none");
}

TEST(CoroutineFormsTest, AggregateTemporary) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<std::string> {
              Tally tally;
              const std::string name = co_await NameOf(
                  ctx, Aggregate{std::string(40, 'x'), Traced(&tally)});
              co_return name.substr(38) + Balance(tally);
            }),
            "\"xx0 made\"");
}

TEST(CoroutineFormsTest, LambdaThatCapturesByValue) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<std::string> {
              Tally tally;
              Traced traced(&tally);
              const std::string text(40, 'y');
              const std::string got = co_await Call(
                  ctx, [traced, text] { return text.substr(38); });
              co_return got + Balance(tally);
            }),
            "\"yy1 made\"");
}

Task<std::string> IfElse(Context& ctx, bool flag) {
  if (co_await Later(ctx, flag)) co_return "then";
  co_return "else";
}

TEST(CoroutineFormsTest, IfAwaitReturn) {
  EXPECT_EQ(ResultOf(IfElse, ToPayloads(true)), "\"then\"");
  EXPECT_EQ(ResultOf(IfElse, ToPayloads(false)), "\"else\"");
}

Task<std::string> Switch(Context& ctx, int n) {
  switch (co_await Later(ctx, n)) {
    case 1:
      co_return "one";
    case 2:
      co_return "two";
    default:
      break;
  }
  co_return "many";
}

TEST(CoroutineFormsTest, SwitchAwaitReturn) {
  EXPECT_EQ(ResultOf(Switch, ToPayloads(1)), "\"one\"");
  EXPECT_EQ(ResultOf(Switch, ToPayloads(2)), "\"two\"");
  EXPECT_EQ(ResultOf(Switch, ToPayloads(3)), "\"many\"");
}

Task<std::string> Both(Context& ctx, bool left, bool right) {
  if (co_await Later(ctx, left) && co_await Later(ctx, right)) {
    co_return "both";
  }
  if (co_await Later(ctx, left) || co_await Later(ctx, right)) {
    co_return "one";
  }
  co_return "none";
}

TEST(CoroutineFormsTest, AndOr) {
  EXPECT_EQ(ResultOf(Both, ToPayloads(true, true)), "\"both\"");
  EXPECT_EQ(ResultOf(Both, ToPayloads(true, false)), "\"one\"");
  EXPECT_EQ(ResultOf(Both, ToPayloads(false, true)), "\"one\"");
  EXPECT_EQ(ResultOf(Both, ToPayloads(false, false)), "\"none\"");
}

Task<std::string> Choose(Context& ctx, bool flag) {
  const std::string other(40, 'b');
  const std::string chosen =
      flag ? co_await Later(ctx, std::string(40, 'a')) : other;
  co_return chosen.substr(38);
}

TEST(CoroutineFormsTest, ConditionalOfClassType) {
  EXPECT_EQ(ResultOf(Choose, ToPayloads(true)), "\"aa\"");
  EXPECT_EQ(ResultOf(Choose, ToPayloads(false)), "\"bb\"");
}

TEST(CoroutineFormsTest, BracedListsInAnAwait) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<std::string> {
              const std::vector<std::string> list = co_await Later(
                  ctx, std::vector<std::string>{std::string(40, 'a'), "b"});
              Tally tally;
              {
                const auto traced = co_await Later(
                    ctx, std::vector<Traced>{Traced(&tally), Traced(&tally)});
                if (traced.size() != 2) co_return "lost";
              }
              co_return list[0].substr(38) + list[1] + Balance(tally);
            }),
            "\"aab0 made\"");
}

TEST(CoroutineFormsTest, AwaitsInArgumentsAndConditions) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<int> {
              int n = 0;
              while (co_await Later(ctx, n) < 3) ++n;
              for (int i = co_await Later(ctx, 1); i < co_await Later(ctx, 3);
                   ++i) {
                n += i;
              }
              const std::vector<int> list{co_await Later(ctx, n),
                                          co_await Later(ctx, 10)};
              co_return list[0] + list[1];
            }),
            "16");
}

TEST(CoroutineFormsTest, OptionsTemporary) {
  EXPECT_EQ(ResultOf([](Context& ctx) -> Task<int> {
              co_return co_await ctx.Activity<int>(
                  ActivityOptions()
                      .TaskQueue(std::string(40, 'q'))
                      .Id(std::string(40, 'i')),
                  "a");
            }),
            "7");
}

// What a compiler does that loses a coroutine: it suspends, and nobody knows.
struct LosesIt : workflow_internal::AwaiterTag {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};

TEST(LostCoroutineTest, FailsTheRun) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        (void)ctx.Activity<void>("a");
        co_await LosesIt();
      });
  Recorder recorder({.registry = &registry}, "W", {});
  const absl::Status status = recorder.RunTurn();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_NE(status.message().find("docs/compilers.md"), std::string::npos)
      << status;
  EXPECT_EQ(recorder.RunTurn(), status);
}

}  // namespace
}  // namespace cohort
