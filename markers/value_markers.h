// Markers that record a value: side effects, mutable side effects and the
// outcomes of local activities, between histories and typed values.
//
//   PayloadReader reader;
//   absl::StatusOr<std::optional<LocalActivityMarker>> marker =
//       DecodeLocalActivity(event, reader);
//   if (marker.ok() && *marker) Use((*marker)->type, (*marker)->result);
//
// Reading tells the dialects apart by the marker's name and keys; writing is
// exact to the byte (docs/markers.md).
// Threads: functions of their arguments; a PayloadReader is used by one thread
// at a time.
// Errors: kDataLoss for a marker that has a known name but not its form,
// naming the event; kResourceExhausted for a failure with too many causes.
#ifndef COHORT_MARKERS_VALUE_MARKERS_H_
#define COHORT_MARKERS_VALUE_MARKERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/history/command.h"
#include "cohort/history/event.h"
#include "cohort/history/payload.h"
#include "cohort/history/payload_reader.h"
#include "cohort/markers/dialect.h"

namespace cohort {

struct SideEffectMarker {
  std::optional<std::int64_t> id;  // Go numbers them from 1; Java does not
  Payloads data;

  bool operator==(const SideEffectMarker&) const = default;
};

// nullopt for an event that is no side-effect marker.
absl::StatusOr<std::optional<SideEffectMarker>> DecodeSideEffect(
    const Event& event, PayloadReader& reader);

// Go's form; Java's where `marker.id` is nullopt.
Command EncodeSideEffect(const SideEffectMarker& marker);

struct MutableSideEffectMarker {
  std::string id;  // as the code gave it
  // Go's call counter: which call for that id in the run, from 1; nullopt where
  // absent.
  std::optional<std::int64_t> call;
  // Java: how many calls for that id were skipped since its last marker.
  std::optional<std::int64_t> skipped;
  Payloads data;

  bool operator==(const MutableSideEffectMarker&) const = default;
};

// nullopt for an event that is no mutable-side-effect marker.
absl::StatusOr<std::optional<MutableSideEffectMarker>> DecodeMutableSideEffect(
    const Event& event, PayloadReader& reader);

// Go's form; Java's where `marker.call` is nullopt. `sequence` is the number
// that Go puts behind the id in its own key ("side-effect-1_5": the id that the
// event will have). kName is the marker's name, kId the id.
Command EncodeMutableSideEffect(const MutableSideEffectMarker& marker,
                                std::int64_t sequence);

// The outcome of a local activity, or of one attempt of it.
struct LocalActivityMarker {
  std::string type;  // "" in markers of the oldest Go clients
  std::string id;
  // Of this outcome, from 1, also where the client counted from 0.
  std::int64_t attempt = 1;
  // The attempt failed, and the next one begins after this long, by a timer.
  // Never negative; Go cannot say zero.
  std::optional<Nanoseconds> backoff;
  Payloads result;
  // The marker event's own failure field, as the SDK wrapped it. Cadence's
  // reason and details read as an application failure of that type.
  std::optional<Failure> failure;
  // UnixEpoch where the dialect does not say. Java keeps milliseconds.
  absl::Time completed = absl::UnixEpoch();
  absl::Time scheduled = absl::UnixEpoch();  // of the first attempt; likewise
};

// nullopt for an event that is no local-activity marker.
absl::StatusOr<std::optional<LocalActivityMarker>> DecodeLocalActivity(
    const Event& event, PayloadReader& reader);

// In the dialect's form: Go's, Java's or core's (core-old as core; Cadence is
// read only: as Go). kName is the marker's name, kId the activity's type. Times
// outside of the years 1 to 9999 are written as the nearest in them.
Command EncodeLocalActivity(Dialect dialect, const LocalActivityMarker& marker);

}  // namespace cohort

#endif  // COHORT_MARKERS_VALUE_MARKERS_H_
