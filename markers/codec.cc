#include "cohort/markers/codec.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "cohort/base/limits.h"
#include "cohort/base/status.h"
#include "cohort/base/utf8.h"
#include "cohort/markers/details.h"
#include "cohort/markers/json_text.h"
#include "fmt/core.h"

namespace cohort {
namespace {

using markers_internal::DataAt;
using markers_internal::kBinaryPlain;
using markers_internal::kBlobKey;
using markers_internal::kJsonPlain;
using markers_internal::Malformed;
using markers_internal::ReadDetails;
using markers_internal::ReadStringAt;

absl::Status ReadVersion(const Event& event, JsonScanner& cursor,
                         Version& into) {
  std::int64_t number = 0;
  if (!cursor.ReadInteger(number) ||
      number < std::numeric_limits<Version>::min() ||
      number > std::numeric_limits<Version>::max()) {
    return Malformed(event, "the version is no 32-bit integer in JSON");
  }
  into = static_cast<Version>(number);
  return absl::OkStatus();
}

absl::Status ReadJsonKeys(const Event& event, const DialectRow& row,
                          const PayloadsMap& details, VersionMarker& marker) {
  COHORT_ASSIGN_OR_RETURN(marker.change_id,
                          ReadStringAt(event, details, row.id_key));
  COHORT_ASSIGN_OR_RETURN(const std::string_view version,
                          DataAt(event, details, row.value_key, kJsonPlain));
  JsonScanner version_cursor(version);
  COHORT_RETURN_IF_ERROR(ReadVersion(event, version_cursor, marker.version));
  if (!version_cursor.AtEnd()) {
    return Malformed(event, "more than a version under \"{}\"", row.value_key);
  }
  bool flag = row.upsert_flag == UpsertFlag::kFalseIfSkipped;
  if (details.contains(row.flag_key)) {
    COHORT_ASSIGN_OR_RETURN(const std::string_view data,
                            DataAt(event, details, row.flag_key, kJsonPlain));
    JsonScanner cursor(data);
    if (!cursor.ReadBool(flag) || !cursor.AtEnd()) {
      return Malformed(event, "the data under \"{}\" is no JSON boolean",
                       row.flag_key);
    }
  }
  marker.upserted = flag;
  return absl::OkStatus();
}

// Both fields are required, once each; others are skipped.
bool ReadPatchObject(const DialectRow& row, std::string_view data,
                     VersionMarker& marker) {
  JsonScanner cursor(data);
  bool has_id = false;
  bool has_flag = false;
  const bool read = cursor.ReadObject([&](std::string_view key) {
    if (key == row.id_key) {
      return !std::exchange(has_id, true) &&
             cursor.ReadString(marker.change_id);
    }
    if (key == row.value_key) {
      return !std::exchange(has_flag, true) &&
             cursor.ReadBool(marker.deprecated);
    }
    return cursor.SkipValue();
  });
  return read && cursor.AtEnd() && has_id && has_flag;
}

absl::Status ReadJsonObject(const Event& event, const DialectRow& row,
                            const PayloadsMap& details, VersionMarker& marker) {
  COHORT_ASSIGN_OR_RETURN(const std::string_view data,
                          DataAt(event, details, row.object_key, kJsonPlain));
  marker.version = 1;
  if (!ReadPatchObject(row, data, marker)) {
    return Malformed(event,
                     "the data under \"{}\" is not "
                     "{{\"{}\":<text>,\"{}\":<true or false>}}",
                     row.object_key, row.id_key, row.value_key);
  }
  return absl::OkStatus();
}

absl::Status ReadBinaryKeys(const Event& event, const DialectRow& row,
                            const PayloadsMap& details, VersionMarker& marker) {
  COHORT_ASSIGN_OR_RETURN(const std::string_view id,
                          DataAt(event, details, row.id_key, kBinaryPlain));
  COHORT_ASSIGN_OR_RETURN(const std::string_view flag,
                          DataAt(event, details, row.value_key, kBinaryPlain));
  if (!IsUtf8(id)) {
    return Malformed(event, "the data under \"{}\" is not UTF-8", row.id_key);
  }
  if (flag.size() != 1) {
    return Malformed(event, "{} bytes instead of one under \"{}\"", flag.size(),
                     row.value_key);
  }
  marker.change_id = id;
  marker.version = 1;
  marker.deprecated = flag.front() != '\0';
  return absl::OkStatus();
}

absl::Status ReadBlob(const Event& event, const PayloadsMap& details,
                      VersionMarker& marker) {
  COHORT_ASSIGN_OR_RETURN(const std::string_view data,
                          DataAt(event, details, kBlobKey, ""));
  JsonScanner cursor(data);
  if (!cursor.ReadString(marker.change_id)) {
    return Malformed(event, "its details do not begin with a JSON string");
  }
  COHORT_RETURN_IF_ERROR(ReadVersion(event, cursor, marker.version));
  if (!cursor.AtEnd()) {
    return Malformed(event, "more than a change id and a version");
  }
  return absl::OkStatus();
}

// Which dialect wrote the details; the first of the name that fits. Where none
// fits, the one that is written today, so that the error names its keys.
const DialectRow& RowFor(std::string_view name, const PayloadsMap& details) {
  const DialectRow* first = nullptr;
  for (const DialectRow& row : kDialects) {
    if (row.marker_name != name) continue;
    if (first == nullptr) first = &row;
    const std::string_view key =
        row.form == DetailsForm::kJsonObject ? row.object_key : row.id_key;
    if (details.contains(key)) return row;
  }
  return *first;
}

}  // namespace

MarkerRole RoleOfMarker(std::string_view marker_name) {
  for (const DialectRow& row : kDialects) {
    if (row.marker_name == marker_name) return MarkerRole::kVersion;
  }
  for (const ValueMarkerRow& row : kValueMarkers) {
    if (row.name == marker_name) return row.role;
  }
  return MarkerRole::kUnknown;
}

absl::StatusOr<std::optional<VersionMarker>> DecodeVersionMarker(
    const Event& event, PayloadReader& reader) {
  if (event.type != EventType::kMarkerRecorded ||
      RoleOfMarker(event.name()) != MarkerRole::kVersion) {
    return std::optional<VersionMarker>();
  }
  COHORT_ASSIGN_OR_RETURN(const PayloadsMap details,
                          ReadDetails(event, reader));
  const DialectRow& row = RowFor(event.name(), details);
  VersionMarker marker;
  marker.dialect = row.dialect;
  absl::Status status;
  switch (row.form) {
    case DetailsForm::kJsonKeys:
      status = ReadJsonKeys(event, row, details, marker);
      break;
    case DetailsForm::kJsonObject:
      status = ReadJsonObject(event, row, details, marker);
      break;
    case DetailsForm::kBinaryKeys:
      status = ReadBinaryKeys(event, row, details, marker);
      break;
    case DetailsForm::kBlob:
      status = ReadBlob(event, details, marker);
      break;
  }
  if (!status.ok()) return status;
  return std::optional<VersionMarker>(std::move(marker));
}

absl::Status CheckUserUpsert(std::string_view key) {
  if (key != kChangeVersionAttribute && key != kCadenceVersionAttribute) {
    return absl::OkStatus();
  }
  return InvalidArgument(
      "the search attribute {} belongs to GetVersion and Patched, which write "
      "it themselves; use another name",
      key);
}

// The details are a map whose keys are the attributes. A scan that knows
// strings and brackets finds them without parsing the values.
bool IsChangeVersionUpsert(const Event& event) {
  if (event.type != EventType::kUpsertWorkflowSearchAttributes) return false;
  const std::string_view text = event.details.text;
  if (text.find("ChangeVersion\"") == std::string_view::npos) return false;
  JsonScanner cursor(text);
  if (!cursor.Take('{')) return false;
  std::string key;
  do {
    if (!cursor.ReadString(key) || !cursor.Take(':')) return false;
    if (!CheckUserUpsert(key).ok()) return true;
  } while (cursor.SkipValue() && cursor.Take(','));
  return false;
}

}  // namespace cohort
