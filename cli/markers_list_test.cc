#include "cohort/cli/markers_list.h"

#include "gtest/gtest.h"

namespace cohort {
namespace {

MarkerList MarkersOf(absl::StatusOr<History> history) {
  EXPECT_TRUE(history.ok()) << history.status();
  return history.ok() ? ListMarkers(*history) : MarkerList();
}

TEST(Markers, PythonHistoryAsText) {
  MarkerList list = MarkersOf(History::FromFile(
      "testing/testdata/inspected/python/Order/g2_slow_stage4.json"));
  for (MarkerLine& line : list.lines) line.file = "f.json";
  EXPECT_EQ(
      MarkersText(list.lines),
      R"(file    event  turn  marker               dialect  change id      version  search attribute
f.json  11     2     core_patch           core     fraud-check-2  patched  upserted
f.json  24     4     core_patch           core     split-charge   patched  upserted
f.json  38     6     core_local_activity  -        -              -        -
)");
}

TEST(Markers, AsJson) {
  const MarkerList list = MarkersOf(History::FromFile(
      "testing/testdata/recorded/go/Order/g2_plain_stage2.json"));
  const auto json = MarkersJson(list.lines);
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(json[0]["event_id"], 11);
  EXPECT_EQ(json[0]["turn"], 2);
  EXPECT_EQ(json[0]["dialect"], "go");
  EXPECT_EQ(json[0]["change_id"], "fraud-check");
  EXPECT_EQ(json[0]["version"], 2);
  EXPECT_EQ(json[0]["upserted"], true);
}

TEST(Markers, OneThatCannotBeReadIsListedAndSaid) {
  const MarkerList list = MarkersOf(History::FromJson(R"([
      {"eventId":1,"eventType":"WorkflowTaskCompleted"},
      {"eventId":2,"eventType":"MarkerRecorded",
       "markerRecordedEventAttributes":{"markerName":"Version","details":{
         "change-id":{"payloads":[{"metadata":{},"data":"AA=="}]}}}}])"));
  ASSERT_EQ(list.lines.size(), 1u);
  EXPECT_FALSE(list.lines[0].version.has_value());
  ASSERT_EQ(list.problems.size(), 1u);
  EXPECT_TRUE(list.problems[0].starts_with("<memory>: event 2: "));
}

}  // namespace
}  // namespace cohort
