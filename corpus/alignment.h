// Two lists of words, aligned so that as many as possible stand opposite an
// equal one: a longest common subsequence.
//
//   for (const AlignedPart& part : Align(a, b)) {
//     if (part.side != Side::kBoth) continue;
//     for (std::size_t i = 0; i < part.count; ++i) {
//       common.push_back(a[part.a + i]);  // == b[part.b + i]
//     }
//   }
//
// Myers' algorithm in linear memory; time grows with the length times the
// number of differences. Behind kDifferencesMax differences in one stretch it
// settles for an alignment that may not be the longest.
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_CORPUS_ALIGNMENT_H_
#define COHORT_CORPUS_ALIGNMENT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cohort {

enum class Side : std::uint8_t { kBoth, kA, kB };

// `count` neighbours of one side, or of both.
struct AlignedPart {
  Side side = Side::kBoth;
  std::size_t a = 0;  // the first one, or where it would stand
  std::size_t b = 0;
  std::size_t count = 0;

  bool operator==(const AlignedPart&) const = default;
};

inline constexpr std::size_t kDifferencesMax = 1000;

// In the order of both lists. Neighbouring parts are of different sides; where
// both sides have something of their own, a's stands first.
std::vector<AlignedPart> Align(std::span<const std::string> a,
                               std::span<const std::string> b);

}  // namespace cohort

#endif  // COHORT_CORPUS_ALIGNMENT_H_
