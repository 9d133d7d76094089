// Reports: their words, their JSON, and the exit codes of verdicts.
#include "cohort/testing/report.h"

#include <array>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "cohort/base/status.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

using nlohmann::json;

ReplayReport Of(Verdict verdict) {
  ReplayReport r;
  r.verdict = verdict;
  r.source = "order.json";
  return r;
}

ReplayReport Clean() {
  ReplayReport r = Of(Verdict::kClean);
  r.workflow_type = "Order";
  r.workflow_id = "o-1";
  r.run_id = "r-1";
  r.profile = "go";
  r.events = 12;
  r.turns = 2;
  return r;
}

ReplayReport Divergent() {
  ReplayReport r = Clean();
  r.verdict = Verdict::kDivergent;
  r.status = FailedPrecondition("they differ");
  r.rule = "extra-command";
  Divergence& d = r.divergence.emplace();
  d.turn = 2;
  d.event_id = 11;
  d.history = "ActivityTaskScheduled(x)";
  d.code = "ScheduleActivity(y)";
  d.hint = "guard it";
  d.differences = {{"activity_type", "x", "y"}};
  return r;
}

TEST(VerdictTest, NamesAndExitCodes) {
  const std::vector<std::tuple<Verdict, std::string_view, int>> cases = {
      {Verdict::kClean, "clean", 0},
      {Verdict::kDivergent, "divergent", 1},
      {Verdict::kFailed, "failed", 1},
      {Verdict::kIncomplete, "incomplete", 3},
      {Verdict::kNotJudged, "not judged", 3},
      {Verdict::kUnreadable, "unreadable", 2},
  };
  ASSERT_EQ(cases.size(), kVerdictCount);
  for (const auto& [verdict, name, code] : cases) {
    EXPECT_EQ(NameOf(verdict), name);
    EXPECT_EQ(ExitCodeOf(verdict), code);
  }
}

TEST(ExitCodeTest, OneWinsOverTwoAndTwoOverThreeAndThreeOverNone) {
  constexpr std::array kByStrength = {1, 2, 3, 0};
  for (std::size_t i = 0; i < kByStrength.size(); ++i) {
    for (std::size_t j = i; j < kByStrength.size(); ++j) {
      EXPECT_EQ(WinningExitCode(kByStrength[i], kByStrength[j]),
                kByStrength[i]);
      EXPECT_EQ(WinningExitCode(kByStrength[j], kByStrength[i]),
                kByStrength[i]);
    }
  }
  const auto code = [](std::vector<Verdict> verdicts) {
    std::vector<ReplayReport> reports;
    for (Verdict v : verdicts) reports.push_back(Of(v));
    return ExitCodeOf(reports);
  };
  EXPECT_EQ(code({}), 3);
  EXPECT_EQ(code({Verdict::kClean, Verdict::kClean}), 0);
  EXPECT_EQ(code({Verdict::kClean, Verdict::kNotJudged}), 3);
  EXPECT_EQ(code({Verdict::kIncomplete, Verdict::kUnreadable}), 2);
  EXPECT_EQ(code({Verdict::kUnreadable, Verdict::kIncomplete}), 2);
  EXPECT_EQ(code({Verdict::kUnreadable, Verdict::kFailed}), 1);
}

TEST(SummaryTest, CountsTheVerdictsThatOccur) {
  EXPECT_EQ(Summary({}), "no histories");
  const std::vector<ReplayReport> some = {
      Of(Verdict::kUnreadable), Of(Verdict::kClean), Of(Verdict::kClean)};
  EXPECT_EQ(Summary(some), "2 clean, 1 unreadable");
}

TEST(ReportTest, CleanIsOneLine) {
  EXPECT_EQ(Clean().ToString(),
            "order.json: clean (Order, 12 events, 2 turns, go rules)");
}

TEST(ReportTest, SaysWhatWasFoundAndWhatIsOpen) {
  const ReplayReport divergent = Divergent();
  EXPECT_EQ(divergent.ToString(),
            "order.json: divergent (Order, 12 events, 2 turns, go rules)\n" +
                divergent.divergence->ToString());
  ReplayReport r = Of(Verdict::kIncomplete);
  r.status = FailedPrecondition("it is cut");
  r.unconfirmed = {"StartTimer()"};
  r.rule = "extra-command";
  r.notes = {"mind the gap"};
  EXPECT_EQ(r.ToString(),
            "order.json: incomplete\n"
            "it is cut\n"
            "  not in this history: StartTimer()\n"
            "  strict rule: extra-command\n"
            "  note: mind the gap");
}

TEST(ReportTest, JsonHasTheFieldsThatAreSet) {
  const json clean = json::parse(R"({
    "verdict": "clean", "source": "order.json", "workflow_type": "Order",
    "workflow_id": "o-1", "run_id": "r-1", "profile": "go", "events": 12,
    "turns": 2})");
  EXPECT_EQ(json::parse(Clean().ToJson()), clean);

  ReplayReport r = Divergent();
  r.notes = {"mind the gap"};
  r.unconfirmed = {"StartTimer()"};
  json expected = clean;
  expected.update(json::parse(R"json({
    "verdict": "divergent", "error": "they differ",
    "strict_rule": "extra-command", "notes": ["mind the gap"],
    "unconfirmed": ["StartTimer()"],
    "divergence": {"cause": "kind",
      "turn": 2, "event_id": 11, "history": "ActivityTaskScheduled(x)",
      "code": "ScheduleActivity(y)", "site": "", "hint": "guard it",
      "differences": [
        {"field": "activity_type", "history": "x", "code": "y"}]}})json"));
  EXPECT_EQ(json::parse(r.ToJson()), expected);
}

// Names come from histories: they may hold anything.
TEST(ReportTest, JsonOfBytesThatAreNoTextIsStillJson) {
  ReplayReport r = Clean();
  r.workflow_id = "\xff\"\n";
  EXPECT_EQ(json::parse(r.ToJson())["workflow_id"], "\xef\xbf\xbd\"\n");
}

TEST(ReportTest, JsonOfManyIsAnArray) {
  const std::vector<ReplayReport> two = {Clean(), Divergent()};
  const json all = json::parse(ToJson(two));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0], json::parse(two[0].ToJson()));
  EXPECT_EQ(all[1], json::parse(two[1].ToJson()));
  EXPECT_EQ(ToJson(std::span<const ReplayReport>()), "[]");
}

}  // namespace
}  // namespace cohort
