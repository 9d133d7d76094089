// `cohort census` against a count of its own: the histories as plain JSON, and
// the versions of EXPECTED.json where that is (COHORT_SHARED names ../shared).
#include "cohort/cli/census.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <tuple>

#include "cohort/cli/run_line.h"
#include "fmt/core.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using ::testing::HasSubstr;

// (workflow type, change id, version, status): runs.
using Counts = std::map<std::tuple<std::string, std::string, Json, std::string>,
                        std::int64_t>;

struct RunFile {
  std::string workflow_type;
  std::string status = "open";
  Json versions;  // as EXPECTED.json has them
  std::vector<std::pair<std::string, std::string>> events;  // id, type
};

constexpr std::string_view kPrefix = "EVENT_TYPE_";

std::string TypeOf(const Json& event) {
  std::string type = event.at("eventType");
  return type.starts_with(kPrefix) ? type.substr(kPrefix.size()) : type;
}

std::string StatusBehind(const std::string& type) {
  static const std::map<std::string, std::string> kEnds = {
      {"WORKFLOW_EXECUTION_COMPLETED", "completed"},
      {"WORKFLOW_EXECUTION_FAILED", "failed"},
      {"WORKFLOW_EXECUTION_CANCELED", "canceled"},
      {"WORKFLOW_EXECUTION_CONTINUED_AS_NEW", "continued-as-new"},
      {"WORKFLOW_EXECUTION_TIMED_OUT", "timed-out"},
      {"WORKFLOW_EXECUTION_TERMINATED", "terminated"}};
  const auto it = kEnds.find(type);
  return it == kEnds.end() ? "open" : it->second;
}

// Reads with nlohmann only. `run_id` is that of the last reset.
RunFile ReadRun(const fs::path& path, const Json& versions,
                std::string& run_id) {
  std::ifstream in(path);
  const Json history = Json::parse(in);
  RunFile run;
  run.versions = versions;
  for (const Json& event : history.at("events")) {
    run.events.emplace_back(event.at("eventId").dump(), TypeOf(event));
    const std::string& type = run.events.back().second;
    if (type == "WORKFLOW_EXECUTION_STARTED") {
      const Json& start = event.at("workflowExecutionStartedEventAttributes");
      run.workflow_type = start.at("workflowType").at("name");
      run_id = start.at("originalExecutionRunId");
    } else if (type == "WORKFLOW_TASK_FAILED") {
      const Json& failed = event.at("workflowTaskFailedEventAttributes");
      if (failed.contains("newRunId")) run_id = failed["newRunId"];
    }
  }
  run.status = StatusBehind(run.events.back().second);
  return run;
}

// Of the files of one run: those that are no beginning of a longer one.
void KeepLongest(std::vector<RunFile>& files) {
  std::stable_sort(files.begin(), files.end(),
                   [](const RunFile& a, const RunFile& b) {
                     return a.events.size() > b.events.size();
                   });
  std::vector<RunFile> kept;
  for (RunFile& file : files) {
    const bool begins =
        std::any_of(kept.begin(), kept.end(), [&](const RunFile& longer) {
          return std::equal(file.events.begin(), file.events.end(),
                            longer.events.begin());
        });
    if (!begins) kept.push_back(std::move(file));
  }
  files = std::move(kept);
}

Json VersionOf(const Json& recorded) {
  if (recorded.is_number()) return recorded;
  return recorded == "patched" ? "1" : "1 deprecated";
}

Counts Recount(const fs::path& root, const Json& expected,
               std::size_t& distinct) {
  std::map<std::string, std::vector<RunFile>> by_id;
  for (const auto& [name, figures] : expected.items()) {
    if (fs::path(name).extension() != ".json") continue;
    std::string run_id;
    RunFile run = ReadRun(root / name, figures.at("versions"), run_id);
    by_id[run_id].push_back(std::move(run));
  }
  std::map<std::string, std::set<std::string>> changes_of;
  std::vector<RunFile> runs;
  for (auto& [id, files] : by_id) {
    KeepLongest(files);
    for (RunFile& file : files) {
      for (const auto& [change, versions] : file.versions.items()) {
        changes_of[file.workflow_type].insert(change);
      }
      runs.push_back(std::move(file));
    }
  }
  distinct = runs.size();
  Counts counts;
  for (const RunFile& run : runs) {
    const auto& changes = changes_of[run.workflow_type];
    if (changes.empty()) ++counts[{run.workflow_type, "", nullptr, run.status}];
    for (const std::string& change : changes) {
      if (!run.versions.contains(change)) {
        ++counts[{run.workflow_type, change, nullptr, run.status}];
        continue;
      }
      for (const Json& version : run.versions[change]) {
        ++counts[{run.workflow_type, change, VersionOf(version), run.status}];
      }
    }
  }
  return counts;
}

Counts CountsOf(const Json& census, const Counts& patches) {
  Counts counts;
  for (const Json& row : census) {
    Json version = row.at("version");
    const std::string change =
        row.at("change_id").is_null() ? "" : row.at("change_id");
    // Core's patches are 1 here, and words there.
    const auto key =
        std::make_tuple(row.at("workflow_type").get<std::string>(), change,
                        Json(row.at("deprecated") ? "1 deprecated" : "1"),
                        row.at("status").get<std::string>());
    if (version == 1 && patches.contains(key)) version = std::get<2>(key);
    counts[{row.at("workflow_type"), change, version, row.at("status")}] +=
        row.at("count").get<std::int64_t>();
  }
  return counts;
}

class Recounted : public ::testing::TestWithParam<const char*> {};

TEST_P(Recounted, EveryRun) {
  const char* shared = std::getenv("COHORT_SHARED");
  const fs::path histories =
      fs::path(shared == nullptr ? "" : shared) / "histories/recorded";
  if (shared == nullptr || !fs::exists(histories / "EXPECTED.json")) {
    std::cout << "skipped: ../shared/histories/recorded not present\n";
    GTEST_SKIP();
  }
  std::ifstream in(histories / "EXPECTED.json");
  Json expected = Json::parse(in);
  const std::string folder = fmt::format("{}/Order/", GetParam());
  Json of_sdk = Json::object();
  for (const auto& [name, figures] : expected.items()) {
    if (name.starts_with(folder)) of_sdk[name] = figures;
  }
  std::size_t distinct = 0;
  const Counts want = Recount(histories, of_sdk, distinct);
  const Ran ran = RunLine({"census", "--json", (histories / folder).string()});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const Counts got = CountsOf(Json::parse(ran.out), want);
  EXPECT_EQ(got, want);
  EXPECT_GT(want.size(), 15u);
  std::cout << GetParam() << ": " << of_sdk.size() << " histories of "
            << distinct << " runs, " << want.size() << " counts compared\n";
}

INSTANTIATE_TEST_SUITE_P(All, Recounted,
                         ::testing::Values("go", "java", "python",
                                           "typescript"),
                         [](const auto& p) { return std::string(p.param); });

constexpr const char* kGo = "testing/testdata/recorded/go/Order";

TEST(Census, RecordedHistoriesAsText) {
  const Ran ran = RunLine({"census", kGo});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(
      ran.out,
      R"(workflow type  change id     version  status     runs  oldest                newest                stage
Order          fraud-check   -        open       1     2026-11-22T21:09:52Z  2026-11-22T21:09:52Z  timer
Order          fraud-check   -        completed  2     2026-11-22T21:09:52Z  2026-11-22T21:10:05Z  closed
Order          fraud-check   1        completed  3     2026-11-22T21:09:52Z  2026-11-22T21:10:04Z  closed
Order          fraud-check   1        failed     2     2026-11-22T21:10:04Z  2026-11-22T21:10:43Z  closed
Order          fraud-check   2        open       1     2026-11-22T21:10:32Z  2026-11-22T21:10:32Z  nothing outstanding
Order          fraud-check   2        completed  3     2026-11-22T21:09:52Z  2026-11-22T21:10:04Z  closed
Order          fraud-check   2        canceled   1     2026-11-22T21:10:04Z  2026-11-22T21:10:04Z  closed
Order          split-charge  -        open       1     2026-11-22T21:10:32Z  2026-11-22T21:10:32Z  nothing outstanding
Order          split-charge  -        open       1     2026-11-22T21:09:52Z  2026-11-22T21:09:52Z  timer
Order          split-charge  -        completed  4     2026-11-22T21:09:52Z  2026-11-22T21:10:05Z  closed
Order          split-charge  -        failed     1     2026-11-22T21:10:04Z  2026-11-22T21:10:04Z  closed
Order          split-charge  -        canceled   1     2026-11-22T21:10:04Z  2026-11-22T21:10:04Z  closed
Order          split-charge  1        completed  4     2026-11-22T21:09:52Z  2026-11-22T21:10:04Z  closed
Order          split-charge  1        failed     1     2026-11-22T21:10:43Z  2026-11-22T21:10:43Z  closed

13 runs in 16 histories, 3 of them earlier snapshots of a run
)");
}

TEST(Census, JsonAndCsvHoldTheSame) {
  const Ran ran = RunLine({"census", "--json", kGo});
  const Json json = Json::parse(ran.out);
  const Ran csv = RunLine({"census", "--csv", kGo});
  std::istringstream lines(csv.out);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line,
            "workflow_type,change_id,version,deprecated,status,stage,count,"
            "oldest,newest,oldest_run,newest_run\r");
  for (const Json& row : json) {
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(row.size(), 11u);
    EXPECT_THAT(line, HasSubstr(row.at("oldest_run").get<std::string>()));
    EXPECT_THAT(line, HasSubstr("," + row.at("count").dump() + ","));
  }
  EXPECT_FALSE(std::getline(lines, line));
}

TEST(Census, CellsOfCsvAreQuoted) {
  FleetRun run;
  run.name = "a,b";
  run.workflow_type = "say \"hi\"";
  const CensusRow row = {.workflow_type = run.workflow_type,
                         .stage = "two\nlines",
                         .count = 1,
                         .oldest = &run,
                         .newest = &run};
  const std::string csv = CensusCsv(std::vector{row});
  EXPECT_THAT(csv, HasSubstr("\r\n\"say \"\"hi\"\"\",,,false,open,"
                             "\"two\nlines\",1,,,\"a,b\",\"a,b\"\r\n"));
  const Json json = CensusJson(std::vector{row});
  EXPECT_TRUE(json[0]["version"].is_null());
  EXPECT_TRUE(json[0]["oldest"].is_null());
}

TEST(Census, OneBadFileDoesNotStopTheOthers) {
  const fs::path folder = fs::path(::testing::TempDir()) / "census_bad";
  fs::create_directories(folder);
  std::ofstream(folder / "bad.json") << "{\"events\": [";
  const Ran ran = RunLine({"census", "--json", folder.string(), kGo});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("bad.json"));
  EXPECT_GT(Json::parse(ran.out).size(), 3u);
}

TEST(Census, TheSameWithAnyNumberOfJobs) {
  const std::string one = RunLine({"census", "--jobs", "1", kGo}).out;
  EXPECT_EQ(RunLine({"census", "--jobs", "4", kGo}).out, one);
  EXPECT_EQ(RunLine({"census", "--jobs", "0", kGo}).code, 2);
}

TEST(Census, NothingToCount) {
  const fs::path folder = fs::path(::testing::TempDir()) / "census_empty";
  fs::create_directories(folder);
  const Ran ran = RunLine({"census", folder.string()});
  EXPECT_EQ(ran.code, 3);
  EXPECT_EQ(ran.out, "");
}

}  // namespace
}  // namespace cohort
