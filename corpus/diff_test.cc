#include "cohort/corpus/diff.h"

#include "cohort/testing/history_builder.h"
#include "fmt/core.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

HistoryDiff Diff(const HistoryBuilder& a, const HistoryBuilder& b,
                 Values values = Values::kIgnored) {
  auto diff = DiffHistories(a.Build(), b.Build(), values);
  EXPECT_TRUE(diff.ok()) << diff.status();
  return diff.ok() ? *std::move(diff) : HistoryDiff();
}

// "=3" for equal turns; "2" for a pair, "-2" and "+2" for a turn of one side.
std::vector<std::string> Turns(const HistoryDiff& diff) {
  std::vector<std::string> words;
  for (const DiffPart& part : diff.parts) {
    if (!part.turn) {
      words.push_back(fmt::format("={}", part.equal_turns));
    } else if (part.turn->side == Side::kBoth) {
      words.push_back(fmt::format("{}/{}", part.turn->a, part.turn->b));
    } else if (part.turn->side == Side::kA) {
      words.push_back(fmt::format("-{}", part.turn->a));
    } else {
      words.push_back(fmt::format("+{}", part.turn->b));
    }
  }
  return words;
}

std::vector<std::string> Words(const DiffTurn& turn) {
  std::vector<std::string> words;
  for (const DiffWord& word : turn.words) {
    const char* side = word.side == Side::kBoth ? " "
                       : word.side == Side::kA  ? "-"
                                                : "+";
    words.push_back(
        fmt::format("{}{} {}", side, word.output ? "out" : "in", word.text));
  }
  return words;
}

HistoryBuilder Start(const std::string& activity, int version = 1) {
  return HistoryBuilder("Order")
      .Turn()
      .Timer()
      .TimerFired()
      .Turn()
      .Version("c", version)
      .Activity(activity)
      .ActivityCompleted()
      .Turn();
}

TEST(Diff, EqualButForIdsAndTimes) {
  const HistoryDiff diff =
      Diff(Start("charge").Timer("a"),
           HistoryBuilder(RunStart{.workflow_type = "Order",
                                   .workflow_id = "other",
                                   .run_id = "other"})
               .Turn()
               .Timer("other")
               .TimerFired()
               .FailedTask()  // no business of the code's
               .Turn()
               .Version("c", 1)
               .Activity("charge", "other")
               .ActivityCompleted()
               .Turn()
               .Timer("b"));
  EXPECT_TRUE(diff.equal) << diff.cause;
  EXPECT_THAT(Turns(diff), ElementsAre("=3"));
  EXPECT_EQ(diff.cause, "");
}

TEST(Diff, OtherCommandsAfterTheSameInput) {
  const HistoryDiff diff =
      Diff(Start("charge").Completed(), Start("chargeV2", 2).Completed());
  EXPECT_FALSE(diff.equal);
  EXPECT_EQ(diff.cause,
            "turn 2: the same came in, and other commands were put out");
  EXPECT_THAT(Turns(diff), ElementsAre("=1", "2/2", "3/3"));
  EXPECT_THAT(
      Words(*diff.parts[1].turn),
      ElementsAre(" in TimerFired", "-out MarkerRecorded(Version c=1)",
                  "+out MarkerRecorded(Version c=2)",
                  " out UpsertWorkflowSearchAttributes(TemporalChangeVersion)",
                  "-out ActivityTaskScheduled(charge)",
                  "+out ActivityTaskScheduled(chargeV2)"));
}

TEST(Diff, OtherThingsCameIn) {
  const HistoryDiff diff =
      Diff(HistoryBuilder("W").Turn().Timer().TimerFired().Turn().Completed(),
           HistoryBuilder("W").Turn().Timer().Signal("go").Turn().Completed());
  EXPECT_EQ(diff.cause, "turn 2: other things came in");
}

TEST(Diff, ATurnOfOneSide) {
  const auto with = [](bool extra) {
    HistoryBuilder b = Start("charge").Timer("x").TimerFired();
    if (extra) b.Turn().Activity("log").ActivityCompleted();
    b.Turn().Completed();
    return b;
  };
  const HistoryDiff diff = Diff(with(false), with(true));
  EXPECT_FALSE(diff.equal);
  EXPECT_EQ(diff.turns_a, 4);
  EXPECT_EQ(diff.turns_b, 5);
  EXPECT_THAT(Turns(diff), ElementsAre("=3", "4/4", "+5"));
  const HistoryDiff more =
      Diff(Start("a").Timer("1").TimerFired().Turn(), Start("a").Timer("1"));
  EXPECT_EQ(more.cause, "turn 4 is in a only");
  EXPECT_THAT(Turns(more), ElementsAre("=3", "-4"));
}

TEST(Diff, AfterADifferenceEqualTurnsAreFoundAgain) {
  const auto loop = [](int extra) {
    HistoryBuilder b("Loop");
    for (int i = 0; i < 30; ++i) {
      b.Turn().Timer().TimerFired();
      for (int n = 0; i == 10 && n < extra; ++n) {
        b.Turn().Activity("extra").ActivityCompleted();
      }
    }
    return b.Turn().Completed();
  };
  const HistoryDiff diff = Diff(loop(1), loop(3));
  EXPECT_THAT(Turns(diff), ElementsAre("=12", "+13", "+14", "=20"));
  EXPECT_EQ(diff.parts[3].a, 13);
  EXPECT_EQ(diff.parts[3].b, 15);
}

TEST(Diff, AnOpenTurnIsNoEmptyOne) {
  const HistoryDiff diff =
      Diff(Start("a").Signal("x").StartedTask(), Start("a").Signal("x").Turn());
  EXPECT_EQ(diff.cause, "turn 4: not completed in a");
}

TEST(Diff, ValuesOnRequest) {
  const auto run = [](const char* result, const char* id) {
    return HistoryBuilder(RunStart{.workflow_type = "W", .run_id = "r"})
        .Turn()
        .Activity("charge", id)
        .ActivityCompleted({JsonPayload(result)})
        .Turn()
        .Failed(id);
  };
  EXPECT_TRUE(Diff(run("7", "x"), run("8", "y")).equal);
  EXPECT_TRUE(Diff(run("7", "x"), run("7", "x"), Values::kCompared).equal);
  const HistoryDiff diff =
      Diff(run("7", "x"), run("8", "y"), Values::kCompared);
  EXPECT_FALSE(diff.equal);
  EXPECT_EQ(diff.cause,
            "turn 1: the same words, other values "
            "(ActivityTaskScheduled(charge))");
  ASSERT_THAT(Turns(diff), ElementsAre("1/1", "2/2"));
  EXPECT_THAT(diff.parts[0].turn->words[1].values,
              ElementsAre("activityId: x, not y"));
  const DiffTurn& last = *diff.parts[1].turn;
  EXPECT_THAT(last.words[0].values, IsEmpty());
  EXPECT_THAT(last.words[1].values, ElementsAre("result: 7, not 8"));
  EXPECT_THAT(last.words[2].values, ElementsAre("failure: x, not y"));
}

TEST(Diff, AHistoryThatCannotBeCutIsNamed) {
  const auto torn = History::FromJson(
      R"([{"eventId":1,"eventType":"TimerFired"},
          {"eventId":3,"eventType":"TimerFired"}])",
      {}, "torn.json");
  ASSERT_TRUE(torn.ok());
  const auto diff = DiffHistories(Start("a").Build(), *torn);
  ASSERT_FALSE(diff.ok());
  EXPECT_NE(diff.status().message().find("torn.json: event 3"),
            absl::string_view::npos);
}

}  // namespace
}  // namespace cohort
