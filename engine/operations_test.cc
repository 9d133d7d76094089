// Children, external workflows, Nexus operations and local activities: every
// outcome, live and replayed.
#include <chrono>
#include <string>

#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;
using namespace std::chrono_literals;

// What a future ended with, in a word.
template <typename T>
std::string WordOf(const Result<T>& r) {
  if (r.ok()) return "ok";
  if (r.template Is<CanceledError>()) return "canceled";
  if (r.template Is<ChildWorkflowError>()) return "child: " + r.message();
  if (r.template Is<NexusError>()) return "nexus: " + r.message();
  if (r.template Is<ExternalError>()) return "external: " + r.message();
  if (r.template Is<ActivityError>()) return "activity: " + r.message();
  return "other";
}

CancellationType TypeOf(int n) { return static_cast<CancellationType>(n); }

// Starts a child; the signal "cancel" cancels it.
Task<std::string> Parent(Context& ctx, int type) {
  ChildWorkflow<std::string> child = ctx.StartChild<std::string>(
      ChildOptions().Cancellation(TypeOf(type)), "Child", 7);
  ctx.OnSignal("cancel", [child](int) mutable { child.Cancel(); });
  const Result<ExternalWorkflow> started = co_await AsResult(child.started());
  const Result<std::string> result = co_await AsResult(child.result());
  co_await ctx.Activity<void>("after");
  co_return (started.ok() ? "started" : "not started") + std::string(" ") +
      WordOf(result);
}

// Both forms without options.
Task<std::string> PlainParent(Context& ctx) {
  ChildWorkflow<std::string> first = ctx.StartChild<std::string>("Child", 1);
  Future<std::string> second = ctx.Child<std::string>("Child", 2);
  const std::string both = co_await first.result() + co_await second;
  co_await ctx.Activity<void>("after");
  co_return both;
}

Task<std::string> Caller(Context& ctx, int type) {
  NexusOperation<std::string> call = ctx.Nexus<std::string>(
      NexusOptions("endpoint", "service").Cancellation(TypeOf(type)), "hello",
      std::string("input"));
  ctx.OnSignal("cancel", [call](int) mutable { call.Cancel(); });
  const Result<std::string> started = co_await AsResult(call.started());
  const Result<std::string> result = co_await AsResult(call.result());
  co_await ctx.Activity<void>("after");
  co_return (started.ok() ? "started" : "not started") + std::string(" ") +
      WordOf(result);
}

Task<std::string> Neighbour(Context& ctx) {
  const ExternalWorkflow other{"other", ""};
  const Result<void> signaled =
      co_await AsResult(ctx.SignalExternal(other, "hurry", 1));
  const Result<void> canceled = co_await AsResult(ctx.CancelExternal(other));
  co_return WordOf(signaled) + " " + WordOf(canceled);
}

Task<std::string> Local(Context& ctx, int calls) {
  std::string words;
  for (int i = 0; i < calls; ++i) {
    auto beside = ctx.Timer(1h);
    const Result<int> r = co_await AsResult(ctx.LocalActivity<int>("price", i));
    words += WordOf(r) + " ";
    beside.Cancel();
  }
  co_await ctx.Activity<void>("after");
  co_return words;
}

Registry Workflows() {
  Registry registry;
  registry.Workflow("Parent", Parent)
      .Workflow("PlainParent", PlainParent)
      .Workflow("Caller", Caller)
      .Workflow("Neighbour", Neighbour)
      .Workflow("Local", Local);
  return registry;
}

Failure Message(std::string message) {
  return ApplicationError(std::move(message)).failure();
}

// A step of a script: an event, or a turn.
void Do(Recorder& r, const std::string& word) {
  if (word == "turn") return (void)r.RunTurn();
  if (word == "cancel") return r.Signal("cancel", ToPayloads(1));
  if (r.Open().empty()) return;
  const Recorder::OpenOperation first = r.Open().front();
  if (word == "start") return r.Start(first);
  if (word == "complete") return r.Complete(first, ToPayloads("done"));
  if (word == "fail") return r.Fail(first, Message("broken"));
  if (word == "timeout") return r.TimeOut(first);
  if (word == "acknowledge") return r.AcknowledgeCancel(first);
  if (word == "terminate") {
    return r.End(first, EventType::kChildWorkflowExecutionTerminated);
  }
  if (word == "refuse") {
    EventDraft draft;
    draft.text(Text::kControl) = "ALREADY_EXISTS";
    return r.End(first, EventType::kStartChildWorkflowExecutionFailed,
                 std::move(draft));
  }
  for (const Recorder::OpenOperation& open : r.Open()) {
    if (open.kind != CommandKind::kCancelExternal) continue;
    if (word == "arrives") return r.Complete(open);
    if (word == "lost") return r.Fail(open, Message("NOT_FOUND"));
  }
  if (word == "unheard") {
    EventDraft draft;
    draft.failure = Message("no handler");
    return r.End(first, EventType::kNexusOperationCancelRequestFailed,
                 std::move(draft));
  }
  if (word == "requested") {
    return r.End(first, EventType::kNexusOperationCancelRequestCompleted);
  }
  ADD_FAILURE() << word;
}

struct Case {
  const char* name;
  const char* workflow;
  int argument;
  const char* script;
  const char* result;
};

constexpr int kTry = 0;
constexpr int kWait = 1;
constexpr int kAbandon = 2;
constexpr int kRequested = 3;

// clang-format off
const Case kCases[] = {
    {"Completes", "Parent", kWait, "turn start turn complete turn", "started ok"},
    {"AtOnce", "Parent", kWait, "turn complete turn", "started ok"},
    {"WithoutOptions", "PlainParent", kWait, "turn complete complete turn", "donedone"},
    {"Fails", "Parent", kWait, "turn start fail turn", "started child: broken"},
    {"TimesOut", "Parent", kWait, "turn timeout turn", "started child: timed out"},
    {"Terminated", "Parent", kWait, "turn terminate turn", "started child: terminated"},
    {"NotStarted", "Parent", kWait, "turn refuse turn", "not started child: ALREADY_EXISTS"},
    {"WaitsForCancel", "Parent", kWait, "turn start cancel turn arrives acknowledge turn",
     "started canceled"},
    {"WaitsInVain", "Parent", kWait, "turn start cancel turn arrives complete turn", "started ok"},
    {"CancelIsLost", "Parent", kWait, "turn start cancel turn lost complete turn", "started ok"},
    {"Requested", "Parent", kRequested, "turn start cancel turn arrives turn", "started canceled"},
    {"RequestedUnstarted", "Parent", kRequested, "turn cancel turn arrives turn",
     "not started canceled"},
    {"RequestIsLost", "Parent", kRequested, "turn start cancel turn lost complete turn",
     "started ok"},
    {"TriesToCancel", "Parent", kTry, "turn start turn cancel turn arrives acknowledge",
     "started canceled"},
    {"TriesBeforeStart", "Parent", kTry, "turn cancel turn start arrives acknowledge",
     "not started canceled"},
    {"Abandons", "Parent", kAbandon, "turn start turn cancel turn complete", "started canceled"},
    {"DoneAsCanceled", "Parent", kWait, "turn start cancel complete turn", "started ok"},

    {"NexusSync", "Caller", kWait, "turn complete turn", "started ok"},
    {"NexusAsync", "Caller", kWait, "turn start turn complete turn", "started ok"},
    {"NexusFails", "Caller", kWait, "turn start fail turn", "started nexus: broken"},
    {"NexusTimesOut", "Caller", kWait, "turn timeout turn", "not started nexus: timeout"},
    {"NexusWaits", "Caller", kWait, "turn start cancel turn requested turn acknowledge turn",
     "started canceled"},
    {"NexusRequested", "Caller", kRequested, "turn start cancel turn requested turn acknowledge",
     "started canceled"},
    {"NexusRequestFails", "Caller", kRequested, "turn start cancel turn unheard turn complete",
     "started nexus: no handler"},
    {"NexusRequestFailsUnasked", "Caller", kWait,
     "turn start cancel turn unheard turn complete turn", "started ok"},
    {"NexusRequestFailsLate", "Caller", kTry, "turn start cancel turn unheard complete",
     "started canceled"},
    {"NexusTries", "Caller", kTry, "turn start turn cancel turn complete", "started canceled"},
    {"NexusTriesEarly", "Caller", kTry, "turn cancel turn", "not started canceled"},
    {"NexusDone", "Caller", kTry, "turn start cancel complete turn", "started canceled"},
};
// clang-format on

class KindsTest : public testing::TestWithParam<Case> {};

TEST_P(KindsTest, LiveThenReplay) {
  const Case& c = GetParam();
  const auto script = [&c](Recorder& r) {
    const std::string words = c.script;
    std::size_t at = 0;
    while (at < words.size()) {
      const std::size_t end = std::min(words.find(' ', at), words.size());
      Do(r, words.substr(at, end - at));
      EXPECT_OK(r.status());
      at = end + 1;
    }
    EXPECT_OK(r.RunTurn());
    // "after", whatever else is still open.
    r.Complete(r.Open().back());
    EXPECT_OK(r.RunTurn());
  };
  const LiveRun run =
      LiveThenReplay(Workflows(), c.workflow, ToPayloads(c.argument), script);
  EXPECT_EQ(run.result, "\"" + std::string(c.result) + "\"") << run.json;
}

INSTANTIATE_TEST_SUITE_P(All, KindsTest, testing::ValuesIn(kCases),
                         [](const auto& c) { return c.param.name; });

TEST(ExternalTest, ArrivesOrNot) {
  const LiveRun arrives =
      LiveThenReplay(Workflows(), "Neighbour", {}, [](Recorder& r) {
        EXPECT_OK(r.RunTurn());
        r.Complete(r.Open()[0]);
        EXPECT_OK(r.RunTurn());
        r.Complete(r.Open()[0]);
        EXPECT_OK(r.RunTurn());
      });
  EXPECT_EQ(arrives.result, "\"ok ok\"");
  const LiveRun lost =
      LiveThenReplay(Workflows(), "Neighbour", {}, [](Recorder& r) {
        EXPECT_OK(r.RunTurn());
        r.Fail(r.Open()[0], Message("NOT_FOUND"));
        EXPECT_OK(r.RunTurn());
        r.Fail(r.Open()[0], Message("NOT_FOUND"));
        EXPECT_OK(r.RunTurn());
      });
  EXPECT_EQ(lost.result, "\"external: NOT_FOUND external: NOT_FOUND\"");
}

// Each outcome of a local activity: a result, a failure, a wait by timer, and
// a turn that ends before it does.
TEST(LocalActivityTest, EveryOutcome) {
  const auto script = [](Recorder& r) {
    auto asked = std::make_shared<int>(0);
    r.SetLocalRunner(
        [asked](const LocalCall& call) -> std::optional<LocalOutcome> {
          EXPECT_EQ(call.type, "price");
          LocalOutcome outcome;
          const std::string& input = call.input.at(0).data;
          if (input == "0") outcome.result = ToPayloads(1);
          if (input == "1") outcome.failure = Message("no price");
          if (input == "2" && call.attempt == 1) {
            outcome.failure = Message("later");
            outcome.backoff = std::chrono::minutes(2);
          }
          if (input == "2" && call.attempt == 2) outcome.result = ToPayloads(2);
          if (input == "3" && ++*asked == 1) return std::nullopt;
          if (input == "3") outcome.result = ToPayloads(3);
          return outcome;
        });
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open().back());  // the timer before the second attempt
    EXPECT_OK(r.RunTurn());       // ends as a heartbeat
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open().back());
    EXPECT_OK(r.RunTurn());
  };
  const LiveRun run =
      LiveThenReplay(Workflows(), "Local", ToPayloads(4), script);
  EXPECT_EQ(run.result, "\"ok activity: no price ok ok \"") << run.json;
}

// Two calls of one type end in the other order: each has its own value again.
TEST(LocalActivityTest, ParallelCallsEndInAnyOrder) {
  Registry registry;
  registry.Workflow(
      "Two", +[](Context& ctx) -> Task<std::string> {
        const auto first = ctx.LocalActivity<std::string>("echo", "1");
        const auto second = ctx.LocalActivity<std::string>("echo", "2");
        co_return co_await first + co_await second;
      });
  const auto script = [](Recorder& r) {
    auto asked = std::make_shared<int>(0);
    r.SetLocalRunner(
        [asked](const LocalCall& call) -> std::optional<LocalOutcome> {
          if (++*asked == 1) return std::nullopt;
          LocalOutcome outcome;
          outcome.result = call.input;
          return outcome;
        });
    EXPECT_OK(r.RunTurn());
    EXPECT_OK(r.RunTurn());
  };
  for (const Dialect dialect : {Dialect::kGo, Dialect::kJava, Dialect::kCore}) {
    const LiveRun run = LiveThenReplay(registry, "Two", {}, script,
                                       {.version_dialect = dialect});
    EXPECT_EQ(run.result, "\"12\"") << run.json;
  }
}

// Several updates of one turn: each acceptance stands before what its own
// handler issues.
TEST(UpdateTest, EachIsAcceptedWhereItsHandlerBegins) {
  Registry registry;
  registry.Workflow(
      "W", +[](Context& ctx) -> Task<void> {
        int ended = 0;
        ctx.OnUpdate("u", [&]() -> Task<void> {
          co_await ctx.Activity<void>("a");
          ++ended;
        });
        co_await ctx.Until([&] { return ended == 2; });
        co_await ctx.Until([&] { return ctx.AllHandlersFinished(); });
      });
  const LiveRun run = LiveThenReplay(registry, "W", {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Update("1", "u");
    r.Update("2", "u");
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open()[0]);
    r.Complete(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
  });
  std::string order;
  for (const Event& event : run.history.events()) {
    if (event.type == EventType::kWorkflowExecutionUpdateAccepted) order += "A";
    if (event.type == EventType::kActivityTaskScheduled) order += "S";
    if (event.type == EventType::kWorkflowExecutionUpdateCompleted)
      order += "C";
  }
  EXPECT_EQ(order, "ASASCC");
}

}  // namespace
}  // namespace cohort
