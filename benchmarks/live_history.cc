#include "cohort/benchmarks/live_history.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

#include "cohort/base/check.h"
#include "cohort/benchmarks/made_history.h"
#include "cohort/examples/order.h"
#include "cohort/testing/recorder.h"
#include "fmt/format.h"

namespace cohort_benchmarks {
namespace {

using cohort::ActivityOptions;
using cohort::CancellationType;
using cohort::CommandKind;
using cohort::Context;
using cohort::JsonPayload;
using cohort::Recorder;
using cohort::Task;
using cohort::ToPayloads;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// --- A program of every kind ------------------------------------------------

void AskForVersions(Context& ctx, int round) {
  const std::string change = fmt::format("change-{}", round % 8);
  const std::string patch = fmt::format("patch-{}", round % 8);
  cohort::GetVersion(ctx, change, cohort::kDefaultVersion, 1);
  cohort::Patched(ctx, patch);
}

// What is started, and canceled a turn later.
struct Started {
  cohort::Future<void> deadline;
  cohort::Future<void> slow;
  cohort::NexusOperation<void> nexus;
  cohort::ChildWorkflow<void> child;
};

Started StartAll(Context& ctx, int round) {
  const auto wait = ActivityOptions(ctx.activity_options())
                        .Cancellation(CancellationType::kWait);
  return {ctx.Timer(hours(1)), ctx.Activity<void>(wait, "slow", round),
          ctx.Nexus<void>(cohort::NexusOptions("payments", "ledger")
                              .Cancellation(CancellationType::kWait),
                          "reserve", round),
          ctx.StartChild<void>(cohort::ChildOptions()
                                   .WorkflowId(fmt::format("child-{}", round))
                                   .Cancellation(CancellationType::kWait),
                               "Child", round)};
}

Task<void> CancelAll(Context& ctx, Started started) {
  started.deadline.Cancel();
  started.slow.Cancel();
  started.nexus.Cancel();
  const auto child = co_await started.child.started();
  co_await ctx.SignalExternal(child, "hurry");
  started.child.Cancel();
  (void)co_await AsResult(started.slow);
  (void)co_await AsResult(started.nexus.result());
  (void)co_await AsResult(started.child.result());
}

Task<int> Mixed(Context& ctx, int rounds) {
  int noted = 0;
  ctx.SetActivityOptions(ActivityOptions()
                             .StartToClose(seconds(10))
                             .MaximumAttempts(2)
                             .Backoff(milliseconds(100), 2.0, seconds(10)));
  ctx.OnSignal("note", [&noted](int) { ++noted; });
  ctx.OnUpdate("set", [&noted](int value) { return noted + value; });
  for (int round = 0; round < rounds; ++round) {
    AskForVersions(ctx, round);
    ctx.SideEffect([round] { return round; });
    ctx.MutableSideEffect("limit", [round] { return round / 2; });
    ctx.UpsertSearchAttributes(
        {{"Round", JsonPayload(fmt::format("{}", round))}});
    ctx.UpsertMemo({{"round", JsonPayload(fmt::format("{}", round))}});
    co_await ctx.LocalActivity<int>("price", round);
    Started started = StartAll(ctx, round);
    co_await ctx.Activity<int>("work", round);
    co_await CancelAll(ctx, std::move(started));
    co_await ctx.Sleep(seconds(1));
  }
  co_return noted;
}

// --- What comes in ----------------------------------------------------------

const Recorder::OpenOperation* Find(const Recorder& r, std::string_view name) {
  for (const Recorder::OpenOperation& open : r.Open()) {
    if (open.name == name) return &open;
  }
  return nullptr;
}

void EndWork(Recorder& r, const Recorder::OpenOperation& work, int round) {
  for (const Recorder::OpenOperation& open : r.Open()) {
    if (open.kind == CommandKind::kScheduleNexus ||
        open.kind == CommandKind::kStartChild) {
      r.Start(open);
    }
  }
  r.Signal("note", ToPayloads(round));
  r.Complete(work, ToPayloads(round));
}

// What was canceled says so; everything else has a result.
void EndAll(Recorder& r) {
  const std::vector<Recorder::OpenOperation> all = r.Open();
  const bool canceled = Find(r, "hurry") == nullptr;
  for (const Recorder::OpenOperation& open : all) {
    const bool waits = open.kind == CommandKind::kScheduleActivity ||
                       open.kind == CommandKind::kScheduleNexus ||
                       open.kind == CommandKind::kStartChild;
    if (!waits) {
      r.Complete(open);
    } else if (canceled) {
      r.AcknowledgeCancel(open);
    }
  }
}

cohort::LocalOutcome Double(const cohort::LocalCall& call) {
  cohort::LocalOutcome outcome;
  outcome.result = call.input;
  return outcome;
}

// Runs to the end; `bring_in` says what comes in before the next turn.
std::string Run(const cohort::Registry& registry, const std::string& workflow,
                cohort::Payloads input,
                const std::function<void(Recorder&)>& bring_in) {
  Recorder r({.registry = &registry}, workflow, std::move(input));
  r.SetLocalRunner(Double);
  while (!r.closed()) {
    const absl::Status turn = r.RunTurn();
    if (!turn.ok()) fmt::print(stderr, "{}\n", turn.ToString());
    COHORT_CHECK(turn.ok(), "the program runs live");
    if (!r.closed()) bring_in(r);
  }
  const auto history = r.history();
  COHORT_CHECK(history.ok(), "what was recorded can be read");
  return InOfficialLayout(*history);
}

}  // namespace

cohort::Registry MixedProgram() {
  cohort::Registry registry;
  registry.Workflow("Mixed", Mixed);
  return registry;
}

std::string RunMixed(int rounds) {
  int round = 0;
  return Run(MixedProgram(), "Mixed", ToPayloads(rounds), [&](Recorder& r) {
    if (const auto* work = Find(r, "work")) return EndWork(r, *work, round++);
    if (r.Open().size() == 1)
      r.Update(fmt::format("u-{}", round), "set", ToPayloads(round));
    EndAll(r);
  });
}

std::string RunOrder() {
  const auto registry =
      cohort_examples::OrderRegistry(cohort_examples::OrderStyle::kGo, "g2");
  const cohort::Payloads input = {JsonPayload(R"({"orderId":"o-g2_plain"})")};
  bool child_runs = false;
  return Run(registry, "Order", input, [&](Recorder& r) {
    const Recorder::OpenOperation open = r.Open().front();
    // The run hears of a child's start in a turn of its own.
    if (open.kind == CommandKind::kStartChild &&
        !std::exchange(child_runs, true)) {
      return r.Start(open);
    }
    r.Complete(open, ToPayloads(open.name + ":o-g2_plain"));
  });
}

}  // namespace cohort_benchmarks
