// Which call a marker of a mutable side effect belongs to, in Java's form. The
// histories are as Java's SDK 1.31 records them, with their own skip counts.
#include <ostream>
#include <string>
#include <vector>

#include "cohort/testing/history_builder.h"
#include "cohort/testing/replayer.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

// m: a call; a: an activity named by its value, awaited; n: the same, not
// awaited; e: an activity named by all values.
Task<void> Play(Context& ctx, std::string plan) {
  std::string seen;
  int value = -1;
  std::vector<Future<void>> open;
  for (char step : plan) {
    const std::string name = "v" + std::to_string(value);
    if (step == 'm') {
      value = ctx.MutableSideEffect("x", [] { return 99; });
      seen += std::to_string(value);
    }
    if (step == 'a') co_await ctx.Activity<void>(name);
    if (step == 'n') open.push_back(ctx.Activity<void>(name));
    if (step == 'e') co_await ctx.Activity<void>(seen);
  }
  for (Future<void>& f : open) co_await f;
}

struct Case {
  const char* name;
  const char* plan;
  // Turns, split by '|': "2:1" is a marker that says two skipped, of value 1;
  // everything else an activity, which is completed before the next turn.
  const char* history;

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
};

HistoryBuilder Recorded(const Case& c) {
  HistoryBuilder b("Play", ToPayloads(std::string(c.plan)));
  b.Sdk("temporal-java", {1}).Turn();
  int open = 0;
  const auto next_turn = [&] {
    for (; open > 0; --open) b.ActivityCompleted();
    b.Turn();
  };
  std::string word;
  for (const char* at = c.history;; ++at) {
    if (*at != ' ' && *at != 0) {
      word += *at;
      continue;
    }
    const std::size_t colon = word.find(':');
    if (word == "|") {
      next_turn();
    } else if (colon != word.npos) {
      b.MutableSideEffect({"x", std::nullopt, std::stoi(word.substr(0, colon)),
                           ToPayloads(std::stoi(word.substr(colon + 1)))});
    } else {
      b.Activity(word);
      ++open;
    }
    word.clear();
    if (*at == 0) break;
  }
  next_turn();
  return b.Completed();
}

ReplayReport ReplayOf(const Case& c) {
  Registry registry;
  registry.Workflow("Play", Play);
  return Replayer(registry).Replay(Recorded(c).Build());
}

class JavasSkipCount : public testing::TestWithParam<Case> {};

TEST_P(JavasSkipCount, TheValueComesWhereItCameLive) {
  const ReplayReport report = ReplayOf(GetParam());
  EXPECT_EQ(report.profile, "java");
  EXPECT_EQ(report.verdict, Verdict::kClean) << report.ToString();
}

INSTANTIATE_TEST_SUITE_P(
    All, JavasSkipCount,
    testing::Values(
        Case{"EachChanges", "mme", "0:0 0:1 01"},
        // Java's own replay sees 0, 1, 1: one call too early.
        Case{"OneSkippedAtOnePlace", "mmme", "0:0 1:1 001"},
        // ... 0, 0, 0, 0: the value is lost from two on.
        Case{"TwoSkippedAtOnePlace", "mmmme", "0:0 2:1 0001"},
        Case{"OneSkippedInATurn", "mamamae", "0:0 v0 | v0 | 1:1 v1 | 001"},
        Case{"ThreeSkippedInTurns", "mamamamamae",
             "0:0 v0 | v0 | v0 | v0 | 3:1 v1 | 00001"},
        Case{"BetweenCommands", "mnmnmne", "0:0 v0 v0 1:1 v1 001"},
        Case{"BetweenCommandsTwice", "mnmnmnmne", "0:0 v0 v0 v0 2:1 v1 0001"},
        // Evicted before each turn: the worker has forgotten what it skipped.
        Case{"Evicted", "mamamamae", "0:0 v0 | v0 | v0 | 0:1 v1 | 0001"},
        Case{"EvictedTwice", "mamamamamamamamae",
             "0:0 v0 | v0 | v0 | 0:1 v1 | v1 | v1 | 0:2 v2 | v2 | 00011122"},
        Case{"EvictedAndBetweenCommands", "mamamnmnmne",
             "0:0 v0 | v0 | v0 v0 1:1 v1 00001"},
        // Evicted behind a marker that says two: its worker counts one more.
        Case{"CountedTooMuch", "mamamamamamae",
             "0:0 v0 | v0 | v0 | 2:1 v1 | v1 | 2:2 v2 | 000112"}),
    [](const auto& tested) { return tested.param.name; });

TEST(JavasSkipCountTest, ACallMayBeTakenOut) {
  // Recorded with three more calls in the second turn. As in Java the marker
  // needs a call at its place, whatever the count; the value holds for later
  // calls.
  const ReplayReport fewer =
      ReplayOf({"", "mamamae", "0:0 v0 | 3:1 v0 | v1 | 001"});
  EXPECT_EQ(fewer.verdict, Verdict::kClean) << fewer.ToString();
}

TEST(JavasSkipCountTest, AMarkerElsewhereIsADivergence) {
  // Behind the activity; the code calls before it.
  const ReplayReport moved = ReplayOf({"", "mammae", "0:0 v0 | v0 1:1 | 000"});
  EXPECT_EQ(moved.verdict, Verdict::kDivergent) << moved.ToString();
  const ReplayReport none = ReplayOf({"", "mae", "0:0 v0 | 0:1 0"});
  EXPECT_EQ(none.verdict, Verdict::kDivergent) << none.ToString();
}

}  // namespace
}  // namespace cohort
