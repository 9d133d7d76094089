#include "cohort/testing/formats/sarif.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/testing/formats/test_data.h"
#include "fmt/core.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::Example;
using cohort_testing::Hostile;
using cohort_testing::OneReport;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Json = nlohmann::ordered_json;

Json Sarif(const Json& replay) { return Json::parse(ToSarif(replay)); }
Json RunOf(const Json& replay) { return Sarif(replay).at("runs").at(0); }

// ---- The form that SARIF 2.1.0 prescribes ---------------------------------

// A member of an object: its type is "text", "uri", "int", "bool", "bag",
// "texts" (an object or an array of texts), "level", the name of an object, or
// that and "[]".
struct FormRow {
  std::string_view object;
  std::string_view member;
  std::string_view type;
  bool required = false;
};

// Objects may have no other members than these; those of the standard that we
// do not write are left out.
constexpr FormRow kForm[] = {
    {"log", "$schema", "uri"},
    {"log", "version", "text", true},
    {"log", "runs", "run[]", true},
    {"run", "tool", "tool", true},
    {"run", "invocations", "invocation[]"},
    {"run", "automationDetails", "automation"},
    {"run", "results", "result[]"},
    {"run", "columnKind", "text"},
    {"automation", "id", "text"},
    {"tool", "driver", "component", true},
    {"component", "name", "text", true},
    {"component", "version", "text"},
    {"component", "rules", "rule[]"},
    {"rule", "id", "text", true},
    {"rule", "name", "text"},
    {"rule", "shortDescription", "message"},
    {"rule", "fullDescription", "message"},
    {"rule", "help", "message"},
    {"rule", "defaultConfiguration", "configuration"},
    {"rule", "properties", "bag"},
    {"configuration", "level", "level"},
    {"message", "text", "text", true},
    {"invocation", "executionSuccessful", "bool", true},
    {"invocation", "exitCode", "int"},
    {"invocation", "endTimeUtc", "text"},
    {"invocation", "toolExecutionNotifications", "notification[]"},
    {"notification", "level", "level"},
    {"notification", "message", "message", true},
    {"notification", "locations", "location[]"},
    {"notification", "associatedRule", "ruleReference"},
    {"ruleReference", "id", "text"},
    {"result", "ruleId", "text"},
    {"result", "ruleIndex", "int"},
    {"result", "level", "level"},
    {"result", "message", "message", true},
    {"result", "locations", "location[]"},
    {"result", "relatedLocations", "location[]"},
    {"result", "partialFingerprints", "texts"},
    {"result", "suppressions", "suppression[]"},
    {"result", "properties", "bag"},
    {"suppression", "kind", "text", true},
    {"suppression", "justification", "text"},
    {"location", "id", "int"},
    {"location", "physicalLocation", "physical"},
    {"location", "logicalLocations", "logical[]"},
    {"location", "message", "message"},
    {"physical", "artifactLocation", "artifact"},
    {"physical", "region", "region"},
    {"artifact", "uri", "uri"},
    {"artifact", "uriBaseId", "text"},
    {"region", "startLine", "int"},
    {"logical", "name", "text"},
    {"logical", "fullyQualifiedName", "text"},
    {"logical", "kind", "text"},
};

bool IsUri(const std::string& text) {
  constexpr std::string_view kOther = "-._~!$&'()*+,;=:@/?#%";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || kOther.find(c) != kOther.npos;
  });
}

void Check(const Json& value, std::string_view type, const std::string& path,
           std::vector<std::string>& problems);

void CheckObject(const Json& value, std::string_view type,
                 const std::string& path, std::vector<std::string>& problems) {
  if (!value.is_object()) {
    problems.push_back(path + " is no object");
    return;
  }
  for (const auto& [key, member] : value.items()) {
    const auto* row = std::find_if(
        std::begin(kForm), std::end(kForm),
        [&](const auto& r) { return r.object == type && r.member == key; });
    if (row == std::end(kForm)) {
      problems.push_back(fmt::format("{}.{} is not known", path, key));
    } else {
      Check(member, row->type, path + "." + key, problems);
    }
  }
  for (const FormRow& row : kForm) {
    if (row.object == type && row.required &&
        !value.contains(std::string(row.member))) {
      problems.push_back(fmt::format("{} lacks {}", path, row.member));
    }
  }
}

void Check(const Json& value, std::string_view type, const std::string& path,
           std::vector<std::string>& problems) {
  const auto expect = [&](bool good) {
    if (!good) problems.push_back(fmt::format("{} is no {}", path, type));
  };
  if (type.ends_with("[]")) {
    expect(value.is_array());
    type.remove_suffix(2);
    for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
      Check(value[i], type, fmt::format("{}[{}]", path, i), problems);
    }
  } else if (type == "text") {
    expect(value.is_string());
  } else if (type == "uri") {
    expect(value.is_string() && IsUri(value.get<std::string>()));
  } else if (type == "int") {
    expect(value.is_number_integer());
  } else if (type == "bool") {
    expect(value.is_boolean());
  } else if (type == "bag") {
    expect(value.is_object());
  } else if (type == "texts") {
    expect(value.is_object() &&
           std::all_of(value.begin(), value.end(),
                       [](const Json& j) { return j.is_string(); }));
  } else if (type == "level") {
    const std::set<Json> levels = {"none", "note", "warning", "error"};
    expect(levels.count(value) == 1);
  } else {
    CheckObject(value, type, path, problems);
  }
}

// What is not as the standard says.
std::vector<std::string> Problems(const Json& log) {
  std::vector<std::string> problems;
  Check(log, "log", "log", problems);
  if (!problems.empty()) return problems;
  for (const Json& run : log["runs"]) {
    const Json& rules = run["tool"]["driver"]["rules"];
    for (const Json& result : run["results"]) {
      const auto index = result["ruleIndex"].get<std::size_t>();
      if (index >= rules.size() || rules[index]["id"] != result["ruleId"]) {
        problems.push_back("a ruleIndex is not its ruleId's");
      }
      for (const Json& location : result["locations"]) {
        const Json& physical = location["physicalLocation"];
        if (physical.contains("region") &&
            physical["region"]["startLine"] < 1) {
          problems.push_back("a line before the first");
        }
      }
    }
  }
  return problems;
}

TEST(Sarif, HasTheStandardsForm) {
  EXPECT_THAT(Problems(Sarif(Example())), IsEmpty());
  EXPECT_THAT(Problems(Sarif(Hostile())), IsEmpty());
  EXPECT_THAT(Problems(Sarif(Json())), IsEmpty());
}

TEST(Sarif, TheCheckOfTheFormFindsDefects) {
  Json log = Sarif(Example());
  log["runs"][0]["results"][0].erase("message");
  log["runs"][0]["results"][0]["level"] = "fatal";
  log["runs"][0]["results"][1]["locations"][0]["physicalLocation"]
     ["artifactLocation"]["uri"] = "a b";
  log["runs"][0]["more"] = 1;
  EXPECT_EQ(Problems(log).size(), 4);
  log = Sarif(Example());
  log["runs"][0]["results"][0]["ruleIndex"] = 1;
  EXPECT_EQ(Problems(log).size(), 1);
}

// ---- What it says
// ------------------------------------------------------------

TEST(Sarif, AResultForEachBreakAtTheCodesLine) {
  const Json run = RunOf(Example());
  ASSERT_EQ(run["results"].size(), 7);
  const Json& r = run["results"][0];
  EXPECT_EQ(r["ruleId"], "nondeterminism");
  EXPECT_EQ(r["level"], "error");
  const Json& physical = r["locations"][0]["physicalLocation"];
  EXPECT_EQ(physical["artifactLocation"]["uri"], "shop/order.cc");
  EXPECT_EQ(physical["artifactLocation"]["uriBaseId"], "%SRCROOT%");
  EXPECT_EQ(physical["region"]["startLine"], 41);
  const Json& history = r["relatedLocations"][0];
  EXPECT_EQ(history["physicalLocation"]["artifactLocation"]["uri"],
            "corpus/order/0004.json");
  EXPECT_EQ(history["message"]["text"],
            "the recorded history, turn 4, event 23");
  EXPECT_EQ(history["logicalLocations"][0]["fullyQualifiedName"],
            "Order/order-1004/0f0c2a1e-0004");
  EXPECT_THAT(r["message"]["text"].get<std::string>(),
              HasSubstr("Order, divergent: turn 4, event 23: history has"));
  EXPECT_EQ(r["properties"]["eventId"], 23);
}

TEST(Sarif, WithoutALineTheHistoryIsThePlace) {
  const Json result = RunOf(Example())["results"][4];
  EXPECT_EQ(result["ruleId"], "workflow-failure");
  const Json& physical = result["locations"][0]["physicalLocation"];
  EXPECT_EQ(physical["artifactLocation"]["uri"], "corpus/order/0007.json");
  EXPECT_FALSE(physical.contains("region"));
}

TEST(Sarif, RulesAreTheTwoAndTheStrictOnesThatOccur) {
  std::vector<std::string> ids;
  const Json run = RunOf(Example());
  for (const Json& rule : run["tool"]["driver"]["rules"]) {
    ids.push_back(rule["id"]);
  }
  EXPECT_THAT(
      ids, ElementsAre("nondeterminism", "workflow-failure", "extra-command"));
  EXPECT_EQ(run["results"][3]["ruleId"], "extra-command");
  EXPECT_EQ(run["automationDetails"]["id"], "order_replay/");
  EXPECT_EQ(run["tool"]["driver"]["version"], "0.1.0");
}

TEST(Sarif, AnAllowedBreakIsSuppressed) {
  const Json result = RunOf(Example())["results"][6];
  EXPECT_EQ(result["suppressions"][0]["kind"], "external");
  EXPECT_THAT(result["suppressions"][0]["justification"].get<std::string>(),
              HasSubstr("test tenant"));
  EXPECT_FALSE(RunOf(Example())["results"][0].contains("suppressions"));
}

TEST(Sarif, WhatWasNotJudgedIsANotification) {
  const Json invocation = RunOf(Example())["invocations"][0];
  EXPECT_EQ(invocation["executionSuccessful"], false);
  EXPECT_EQ(invocation["exitCode"], 1);
  EXPECT_EQ(invocation["endTimeUtc"], "2026-11-25T14:00:00Z");
  const Json& notifications = invocation["toolExecutionNotifications"];
  ASSERT_EQ(notifications.size(), 3);
  EXPECT_EQ(notifications[0]["level"], "warning");
  EXPECT_EQ(notifications[0]["associatedRule"]["id"], "extra-command");
  EXPECT_EQ(notifications[2]["level"], "error");
  EXPECT_EQ(notifications[2]["message"]["text"],
            "corpus/order/half.json: unreadable: byte 4096: the text ends "
            "within a string; fetch the history again");
  const Json clean = RunOf(OneReport({}))["invocations"][0];
  EXPECT_EQ(clean["executionSuccessful"], true);
  EXPECT_FALSE(clean.contains("toolExecutionNotifications"));
}

TEST(Sarif, PathsBecomeReferences) {
  const auto uri = [](const char* source) {
    const Json run =
        RunOf(OneReport({{"verdict", "failed"}, {"source", source}}));
    return run["results"][0]["locations"][0]["physicalLocation"]
              ["artifactLocation"];
  };
  EXPECT_EQ(uri("a b/#1?é%.json")["uri"], "a%20b/%231%3F%C3%A9%25.json");
  EXPECT_EQ(uri("C:\\dir\\x.json")["uri"], "C%3A/dir/x.json");
  EXPECT_EQ(uri("<memory>")["uri"], "%3Cmemory%3E");
  EXPECT_EQ(uri("/var/x.json")["uri"], "file:///var/x.json");
  EXPECT_FALSE(uri("/var/x.json").contains("uriBaseId"));
}

TEST(Sarif, AnotherFormOfDateIsLeftOut) {
  for (const char* when : {"2026-11-25", "2026-11-25 14:00:00Z",
                           "2026-11-25T14:00:00+01:00", "yesterday"}) {
    Json replay = OneReport({});
    replay["when"] = when;
    EXPECT_FALSE(RunOf(replay)["invocations"][0].contains("endTimeUtc"))
        << when;
  }
}

TEST(Sarif, FingerprintsTellRunsAndDefectsApartButNotLines) {
  const auto print = [](const char* source, const char* site) {
    const Json run = RunOf(OneReport({{"verdict", "divergent"},
                                      {"source", source},
                                      {"divergence", {{"site", site}}}}));
    return run["results"][0]["partialFingerprints"].dump();
  };
  EXPECT_EQ(print("a", "x.cc:1"), print("a", "x.cc:2"));
  EXPECT_NE(print("a", "x.cc:1"), print("b", "x.cc:1"));
  EXPECT_NE(print("a", "x.cc:1"), print("a", "y.cc:1"));
}

TEST(Sarif, TextOfAHistoryIsNoLink) {
  const Json run = RunOf(OneReport(
      {{"verdict", "failed"}, {"error", "[click](https://example.org)"}}));
  EXPECT_THAT(run["results"][0]["message"]["text"].get<std::string>(),
              HasSubstr("[click\\](https://"));
}

}  // namespace
}  // namespace cohort
