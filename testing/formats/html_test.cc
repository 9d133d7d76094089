#include "cohort/testing/formats/html.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "cohort/testing/formats/printable.h"
#include "cohort/testing/formats/test_data.h"
#include "cohort/testing/formats/xml_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::Example;
using cohort_testing::FindAll;
using cohort_testing::FindClass;
using cohort_testing::Hostile;
using cohort_testing::MustReadXml;
using cohort_testing::OneReport;
using cohort_testing::XmlElement;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using Json = nlohmann::ordered_json;

XmlElement Page(const Json& replay) { return MustReadXml(ToHtml(replay)); }

const XmlElement& ById(const XmlElement& root, const std::string& id) {
  std::vector<const XmlElement*> open = {&root};
  while (!open.empty()) {
    const XmlElement* e = open.back();
    open.pop_back();
    if (e->Get("id") == id) return *e;
    for (const XmlElement& child : e->children) open.push_back(&child);
  }
  throw std::runtime_error("no element " + id);
}

std::vector<std::string> CellsOf(const XmlElement& row) {
  std::vector<std::string> cells;
  for (const XmlElement& cell : row.children) cells.push_back(cell.all_text);
  return cells;
}

Json DataOf(const XmlElement& page) {
  return Json::parse(ById(page, "cohort-data").text);
}

TEST(Html, HoldsItsDataAsItCame) {
  EXPECT_EQ(DataOf(Page(Example())), Example());
}

// A corpus names its files by a digest: its beginning tells them apart.
TEST(Html, LongDigestsAreShortened) {
  const std::string digest(64, 'a');
  for (const auto& [source, shown, title] :
       {std::array<std::string, 3>{"c/aa/" + digest + ".json.zst",
                                   "c/aa/aaaaaaaaaaaa\u2026.json.zst",
                                   "c/aa/" + digest + ".json.zst"},
        std::array<std::string, 3>{"c/" + digest + "a.json",
                                   "c/" + digest + "a.json", ""},
        std::array<std::string, 3>{"aaaa.json", "aaaa.json", ""}}) {
    const XmlElement page =
        Page(OneReport({{"verdict", "clean"}, {"source", source}}));
    const XmlElement& name = *FindClass(page, "source").at(0);
    EXPECT_EQ(name.all_text, shown);
    EXPECT_EQ(name.Get("title"), title);
  }
}

TEST(Html, SaysTheVerdictFirst) {
  const XmlElement page = Page(Example());
  EXPECT_EQ(FindAll(page, "title").at(0)->text,
            "order_replay: 6 of 18 histories break");
  const XmlElement& headline = *FindAll(page, "h1").at(0);
  EXPECT_EQ(headline.text, "6 of 18 histories break");
  EXPECT_EQ(headline.Get("class"), "headline tone-broken");
  EXPECT_EQ(FindAll(Page(OneReport({})), "h1").at(0)->Get("class"),
            "headline tone-clean");
}

TEST(Html, CountsVerdictsByType) {
  const XmlElement page = Page(Example());
  const XmlElement& table = *FindClass(page, "verdicts").at(0);
  const auto rows = FindAll(table, "tr");
  ASSERT_EQ(rows.size(), 6);
  EXPECT_THAT(CellsOf(*rows[0]),
              ElementsAre("Workflow type", "Share", "divergent", "failed",
                          "unsafe", "unreadable", "incomplete", "not judged",
                          "allowed", "clean", "all"));
  EXPECT_THAT(CellsOf(*rows[2]), ElementsAre("Subscription", "", "1", "0", "0",
                                             "0", "0", "0", "1", "4", "6"));
  // The parts of a bar fill it.
  const auto parts = FindAll(*rows[2], "rect");
  ASSERT_EQ(parts.size(), 3);
  EXPECT_EQ(parts[1]->Get("class"), "v-allowed");
  EXPECT_EQ(parts[1]->Get("x"), "166");
  EXPECT_EQ(std::stoi(parts[2]->Get("x")) + std::stoi(parts[2]->Get("width")),
            1000);
}

TEST(Html, ListsEveryHistoryTheWorstFirst) {
  const XmlElement page = Page(Example());
  const std::vector<const XmlElement*> bodies =
      FindAll(ById(page, "list"), "tbody");
  ASSERT_EQ(bodies.size(), 18);
  EXPECT_EQ(bodies[0]->Get("id"), "h3");
  EXPECT_EQ(bodies[0]->Get("data-report"), "3");
  EXPECT_EQ(bodies[0]->Get("data-verdict"), "divergent");
  EXPECT_EQ(bodies[0]->Get("data-type"), "Order");
  EXPECT_EQ(bodies[0]->all_text,
            "divergentcorpus/order/0004.jsonorder-1004Order"
            "turn 4, event 23order.cc:41"
            "history ActivityTaskScheduled(activity_type=\"Charge\", "
            "activity_id=\"23\")code ScheduleActivity(activity_type="
            "\"ChargeV2\")")
      << "without JavaScript the row is all that there is";
  EXPECT_EQ(bodies[9]->Get("data-verdict"), "allowed");
  EXPECT_EQ(bodies[17]->Get("data-verdict"), "clean");
}

TEST(Html, CoverageIsAHeatMapWithItsHolesMarked) {
  const XmlElement page = Page(Example());
  const XmlElement& part = ById(page, "coverage");
  EXPECT_THAT(part.all_text, HasSubstr("2 branches that the code still has"));
  const auto tables = FindClass(part, "heat");
  ASSERT_EQ(tables.size(), 2);
  const auto rows = FindAll(*tables[0], "tr");
  EXPECT_THAT(CellsOf(*rows[0]),
              ElementsAre("Versions", "default", "1", "2", "3",
                          "ends before it", "never reaches it"));
  EXPECT_THAT(CellsOf(*rows[2]),
              ElementsAre("GiftWrapOrder, default to 3, shop/order.cc:33", "4",
                          "0gone", "1", "0no history", "2", "1"));
  EXPECT_EQ(CellsOf(*rows[1])[1], "no such branch");
  std::vector<std::string> heats;
  for (const XmlElement* cell : FindAll(*tables[0], "td")) {
    if (cell->Get("class").starts_with("cell heat")) {
      heats.push_back(cell->Get("class").substr(5));
    }
  }
  EXPECT_THAT(heats, ElementsAre("heat2", "heat1", "heat2", "heat0 gone",
                                 "heat1", "heat0 unproven", "heat5", "heat3"));
}

TEST(Html, TheSampleIsASentenceAndItsStrata) {
  const XmlElement page = Page(Example());
  const XmlElement& part = ById(page, "proof");
  EXPECT_THAT(FindClass(part, "sentence").at(0)->text,
              StartsWith("3 of 619 drawn runs break; "));
  const auto rows = FindAll(part, "tr");
  ASSERT_EQ(rows.size(), 5);
  EXPECT_THAT(CellsOf(*rows[1]), ElementsAre("Order, open, Step1=1", "10,240",
                                             "3", "409", "0", "75", "0.8 %"));
  EXPECT_EQ(FindAll(*rows[2], "rect").at(0)->Get("width"), "67");
}

TEST(Html, WhatThereIsNothingForIsNotThere) {
  const XmlElement page = Page(OneReport({{"turns", 1}, {"events", 3}}));
  EXPECT_THROW(ById(page, "coverage"), std::runtime_error);
  EXPECT_THROW(ById(page, "proof"), std::runtime_error);
  EXPECT_THAT(ById(page, "list").all_text, HasSubstr("1 turn, 3 events"));
  const XmlElement empty = Page(Json::object());
  EXPECT_EQ(FindAll(empty, "h1").at(0)->text, "No history was replayed");
  EXPECT_THROW(ById(empty, "verdicts"), std::runtime_error);
}

TEST(Html, LeadsToItsParts) {
  const XmlElement page = Page(Example());
  for (const char* landmark : {"header", "nav", "main", "footer"}) {
    EXPECT_EQ(FindAll(page, landmark).size(), 1) << landmark;
  }
  for (const XmlElement* link : FindAll(page, "a")) {
    const std::string href = link->Get("href");
    ASSERT_THAT(href, StartsWith("#"));
    EXPECT_NO_THROW(ById(page, href.substr(1))) << href;
  }
  for (const XmlElement* section : FindAll(page, "section")) {
    EXPECT_NO_THROW(ById(page, section->Get("aria-labelledby")));
  }
}

// What a hostile name would need: an element, an attribute or an address that
// the page does not have by itself.
void ExpectNothingForeign(const XmlElement& page) {
  std::vector<const XmlElement*> open = {&page};
  std::set<std::string> ids;
  while (!open.empty()) {
    const XmlElement* e = open.back();
    open.pop_back();
    EXPECT_FALSE(e->name == "img" || e->name == "iframe" || e->name == "object")
        << e->name;
    for (const auto& [name, value] : e->attributes) {
      EXPECT_THAT(name, Not(StartsWith("on")));
      EXPECT_NE(name, "style");
      if (name == "href") {
        EXPECT_TRUE(value.starts_with('#') || value == "data:,") << value;
      }
      if (name == "id") {
        EXPECT_TRUE(ids.insert(value).second) << value;
      }
    }
    for (const XmlElement& child : e->children) open.push_back(&child);
  }
  EXPECT_EQ(FindAll(page, "script").size(), 2);
  EXPECT_EQ(FindAll(page, "h1").size(), 1);
}

TEST(Html, HostileNamesAreOnlyText) {
  const XmlElement page = Page(Hostile());
  ExpectNothingForeign(page);
  EXPECT_EQ(DataOf(page), formats::Printable(Hostile()));
  EXPECT_THAT(ById(page, "list").all_text,
              HasSubstr("</script><script>window.hacked=1</script>.json"));
  EXPECT_EQ(FindClass(page, "program").at(0)->text,
            "<b>replay</b> & {{script}}");
}

TEST(Html, TheDataHoldsNothingThatCouldEndIt) {
  const XmlElement page = Page(Hostile());
  const std::string& data = ById(page, "cohort-data").text;
  EXPECT_EQ(data.find_first_of("<>&"), data.npos);
}

TEST(Html, BrokenUtf8DoesNotReachThePage) {
  const std::string html = ToHtml(OneReport({{"workflow_type", "\xff\xc3("}}));
  EXPECT_THAT(html, Not(HasSubstr("\xff")));
  EXPECT_THAT(html, HasSubstr("\ufffd\ufffd("));
}

TEST(Html, AsksNoNetwork) {
  const std::string html = ToHtml(Example());
  EXPECT_THAT(html, Not(HasSubstr("http:")));
  EXPECT_THAT(html, Not(HasSubstr("https:")));
  EXPECT_THAT(html, Not(HasSubstr("@import")));
  EXPECT_THAT(html, Not(HasSubstr("url(")));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
}

}  // namespace
}  // namespace cohort
