#include "cohort/markers/value_markers.h"

#include <limits>
#include <string_view>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/history/base64.h"
#include "cohort/markers/details.h"
#include "cohort/markers/json_text.h"
#include "cohort/markers/marker_names.h"

namespace cohort {
namespace {

using markers_internal::DataAt;
using markers_internal::DataOfPayload;
using markers_internal::kBlobKey;
using markers_internal::kDataKey;
using markers_internal::kGoCallKey;
using markers_internal::kGoIdKey;
using markers_internal::kJavaIdKey;
using markers_internal::kJavaSkippedKey;
using markers_internal::kJsonProtobuf;
using markers_internal::kMutableName;
using markers_internal::kSideEffectName;
using markers_internal::Malformed;
using markers_internal::ReadDetails;
using markers_internal::ReadIntegerAt;
using markers_internal::ReadStringAt;

// That much behind a JsonView must be readable.
constexpr std::size_t kViewPadding = 64;

bool IsMarker(const Event& event, std::string_view name) {
  return event.type == EventType::kMarkerRecorded && event.name() == name;
}

// A JSON integer and a base64 string.
absl::Status ReadCadenceSideEffect(const Event& event,
                                   const PayloadsMap& details,
                                   SideEffectMarker& marker) {
  COHORT_ASSIGN_OR_RETURN(const std::string_view data,
                          DataAt(event, details, kBlobKey, ""));
  JsonScanner cursor(data);
  std::string text;
  Payload value;
  if (!cursor.ReadInteger(marker.id.emplace()) || !cursor.ReadString(text) ||
      !cursor.AtEnd() || !DecodeBase64(text, value.data)) {
    return Malformed(event, "its details are no number and base64 string");
  }
  marker.data.push_back(std::move(value));
  return absl::OkStatus();
}

// Two JSON strings: the id and the value's bytes.
absl::Status ReadCadenceMutable(const Event& event, const PayloadsMap& details,
                                MutableSideEffectMarker& marker) {
  COHORT_ASSIGN_OR_RETURN(const std::string_view data,
                          DataAt(event, details, kBlobKey, ""));
  JsonScanner cursor(data);
  Payload value;
  if (!cursor.ReadString(marker.id) || !cursor.ReadString(value.data) ||
      !cursor.AtEnd()) {
    return Malformed(event, "its details are not two JSON strings");
  }
  marker.data.push_back(std::move(value));
  return absl::OkStatus();
}

// The id as the code gave it is the first of two payloads under one key. What
// stands under Go's id key is that id and a number, and only Go's own.
absl::Status ReadGoMutable(const Event& event, const PayloadsMap& details,
                           PayloadReader& reader,
                           MutableSideEffectMarker& marker) {
  COHORT_RETURN_IF_ERROR(ReadStringAt(event, details, kGoIdKey).status());
  COHORT_ASSIGN_OR_RETURN(marker.id, ReadStringAt(event, details, kDataKey));
  const Payloads& data = details.find(kDataKey)->second;
  if (data.size() != 2) {
    return Malformed(event, "{} payloads instead of two under \"{}\"",
                     data.size(), kDataKey);
  }
  COHORT_ASSIGN_OR_RETURN(
      const std::string_view wrapped,
      DataOfPayload(event, data[1], kDataKey, kJsonProtobuf));
  // The reader below also takes a string, and does not look behind the value.
  JsonScanner brace(wrapped);
  JsonScanner whole(wrapped);
  if (!brace.Take('{') || !whole.SkipValue() || !whole.AtEnd()) {
    return Malformed(event, "the second payload under \"{}\" is no object",
                     kDataKey);
  }
  std::string padded(wrapped);
  padded.append(kViewPadding, ' ');
  absl::StatusOr<Payloads> inner = reader.ReadPayloads(
      JsonView{std::string_view(padded).substr(0, wrapped.size())});
  if (!inner.ok()) {
    return Malformed(event, "the second payload under \"{}\": {}", kDataKey,
                     ToStd(inner.status().message()));
  }
  marker.data = *std::move(inner);
  if (details.contains(kGoCallKey)) {
    COHORT_ASSIGN_OR_RETURN(marker.call,
                            ReadIntegerAt(event, details, kGoCallKey, 0));
  }
  return absl::OkStatus();
}

absl::Status ReadJavaMutable(const Event& event, PayloadsMap& details,
                             MutableSideEffectMarker& marker) {
  COHORT_ASSIGN_OR_RETURN(marker.id, ReadStringAt(event, details, kJavaIdKey));
  COHORT_ASSIGN_OR_RETURN(marker.skipped,
                          ReadIntegerAt(event, details, kJavaSkippedKey, 0));
  // Absent for a value that has no payloads.
  const auto data = details.find(kDataKey);
  if (data != details.end()) marker.data = std::move(data->second);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<SideEffectMarker>> DecodeSideEffect(
    const Event& event, PayloadReader& reader) {
  if (!IsMarker(event, kSideEffectName)) {
    return std::optional<SideEffectMarker>();
  }
  COHORT_ASSIGN_OR_RETURN(PayloadsMap details, ReadDetails(event, reader));
  SideEffectMarker marker;
  if (details.contains(kBlobKey)) {
    COHORT_RETURN_IF_ERROR(ReadCadenceSideEffect(event, details, marker));
    return std::optional<SideEffectMarker>(std::move(marker));
  }
  const auto data = details.find(kDataKey);
  if (data == details.end()) {
    return Malformed(event, "the key \"{}\" is missing in its details",
                     kDataKey);
  }
  marker.data = std::move(data->second);
  if (details.contains(kGoIdKey)) {
    constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::min();
    COHORT_ASSIGN_OR_RETURN(marker.id,
                            ReadIntegerAt(event, details, kGoIdKey, kAny));
  }
  return std::optional<SideEffectMarker>(std::move(marker));
}

absl::StatusOr<std::optional<MutableSideEffectMarker>> DecodeMutableSideEffect(
    const Event& event, PayloadReader& reader) {
  if (!IsMarker(event, kMutableName)) {
    return std::optional<MutableSideEffectMarker>();
  }
  COHORT_ASSIGN_OR_RETURN(PayloadsMap details, ReadDetails(event, reader));
  MutableSideEffectMarker marker;
  if (details.contains(kBlobKey)) {
    COHORT_RETURN_IF_ERROR(ReadCadenceMutable(event, details, marker));
  } else if (details.contains(kJavaIdKey)) {
    COHORT_RETURN_IF_ERROR(ReadJavaMutable(event, details, marker));
  } else {
    COHORT_RETURN_IF_ERROR(ReadGoMutable(event, details, reader, marker));
  }
  return std::optional<MutableSideEffectMarker>(std::move(marker));
}

}  // namespace cohort
