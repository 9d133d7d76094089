// What markers are called, and the keys of their details: one place for all of
// them but version markers, which markers/dialect.h describes.
//
//   static_assert(cohort::kValueMarkers[0].role ==
//                 cohort::MarkerRole::kSideEffect);
//
// Threads and errors: constants.
#ifndef COHORT_MARKERS_MARKER_NAMES_H_
#define COHORT_MARKERS_MARKER_NAMES_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace cohort {

enum class MarkerRole : std::uint8_t {
  kVersion,
  kSideEffect,
  kMutableSideEffect,
  kLocalActivity,
  kUnknown,
};

namespace markers_internal {

inline constexpr std::string_view kSideEffectName = "SideEffect";
inline constexpr std::string_view kMutableName = "MutableSideEffect";
// Go's, Java's and Cadence's.
inline constexpr std::string_view kLocalActivityName = "LocalActivity";
inline constexpr std::string_view kCoreActivityName = "core_local_activity";

inline constexpr std::string_view kDataKey = "data";
inline constexpr std::string_view kResultKey = "result";

// Side effects and mutable side effects.
inline constexpr std::string_view kGoIdKey = "side-effect-id";
inline constexpr std::string_view kGoCallKey =
    "mutable-side-effect-call-counter";
inline constexpr std::string_view kJavaIdKey = "id";
inline constexpr std::string_view kJavaSkippedKey = "skipCount";
// How Go wraps the payloads of a mutable side effect in one payload.
inline constexpr std::string_view kJsonProtobuf = "json/protobuf";
inline constexpr std::string_view kPayloadsMessage =
    "temporal.api.common.v1.Payloads";

// Java's local activities.
inline constexpr std::string_view kJavaActivityKey = "activityId";
inline constexpr std::string_view kJavaTypeKey = "type";
inline constexpr std::string_view kJavaTimeKey = "time";
inline constexpr std::string_view kJavaMetaKey = "meta";

// The years 1 to 9999: what proto's Timestamp and RFC 3339 can say.
inline constexpr std::int64_t kUnixSecondsMin = -62'135'596'800;
inline constexpr std::int64_t kUnixSecondsMax = 253'402'300'799;
inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

}  // namespace markers_internal

// A marker that records a value.
struct ValueMarkerRow {
  std::string_view name;
  MarkerRole role;
};

inline constexpr std::array<ValueMarkerRow, 4> kValueMarkers = {{
    {markers_internal::kSideEffectName, MarkerRole::kSideEffect},
    {markers_internal::kMutableName, MarkerRole::kMutableSideEffect},
    {markers_internal::kLocalActivityName, MarkerRole::kLocalActivity},
    {markers_internal::kCoreActivityName, MarkerRole::kLocalActivity},
}};

}  // namespace cohort

#endif  // COHORT_MARKERS_MARKER_NAMES_H_
