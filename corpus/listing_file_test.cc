#include "cohort/corpus/listing_file.h"

#include <filesystem>
#include <fstream>

#include "cohort/base/text.h"
#include "cohort/corpus/history_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// W10= is [], WyJjLTEiXQ== is ["c-1"].
constexpr const char* kRow = R"({
  "execution": {"workflowId": "w", "runId": "r-1"},
  "type": {"name": "Order"},
  "startTime": "2026-11-22T21:09:52Z",
  "closeTime": "2026-11-23T21:09:52Z",
  "status": "WORKFLOW_EXECUTION_STATUS_COMPLETED",
  "historyLength": "42",
  "searchAttributes": {"indexedFields": {"TemporalChangeVersion": {
    "metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "WyJjLTEiXQ=="}}},
  "taskQueue": "orders"})";

std::string OneLine(std::string text) {
  std::erase(text, '\n');
  return text;
}

std::vector<RunListing> Read(const std::string& text) {
  auto runs = ReadListing(text, "runs.json");
  EXPECT_TRUE(runs.ok()) << runs.status();
  return runs.ok() ? *std::move(runs) : std::vector<RunListing>();
}

std::string Refused(const std::string& text) {
  const auto runs = ReadListing(text, "runs.json");
  EXPECT_FALSE(runs.ok());
  return std::string(ToStd(runs.status().message()));
}

TEST(ListingFile, ReadsARow) {
  const auto runs = Read(std::string("[") + kRow + "]");
  ASSERT_THAT(runs, SizeIs(1));
  EXPECT_EQ(runs[0].run_id, "r-1");
  EXPECT_EQ(runs[0].workflow_id, "w");
  EXPECT_EQ(runs[0].workflow_type, "Order");
  EXPECT_EQ(runs[0].status, RunStatus::kCompleted);
  EXPECT_EQ(runs[0].closed - runs[0].started, absl::Hours(24));
  EXPECT_EQ(runs[0].events, 42);
  EXPECT_EQ(runs[0].task_queue, "orders");
  EXPECT_THAT(*runs[0].change_versions, ElementsAre("c-1"));
}

TEST(ListingFile, ReadsEachContainer) {
  const std::string row = kRow;
  EXPECT_THAT(Read("{\"executions\":[" + row + "," + row + "]}"), SizeIs(2));
  EXPECT_THAT(Read(OneLine(row) + "\n\n" + OneLine(row) + "\n"), SizeIs(2));
  EXPECT_THAT(Read(row), SizeIs(1));
  EXPECT_THAT(Read("[]"), IsEmpty());
}

TEST(ListingFile, ReadsBareValuesAndWhatIsLeftOut) {
  const auto runs = Read(R"([
    {"execution":{"runId":"a"},"type":{"name":"T"},"status":"Running",
     "historyLength":7,
     "searchAttributes":{"indexedFields":{"TemporalChangeVersion":["x","y-2"]}}},
    {"execution":{"runId":"b"},"type":{"name":"T"},"status":"Running"}])");
  EXPECT_THAT(*runs[0].change_versions, ElementsAre("x", "y-2"));
  EXPECT_EQ(runs[0].events, 7);
  EXPECT_EQ(runs[0].closed, absl::InfiniteFuture());
  EXPECT_THAT(*runs[1].change_versions, IsEmpty());
}

TEST(ListingFile, SaysWhatIsWrong) {
  EXPECT_THAT(Refused("nonsense"), HasSubstr("runs.json: line 1: no JSON"));
  EXPECT_THAT(Refused("17"), HasSubstr("neither an array nor an object"));
  EXPECT_THAT(Refused("[{}]"), HasSubstr("row 1: no \"execution.runId\""));
  EXPECT_THAT(Refused(R"([{"execution":{"runId":"a"},"type":{"name":"T"},
                           "status":"Odd"}])"),
              HasSubstr("unknown status \"Odd\""));
  EXPECT_THAT(Refused(R"([{"execution":{"runId":"a"},"type":{"name":"T"},
                           "status":"Running","startTime":"soon"}])"),
              HasSubstr("row 1: "));
  EXPECT_TRUE(absl::IsNotFound(ReadListingFile("absent.json").status()));
}

TEST(ListingFile, ReadsPackedFiles) {
  const auto path =
      std::filesystem::path(::testing::TempDir()) / "runs.json.zst";
  std::ofstream(path, std::ios::binary)
      << PackedZstd(std::string("[") + kRow + "]", 3);
  const auto runs = ReadListingFile(path.string());
  ASSERT_TRUE(runs.ok()) << runs.status();
  EXPECT_THAT(*runs, SizeIs(1));
}

}  // namespace
}  // namespace cohort
