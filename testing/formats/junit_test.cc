#include "cohort/testing/formats/junit.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cohort/testing/formats/test_data.h"
#include "cohort/testing/formats/xml_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::Example;
using cohort_testing::FindAll;
using cohort_testing::Hostile;
using cohort_testing::MustReadXml;
using cohort_testing::OneReport;
using cohort_testing::XmlElement;
using testing::ElementsAre;
using testing::HasSubstr;
using Json = nlohmann::ordered_json;

XmlElement Junit(const Json& replay) { return MustReadXml(ToJunit(replay)); }

// The children of the only test case.
std::vector<std::string> Inside(const Json& members) {
  const XmlElement root = Junit(OneReport(members));
  std::vector<std::string> names;
  for (const XmlElement& e : FindAll(root, "testcase").at(0)->children) {
    names.push_back(e.name);
  }
  return names;
}

TEST(Junit, ASuiteForEachTypeAndACaseForEachHistory) {
  const XmlElement root = Junit(Example());
  EXPECT_EQ(root.name, "testsuites");
  EXPECT_EQ(root.Get("name"), "order_replay");
  std::vector<std::string> suites;
  for (const XmlElement& suite : root.children) {
    suites.push_back(suite.Get("name"));
    EXPECT_EQ(suite.name, "testsuite");
    EXPECT_EQ(suite.Get("timestamp"), "2026-11-25T14:00:00Z");
    for (const XmlElement& c : suite.children) {
      EXPECT_EQ(c.name, "testcase");
      EXPECT_EQ(c.Get("classname"), suite.Get("name"));
      EXPECT_EQ(c.Get("file"), c.Get("name"));
    }
  }
  EXPECT_THAT(suites, ElementsAre("Order", "Subscription", "TripSaga",
                                  "LegacyImport", "(no workflow type)"));
}

TEST(Junit, EachVerdictHasItsElement) {
  EXPECT_THAT(Inside({{"verdict", "clean"}}), ElementsAre());
  EXPECT_THAT(Inside({{"verdict", "divergent"}}), ElementsAre("failure"));
  EXPECT_THAT(Inside({{"verdict", "failed"}}), ElementsAre("failure"));
  EXPECT_THAT(Inside({{"verdict", "unreadable"}}), ElementsAre("error"));
  EXPECT_THAT(Inside({{"verdict", "unheard of"}}), ElementsAre("error"));
  EXPECT_THAT(Inside({{"verdict", "incomplete"}}), ElementsAre("skipped"));
  EXPECT_THAT(Inside({{"verdict", "not judged"}}), ElementsAre("skipped"));
  EXPECT_THAT(Inside({{"verdict", "clean"}, {"allowed", {"known"}}}),
              ElementsAre("skipped"));
  EXPECT_THAT(Inside({{"verdict", "clean"}, {"notes", {"odd"}}}),
              ElementsAre("system-out"));
}

// Counts are what the elements say, at both levels.
void ExpectCountsAdd(const XmlElement& root) {
  const std::map<std::string, std::string> counters = {{"tests", "testcase"},
                                                       {"failures", "failure"},
                                                       {"errors", "error"},
                                                       {"skipped", "skipped"}};
  std::vector<const XmlElement*> all = {&root};
  for (const XmlElement& suite : root.children) all.push_back(&suite);
  for (const XmlElement* e : all) {
    for (const auto& [counter, element] : counters) {
      EXPECT_EQ(e->Get(counter), std::to_string(FindAll(*e, element).size()))
          << e->Get("name") << " " << counter;
    }
  }
}

TEST(Junit, CountsAdd) {
  const XmlElement root = Junit(Example());
  ExpectCountsAdd(root);
  EXPECT_EQ(root.Get("tests"), "18");
  EXPECT_EQ(root.Get("failures"), "6");
  EXPECT_EQ(root.Get("errors"), "1");
  EXPECT_EQ(root.Get("skipped"), "3");
  ExpectCountsAdd(Junit(Hostile()));
}

TEST(Junit, AFailureSaysTheCauseAndAllOfIt) {
  const XmlElement root = Junit(Example());
  const XmlElement& failure = *FindAll(root, "failure").at(1);
  EXPECT_EQ(failure.Get("type"), "divergent");
  EXPECT_EQ(
      failure.Get("message"),
      "turn 4, event 23: history has "
      "ActivityTaskScheduled(activity_type=\"Charge\", activity_id=\"23\"), "
      "the code issued ScheduleActivity(activity_type=\"ChargeV2\") at "
      "shop/order.cc:41");
  EXPECT_THAT(failure.text, HasSubstr("\nhint: The activity's type was"));
  EXPECT_THAT(failure.text, HasSubstr("\n  co_await ctx.Activity<void>"));
}

TEST(Junit, AnAllowedBreakSaysWhy) {
  const XmlElement root =
      Junit(OneReport({{"verdict", "clean"},
                       {"allowed", Json::array({"old tenant"})},
                       {"excused", {{"divergence", {{"turn", 2}}}}}}));
  const XmlElement& skipped = *FindAll(root, "skipped").at(0);
  EXPECT_EQ(skipped.Get("message"), "allowed: old tenant");
  EXPECT_THAT(skipped.text, HasSubstr("turn 2"));
}

TEST(Junit, RunsOfOneSourceAreToldApart) {
  const Json runs = Json::array({
      {{"verdict", "clean"}, {"source", "all.db"}, {"run_id", "r1"}},
      {{"verdict", "clean"}, {"source", "all.db"}, {"run_id", "r2"}},
      {{"verdict", "clean"}, {"source", "one.json"}, {"run_id", "r3"}},
  });
  const XmlElement root = Junit({{"reports", runs}});
  std::set<std::string> names;
  for (const XmlElement* c : FindAll(root, "testcase")) {
    names.insert(c->Get("name"));
  }
  EXPECT_THAT(names, ElementsAre("all.db (r1)", "all.db (r2)", "one.json"));
}

TEST(Junit, HostileNamesAreOnlyText) {
  const XmlElement root = Junit(Hostile());
  std::set<std::string> names;
  for (const char* name : {"testsuites", "testsuite", "testcase", "failure",
                           "error", "skipped", "system-out"}) {
    names.insert(name);
  }
  std::vector<const XmlElement*> open = {&root};
  while (!open.empty()) {
    const XmlElement* e = open.back();
    open.pop_back();
    EXPECT_TRUE(names.count(e->name)) << e->name;
    for (const XmlElement& child : e->children) open.push_back(&child);
  }
  EXPECT_EQ(root.children.at(0).Get("name"),
            "</script><script>window.hacked=1</script>");
  EXPECT_THAT(root.all_text, HasSubstr("]]> and <!-- open"));
}

TEST(Junit, ControlCharactersAndBrokenUtf8AreShown) {
  const XmlElement root =
      Junit(OneReport({{"verdict", "failed"}, {"error", "\x1b[1m\xff\n\tx"}}));
  EXPECT_EQ(FindAll(root, "failure").at(0)->text, "\\x1b[1m\ufffd\n\tx");
}

TEST(Junit, NothingIsAnEmptyReport) {
  const XmlElement root = Junit(Json::object());
  EXPECT_EQ(root.Get("tests"), "0");
  EXPECT_TRUE(root.children.empty());
}

}  // namespace
}  // namespace cohort
