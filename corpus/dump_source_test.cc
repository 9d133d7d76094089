#include "cohort/corpus/dump_source.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cohort/corpus/history_file.h"
#include "cohort/history/base64.h"
#include "cohort/history/json_writer.h"
#include "cohort/testing/history_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kOpen = R"({
  "execution": {"workflowId": "o-\"1\"{", "runId": "r-1"},
  "type": {"name": "Order"},
  "startTime": "2026-01-01T00:00:00.5Z",
  "status": "WORKFLOW_EXECUTION_STATUS_RUNNING",
  "historyLength": "17",
  "taskQueue": "orders",
  "memo": {"fields": {"note": "}{"}},
  "searchAttributes": {"indexedFields": {
    "TemporalChangeVersion": ["Step1-2", "split"],
    "BuildIds": ["unversioned", "unversioned:b6", "unversioned:b7"]}}})";

std::string Payload(const std::string& json) {
  std::string text = R"({"metadata": {"encoding": "anNvbi9wbGFpbg=="}, )"
                     R"("data": ")";
  AppendBase64(text, json);
  return text + "\"}";
}

const std::string kClosed =
    R"({"execution": {"workflowId": "o-2", "runId": "r-2"},
  "type": {"name": "Order"}, "startTime": "2026-01-01T00:00:00Z",
  "closeTime": "2026-01-02T00:00:00Z", "status": "Completed",
  "historyLength": 9, "searchAttributes": {"indexedFields": {
    "TemporalChangeVersion": )" +
    Payload(R"(["Step1-1"])") + R"(, "BuildIds": )" +
    Payload(R"(["current:b8", "versioned:b9"])") + "}}}";

class DumpTest : public ::testing::Test {
 protected:
  DumpTest() : folder_(::testing::TempDir() + "/dump") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  std::string Put(const std::string& name, const std::string& bytes) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  std::vector<RunListing> List(const std::string& path) {
    std::vector<RunListing> runs;
    status_ = source_.List(path, [&](RunListing run) {
      runs.push_back(std::move(run));
      return absl::OkStatus();
    });
    return runs;
  }
  std::string ErrorOf(const std::string& text) {
    List(Put("bad.json", text));
    return std::string(status_.message());
  }

  std::string folder_;
  DumpSource source_;
  absl::Status status_;
};

TEST_F(DumpTest, ReadsEachFieldOfAnExecution) {
  const auto runs =
      List(Put("list.json", "[\n" + kOpen + ",\n" + kClosed + "]"));
  ASSERT_TRUE(status_.ok()) << status_;
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[0].name, folder_ + "/r-1");
  EXPECT_EQ(runs[0].workflow_type, "Order");
  EXPECT_EQ(runs[0].workflow_id, "o-\"1\"{");
  EXPECT_EQ(runs[0].run_id, "r-1");
  EXPECT_EQ(runs[0].status, RunStatus::kOpen);
  EXPECT_EQ(absl::ToUnixMillis(runs[0].started), 1'767'225'600'500);
  EXPECT_EQ(runs[0].closed, absl::InfiniteFuture());
  EXPECT_EQ(runs[0].events, 17);
  EXPECT_EQ(runs[0].task_queue, "orders");
  EXPECT_EQ(runs[0].build_id, "b7");
  EXPECT_THAT(*runs[0].change_versions, ElementsAre("Step1-2", "split"));
  EXPECT_EQ(runs[1].status, RunStatus::kCompleted);
  EXPECT_EQ(absl::ToUnixSeconds(runs[1].closed), 1'767'312'000);
  EXPECT_EQ(runs[1].events, 9);
  EXPECT_EQ(runs[1].build_id, "b8");
  EXPECT_THAT(*runs[1].change_versions, ElementsAre("Step1-1"));
}

TEST_F(DumpTest, AnArrayLinesAndPackedFilesListAlike) {
  const std::string lines = kOpen + "\n" + kClosed + "\n";
  const std::string loose = "[" + kOpen + "," + kClosed + ",]";
  EXPECT_EQ(List(Put("a.jsonl", lines)).size(), 2u);
  EXPECT_EQ(List(Put("b.json", loose)).size(), 2u);
  EXPECT_EQ(List(Put("c.json.zst", PackedZstd(lines, 3))).size(), 2u);
  EXPECT_THAT(List(Put("d.json", "[]")), IsEmpty());
  EXPECT_TRUE(status_.ok());
}

TEST_F(DumpTest, ALargeListingIsReadInPieces) {
  std::string text = "[";
  for (int i = 0; i < 3000; ++i) text += (i > 0 ? "," : "") + kOpen;
  EXPECT_EQ(List(Put("list.json", text + "]")).size(), 3000u);
  EXPECT_TRUE(status_.ok());
}

TEST_F(DumpTest, ABuildIdIsStatedOrFollowsFromBuildIds) {
  const auto build = [](const std::string& fields) {
    return ListingOfExecution(R"({"execution": {"workflowId": "w",
        "runId": "r"}, "status": "Running", )" +
                              fields + "}")
        ->build_id;
  };
  EXPECT_EQ(build(R"("versioningInfo": {"deploymentVersion":
      {"buildId": "a"}}, "assignedBuildId": "b")"),
            "a");
  EXPECT_EQ(build(R"("assignedBuildId": "b")"), "b");
  EXPECT_EQ(build(R"("mostRecentWorkerVersionStamp": {"buildId": "c"})"), "c");
  const auto from = [&](const std::string& ids) {
    return build(R"("searchAttributes": {"indexedFields": {"BuildIds": )" +
                 ids + "}}");
  };
  EXPECT_EQ(from(R"(["pinned:orders:d", "versioned:e"])"), "d");
  EXPECT_EQ(from(R"("unversioned:f")"), "f");
  EXPECT_EQ(from(R"(["unversioned"])"), "");
}

TEST_F(DumpTest, ErrorsSayWhereAndWhat) {
  EXPECT_THAT(ErrorOf("x"), HasSubstr("byte 1: no listing"));
  EXPECT_THAT(ErrorOf("[" + kOpen + ", 7]"), HasSubstr(": no listing"));
  EXPECT_THAT(ErrorOf(kOpen.substr(0, 100)),
              HasSubstr("ends at byte 100 inside an object"));
  // Cut between two executions.
  EXPECT_THAT(ErrorOf("[" + kOpen + ","), HasSubstr("inside an array"));
  EXPECT_THAT(ErrorOf(kOpen + "]"), HasSubstr(": no listing"));
  EXPECT_THAT(ErrorOf("{\"events\": []}"),
              HasSubstr("ends at byte 14: no execution.workflowId"));
  EXPECT_THAT(ErrorOf("{\"a\": }"), HasSubstr("not JSON"));
  const auto with = [&](const std::string& fields) {
    return ErrorOf(R"({"execution": {"workflowId": "w", "runId": "r"}, )" +
                   fields + "}");
  };
  EXPECT_THAT(with(R"("status": "Lost")"), HasSubstr("status \"Lost\""));
  EXPECT_THAT(with(R"("status": "Running", "startTime": "today")"),
              HasSubstr("startTime: "));
  EXPECT_THAT(with(R"("status": "Running", "historyLength": "x")"),
              HasSubstr("historyLength: \"x\" is no number"));
  EXPECT_THAT(with(R"("status": "Running", "searchAttributes":
      {"indexedFields": {"TemporalChangeVersion": {"data": "%%"}}})"),
              HasSubstr("TemporalChangeVersion: its data is not base64"));
  EXPECT_THAT(with(R"("status": "Running", "searchAttributes":
      {"indexedFields": {"BuildIds": [7]}})"),
              HasSubstr("BuildIds: is no list"));
  // Whatever walks it level by level would need a large stack.
  const std::string deep =
      std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_THAT(with(R"("status": "Running", "searchAttributes":
      {"indexedFields": {"BuildIds": )" +
                   deep + "}}"),
              HasSubstr("BuildIds: is no list"));
  EXPECT_THAT(with(R"("status": "Running", "searchAttributes":
      {"indexedFields": {"BuildIds": )" +
                   Payload(deep) + "}}"),
              HasSubstr("BuildIds: is no list"));
  List(folder_ + "/absent.json");
  EXPECT_TRUE(absl::IsNotFound(status_));
}

TEST_F(DumpTest, AnErrorOfTheUserEndsTheListing) {
  const std::string path = Put("list.json", kOpen + kClosed);
  int calls = 0;
  const absl::Status status = source_.List(path, [&](const RunListing&) {
    ++calls;
    return absl::CancelledError("enough");
  });
  EXPECT_TRUE(absl::IsCancelled(status));
  EXPECT_EQ(calls, 1);
}

TEST_F(DumpTest, HistoriesAreFoundByNameOrByTheirRunId) {
  const History history = HistoryBuilder("Order").Turn().Build();
  const std::string text = WriteHistory(history);
  Put("list.json", kOpen + kClosed);
  Put("r-1.json", text);
  Put("r-2.json.zst", PackedZstd(text, 3));
  Put("a_stage.json", WriteHistory(history.Until(2)));
  Put("elsewhere.json", text);
  EXPECT_TRUE(source_.Fetch(folder_ + "/r-1").ok());
  EXPECT_TRUE(source_.Fetch(folder_ + "/r-2").ok());
  const std::string run_id = FactsOf(history)->run_id;
  ASSERT_FALSE(run_id.empty());
  const auto found = source_.Fetch(folder_ + "/" + run_id);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->source(), folder_ + "/elsewhere.json");
  const auto missing = source_.Fetch(folder_ + "/r-3");
  EXPECT_TRUE(absl::IsNotFound(missing.status()));
  EXPECT_THAT(std::string(missing.status().message()),
              HasSubstr("no history of run r-3"));
}

}  // namespace
}  // namespace cohort
