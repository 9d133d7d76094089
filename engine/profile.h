// Profiles: what a history means depends on who wrote it.
//
// The SDKs agree on the events and differ in a few rules. Each rule is a
// column; each writer is a row; the engine reads the columns only.
//
//   const Profile& profile = DetectProfile(history.events());
//
// Detection looks at the SDK's name in the task completions, then at the
// markers; a history without either is read by our own rules.
#ifndef COHORT_ENGINE_PROFILE_H_
#define COHORT_ENGINE_PROFILE_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "cohort/history/event.h"
#include "cohort/versioning/version_book.h"

namespace cohort {

// Where in its turn a version marker of GetVersion may stand, compared with
// where the code calls. (Markers of Patched are always kInOrder.)
enum class MarkerPosition : std::uint8_t {
  kFree,     // anywhere: it takes no part in the order of commands
  kInOrder,  // where the call stands; if the dialect tolerates markers without
             // a call, the code may call later than the marker, not earlier
};

// A turn records an id that an earlier turn answered by default.
enum class LateMarker : std::uint8_t {
  kOverwrite,  // the recorded value holds from then on
  kDiverge,    // the code asked too early: a divergence
  kUnmatched,  // an ordinary marker without a call
};

// The order in which the events of one turn reach the code.
enum class Delivery : std::uint8_t {
  kEventOrder,
  kSignalsFirst,            // signals, then the rest
  kSignalsFirstCancelLast,  // ... and a cancellation request behind all
};

// Which ids the writer gives to activities and timers that the code did not
// name. What can be known is compared; otherwise ids are adopted.
enum class IdScheme : std::uint8_t { kOpaque, kEventNumber };

// How activity types are compared.
enum class TypeMatch : std::uint8_t { kExact, kLastSegment };

struct Profile {
  std::string_view name;
  std::string_view sdk_name;  // as task completions record it
  MarkerPosition position;
  LateMarker late_marker;
  UnrecordedPatch unrecorded_patch;
  Delivery delivery;
  IdScheme ids;
  TypeMatch types;
  // The highest language flag that the writer is known to set; a higher one
  // changes what the history means in a way nobody here knows. 0: not checked.
  std::int64_t lang_flag_max;
};

namespace engine_internal {

using enum MarkerPosition;
using enum LateMarker;
using enum UnrecordedPatch;
using enum Delivery;
using enum IdScheme;
using enum TypeMatch;

// clang-format off
inline constexpr std::array<Profile, 7> kProfileRows = {{
    {"cohort",     "cohort-cpp",          kFree,    kDiverge,   kRemember,
     kEventOrder,             kOpaque,      kExact,       0},
    {"go",         "temporal-go",         kFree,    kOverwrite, kRemember,
     kEventOrder,             kEventNumber, kLastSegment, 8},
    {"java",       "temporal-java",       kInOrder, kDiverge,   kRemember,
     kSignalsFirstCancelLast, kOpaque,      kExact,       5},
    {"python",     "temporal-python",     kInOrder, kUnmatched, kRemember,
     kSignalsFirst,           kOpaque,      kExact,       0},
    {"typescript", "temporal-typescript", kInOrder, kUnmatched, kForget,
     kSignalsFirstCancelLast, kOpaque,      kExact,       0},
    {"dotnet",     "temporal-dotnet",     kInOrder, kUnmatched, kRemember,
     kSignalsFirst,           kOpaque,      kExact,       0},
    {"cadence",    "cadence-go",          kFree,    kOverwrite, kRemember,
     kEventOrder,             kOpaque,      kLastSegment, 0},
}};
// clang-format on

}  // namespace engine_internal

inline constexpr const auto& kProfiles = engine_internal::kProfileRows;
inline constexpr const Profile& kOwnProfile = kProfiles[0];

// By name; null for an unknown one.
const Profile* FindProfile(std::string_view name);

// From the history's own evidence.
const Profile& DetectProfile(std::span<const Event> events);

}  // namespace cohort

#endif  // COHORT_ENGINE_PROFILE_H_
