// The examples of the headers of markers.
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/base/status.h"
#include "cohort/examples/header_examples/surroundings.h"
#include "cohort/history/payload_reader.h"
#include "cohort/markers/codec.h"
#include "cohort/markers/details.h"
#include "cohort/markers/dialect.h"
#include "cohort/markers/json_text.h"
#include "cohort/markers/marker_event.h"
#include "cohort/markers/marker_names.h"
#include "cohort/markers/value_markers.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_examples::Use;

// The first marker of a history.
const Event& MarkerOf(const History& history) {
  for (const Event& event : history.events()) {
    if (event.type == EventType::kMarkerRecorded) return event;
  }
  ADD_FAILURE() << "no marker";
  return history.events()[0];
}

TEST(MarkersHeaders, CodecReadsVersions) {
  const History history =
      HistoryBuilder("Order").Turn().Version("Step1", 2).Build();
  const Event& event = MarkerOf(history);
  // snippet: markers/codec.h
  PayloadReader reader;
  absl::StatusOr<std::optional<VersionMarker>> marker =
      DecodeVersionMarker(event, reader);
  if (marker.ok() && *marker) Use((*marker)->change_id, (*marker)->version);
  // end of snippet
  ASSERT_TRUE(marker.ok()) << marker.status();
  EXPECT_EQ((*marker)->change_id, "Step1");
  EXPECT_EQ((*marker)->version, 2);
}

namespace details {

using markers_internal::ReadDetails;
using markers_internal::ReadStringAt;

absl::StatusOr<std::string> ActivityIdOf(const Event& event) {
  PayloadReader reader;
  // snippet: markers/details.h
  COHORT_ASSIGN_OR_RETURN(const PayloadsMap details,
                          ReadDetails(event, reader));
  COHORT_ASSIGN_OR_RETURN(const std::string id,
                          ReadStringAt(event, details, "activityId"));
  // end of snippet
  return id;
}

}  // namespace details

TEST(MarkersHeaders, DetailsAreReadByKey) {
  const MarkerEvent marker(
      "LocalActivity",
      DetailsText({{"activityId", ToPayloads(std::string("a-1"))}}));
  EXPECT_EQ(*details::ActivityIdOf(marker.event), "a-1");
}

TEST(MarkersHeaders, DialectsNameTheirKeys) {
  // snippet: markers/dialect.h
  const cohort::DialectRow& go = cohort::RowOf(cohort::Dialect::kGo);
  Use(go.marker_name, go.id_key);  // "Version", "change-id"
  // end of snippet
  EXPECT_EQ(go.marker_name, "Version");
  EXPECT_EQ(go.id_key, "change-id");
}

TEST(MarkersHeaders, ScannerReadsAString) {
  const std::string data = "\"Step1\"";
  // snippet: markers/json_text.h
  JsonScanner cursor(data);
  std::string id;
  bool ok = cursor.ReadString(id) && cursor.AtEnd();
  // end of snippet
  EXPECT_TRUE(ok);
  EXPECT_EQ(id, "Step1");
}

TEST(MarkersHeaders, MarkerEventReadsBack) {
  VersionBook book;
  const Command command =
      EncodeVersion(Dialect::kGo, book, {.change_id = "Step1", .version = 2})
          .marker;
  PayloadReader reader;
  // snippet: markers/marker_event.h
  const MarkerEvent marker("Version", DetailsText(command.details));
  absl::StatusOr<std::optional<VersionMarker>> read =
      DecodeVersionMarker(marker.event, reader);
  // end of snippet
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ((*read)->version, 2);
}

// snippet: markers/marker_names.h
static_assert(cohort::kValueMarkers[0].role == cohort::MarkerRole::kSideEffect);
// end of snippet

TEST(MarkersHeaders, ValueMarkersReadLocalActivities) {
  const History history = HistoryBuilder("Order")
                              .Turn()
                              .LocalActivity("price", "1", ToPayloads(7))
                              .Build();
  const Event& event = MarkerOf(history);
  // snippet: markers/value_markers.h
  PayloadReader reader;
  absl::StatusOr<std::optional<LocalActivityMarker>> marker =
      DecodeLocalActivity(event, reader);
  if (marker.ok() && *marker) Use((*marker)->type, (*marker)->result);
  // end of snippet
  ASSERT_TRUE(marker.ok()) << marker.status();
  EXPECT_EQ((*marker)->type, "price");
  EXPECT_EQ((*marker)->result[0].data, "7");
}

}  // namespace
}  // namespace cohort
