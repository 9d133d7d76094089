#include "cohort/cli/diff.h"

#include <sstream>
#include <string>
#include <vector>

#include "cohort/cli/run_line.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kOne = "testing/testdata/recorded/go/Order/g1_plain.json";
const std::string kTwo = "testing/testdata/recorded/go/Order/g2_plain.json";

Ran Diff(std::vector<std::string> words, Paint paint = Paint::kPlain) {
  words.insert(words.begin(), "diff");
  return RunLine(words, paint);
}

TEST(Diff, TwoGenerationsOfOneProgram) {
  const Ran ran = Diff({kOne, kTwo});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out,
            R"(turn 2: the same came in, and other commands were put out
- a: testing/testdata/recorded/go/Order/g1_plain.json, 9 turns
+ b: testing/testdata/recorded/go/Order/g2_plain.json, 10 turns
  turn 1: equal
  turn 2
      in   ActivityTaskStarted(validate)
      in   ActivityTaskCompleted(validate)
-     out  MarkerRecorded(Version fraud-check=1)
+     out  MarkerRecorded(Version fraud-check=2)
      out  UpsertWorkflowSearchAttributes(TemporalChangeVersion)
-     out  ActivityTaskScheduled(fraudCheck)
+     out  ActivityTaskScheduled(fraudCheckV2)
  turn 3
-     in   ActivityTaskStarted(fraudCheck)
-     in   ActivityTaskCompleted(fraudCheck)
+     in   ActivityTaskStarted(fraudCheckV2)
+     in   ActivityTaskCompleted(fraudCheckV2)
      out  TimerStarted
  turn 4
      in   TimerFired
-     out  ActivityTaskScheduled(charge)
+     out  MarkerRecorded(Version split-charge=1)
+     out  UpsertWorkflowSearchAttributes(TemporalChangeVersion)
+     out  ActivityTaskScheduled(reserve)
  turn 5
-     in   ActivityTaskStarted(charge)
-     in   ActivityTaskCompleted(charge)
-     out  MarkerRecorded(LocalActivity price)
-     out  StartChildWorkflowExecutionInitiated(Notify)
+     in   ActivityTaskStarted(reserve)
+     in   ActivityTaskCompleted(reserve)
+     out  ActivityTaskScheduled(capture)
+ turn 6
+     in   ActivityTaskStarted(capture)
+     in   ActivityTaskCompleted(capture)
+     out  MarkerRecorded(LocalActivity price)
+     out  StartChildWorkflowExecutionInitiated(Notify)
  turns 6-9 (in b: turns 7-10): equal
)");
}

TEST(Diff, ALineForWhatIsEqual) {
  const Ran ran = Diff({kOne, kOne});
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out,
            "equal\n"
            "- a: testing/testdata/recorded/go/Order/g1_plain.json, 9 turns\n"
            "+ b: testing/testdata/recorded/go/Order/g1_plain.json, 9 turns\n"
            "  turns 1-9: equal\n");
}

TEST(Diff, ValuesOnRequestOnly) {
  const std::string items = "testing/testdata/recorded/go/Order/g2_items.json";
  EXPECT_THAT(Diff({kTwo, items}).out, Not(HasSubstr("o-g2_items")));
  const Ran ran = Diff({"--values", kTwo, items});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.out, HasSubstr("             input: \"o-g2_plain\", not "
                                 "\"o-g2_items\"\n"));
  EXPECT_EQ(Diff({"--values", kTwo, kTwo}).code, 0);
}

TEST(Diff, UnreadableInput) {
  const Ran ran = Diff({kOne, "absent.json"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("absent.json"));
  EXPECT_EQ(Diff({kOne}).code, 2);
}

TEST(Diff, ColoursOnATerminalOnly) {
  EXPECT_THAT(Diff({kOne, kTwo}).out, Not(HasSubstr("\x1b[")));
  EXPECT_THAT(Diff({kOne, kTwo}, Paint::kColours).out, HasSubstr("\x1b[32m+"));
}

TEST(Diff, ManyEqualWordsAreCounted) {
  HistoryDiff diff;
  diff.equal = false;
  diff.cause = "a \x1b[2J cause";
  DiffTurn turn{.a = 1, .b = 2};
  for (int i = 0; i < 9; ++i) {
    turn.words.push_back({.output = true, .text = "word"});
  }
  turn.words.push_back({.side = Side::kA, .output = false, .text = "last"});
  diff.parts.push_back({.turn = turn});
  EXPECT_EQ(DiffText(diff, "x", "y", Paint::kPlain),
            "a \\u001b[2J cause\n"
            "- a: x, 0 turns\n"
            "+ b: y, 0 turns\n"
            "  turn 1 (in b: 2)\n"
            "      out  word\n"
            "          7 equal ones\n"
            "      out  word\n"
            "-     in   last\n");
}

}  // namespace
}  // namespace cohort
