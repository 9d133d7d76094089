// Version markers, between histories and typed values.
//
//   PayloadReader reader;
//   absl::StatusOr<std::optional<VersionMarker>> marker =
//       DecodeVersionMarker(event, reader);
//   if (marker.ok() && *marker) Use((*marker)->change_id, (*marker)->version);
//
// Reading understands every dialect by name and keys. Writing takes a
// preferred dialect and is exact to the byte (docs/markers.md).
// Threads: functions of their arguments; a PayloadReader is used by one thread
// at a time.
// Errors: kDataLoss for a marker that has a known name but not its form,
// naming the event; kInvalidArgument for a reserved search attribute.
#ifndef COHORT_MARKERS_CODEC_H_
#define COHORT_MARKERS_CODEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/history/command.h"
#include "cohort/history/event.h"
#include "cohort/history/payload.h"
#include "cohort/history/payload_reader.h"
#include "cohort/markers/dialect.h"
#include "cohort/markers/marker_names.h"
#include "cohort/versioning/version.h"
#include "cohort/versioning/version_book.h"

namespace cohort {

// What a marker is, as far as its name tells; by the tables of
// markers/dialect.h and markers/marker_names.h.
MarkerRole RoleOfMarker(std::string_view marker_name);

struct VersionMarker {
  std::string change_id;
  Version version = kDefaultVersion;  // 1 for a patch
  bool deprecated = false;
  // Whether the marker says that the search attribute was upserted; nullopt
  // where the dialect does not say. What the outputs show counts more.
  std::optional<bool> upserted;
  Dialect dialect = Dialect::kGo;

  bool operator==(const VersionMarker&) const = default;
};

// nullopt for an event that is no version marker.
absl::StatusOr<std::optional<VersionMarker>> DecodeVersionMarker(
    const Event& event, PayloadReader& reader);

// What one live first call sends, in this order.
struct VersionCommands {
  // kRecordVersion; kName is the marker's name, kId the change id.
  Command marker;
  // kUpsertSearchAttributes with the one attribute; nullopt when the list has
  // passed the dialect's limit, which the marker then says if it can.
  std::optional<Command> upsert;
};

// Writes `record` in its family's dialect. `book` holds the run's answers, the
// one in `record` included or not yet. A run with both families has one list:
// which answers stand in it, and how each is spelled, says the dialect of the
// answer's own family.
VersionCommands EncodeVersion(WriterDialects dialects, const VersionBook& book,
                              const VersionRecord& record);

// Is this the upsert that belongs to a version marker? Looks for the key only;
// the values are nobody's business (SDKs order them differently).
bool IsChangeVersionUpsert(const Event& event);

// kInvalidArgument if user code may not upsert the search attribute.
absl::Status CheckUserUpsert(std::string_view key);

}  // namespace cohort

#endif  // COHORT_MARKERS_CODEC_H_
