#include "cohort/examples/every_kind.h"

#include <array>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "cohort/base/check.h"
#include "cohort/testing/recorder.h"
#include "cohort/workflow/selector.h"
#include "fmt/format.h"

namespace cohort_examples {
namespace {

using cohort::ActivityOptions;
using cohort::CancellationType;
using cohort::CommandKind;
using cohort::Context;
using cohort::EventType;
using cohort::Future;
using cohort::JsonPayload;
using cohort::Recorder;
using cohort::Task;
using cohort::ToPayloads;
using std::chrono::hours;
using std::chrono::seconds;

// --- The workflow -----------------------------------------------------------

struct Seen {
  int noted = 0;
  std::vector<std::string> steps;
};

void AddHandlers(Context& ctx, const std::shared_ptr<Seen>& seen) {
  ctx.OnSignal("note", [seen](int n) { seen->noted ^= n; });
  ctx.OnSignal("slow", [&ctx, seen](int n) -> Task<void> {
    co_await ctx.Sleep(seconds(2));
    seen->noted ^= n;
  });
  ctx.OnQuery("steps", [seen] { return seen->steps; });
  ctx.OnUpdate(
      "set", [seen](int n) { return seen->noted ^= n; },
      [](int n) {
        if (n < 0) throw cohort::ApplicationError("not below 0");
      });
  ctx.OnUpdate("ask", [&ctx, seen](int n) -> Task<int> {
    co_return co_await ctx.Activity<int>("answer", n) + seen->noted;
  });
}

void RecordValues(Context& ctx, int plan) {
  cohort::GetVersion(ctx, "v", cohort::kDefaultVersion, 1);
  cohort::Patched(ctx, "p");
  cohort::DeprecatePatch(ctx, "d");
  ctx.SideEffect([plan] { return plan; });
  ctx.MutableSideEffect("limit", [plan] { return plan / 2; });
  ctx.UpsertSearchAttributes({{"Plan", JsonPayload(fmt::format("{}", plan))}});
  ctx.UpsertMemo({{"plan", JsonPayload(fmt::format("{}", plan))}});
}

template <typename T>
Task<void> Note(std::shared_ptr<Seen> seen, std::string step,
                Future<T> future) {
  const auto result = co_await AsResult(std::move(future));
  seen->steps.push_back(step + (result.ok() ? "" : " " + result.message()));
}

// One of each, all at once, noted as they end.
std::vector<Future<void>> StartAll(Context& ctx, CancellationType type,
                                   const std::shared_ptr<Seen>& seen) {
  std::vector<Future<void>> all;
  const auto watch = [&](std::string step, auto future) {
    all.push_back(ctx.Spawn(Note(seen, std::move(step), std::move(future))));
  };
  watch("activity", ctx.Activity<int>(ActivityOptions().Cancellation(type),
                                      "work", static_cast<int>(type)));
  watch("timer", ctx.Timer(hours(1)));
  auto child = ctx.StartChild<void>(
      cohort::ChildOptions()
          .WorkflowId(fmt::format("child-{}", static_cast<int>(type)))
          .Cancellation(type),
      "Child");
  watch("child started", child.started());
  watch("child", child.result());
  auto nexus = ctx.Nexus<void>(
      cohort::NexusOptions("payments", "ledger").Cancellation(type), "reserve",
      1);
  watch("nexus started", nexus.started());
  watch("nexus", nexus.result());
  watch("local", ctx.LocalActivity<int>("price", 1));
  return all;
}

constexpr std::array kTypes = {
    CancellationType::kWaitRequested, CancellationType::kTryCancel,
    CancellationType::kWait, CancellationType::kAbandon};

// In a scope of its own; canceled a turn later, if the plan says so.
Task<void> RunScope(Context& ctx, int plan, std::shared_ptr<Seen> seen) {
  cohort::CancelScope scope(ctx);
  std::vector<Future<void>> all;
  const std::size_t types = plan & 8 ? 1 : kTypes.size();
  for (CancellationType type : std::span(kTypes).first(types)) {
    for (Future<void>& one : StartAll(scope.ctx(), type, seen)) {
      all.push_back(std::move(one));
    }
  }
  if (plan & 1) {
    (void)co_await AsResult(ctx.Sleep(seconds(1)));
    scope.Cancel();
  }
  for (Future<void>& one : all) (void)co_await AsResult(one);
}

Task<void> TalkToOthers(Context& ctx, std::shared_ptr<Seen> seen) {
  const cohort::ExternalWorkflow other{.workflow_id = "other"};
  co_await Note(seen, "signal", ctx.SignalExternal(other, "hurry", 1));
  co_await Note(seen, "cancel", ctx.CancelExternal(other));
}

// A message, or time is over.
Task<void> SelectOne(Context& ctx, std::shared_ptr<Seen> seen) {
  bool over = false;
  cohort::Selector next(ctx);
  next.OnReceive(ctx.Signals<std::string>("go"),
                 [&](std::string word) {
                   seen->steps.push_back("go " + word);
                   over = true;
                 })
      .OnSettled(ctx.Timer(hours(2)), [&] { over = true; });
  while (!over) (void)co_await next.Select();
}

Task<int> EveryKind(Context& ctx, int plan) {
  auto seen = std::make_shared<Seen>();
  AddHandlers(ctx, seen);
  RecordValues(ctx, plan);
  auto others = ctx.Spawn(TalkToOthers(ctx, seen));
  auto selected = ctx.Spawn(SelectOne(ctx, seen));
  co_await RunScope(ctx, plan, seen);
  if (ctx.canceled()) {
    cohort::CancelScope detached(ctx, cohort::ScopeLink::kDetached);
    co_await detached.ctx().Activity<void>("tidy up");
    throw cohort::CanceledError();
  }
  RecordValues(ctx, plan + 2);
  co_await WhenAll(others, selected);
  co_await ctx.Until([&ctx] { return ctx.AllHandlersFinished(); });
  (void)co_await ctx.UntilWithin(seconds(3), [seen] { return seen->noted; });
  if (plan & 2) throw cohort::ApplicationError("as planned");
  if (plan & 4) ctx.ContinueAsNew(0);
  co_return seen->noted;
}

// --- What comes in ----------------------------------------------------------

bool CanBeCanceled(CommandKind kind) {
  return kind == CommandKind::kScheduleActivity ||
         kind == CommandKind::kStartChild ||
         kind == CommandKind::kScheduleNexus;
}

// Not before its end.
bool StartsLate(const Recorder::OpenOperation& open) {
  return open.kind == CommandKind::kStartChild && open.id == "child-1";
}

// The rarer ends of a kind; the others have their result.
void EndOtherwise(Recorder& r, const Recorder::OpenOperation& open) {
  switch (open.kind) {
    case CommandKind::kStartChild:
      return r.End(open, StartsLate(open)
                             ? EventType::kStartChildWorkflowExecutionFailed
                             : EventType::kChildWorkflowExecutionTerminated);
    case CommandKind::kScheduleNexus:
      r.End(open, EventType::kNexusOperationCancelRequestFailed);
      return r.TimeOut(open);
    default:
      return r.Complete(open, ToPayloads(7));
  }
}

void Acknowledge(Recorder& r, const Recorder::OpenOperation& open) {
  if (open.kind == CommandKind::kScheduleNexus) {
    r.End(open, EventType::kNexusOperationCancelRequestCompleted);
  }
  r.AcknowledgeCancel(open);
}

void Answer(Recorder& r, const Recorder::OpenOperation& open, Answers answers) {
  if (open.kind == CommandKind::kStartTimer) return r.Complete(open);
  if (open.kind == CommandKind::kSignalExternal ||
      open.kind == CommandKind::kCancelExternal) {
    return answers == Answers::kFailures
               ? r.Fail(open, {.message = "NOT_FOUND"})
               : r.Complete(open);
  }
  switch (answers) {
    case Answers::kResults:
      return r.Complete(open, ToPayloads(7));
    case Answers::kFailures:
      return r.Fail(open, {.message = "broken"});
    case Answers::kTimeOuts:
      return r.TimeOut(open);
    case Answers::kAcknowledgements:
      return Acknowledge(r, open);
    case Answers::kOthers:
      return EndOtherwise(r, open);
  }
}

void Start(Recorder& r) {
  const std::vector<Recorder::OpenOperation> all = r.Open();
  for (const Recorder::OpenOperation& open : all) {
    if (CanBeCanceled(open.kind) && !StartsLate(open)) r.Start(open);
  }
}

// What the turn of this number is told.
void BringIn(Recorder& r, const EveryKindSeed& seed, int turn) {
  if (turn == 1) {
    r.Signal("note", ToPayloads(1));
    r.Signal("slow", ToPayloads(2));
    r.Update("u-1", "set", ToPayloads(3));
    r.Update("u-2", "ask", ToPayloads(4));
    r.Update("u-3", "set", ToPayloads(-1));
    return Start(r);
  }
  if (turn == 2 && seed.cancel_run) return r.RequestCancel();
  if (turn == 4) r.Signal("go", ToPayloads("now"));
  if (turn == 5) r.FailTask();
  const std::vector<Recorder::OpenOperation> all = r.Open();
  std::size_t left = turn < 4 ? 2 : all.size();
  for (const Recorder::OpenOperation& open : all) {
    if (left-- == 0) break;
    Answer(r, open, seed.answers);
  }
}

std::optional<cohort::LocalOutcome> RunLocal(const cohort::LocalCall& call) {
  cohort::LocalOutcome outcome;
  outcome.result = call.input;
  if (call.attempt == 1) outcome.failure = cohort::Failure{.message = "once"};
  return outcome;
}

constexpr std::array<EveryKindSeed, 9> kSeeds = {{
    {"every_results", "cohort-cpp", 8, Answers::kResults, false},
    {"every_scope_canceled", "cohort-cpp", 1, Answers::kAcknowledgements,
     false},
    {"every_run_canceled", "cohort-cpp", 8, Answers::kAcknowledgements, true},
    {"every_other", "cohort-cpp", 1, Answers::kOthers, false},
    {"every_failures", "temporal-go", 8 + 2, Answers::kFailures, false},
    {"every_timeouts", "temporal-java", 8 + 4, Answers::kTimeOuts, false},
    {"every_results_python", "temporal-python", 8 + 4, Answers::kResults,
     false},
    {"every_run_canceled_go", "temporal-go", 8, Answers::kResults, true},
    {"every_scope_typescript", "temporal-typescript", 8 + 1, Answers::kResults,
     false},
}};

// The history as if another SDK had written it.
std::string Renamed(std::string json, std::string_view sdk) {
  const std::string ours = fmt::format("\"{}\"", cohort::kSdkName);
  const std::string theirs = fmt::format("\"{}\"", sdk);
  for (std::size_t at = json.find(ours); at != std::string::npos;
       at = json.find(ours, at + theirs.size())) {
    json.replace(at, ours.size(), theirs);
  }
  return json;
}

}  // namespace

cohort::Registry EveryKindRegistry() {
  cohort::Registry registry;
  registry.Workflow("EveryKind", EveryKind);
  return registry;
}

std::span<const EveryKindSeed> EveryKindSeeds() { return kSeeds; }

std::string RecordEveryKind(const EveryKindSeed& seed) {
  const cohort::Registry registry = EveryKindRegistry();
  Recorder r({.registry = &registry}, "EveryKind", ToPayloads(seed.plan));
  r.SetLocalRunner(RunLocal);
  for (int turn = 1; !r.closed(); ++turn) {
    const absl::Status status = r.RunTurn();
    if (!status.ok()) fmt::print(stderr, "{}\n", status.ToString());
    COHORT_CHECK(status.ok() && turn < 100, "the program runs live");
    if (!r.closed()) BringIn(r, seed, turn);
  }
  return Renamed(r.ToJson(), seed.sdk);
}

}  // namespace cohort_examples
