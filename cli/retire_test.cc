#include "cohort/cli/retire.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "cohort/cli/run_line.h"
#include "cohort/corpus/retire_report.h"
#include "cohort/engine/profile.h"
#include "fmt/core.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kGo = "testing/testdata/recorded/go/Order";
const std::string kPython = "testing/testdata/recorded/python/Order";

Ran Retire(std::vector<std::string> words) {
  words.insert(words.begin(), "retire");
  return RunLine(words);
}

std::string Write(const std::string& name, const std::string& text) {
  const fs::path folder = fs::path(::testing::TempDir()) / "retire";
  fs::create_directories(folder);
  std::ofstream(folder / name) << text;
  return (folder / name).string();
}

TEST(Retire, UnsafeWhileAnOpenRunHasIt) {
  const Ran ran = Retire({"fraud-check", kGo, "--branch", "2", "--retention",
                          "30d", "--now", "2027-06-01T00:00:00Z"});
  EXPECT_EQ(ran.code, 1) << ran.err;
  EXPECT_EQ(
      ran.out,
      R"(change "fraud-check": what may be deleted, as of 2027-06-01T00:00:00Z
2 open and 11 closed runs; closed ones are kept for 720h

version 2: UNSAFE
  unsafe        open runs that recorded it: 1
      01a20518-a9e1-7a88-ad4a-38c00261e676  Order order-go-g3+g4_at3-210952, started 2026-11-22T21:10:32Z  testing/testdata/recorded/go/Order/g3+g4_at3_stage3.json
  safe          closed runs that are kept no more: 11
  safe          runs that recorded another answer, or need none: 1

next steps
  raise min: NOT PROVABLE. min stays -1: the default branch has to be safe first
  remove the call: NOT PROVABLE. only the newest branch may be left; then at any time, as a marker without a call is passed over. The guard goes with it: a forgotten run diverges instead of failing clearly
  use the id again: never: its markers stay in old histories

This holds for the runs above, and for code that gives none of these answers any more.
)");
}

TEST(Retire, SafeOnceTheClosedOnesAreForgotten) {
  std::vector<std::string> words = {
      "fraud-check", kGo,  "--branch", "1",
      "--retention", "3d", "--now",    "2026-11-25T00:00:00Z"};
  const Ran before = Retire(words);
  EXPECT_EQ(before.code, 1);
  EXPECT_THAT(before.out,
              HasSubstr("version 1: UNSAFE, until 2026-11-25T21:10:48Z\n"));
  words.back() = "2026-11-25T21:10:49Z";
  EXPECT_EQ(Retire(words).code, 0);
  EXPECT_THAT(Retire(words).out, HasSubstr("version 1: SAFE\n"));
}

TEST(Retire, NotProvableWithoutRetentionOrCode) {
  const Ran unknown = Retire({"fraud-check", kGo, "--branch", "1"});
  EXPECT_EQ(unknown.code, 3);
  EXPECT_THAT(unknown.out, HasSubstr("how long closed ones are kept is not"));
  EXPECT_THAT(unknown.out, HasSubstr("to settle it: say the namespace's"));
  const Ran open = Retire({"fraud-check", kGo, "--branch", "default", "--now",
                           "2027-06-01T00:00:00Z", "--retention", "3d"});
  EXPECT_EQ(open.code, 3);
  EXPECT_THAT(open.out, HasSubstr("g5_plain_stage2.json"));
  EXPECT_EQ(Retire({"frod-check", kGo}).code, 3);
}

TEST(Retire, AnUnreadableFileIsNeverBetterThanNotProvable) {
  const std::string bad = Write("bad.json", "{\"events\": [");
  const std::vector<std::string> safe = {
      "fraud-check", kGo,  "--branch", "1",
      "--retention", "3d", "--now",    "2027-01-01T00:00:00Z"};
  EXPECT_EQ(Retire(safe).code, 0);
  for (const std::string& input : {bad, std::string("absent.json")}) {
    std::vector<std::string> words = safe;
    words.push_back(input);
    const Ran ran = Retire(words);
    EXPECT_EQ(ran.code, 3);
    EXPECT_THAT(ran.err, HasSubstr(input));
    EXPECT_THAT(ran.out, HasSubstr("histories that could not be read: 1"));
  }
  // Nor is a folder that is empty: somebody thinks that runs are in it.
  const std::string empty = testing::TempDir() + "/no_runs_here";
  std::filesystem::create_directories(empty);
  std::vector<std::string> words = safe;
  words.push_back(empty);
  EXPECT_EQ(Retire(words).code, 3);
  // Nor does it hide what is unsafe.
  EXPECT_EQ(Retire({"fraud-check", kGo, bad, "--branch", "2"}).code, 1);
  std::vector<std::string> listing = safe;
  listing.insert(listing.end(), {"--listing", bad});
  EXPECT_EQ(Retire(listing).code, 3);
}

TEST(Retire, JsonHoldsBranchesEvidenceAndSteps) {
  const Ran ran = Retire({"split-charge", kPython, "--json", "--retention",
                          "1d", "--now", "2027-01-01T00:00:00Z"});
  EXPECT_EQ(ran.code, 3) << ran.err;
  const Json json = Json::parse(ran.out);
  EXPECT_EQ(json["verdict"], "not-provable");
  EXPECT_EQ(json["now"], "2027-01-01T00:00:00Z");
  EXPECT_EQ(json["retention_seconds"], 86400);
  EXPECT_EQ(json["dialects"], Json::array({"core"}));
  ASSERT_EQ(json["branches"].size(), 2u);
  const Json& of_default = json["branches"][0];
  EXPECT_EQ(of_default["branch"], "default");
  EXPECT_EQ(of_default["evidence"][0]["kind"], "unmarked");
  EXPECT_EQ(of_default["evidence"][0]["runs"][0]["workflow_id"],
            "Order-g5-slow");
  EXPECT_EQ(json["branches"][1]["branch"], 1);
  EXPECT_EQ(json["branches"][1]["verdict"], "safe");
  EXPECT_EQ(json["steps"].size(), 3u);
  EXPECT_EQ(json["steps"][0]["step"], "DeprecatePatch instead of Patched");
  EXPECT_TRUE(json["steps"][2]["verdict"].is_null());
}

TEST(Retire, AListingNamesRunsWithoutHistories) {
  const std::string listing = Write("listing.json", R"([
    {"execution":{"workflowId":"w","runId":"r"},"type":{"name":"Order"},
     "startTime":"2026-12-01T00:00:00Z","status":"Running"}])");
  std::vector<std::string> words = {
      "fraud-check", kGo,    "--branch", "1",
      "--retention", "3d",   "--now",    "2027-01-01T00:00:00Z",
      "--listing",   listing};
  const Ran ran = Retire(words);
  EXPECT_EQ(ran.code, 3);
  EXPECT_THAT(ran.out, HasSubstr("1 of them known from a listing only"));
  EXPECT_THAT(ran.out, HasSubstr("r  Order w, started 2026-12-01T00:00:00Z\n"));
  words.push_back("--listing-complete");
  EXPECT_EQ(Retire(words).code, 0);
}

TEST(Retire, UsageErrors) {
  EXPECT_EQ(Retire({"fraud-check"}).code, 2);
  EXPECT_EQ(Retire({"x", kGo, "--branch", "newest"}).code, 2);
  EXPECT_EQ(Retire({"x", kGo, "--retention", "long"}).code, 2);
  EXPECT_EQ(Retire({"x", kGo, "--now", "tomorrow"}).code, 2);
}

TEST(Retire, WordsOfTheCommandLine) {
  EXPECT_EQ(ParseBranch("default"), RetireTarget());
  EXPECT_EQ(ParseBranch("-1"), RetireTarget());
  EXPECT_EQ(ParseBranch("2"), (RetireTarget{RetireTarget::Kind::kVersion, 2}));
  EXPECT_EQ(ParseBranch("2x"), std::nullopt);
}

// Which SDKs forget a "no" is known to the engine's profiles.
TEST(Retire, KnowsWhichSdksForget) {
  for (const Profile& profile : kProfiles) {
    if (profile.late_marker != LateMarker::kUnmatched &&
        profile.name != "cohort") {
      continue;  // no SDK on the core
    }
    Fleet fleet([](const std::string&) { return absl::NotFoundError(""); });
    const std::string json = fmt::format(
        R"([{{"eventId":1,"eventType":"WorkflowExecutionStarted",
              "workflowExecutionStartedEventAttributes":{{
                "workflowType":{{"name":"Order"}}}}}},
            {{"eventId":2,"eventType":"WorkflowTaskCompleted",
              "workflowTaskCompletedEventAttributes":{{
                "sdkMetadata":{{"sdkName":"{}","sdkVersion":"1.0"}}}}}},
            {{"eventId":3,"eventType":"WorkflowTaskCompleted"}},
            {{"eventId":4,"eventType":"MarkerRecorded",
              "markerRecordedEventAttributes":{{"markerName":"core_patch",
                "details":{{"patch-data":{{"payloads":[{{
                  "metadata":{{"encoding":"anNvbi9wbGFpbg=="}},
                  "data":"eyJpZCI6ImMiLCJkZXByZWNhdGVkIjpmYWxzZX0="}}]}}}}}}}}])",
        profile.sdk_name);
    const auto history = History::FromJson(json);
    ASSERT_TRUE(history.ok()) << history.status();
    const auto snapshot = SnapshotOf(*history, "x");
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    fleet.Add(*snapshot, *history);
    const RetireOptions options{.target = RetireTarget(),
                                .now = absl::UnixEpoch()};
    const RetireReport report = JudgeRetirement({.fleet = fleet}, "c", options);
    const bool forgets = profile.unrecorded_patch == UnrecordedPatch::kForget;
    EXPECT_EQ(report.verdict,
              forgets ? RetireVerdict::kNotProvable : RetireVerdict::kSafe)
        << profile.name;
  }
}

}  // namespace
}  // namespace cohort
