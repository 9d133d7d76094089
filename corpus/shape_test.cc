#include "cohort/corpus/shape.h"

#include <string>
#include <vector>

#include "cohort/testing/history_builder.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

// A subscription in its nth month: each is a charge and a day's sleep.
History Months(int n, int amount = 1) {
  HistoryBuilder b("Subscription");
  for (int i = 0; i < n; ++i) {
    b.Turn().Version("Step1", 2).Activity("charge");
    b.ActivityCompleted({JsonPayload(std::to_string(amount + i))});
    b.Turn().Timer().TimerFired();
  }
  return b.Turn().Completed().Build();
}

Shape Of(const History& history) {
  auto shape = ShapeOf(history);
  EXPECT_TRUE(shape.ok()) << shape.status();
  return shape.ok() ? *std::move(shape) : Shape();
}

TEST(Shape, DoesNotSeePayloads) {
  EXPECT_EQ(Of(Months(2, 1)).Whole(), Of(Months(2, 50)).Whole());
}

TEST(Shape, SeesNamesAndVersions) {
  const auto with = [](int version, const char* activity) {
    return Of(HistoryBuilder("W")
                  .Turn()
                  .Version("Step1", version)
                  .Activity(activity)
                  .Build())
        .Whole();
  };
  EXPECT_EQ(with(1, "a"), with(1, "a"));
  EXPECT_NE(with(1, "a"), with(2, "a"));
  EXPECT_NE(with(1, "a"), with(1, "b"));
}

TEST(Shape, TellsADeprecatedPatchFromALiveOne) {
  const Shape live = Of(HistoryBuilder("W").Turn().Patch("p").Build());
  const Shape deprecated =
      Of(HistoryBuilder("W").Turn().DeprecatedPatch("p").Build());
  EXPECT_NE(live.Whole(), deprecated.Whole());
}

TEST(Shape, SeesWhatCameInBehindTheLastTurn) {
  const Shape without = Of(HistoryBuilder("W").Turn().Timer().Build());
  const Shape with =
      Of(HistoryBuilder("W").Turn().Timer().Signal("go").Build());
  EXPECT_NE(without.Whole(), with.Whole());
  EXPECT_TRUE(IsPrefix(without, with));
}

TEST(Shape, DoesNotSeeFailedTasks) {
  EXPECT_EQ(
      Of(HistoryBuilder("W").Turn().Timer().Build()).Whole(),
      Of(HistoryBuilder("W").FailedTask().Turn().Timer().Build()).Whole());
}

TEST(Shape, OneComparisonTellsAPrefix) {
  const Shape two = Of(HistoryBuilder("W")
                           .Turn()
                           .Timer()
                           .TimerFired()
                           .Turn()
                           .Activity("a")
                           .Build());
  const Shape three = Of(HistoryBuilder("W")
                             .Turn()
                             .Timer()
                             .TimerFired()
                             .Turn()
                             .Activity("a")
                             .ActivityCompleted()
                             .Turn()
                             .Completed()
                             .Build());
  const Shape other = Of(HistoryBuilder("W")
                             .Turn()
                             .Timer()
                             .TimerFired()
                             .Turn()
                             .Activity("b")
                             .ActivityCompleted()
                             .Turn()
                             .Completed()
                             .Build());
  EXPECT_TRUE(IsPrefix(two, three));
  EXPECT_FALSE(IsPrefix(three, two));
  EXPECT_FALSE(IsPrefix(two, other));
  EXPECT_TRUE(IsPrefix(Shape(), two));
}

TEST(Shape, LoopsOfLikeLengthCollapseToOne) {
  const auto collapsed = [](int n) { return LoopCollapsed(Of(Months(n))); };
  EXPECT_EQ(collapsed(600), collapsed(700));
  EXPECT_EQ(collapsed(4), collapsed(9));
  EXPECT_EQ(collapsed(20), collapsed(90));
  EXPECT_NE(collapsed(2), collapsed(4));
  EXPECT_NE(collapsed(20), collapsed(4));
  EXPECT_NE(collapsed(200), collapsed(20));
}

// The digests are documented for ever: these figures may never change.
TEST(Shape, DigestsAreFixed) {
  EXPECT_EQ(Chained(Digest(), "").Hex(), "e5189a9599e3f86205ea23ef06e28b2d");
  EXPECT_EQ(Chained(Chained(Digest(), "a"), "b").Hex(),
            "cfea7c31b6abcae0f720f336870f0cd7");
  EXPECT_EQ(
      Of(HistoryBuilder("W").Turn().Version("Step1", 2).Build()).Whole().Hex(),
      "431c2f5bc6b5c87d557434099a3c476b");
}

TEST(Shape, AnUncuttableHistoryHasNone) {
  const History history =
      HistoryBuilder("W").Add({.type = EventType::kTimerStarted}).Build();
  EXPECT_FALSE(ShapeOf(history).ok());
}

}  // namespace
}  // namespace cohort
