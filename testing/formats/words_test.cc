#include "cohort/testing/formats/words.h"

#include <string>
#include <vector>

#include "cohort/testing/formats/places.h"
#include "cohort/testing/formats/test_data.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort::formats {
namespace {

using cohort_testing::OneReport;
using testing::ElementsAre;
using testing::HasSubstr;
using Json = nlohmann::ordered_json;

HistoryReport ReportOf(const Json& members) {
  return ReadReplayData(OneReport(members)).reports.at(0);
}

// "allowed" is clean with a line of the allow list.
ReplayData WithVerdicts(const std::vector<std::string>& verdicts) {
  Json reports = Json::array();
  for (const std::string& v : verdicts) {
    reports.push_back({{"verdict", v}, {"source", v}});
    if (v != "allowed") continue;
    reports.back()["verdict"] = "clean";
    reports.back()["allowed"] = Json::array({"known"});
  }
  return ReadReplayData({{"reports", reports}});
}

TEST(ReplayData, MembersOfOtherTypesCountAsNotGiven) {
  const HistoryReport r = ReportOf({{"source", 5},
                                    {"events", "many"},
                                    {"turns", 1.5},
                                    {"notes", "x"},
                                    {"divergence", Json::array({1})}});
  EXPECT_EQ(r.verdict, "clean");
  EXPECT_EQ(r.source, "");
  EXPECT_FALSE(r.events);
  EXPECT_FALSE(r.turns);
  EXPECT_TRUE(r.notes.empty());
  EXPECT_FALSE(r.divergence);
  for (const Json& j : {Json(), Json(3), Json("x"), Json::array({1}),
                        Json{{"reports", 7}, {"proof", 2}}}) {
    EXPECT_TRUE(ReadReplayData(j).reports.empty()) << j;
  }
}

TEST(ReplayData, NumbersThatDoNotFitCountAsNotGiven) {
  EXPECT_FALSE(ReportOf({{"events", 18446744073709551615u}}).events);
  EXPECT_EQ(ReportOf({{"events", 9223372036854775807u}}).events,
            9223372036854775807);
}

TEST(ReplayData, SitesAreFileAndLine) {
  const auto site = [](const char* text) {
    return ReportOf({{"divergence", {{"site", text}}}}).divergence->site;
  };
  EXPECT_EQ(site("dir/order.cc:41").file, "dir/order.cc");
  EXPECT_EQ(site("dir/order.cc:41").line, 41);
  for (const char* text : {"order.cc", "order.cc:", "order.cc:0", "a:-4",
                           "a:4x", "a:99999999999999999999", ""}) {
    EXPECT_EQ(site(text).file, text);
    EXPECT_EQ(site(text).line, 0) << text;
  }
  EXPECT_EQ(TextOf(site("C:\\order.cc:7")), "C:\\order.cc:7");
}

TEST(Words, HeadlineNamesTheWorst) {
  EXPECT_EQ(Headline(WithVerdicts({})), "No history was replayed");
  EXPECT_EQ(Headline(WithVerdicts({"clean"})), "The one history replays clean");
  EXPECT_EQ(Headline(WithVerdicts({"clean", "clean"})),
            "All 2 histories replay clean");
  EXPECT_EQ(Headline(WithVerdicts({"clean", "incomplete", "not judged"})),
            "2 of 3 histories could not be judged to the end");
  EXPECT_EQ(Headline(WithVerdicts({"incomplete", "unreadable", "clean"})),
            "1 of 3 histories could not be read");
  EXPECT_EQ(Headline(WithVerdicts({"unreadable", "failed", "divergent"})),
            "2 of 3 histories break");
  EXPECT_EQ(Headline(WithVerdicts({"failed"})), "1 of 1 history breaks");
  EXPECT_EQ(Headline(WithVerdicts({"allowed", "clean"})),
            "1 of 2 histories breaks, all of them allowed");
}

TEST(Words, AllowedIsWhatIsCleanBecauseOfALine) {
  const ReplayData data =
      WithVerdicts({"clean", "allowed", "incomplete", "unreadable"});
  std::vector<std::string> shown;
  for (const HistoryReport& r : data.reports) shown.push_back(ShownVerdict(r));
  EXPECT_THAT(shown,
              ElementsAre("clean", "allowed", "incomplete", "unreadable"));
  EXPECT_THAT(ShownVerdicts(data),
              ElementsAre("unreadable", "incomplete", "allowed", "clean"));
  EXPECT_THAT(WorstFirst(data), ElementsAre(3, 2, 1, 0));
}

// A line excuses one thing; what is still found after that is none of it.
TEST(Words, WhatBreaksAllTheSameIsNotAllowed) {
  for (const char* verdict : {"divergent", "failed", "incomplete"}) {
    const HistoryReport r =
        ReportOf({{"verdict", verdict},
                  {"allowed", Json::array({"inputs *"})},
                  {"excused",
                   {{"strict_rule", "inputs"}, {"divergence", {{"turn", 2}}}}},
                  {"divergence", {{"turn", 3}}}});
    EXPECT_EQ(ShownVerdict(r), verdict);
    EXPECT_EQ(r.divergence->turn, 3);
    EXPECT_EQ(r.strict_rule, "");
  }
}

TEST(Words, CleanIsUnsafeWhereItsStagesOrItsNextTurnAreNot) {
  struct Case {
    Json members;
    const char* shown;
    const char* cause;
  };
  const Json live = {{"roll_forward", "clean"},
                     {"roll_back", "clean"},
                     {"from_other", "clean"}};
  const auto with = [&](const char* member, const char* value) {
    Json changed = live;
    changed[member] = value;
    return Json{{"live_turn", changed}};
  };
  const std::vector<Case> cases = {
      {{{"prefixes", {{"checked", 3}, {"clean", 3}}}}, "clean", ""},
      {{{"prefixes", {{"checked", 3}, {"clean", 1}}}},
       "unsafe",
       "2 of 3 stages of the run do not replay"},
      {{{"live_turn", live}}, "clean", ""},
      {with("error", "no branch"), "unsafe",
       "the next turn of the code fails: no branch"},
      {with("roll_forward", "divergent"), "unsafe",
       "with the next turn of the code, the history is divergent by the same "
       "code"},
      {with("roll_back", "failed"), "unsafe",
       "with the next turn of the code, the history is failed by the other "
       "build"},
      {with("from_other", "divergent"), "unsafe",
       "with the next turn of the other build, the history is divergent by the "
       "code"},
      {with("roll_back", "incomplete"), "not provable",
       "with the next turn of the code, the history is incomplete by the other "
       "build"},
  };
  for (const Case& c : cases) {
    const HistoryReport r = ReportOf(c.members);
    EXPECT_EQ(ShownVerdict(r), c.shown) << c.members;
    EXPECT_EQ(CauseOf(r), c.cause) << c.members;
  }
  // A line of the allow list says nothing of the stages.
  Json excused = cases[1].members;
  excused["allowed"] = Json::array({"known"});
  excused["excused"] = {{"divergence", {{"turn", 2}}}};
  EXPECT_EQ(ShownVerdict(ReportOf(excused)), "unsafe");
  EXPECT_EQ(CauseOf(ReportOf(excused)), cases[1].cause);
}

TEST(Words, AVerdictThatIsNotKnownIsAnError) {
  EXPECT_EQ(OutcomeOf(ReportOf({{"verdict", "splendid"}})), Outcome::kError);
  EXPECT_EQ(OutcomeOf(ReportOf({{"verdict", ""}})), Outcome::kError);
  EXPECT_EQ(ShownVerdict(ReportOf({{"verdict", ""}})), "no verdict");
}

TEST(Words, TheExplanationSaysAllThatIsKnown) {
  const HistoryReport r = ReportOf(
      {{"verdict", "divergent"},
       {"strict_rule", "extra-command"},
       {"notes", {"a note"}},
       {"unconfirmed", {"StartTimer(1h)"}},
       {"divergence",
        {{"turn", 4},
         {"event_id", 23},
         {"history", "A(1)"},
         {"code", "B(2)"},
         {"site", "order.cc:41"},
         {"hint", "guard it"},
         {"proposed_guard", "if (x) {\n}"},
         {"differences",
          Json::array({{{"field", "f"}, {"history", "1"}, {"code", "2"}}})}}}});
  EXPECT_EQ(ExplanationOf(r),
            "turn 4, event 23: history has A(1), the code issued B(2) at "
            "order.cc:41\n"
            "differs: f: history \"1\", code \"2\"\n"
            "strict rule: extra-command\n"
            "hint: guard it\n"
            "proposed guard: \nif (x) {\n}\n"
            "not in this history: StartTimer(1h)\n"
            "note: a note");
}

TEST(Words, NothingOnOneSideIsSaid) {
  EXPECT_EQ(CauseOf(ReportOf({{"divergence", {{"turn", 2}, {"code", "B"}}}})),
            "turn 2: history has nothing here, the code issued B");
  EXPECT_EQ(
      CauseOf(ReportOf({{"divergence", {{"turn", 2}, {"history", "A\nB"}}}})),
      "turn 2: history has A B, the code issued nothing more");
}

TEST(Words, ANoteThatIsTheCauseIsNotRepeated) {
  EXPECT_EQ(ExplanationOf(ReportOf({{"notes", {"one", "two"}}})),
            "one\nnote: two");
  EXPECT_EQ(ExplanationOf(ReportOf({{"error", "bad"}, {"notes", {"one"}}})),
            "bad\nnote: one");
}

TEST(Words, BranchesAreNamedByTheirFamily) {
  CoverageData change;
  change.family = "version";
  EXPECT_EQ(BranchName(change, -1), "default");
  EXPECT_EQ(BranchName(change, 3), "3");
  change.family = "patch";
  EXPECT_EQ(BranchName(change, -1), "not patched");
  EXPECT_EQ(BranchName(change, 1), "patched");
}

TEST(Places, BreaksOfOneLineAreOnePlace) {
  const auto places_data = ReadReplayData(cohort_testing::Example());
  const std::vector<Place> places = PlacesOf(places_data);
  ASSERT_EQ(places.size(), 8);
  EXPECT_EQ(TextOf(places[0].site), "shop/order.cc:41");
  EXPECT_EQ(places[0].reports.size(), 3);
  EXPECT_EQ(places[0].reports[0]->source, "corpus/order/0004.json");
  EXPECT_EQ(TextOf(places[1].site), "billing/subscription.cc:24");
  EXPECT_EQ(TextOf(places[2].site), "corpus/order/0007.json");
  EXPECT_EQ(places.back().outcome, Outcome::kAllowed);
}

TEST(Places, OtherTypesAndOutcomesOfOneLineAreOthers) {
  Json reports = Json::array();
  for (const char* type : {"A", "B", "A"}) {
    reports.push_back({{"verdict", "divergent"},
                       {"source", "x"},
                       {"workflow_type", type},
                       {"divergence", {{"site", "a.cc:1"}}}});
  }
  reports.push_back(reports[0]);
  reports[3]["verdict"] = "clean";
  reports[3]["allowed"] = Json::array({"known"});
  reports[3]["excused"]["divergence"] = reports[0]["divergence"];
  reports[3].erase("divergence");
  const auto data = ReadReplayData({{"reports", reports}});
  std::vector<std::size_t> sizes;
  for (const Place& p : PlacesOf(data)) sizes.push_back(p.reports.size());
  EXPECT_THAT(sizes, ElementsAre(2, 1, 1));
}

}  // namespace
}  // namespace cohort::formats
