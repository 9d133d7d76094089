#include "cohort/testing/formats/github.h"

#include <sstream>
#include <string>
#include <vector>

#include "cohort/testing/formats/test_data.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::Example;
using cohort_testing::Hostile;
using cohort_testing::OneReport;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;
using Json = nlohmann::ordered_json;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Github, OneAnnotationForEachPlaceTheWorstFirst) {
  EXPECT_THAT(
      Lines(ToGithub(Example())),
      ElementsAre(
          StartsWith("::error file=shop/order.cc,line=41,title=Order%3A "
                     "divergent%2C 3 histories::corpus/order/0004.json (and 2 "
                     "others here)%0Aturn 4, event 23: history has "),
          StartsWith("::error file=billing/subscription.cc,line=24,title="
                     "Subscription%3A divergent::"),
          StartsWith("::error file=corpus/order/0007.json,title=Order%3A "
                     "failed::corpus/order/0007.json%0Achange \"Step1\": "),
          StartsWith("::error file=corpus/order/0003.json,title=Order%3A "
                     "unsafe::corpus/order/0003.json%0Awith the next turn "),
          StartsWith("::error file=corpus/order/half.json,title="),
          StartsWith("::warning file=corpus/saga/cut.json,title=TripSaga%3A "
                     "incomplete::"),
          StartsWith("::warning file=corpus/legacy/import.json,"),
          StartsWith("::notice file=corpus/subscription/beta-tester.json,")));
}

TEST(Github, NothingIsSaidOfCleanHistories) {
  EXPECT_EQ(ToGithub(OneReport({{"verdict", "clean"}})), "");
  EXPECT_EQ(ToGithub(Json()), "");
}

TEST(Github, EscapesWhatACommandWouldRead) {
  EXPECT_EQ(ToGithub(OneReport({{"verdict", "failed"},
                                {"source", "a,b:c%.json"},
                                {"workflow_type", "T"},
                                {"error", "100 %, a: b\nc\rd"}})),
            "::error file=a%2Cb%3Ac%25.json,title=T%3A failed::"
            "a,b:c%25.json%0A100 %25, a: b%0Ac\\x0dd\n");
}

TEST(Github, HostileTextStartsNoCommand) {
  const std::vector<std::string> lines = Lines(ToGithub(Hostile()));
  ASSERT_EQ(lines.size(), 7);
  EXPECT_THAT(lines, Each(MatchesRegex(
                         "::(error|warning|notice) file=[^,:]*(,line=[0-9]+)?,"
                         "title=[^,:]*::.*")));
}

TEST(GithubSummary, CountsVerdictsByType) {
  const std::string text = ToGithubSummary(Example());
  EXPECT_THAT(
      text,
      StartsWith("## order\\_replay: 6 of 18 histories break\n\n"
                 "| Workflow type | histories | divergent | failed | "
                 "unsafe | unreadable | incomplete | not judged | allowed | "
                 "clean |\n"
                 "| --- | ---: | ---: | ---: | ---: | ---: | ---: | "
                 "---: | ---: | ---: |\n"
                 "| Order | 7 | 3 | 1 | 1 | 0 | 0 | 0 | 0 | 2 |\n"
                 "| Subscription | 6 | 1 | 0 | 0 | 0 | 0 | 0 | 1 | 4 "
                 "|\n"));
  EXPECT_THAT(text, HasSubstr("<summary>Order, divergent, at "
                              "shop/order.cc:41: 3 histories</summary>"));
  EXPECT_THAT(text, HasSubstr("| Order | GiftWrap | default: 4; 1: 0; 2: 1; "
                              "**3: 0, no history** | 2 | 1 |"));
  EXPECT_THAT(text, HasSubstr("| TripSaga | refund\\-by\\-wire | not patched: "
                              "3; **patched: 0, no history** | 1 | 2 |"));
  EXPECT_THAT(text,
              HasSubstr("3 of 619 drawn runs break; with 95 % "
                        "confidence at most 254 of 13,101 \\(1\\.9 %\\)"));
  EXPECT_THAT(text,
              HasSubstr("| Order, open, Step1=1 | 10240 | 3 | 409 | 0 | 75 |"));
}

TEST(GithubSummary, SaysOnlyTheHeadlineWhereThereIsNothingMore) {
  EXPECT_EQ(ToGithubSummary(Json::object()),
            "## replay: No history was replayed\n\n");
  EXPECT_THAT(ToGithubSummary(OneReport({})),
              Not(testing::AnyOf(HasSubstr("###"), HasSubstr("<details>"))));
}

// What is neither in a fence nor one of the tags that the summary writes holds
// no markup.
TEST(GithubSummary, HostileTextIsOnlyText) {
  std::string fence;
  for (const std::string& line : Lines(ToGithubSummary(Hostile()))) {
    if (fence.empty() && line.starts_with("```")) {
      fence = line.substr(0, line.find('t'));
      continue;
    }
    if (!fence.empty()) {
      if (line == fence) fence.clear();
      continue;
    }
    std::string rest = line;
    for (const char* tag :
         {"<details>", "</details>", "<summary>", "</summary>"}) {
      const std::size_t at = rest.find(tag);
      if (at != rest.npos) rest.erase(at, std::string(tag).size());
    }
    EXPECT_THAT(rest, Not(HasSubstr("<"))) << line;
    EXPECT_THAT(rest, Not(HasSubstr("]("))) << line;
  }
  EXPECT_EQ(fence, "") << "a fence that nothing ends";
}

TEST(GithubSummary, TheFenceIsLongerThanAnyInIt) {
  EXPECT_THAT(ToGithubSummary(
                  OneReport({{"verdict", "failed"}, {"error", "a\n`````\nb"}})),
              HasSubstr("``````text\n"));
}

TEST(GithubSummary, StaysFarBelowOneMebibyte) {
  Json reports = Json::array();
  for (std::size_t i = 0; i < kExplained + 5; ++i) {
    reports.push_back({{"verdict", "failed"},
                       {"source", "a.json"},
                       {"error", std::string(kExplanationBytes - 1, 'x') +
                                     "\xc3\xa9" + std::string(500, 'y')}});
  }
  const std::string text = ToGithubSummary({{"reports", reports}});
  EXPECT_LT(text.size(), 512u * 1024);
  EXPECT_THAT(text, HasSubstr("5 more places are in the other reports."));
  EXPECT_THAT(text, HasSubstr("x\n...\n```"));
  EXPECT_THAT(text, Not(HasSubstr("\xc3\n")));
}

}  // namespace
}  // namespace cohort
