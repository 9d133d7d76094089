// The examples of the headers of corpus that put histories into words, judge
// them and scrub them.
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "cohort/base/paint.h"
#include "cohort/base/status.h"
#include "cohort/corpus/alignment.h"
#include "cohort/corpus/event_words.h"
#include "cohort/corpus/evidence.h"
#include "cohort/corpus/life_steps.h"
#include "cohort/corpus/open_operations.h"
#include "cohort/corpus/payload_text.h"
#include "cohort/corpus/retire.h"
#include "cohort/corpus/retire_args.h"
#include "cohort/corpus/retire_report.h"
#include "cohort/corpus/scrub_fields.h"
#include "cohort/corpus/scrub_marker.h"
#include "cohort/corpus/scrub_payload.h"
#include "cohort/corpus/tokens.h"
#include "cohort/examples/header_examples/surroundings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

using cohort_examples::ShippedOrder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

std::vector<std::string> Common(const std::vector<std::string>& a,
                                const std::vector<std::string>& b) {
  std::vector<std::string> common;
  // snippet: corpus/alignment.h
  for (const AlignedPart& part : Align(a, b)) {
    if (part.side != Side::kBoth) continue;
    for (std::size_t i = 0; i < part.count; ++i) {
      common.push_back(a[part.a + i]);  // == b[part.b + i]
    }
  }
  // end of snippet
  return common;
}

TEST(CorpusReportHeaders, AlignedPartsAreCommon) {
  EXPECT_THAT(Common({"a", "b", "c"}, {"a", "c", "d"}), ElementsAre("a", "c"));
}

TEST(CorpusReportHeaders, EventsInAFewWords) {
  const History history = ShippedOrder().Build();
  const std::span<const Event> outputs = history.events().subspan(4, 1);
  const Event& event = outputs[0];
  // snippet: corpus/event_words.h
  EventWords words(history.events());
  words.Of(event);       // "TimerFired(19)"
  words.OfAll(outputs);  // "ActivityTaskScheduled(charge) x500"
  // end of snippet
  EXPECT_EQ(words.Of(event), "ActivityTaskScheduled(charge)");
  EXPECT_THAT(words.OfAll(outputs),
              ElementsAre("ActivityTaskScheduled(charge)"));
}

TEST(CorpusReportHeaders, OperationsThatWait) {
  const History history =
      HistoryBuilder("Order").Turn().Activity("charge").Build();
  std::string waits;
  const auto Use = [&](std::int64_t, std::string_view waits_for) {
    waits = waits_for;
  };
  // snippet: corpus/open_operations.h
  OpenOperations open;
  for (const Event& event : history.events()) open.Add(event);
  for (const OpenOperation& o : open.List()) Use(o.event_id, o.waits_for);
  // end of snippet
  EXPECT_EQ(waits, "ActivityTaskCompleted");
}

TEST(CorpusReportHeaders, PayloadsAsText) {
  const Payloads payloads = {JsonPayload(R"({"id":7})")};
  // snippet: corpus/payload_text.h
  PayloadsText(payloads, 200);  // {"id":7}, <binary/plain, 12 bytes>
  // end of snippet
  EXPECT_EQ(PayloadsText(payloads, 200), R"({"id":7})");
}

TEST(CorpusReportHeaders, EvidenceHasAVerdict) {
  const FleetRun history;
  const KnownRun run{.history = &history};
  const JudgeRules rules{.change_id = "Step1", .now = kNow};
  // snippet: corpus/evidence.h
  const Finding finding = Judge(run, {RetireTarget::Kind::kDefault}, rules);
  RowOf(finding.kind).verdict == RetireVerdict::kUnsafe;
  // end of snippet
  EXPECT_FALSE(RowOf(finding.kind).verdict == RetireVerdict::kUnsafe);
}

RetireReport JudgedSteps() {
  RetireReport report;
  report.branches.resize(2);
  report.dialects = {Dialect::kGo};
  const auto judge = [] { return RetireVerdict::kSafe; };
  // snippet: corpus/life_steps.h
  report.steps = LifeSteps(report.branches, report.dialects, judge);
  // end of snippet
  return report;
}

int PrintRetire(const RetireReport& report, const RetireOptions& options) {
  // snippet: corpus/retire_report.h
  std::cout << RetireText(report, options, Paint::kPlain);
  return RetireExit(report.verdict);
  // end of snippet
}

TEST(CorpusReportHeaders, RetirementIsReported) {
  const RetireReport report = JudgedSteps();
  EXPECT_FALSE(report.steps.empty());
  testing::internal::CaptureStdout();
  EXPECT_EQ(PrintRetire(report, {.now = kNow}), 0);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("SAFE"));
}

absl::Status ReadRetireArgs(CLI::App& app, const char* line) {
  // snippet: corpus/retire_args.h
  RetireArgs args;
  AddRetireOptions(*app.add_subcommand("retire"), args);
  app.parse(line);
  COHORT_ASSIGN_OR_RETURN(const RetireOptions options, OptionsOf(args));
  // end of snippet
  EXPECT_EQ(args.change_id, "Step1");
  return absl::OkStatus();
}

TEST(CorpusReportHeaders, RetireIsAskedOnACommandLine) {
  CLI::App app;
  EXPECT_OK(ReadRetireArgs(app, "retire Step1 order-17.json"));
}

TEST(CorpusReportHeaders, TokensAreCounted) {
  // snippet: corpus/tokens.h
  Tokens tokens;
  tokens.Of(TokenKind::kString, "ann@example.com");  // "s1"
  tokens.Of(TokenKind::kString, "bob@example.com");  // "s2"
  tokens.Integer("4711");                            // 1
  // end of snippet
  EXPECT_EQ(tokens.Of(TokenKind::kString, "bob@example.com"), "s2");
  EXPECT_EQ(tokens.Integer("4711"), 1);
}

TEST(CorpusReportHeaders, ScrubbersTakeTheData) {
  const ScrubOptions options;
  Tokens tokens;
  const std::string value = "ann@example.com";
  nlohmann::ordered_json json = {
      {"input",
       {{"payloads",
         {{{"metadata", {{"encoding", "anNvbi9wbGFpbg=="}}},
           {"data", "ImFubkBleGFtcGxlLmNvbSI="}}}}}}};
  nlohmann::ordered_json attributes = {{"details", {{"data", json["input"]}}}};
  // snippet: corpus/scrub_fields.h
  FieldScrubber fields(options, tokens);
  fields.Scrub("signalName", value);
  // end of snippet
  EXPECT_NE(fields.Scrub("signalName", value), "");
  // snippet: corpus/scrub_payload.h
  PayloadScrubber payloads(options, tokens);
  payloads.Scrub(json["input"]["payloads"][0]);
  // end of snippet
  EXPECT_THAT(json.dump(), Not(HasSubstr("ImFubkBleGFtcGxlLmNvbSI=")));
  // snippet: corpus/scrub_marker.h
  MarkerScrubber markers(fields, payloads);
  markers.Scrub("SideEffect", attributes["details"]);
  // end of snippet
  EXPECT_THAT(attributes.dump(), Not(HasSubstr("ImFubkBleGFtcGxlLmNvbSI=")));
}

}  // namespace
}  // namespace cohort
