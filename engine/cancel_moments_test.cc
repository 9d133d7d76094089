// A child and a Nexus operation, canceled at every moment of their lives, by
// the rules of each kind of writer: what is recorded, and how it ends.
#include <array>
#include <ostream>
#include <string>
#include <string_view>

#include "cohort/history/event_table.h"
#include "cohort/testing/history_builder.h"
#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::LiveRun;

template <typename T>
std::string WordOf(const Result<T>& r) {
  if (r.ok()) return "ok";
  return r.template Is<CanceledError>() ? "canceled" : r.message();
}

Future<void> Begin(Context& ctx, std::string_view kind, CancellationType type) {
  if (kind == "child") {
    return ctx.Child<void>(
        ChildOptions().WorkflowId("child-1").Cancellation(type), "Child");
  }
  return ctx.Nexus<void>(NexusOptions("e", "s").Cancellation(type), "call")
      .result();
}

// The signal cancels it, a second one again.
Task<std::string> Moment(Context& ctx, std::string kind, int type,
                         bool at_once) {
  Future<void> result = Begin(ctx, kind, static_cast<CancellationType>(type));
  ctx.OnSignal("cancel", [result](int) mutable { result.Cancel(); });
  if (at_once) result.Cancel();
  const std::string word = WordOf(co_await AsResult(result));
  co_await ctx.Activity<void>("after");
  co_return word;
}

struct When {
  const char* name;
  bool at_once;
  // s: it starts, c: the signal, t: a turn, k: it says that it is canceled,
  // d: it completes; what it cannot do any more does not happen.
  const char* script;
};

constexpr std::array<When, 7> kWhens = {{
    {"BeforeSent", true, "tskt"},
    {"BeforeSentAndKept", true, "tstkt"},
    {"BeforeStarted", false, "tctskt"},
    {"AfterStarted", false, "tsctkt"},
    {"WithItsResult", false, "tsdctt"},
    {"AfterSettled", false, "tsdtct"},
    {"Twice", false, "tscctkt"},
}};

void Do(Recorder& r, char step) {
  if (step == 't') return (void)r.RunTurn();
  if (step == 'c') return r.Signal("cancel", ToPayloads(1));
  for (const Recorder::OpenOperation& open : r.Open()) {
    const bool it = open.kind == CommandKind::kStartChild ||
                    open.kind == CommandKind::kScheduleNexus;
    if (!it) continue;
    if (step == 's') return r.Start(open);
    if (step == 'd') return r.Complete(open);
    return r.AcknowledgeCancel(open);
  }
}

// What a request makes history record, and the result.
std::string Told(const LiveRun& run) {
  std::string out;
  for (const Event& event : run.history.events()) {
    switch (event.type) {
      case EventType::kStartChildWorkflowExecutionInitiated:
      case EventType::kNexusOperationScheduled:
        out += "begun ";
        break;
      case EventType::kRequestCancelExternalWorkflowExecutionInitiated:
      case EventType::kNexusOperationCancelRequested:
        out += "requested ";
        break;
      case EventType::kChildWorkflowExecutionStarted:
      case EventType::kNexusOperationStarted:
        out += "started ";
        break;
      case EventType::kWorkflowExecutionSignaled:
        out += "signal ";
        break;
      default:
        break;
    }
  }
  return out + run.result;
}

// Live in both modes, and replayed every way, by the profile's rules.
std::string RunMoment(const char* profile, const char* kind,
                      CancellationType type, const When& when) {
  Registry registry;
  registry.Workflow("Moment", Moment);
  const RunOptions options{.registry = &registry,
                           .profile = FindProfile(profile)};
  const auto live = [&](Recorder::Mode mode) {
    return cohort_testing::RecordLive(
        options, "Moment",
        ToPayloads(std::string(kind), static_cast<int>(type), when.at_once),
        [&](Recorder& r) {
          for (const char* step = when.script; *step != 0; ++step) {
            Do(r, *step);
          }
          cohort_testing::RunToEnd(r);
        },
        mode);
  };
  const LiveRun run = live(Recorder::Mode::kCached);
  EXPECT_OK(run.status);
  EXPECT_EQ(run.json, live(Recorder::Mode::kEvicted).json);
  cohort_testing::ExpectReplaysEveryWay(registry, run.history, options.profile);
  return Told(run);
}

// By cancellation type: try, wait, abandon, wait until it is requested.
struct Moments {
  const char* profiles;
  const char* when;
  std::array<const char*, 4> told;
  const char* kinds = "child nexus";
};

// clang-format off
constexpr const char* kToldEarly = "begun signal requested started \"canceled\"";
constexpr const char* kTold = "begun started signal requested \"canceled\"";
constexpr const char* kUntold = "begun started signal \"canceled\"";
constexpr const char* kDone = "begun started signal \"ok\"";
constexpr const char* kToldOnce = "begun started signal signal requested \"canceled\"";
constexpr const char* kNever = "\"canceled\"";
constexpr const char* kKeptAlone = "begun started \"canceled\"";
constexpr const char* kAtStart = "begun started requested \"canceled\"";
constexpr const char* kKept = "begun requested started \"canceled\"";

constexpr Moments kMoments[] = {
    {"cohort python", "BeforeSent", {kNever, kNever, kNever, kNever}},
    // Go records both. A child is named, and told, when it has started, unless
    // it has ended by then.
    {"go", "BeforeSent", {kKept, kKept, kKeptAlone, kKept}, "nexus"},
    {"go", "BeforeSent", {kKeptAlone, kKeptAlone, kKeptAlone, kKeptAlone}, "child"},
    {"go", "BeforeSentAndKept", {kKept, kKept, kKeptAlone, kKept}, "nexus"},
    {"go", "BeforeSentAndKept", {kAtStart, kAtStart, kKeptAlone, kAtStart}, "child"},
    {"cohort go python", "BeforeStarted",
     {kToldEarly, kToldEarly, "begun signal started \"canceled\"", kToldEarly}},
    {"cohort go python", "AfterStarted", {kTold, kTold, kUntold, kTold}},
    {"cohort go", "WithItsResult", {kDone, kDone, kDone, kDone}},
    // Signals come first: the code cancels before it sees the result.
    {"python", "WithItsResult", {kUntold, kDone, kUntold, kDone}},
    {"cohort go python", "AfterSettled", {kDone, kDone, kDone, kDone}},
    {"cohort go python", "Twice",
     {kToldOnce, kToldOnce, "begun started signal signal \"canceled\"", kToldOnce}},
};
// clang-format on

class CancelMomentsTest : public testing::TestWithParam<const char*> {};

TEST_P(CancelMomentsTest, EveryKindAndType) {
  int seen = 0;
  for (const Moments& row : kMoments) {
    if (std::string_view(row.profiles).find(GetParam()) ==
        std::string_view::npos) {
      continue;
    }
    for (const When& when : kWhens) {
      if (std::string_view(when.name) != row.when) continue;
      for (int type = 0; type < 4; ++type) {
        for (const char* kind : {"child", "nexus"}) {
          if (std::string_view(row.kinds).find(kind) == std::string_view::npos)
            continue;
          ++seen;
          EXPECT_EQ(RunMoment(GetParam(), kind,
                              static_cast<CancellationType>(type), when),
                    row.told[static_cast<std::size_t>(type)])
              << kind << " " << when.name << " " << type;
        }
      }
    }
  }
  EXPECT_EQ(seen, (std::string_view(GetParam()) == "go" ? 7 : 6) * 4 * 2);
}

INSTANTIATE_TEST_SUITE_P(Profiles, CancelMomentsTest,
                         testing::Values("cohort", "go", "python"),
                         [](const auto& one) { return one.param; });

// Events about a request to cancel may come late, not about something else.
TEST(NexusCancelTest, ARequestOfAnotherKindOfOperationIsARefusedHistory) {
  Registry registry;
  registry.Workflow("Moment", Moment);
  HistoryBuilder b("Moment", ToPayloads(std::string("child"), 1, false));
  b.Turn().Child("Child", "child-1");
  EventDraft draft;
  draft.type = EventType::kNexusOperationCancelRequestCompleted;
  draft.subject = b.last_id();
  b.Add(draft).Turn();
  const ReplayReport report = Replayer(registry).Replay(b.Build());
  EXPECT_EQ(report.verdict, Verdict::kUnreadable) << report.ToString();
}

}  // namespace
}  // namespace cohort
