// How a run was chosen, and the hash by which it is drawn.
//
//   DrawHash(7, run) < DrawHash(7, other);  // `run` is drawn before `other`
//   NameOf(DrawKind::kOldest) == "oldest";
//
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_CORPUS_DRAW_H_
#define COHORT_CORPUS_DRAW_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "cohort/corpus/listing.h"

namespace cohort {

enum class DrawKind : std::uint8_t {
  kOldest,
  kNewest,
  kLongest,
  kWhole,    // its stratum was taken whole
  kStratum,  // at random of its stratum
  kRandom,   // at random of all runs that are not certain
};
// "oldest", "newest", "longest", "whole", "stratum", "random".
std::string_view NameOf(DrawKind kind);
std::optional<DrawKind> FindDrawKind(std::string_view name);
constexpr bool IsCertain(DrawKind kind) { return kind < DrawKind::kStratum; }

// XXH3 (64 bit) of the run id (of the name where there is none) with the seed.
std::uint64_t DrawHash(std::uint64_t seed, const RunListing& run);

}  // namespace cohort

#endif  // COHORT_CORPUS_DRAW_H_
