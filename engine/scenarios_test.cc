// Scenarios that run live and are replayed every way; together they take every
// row of the lifecycle but those that no run takes.
#include <chrono>
#include <ostream>
#include <string>
#include <vector>

#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;
using cohort_testing::Rows;
using cohort_testing::Script;
using std::chrono::hours;

ActivityOptions Canceled(CancellationType type) {
  return ActivityOptions().Cancellation(type);
}

std::string Outcome(const Result<int>& r) {
  if (r.ok()) return "ok";
  return r.Is<CanceledError>() ? "canceled" : "failed";
}

// An activity that is canceled when the signal "cancel" comes (twice where it
// comes twice), by the cancellation type in the argument.
Task<std::string> CancelOnSignal(Context& ctx, int type) {
  Future<int> work =
      ctx.Activity<int>(Canceled(static_cast<CancellationType>(type)), "work");
  ctx.OnSignal("cancel", [work](int) mutable { work.Cancel(); });
  Result<int> r = co_await AsResult(work);
  Future<void> after = ctx.Activity<void>("after");
  co_await after;
  co_return Outcome(r);
}

Task<std::string> TimerOnSignal(Context& ctx) {
  Future<void> timer = ctx.Timer(hours(1));
  ctx.OnSignal("cancel", [timer](int) mutable { timer.Cancel(); });
  Result<void> r = co_await AsResult(timer);
  co_await ctx.Activity<void>("after");
  timer.Cancel();
  co_return r.Is<CanceledError>() ? "canceled" : "fired";
}

// The scope is canceled when what it holds was canceled before, and may still
// end.
template <typename F>
Task<std::string> ThenItsScope(Context& ctx, CancelScope& scope, F work) {
  ctx.OnSignal("cancel", [work](int) mutable { work.Cancel(); });
  const Result<int> r = co_await AsResult(work);
  scope.Cancel();
  co_await ctx.Activity<void>("after");
  co_return Outcome(r);
}
Task<std::string> ActivityThenScope(Context& ctx, int type) {
  CancelScope scope(ctx);
  co_return co_await ThenItsScope(
      ctx, scope,
      scope.ctx().Activity<int>(Canceled(static_cast<CancellationType>(type)),
                                "work"));
}
Task<std::string> ChildThenScope(Context& ctx) {
  CancelScope scope(ctx);
  co_return co_await ThenItsScope(
      ctx, scope,
      scope.ctx().Child<int>(
          ChildOptions().Cancellation(CancellationType::kWaitRequested),
          "Child"));
}

// Started and canceled in one turn: history never hears of either.
Task<std::string> CancelAtOnce(Context& ctx, int type) {
  const auto t = static_cast<CancellationType>(type);
  Future<int> dropped = ctx.Activity<int>(Canceled(t), "dropped");
  Future<void> kept = ctx.Activity<void>("kept");
  dropped.Cancel();
  dropped.Cancel();
  co_await kept;
  co_return Outcome(co_await AsResult(dropped));
}

// A host's own operation: a timer that waits for its cancellation.
Task<std::string> TimerThatWaits(Context& ctx) {
  workflow_internal::Ref state(
      workflow_internal::TypedState<void>::New(ctx.host()));
  Command c;
  c.kind = CommandKind::kStartTimer;
  state->operation = ctx.host().Issue(
      {.command = std::move(c),
       .result =
           workflow_internal::Ref<workflow_internal::FutureState>(state.get()),
       .started = {},
       .cancellation = CancellationType::kWait});
  Future<void> timer(state);
  ctx.OnSignal("cancel", [timer](int) mutable { timer.Cancel(); });
  Result<void> r = co_await AsResult(timer);
  co_await ctx.Activity<void>("after");
  co_return r.Is<CanceledError>() ? "canceled" : "fired";
}

Registry Workflows() {
  Registry registry;
  registry.Workflow("CancelOnSignal", CancelOnSignal)
      .Workflow("TimerOnSignal", TimerOnSignal)
      .Workflow("ActivityThenScope", ActivityThenScope)
      .Workflow("ChildThenScope", ChildThenScope)
      .Workflow("CancelAtOnce", CancelAtOnce)
      .Workflow("TimerThatWaits", TimerThatWaits);
  return registry;
}

constexpr int kTry = static_cast<int>(CancellationType::kTryCancel);
constexpr int kWait = static_cast<int>(CancellationType::kWait);
constexpr int kAbandon = static_cast<int>(CancellationType::kAbandon);

struct Scenario {
  std::string name;
  std::string workflow;
  Payloads input;
  std::string steps;  // words of Play
  std::string result;

  // For GoogleTest.
  friend void PrintTo(const Scenario& s, std::ostream* out) { *out << s.name; }
};

// turn, start, complete, fail, timeout, ack: of the oldest open operation;
// last: complete the youngest; cancel: the signal; request: cancel the run.
void Play(const std::string& steps, Recorder& r) {
  std::size_t at = 0;
  while (at < steps.size()) {
    const std::size_t end = std::min(steps.find(' ', at), steps.size());
    const std::string word = steps.substr(at, end - at);
    at = end + 1;
    if (word == "turn") {
      EXPECT_OK(r.RunTurn());
    } else if (word == "cancel") {
      r.Signal("cancel", ToPayloads(1));
    } else if (word == "failtask") {
      r.FailTask();
    } else if (word == "request") {
      r.RequestCancel();
    } else {
      ASSERT_FALSE(r.Open().empty()) << word << " in " << steps;
      const Recorder::OpenOperation open =
          word == "last" ? r.Open().back() : r.Open().front();
      if (word == "start") r.Start(open);
      if (word == "complete" || word == "last") r.Complete(open, ToPayloads(7));
      if (word == "fail") r.Fail(open, Failure{.message = "no"});
      if (word == "timeout") r.TimeOut(open);
      if (word == "ack") r.AcknowledgeCancel(open);
    }
  }
}

// clang-format off
std::vector<Scenario> Scenarios() {
  return {
      {"Completes",          "CancelOnSignal", ToPayloads(kTry),
       "turn complete turn complete turn", "ok"},
      {"Fails",              "CancelOnSignal", ToPayloads(kTry),
       "turn fail turn complete turn", "failed"},
      {"TimesOutUnstarted",  "CancelOnSignal", ToPayloads(kTry),
       "turn timeout turn complete turn", "failed"},
      {"TaskFailsBetween",   "CancelOnSignal", ToPayloads(kTry),
       "turn failtask complete failtask turn complete turn", "ok"},
      {"TryRecorded",        "CancelOnSignal", ToPayloads(kTry),
       "turn cancel turn last turn", "canceled"},
      {"TryStarted",         "CancelOnSignal", ToPayloads(kTry),
       "turn start turn cancel turn last turn", "canceled"},
      {"TryThenStarted",     "CancelOnSignal", ToPayloads(kTry),
       "turn cancel turn start ack turn complete turn", "canceled"},
      {"TryThenCompletes",   "CancelOnSignal", ToPayloads(kTry),
       "turn cancel turn complete turn complete turn", "canceled"},
      {"TryTwice",           "CancelOnSignal", ToPayloads(kTry),
       "turn cancel cancel turn cancel turn last turn", "canceled"},
      {"TryAndDoneAtOnce",   "CancelOnSignal", ToPayloads(kTry),
       "turn cancel complete turn complete turn", "canceled"},
      {"DoneThenTry",        "CancelOnSignal", ToPayloads(kTry),
       "turn complete cancel turn complete turn", "ok"},
      {"WaitRecordedAck",    "CancelOnSignal", ToPayloads(kWait),
       "turn cancel turn ack turn complete turn", "canceled"},
      {"WaitStartedAck",     "CancelOnSignal", ToPayloads(kWait),
       "turn start turn cancel turn ack turn complete turn", "canceled"},
      {"WaitThenStarted",    "CancelOnSignal", ToPayloads(kWait),
       "turn cancel turn start turn complete turn complete turn", "ok"},
      {"WaitThenFails",      "CancelOnSignal", ToPayloads(kWait),
       "turn cancel turn fail turn complete turn", "failed"},
      {"WaitTwice",          "CancelOnSignal", ToPayloads(kWait),
       "turn cancel turn cancel turn ack turn complete turn", "canceled"},
      {"WaitAndDoneAtOnce",  "CancelOnSignal", ToPayloads(kWait),
       "turn cancel complete turn complete turn", "ok"},
      {"AbandonRecorded",    "CancelOnSignal", ToPayloads(kAbandon),
       "turn cancel turn last turn", "canceled"},
      {"AbandonStarted",     "CancelOnSignal", ToPayloads(kAbandon),
       "turn start turn cancel turn last turn", "canceled"},
      {"AbandonTwice",       "CancelOnSignal", ToPayloads(kAbandon),
       "turn cancel turn cancel turn complete turn complete turn", "canceled"},
      {"TimerFires",         "TimerOnSignal",  {},
       "turn complete turn complete turn", "fired"},
      {"TimerCanceled",      "TimerOnSignal",  {},
       "turn cancel turn complete turn", "canceled"},
      {"TimerFiresFirst",    "TimerOnSignal",  {},
       "turn complete cancel turn complete turn", "fired"},
      {"TimerFiresTooLate",  "TimerOnSignal",  {},
       "turn cancel complete turn complete turn", "canceled"},
      {"TimerWaitCanceled",  "TimerThatWaits", {},
       "turn cancel turn cancel turn complete turn", "canceled"},
      {"TryThenScope",       "ActivityThenScope", ToPayloads(kTry),
       "turn cancel turn last turn", "canceled"},
      {"AbandonThenScope",   "ActivityThenScope", ToPayloads(kAbandon),
       "turn cancel turn last turn", "canceled"},
      {"RequestedThenScope", "ChildThenScope", {},
       "turn start turn cancel turn last turn last turn", "canceled"},
      {"DroppedTry",         "CancelAtOnce",   ToPayloads(kTry),
       "turn complete turn", "canceled"},
      {"DroppedWait",        "CancelAtOnce",   ToPayloads(kWait),
       "turn complete turn", "canceled"},
      {"DroppedAbandon",     "CancelAtOnce",   ToPayloads(kAbandon),
       "turn complete turn", "canceled"},
  };
}
// clang-format on

class ScenarioTest : public testing::TestWithParam<Scenario> {};

TEST_P(ScenarioTest, LiveThenReplay) {
  const Scenario& s = GetParam();
  const Registry registry = Workflows();
  const LiveRun run = LiveThenReplay(registry, s.workflow, s.input,
                                     [&](Recorder& r) { Play(s.steps, r); });
  EXPECT_EQ(run.result, "\"" + s.result + "\"") << run.json;
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioTest, testing::ValuesIn(Scenarios()),
                         [](const auto& tested) { return tested.param.name; });

TEST(RowsTest, EveryRowIsTaken) {
  const Registry registry = Workflows();
  Rows taken;
  for (const Scenario& s : Scenarios()) {
    taken |=
        cohort_testing::RecordLive(
            {.registry = &registry}, s.workflow, s.input,
            [&](Recorder& r) { Play(s.steps, r); }, Recorder::Mode::kCached)
            .rows;
  }
  std::string missing;
  for (std::size_t i = 0; i < kLifecycle.size(); ++i) {
    if (taken[i]) continue;
    missing += std::string(NameOf(kLifecycle[i].from)) + "+" +
               std::string(NameOf(kLifecycle[i].input)) + " ";
  }
  EXPECT_EQ(missing, "");
}

}  // namespace
}  // namespace cohort
