// Every limit of the library, with its reason.
#ifndef COHORT_BASE_LIMITS_H_
#define COHORT_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace cohort {

// simdjson indexes a document with 32-bit offsets; 1 GiB is 20 times what the
// server allows a history to grow to (50 MB).
inline constexpr std::size_t kHistoryBytesMax = 1024u * 1024u * 1024u;

// The server ends a run at 51,200 events; files may hold more (other limits,
// other servers), but not without end.
inline constexpr std::size_t kHistoryEventsMax = 10'000'000;

// User code that never suspends cannot be stopped from outside. A turn that
// resumes more coroutines, or makes more calls that change the run (commands,
// tasks spawned, conditions, ...), is not doing work.
inline constexpr std::int64_t kResumesPerTurnMax = 20'000'000;
inline constexpr std::int64_t kCallsPerTurnMax = 1'000'000;

// The nesting of JSON: of a history (failures nest two levels a cause; nothing
// else comes near), and of a value that a payload holds. Who copies or compares
// such a value calls itself once for each level.
inline constexpr int kJsonDepthMax = 256;

// A failure's chain of causes, and any nesting that a decoder follows.
inline constexpr int kNestingDepthMax = 64;

// The server's default limit for one search attribute value. The SDKs skip the
// upsert of TemporalChangeVersion from this size on.
inline constexpr std::size_t kSearchAttributeBytesMax = 2048;

// Change ids and workflow types.
inline constexpr std::size_t kNameBytesMax = 1000;

}  // namespace cohort

#endif  // COHORT_BASE_LIMITS_H_
