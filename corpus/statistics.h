// What a sample says of the runs that were not looked at: exact bounds.
//
//   StratumCount open{.runs = 10240, .judged = 412, .broken = 0};
//   *BrokenAtMost(open, 0.05);  // 72 may break, with 95 % confidence
//   BoundOfFleet({{open}}, 0.05)->together;  // the same for several strata
//
// A stratum of N runs of which K break, n judged without replacement: the
// number of broken ones seen is hypergeometric. Its bound is the largest K
// under which k or fewer would be seen with a probability above alpha.
// Of several strata:
//   each      Bonferroni: alpha is shared by the strata about which anything is
//             uncertain (0 < n < N), so that all bounds hold at once
//   together  the largest total under which no more broken runs would be seen
//             in all strata with a probability above alpha, however they lie.
//             Without a broken run seen, and for one stratum, it is exact; else
//             the sum of hypergeometric counts is a sum of independent trials
//             (Vatutin and Mikhailov 1982), whose lower tail is at most that of
//             the Poisson distribution of its mean (Hoeffding 1956, Anderson
//             and Samuels 1967). Many strata do not widen it, as they widen the
//             sum of the single bounds.
// docs/sampling.md derives them.
// Threads: functions of their arguments.
// Errors: kInvalidArgument for counts that no sample has, and for an alpha
// outside of (0, 0.25].
#ifndef COHORT_CORPUS_STATISTICS_H_
#define COHORT_CORPUS_STATISTICS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"

namespace cohort {

struct StratumCount {
  std::int64_t runs = 0;    // N: those that a random draw could meet
  std::int64_t judged = 0;  // n: drawn at random, without replacement
  std::int64_t broken = 0;  // k: of the judged ones
};

// The probability of at most `seen` broken ones among `judged` of `runs` runs,
// `broken` of which break. Exact to about 1e-10, relatively.
double HypergeometricAtMost(std::int64_t runs, std::int64_t broken,
                            std::int64_t judged, std::int64_t seen);

// At most so many of the stratum's runs break, with a confidence of 1 - alpha;
// the broken ones that were seen are counted in. Without a judged run: all.
absl::StatusOr<std::int64_t> BrokenAtMost(const StratumCount& stratum,
                                          double alpha);

struct FleetBound {
  std::vector<std::int64_t> each;  // in the order of the strata
  double alpha_each = 0;           // of each uncertain stratum
  std::int64_t sum_of_each = 0;
  std::int64_t together = 0;
};

// The bounds `each` hold all at once with a confidence of 1 - alpha, and so
// does `together`. They are two statements, each with its own alpha.
absl::StatusOr<FleetBound> BoundOfFleet(std::span<const StratumCount> strata,
                                        double alpha);

struct UnseenShapes {
  double estimate = 1;  // Good and Turing: singletons / draws
  double at_most = 1;   // with a confidence of 1 - alpha
};

// The probability that the next draw has a shape that was not drawn so far,
// after `draws` of which `singletons` have a shape that was drawn once. The
// bound (McAllester and Schapire 2000) is proven for independent draws; those
// from a finite fleet without replacement leave less unseen.
absl::StatusOr<UnseenShapes> UnseenShapesAfter(std::int64_t draws,
                                               std::int64_t singletons,
                                               double alpha);

// What the round-th look (from 1) may spend, so that all looks together spend
// alpha, however many there are: alpha / (round (round + 1)).
double AlphaOfRound(double alpha, std::int64_t round);

}  // namespace cohort

#endif  // COHORT_CORPUS_STATISTICS_H_
