// The examples of the headers of testing/formats.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/testing/formats/github.h"
#include "cohort/testing/formats/html.h"
#include "cohort/testing/formats/junit.h"
#include "cohort/testing/formats/places.h"
#include "cohort/testing/formats/printable.h"
#include "cohort/testing/formats/replay_data.h"
#include "cohort/testing/formats/sarif.h"
#include "cohort/testing/formats/words.h"
#include "cohort/testing/formats/xml_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort::formats {
namespace {

using ::cohort_testing::ReadXml;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Of one history that breaks.
nlohmann::ordered_json Replay() {
  return {{"reports",
           {{{"verdict", "divergence"},
             {"source", "order-17.json"},
             {"workflow_type", "Order"},
             {"divergence", {{"turn", 4}, {"event_id", 23}}}}}}};
}

std::string TextOfFile(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(FormatsHeaders, GithubGetsAnnotationsAndASummary) {
  const nlohmann::ordered_json json = Replay();
  ::setenv("GITHUB_STEP_SUMMARY", "summary.md", /*overwrite=*/1);
  testing::internal::CaptureStdout();
  // snippet: testing/formats/github.h
  std::cout << cohort::ToGithub(json);
  std::ofstream(std::getenv("GITHUB_STEP_SUMMARY"), std::ios::app)
      << cohort::ToGithubSummary(json);
  // end of snippet
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("::error"));
  EXPECT_THAT(TextOfFile("summary.md"), HasSubstr("order-17.json"));
}

TEST(FormatsHeaders, FilesAreWritten) {
  const nlohmann::ordered_json json = Replay();
  // snippet: testing/formats/html.h
  std::ofstream("replay.html") << cohort::ToHtml(json);
  // end of snippet
  // snippet: testing/formats/junit.h
  std::ofstream("junit.xml") << cohort::ToJunit(json);
  // end of snippet
  // snippet: testing/formats/sarif.h
  std::ofstream("replay.sarif") << cohort::ToSarif(json);
  // end of snippet
  for (const char* file : {"replay.html", "junit.xml", "replay.sarif"}) {
    EXPECT_THAT(TextOfFile(file), HasSubstr("order-17.json")) << file;
  }
  const std::string text = TextOfFile("junit.xml");
  // snippet: testing/formats/xml_reader.h
  std::string problem;
  const auto root = ReadXml(text, problem);
  ASSERT_TRUE(root) << problem;
  // end of snippet
  EXPECT_EQ(root->name, "testsuites");
}

TEST(FormatsHeaders, ReplayIsData) {
  const nlohmann::ordered_json json = Replay();
  std::vector<std::string> sources;
  const auto Use = [&](const std::string& source) {
    sources.push_back(source);
  };
  {
    // snippet: testing/formats/replay_data.h
    const ReplayData data = ReadReplayData(json);
    for (const HistoryReport& report : data.reports) Use(report.source);
    // end of snippet
    // snippet: testing/formats/places.h
    for (const Place& place : PlacesOf(data)) {
      Use(place.reports.front()->source);
    }
    // end of snippet
  }
  EXPECT_THAT(sources, ElementsAre("order-17.json", "order-17.json"));
  // snippet: testing/formats/words.h
  const ReplayData data = ReadReplayData(json);
  Headline(data);            // "3 of 18 histories break"
  CauseOf(data.reports[0]);  // "turn 4, event 23: history has ..."
  // end of snippet
  EXPECT_THAT(Headline(data), HasSubstr("1 of 1"));
  EXPECT_THAT(CauseOf(data.reports[0]), HasSubstr("turn 4, event 23"));
}

TEST(FormatsHeaders, TextIsPrintable) {
  // snippet: testing/formats/printable.h
  const std::string_view name = "a\x1b[31mb";
  Printable(name) == "a\\x1b[31mb";
  // end of snippet
  EXPECT_EQ(Printable(name), "a\\x1b[31mb");
}

}  // namespace
}  // namespace cohort::formats
