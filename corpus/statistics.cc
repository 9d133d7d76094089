#include "cohort/corpus/statistics.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <queue>

#include "cohort/base/status.h"

namespace cohort {
namespace {

using Real = long double;

constexpr double kAlphaMax = 0.25;
// A probability so near below alpha counts as above it: rounding may only make
// a bound larger.
constexpr Real kSlack = 1e-9L;

// ln n!, to about 1e-18 relatively.
Real LogFactorial(std::int64_t n) {
  constexpr std::int64_t kStirlingFrom = 64;
  if (n < kStirlingFrom) {
    Real sum = 0;
    for (std::int64_t i = 2; i <= n; ++i) sum += std::log(Real(i));
    return sum;
  }
  const auto x = static_cast<Real>(n);
  const Real x2 = x * x;
  const Real correction =
      (1 / x) *
      (1.0L / 12 - (1.0L / 360 - (1.0L / 1260 - 1.0L / 1680 / x2) / x2) / x2);
  return x * std::log(x) - x + std::log(2 * std::numbers::pi_v<Real> * x) / 2 +
         correction;
}

Real LogChoose(std::int64_t n, std::int64_t k) {
  return LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k);
}

// Of a hypergeometric count; the arguments' order as in the header.
struct Hypergeometric {
  std::int64_t runs;
  std::int64_t broken;
  std::int64_t judged;

  std::int64_t least() const {
    return std::max<std::int64_t>(0, judged + broken - runs);
  }
  std::int64_t most() const { return std::min(judged, broken); }
  std::int64_t mode() const {
    return static_cast<std::int64_t>(Real(judged + 1) * Real(broken + 1) /
                                     Real(runs + 2));
  }
  Real Exactly(std::int64_t x) const {
    return std::exp(LogChoose(broken, x) +
                    LogChoose(runs - broken, judged - x) -
                    LogChoose(runs, judged));
  }
  // Exactly(x + 1) / Exactly(x).
  Real Step(std::int64_t x) const {
    return Real(broken - x) * Real(judged - x) /
           (Real(x + 1) * Real(runs - broken - judged + x + 1));
  }
};

// The sum from x on, away from the mode, where terms only fall.
Real TailDown(const Hypergeometric& count, std::int64_t x) {
  Real term = count.Exactly(x);
  Real sum = term;
  for (; x > count.least() && term > sum * 1e-21L; --x) {
    term /= count.Step(x - 1);
    sum += term;
  }
  return sum;
}

Real TailUp(const Hypergeometric& count, std::int64_t x) {
  Real term = count.Exactly(x);
  Real sum = term;
  for (; x < count.most() && term > sum * 1e-21L; ++x) {
    term *= count.Step(x);
    sum += term;
  }
  return sum;
}

bool IsUncertain(const StratumCount& s) {
  return s.judged > 0 && s.judged < s.runs;
}

// The most that can break, whatever the probabilities.
std::int64_t MostPossible(const StratumCount& s) {
  return s.runs - (s.judged - s.broken);
}

absl::Status CheckAlpha(double alpha) {
  if (alpha > 0 && alpha <= kAlphaMax) return absl::OkStatus();
  return InvalidArgument(
      "alpha {}: has to be above 0 and at most {} (0.05 is a confidence of "
      "95 %)",
      alpha, kAlphaMax);
}

absl::Status CheckCount(const StratumCount& s) {
  if (s.broken >= 0 && s.broken <= s.judged && s.judged <= s.runs) {
    return absl::OkStatus();
  }
  return InvalidArgument("{} broken of {} judged of {} runs is no sample",
                         s.broken, s.judged, s.runs);
}

// ln P(no broken one is seen | broken).
Real LogNoneSeen(const StratumCount& s, std::int64_t broken) {
  return LogFactorial(s.runs - broken) - LogFactorial(s.runs) +
         LogFactorial(s.runs - s.judged) -
         LogFactorial(s.runs - s.judged - broken);
}

// By how much one more broken run lowers it.
Real CostOfNext(const StratumCount& s, std::int64_t broken) {
  const auto left = static_cast<Real>(s.runs - broken);
  return -std::log1p(-static_cast<Real>(s.judged) / left);
}

// The largest total under which seeing no broken run at all is more probable
// than alpha. ln P is a sum over strata, each falling faster and faster, so
// the cheapest next run is always part of the best.
std::int64_t NoneSeenAtMost(const std::vector<StratumCount>& strata,
                            double alpha) {
  const Real budget = -std::log(static_cast<Real>(alpha)) + kSlack;
  // All next runs up to a cost of -ln(1 - p).
  const auto broken_at = [](const StratumCount& s, Real p) {
    const Real most = std::floor(Real(s.runs) + 1 - Real(s.judged) / p);
    return static_cast<std::int64_t>(
        std::clamp(most, Real(0), Real(s.runs - s.judged)));
  };
  Real low = 0;
  Real high = 1;
  constexpr int kHalvings = 80;
  for (int i = 0; i < kHalvings; ++i) {
    const Real p = (low + high) / 2;
    Real cost = 0;
    for (const StratumCount& s : strata) {
      cost -= LogNoneSeen(s, broken_at(s, p));
    }
    (cost <= budget ? low : high) = p;
  }
  std::int64_t total = 0;
  Real left = budget;
  using Next = std::pair<Real, std::size_t>;
  std::priority_queue<Next, std::vector<Next>, std::greater<>> nexts;
  std::vector<std::int64_t> broken;
  for (std::size_t i = 0; i < strata.size(); ++i) {
    const StratumCount& s = strata[i];
    broken.push_back(low > 0 ? broken_at(s, low) : 0);
    total += broken[i];
    left += LogNoneSeen(s, broken[i]);
    if (broken[i] < MostPossible(s)) nexts.emplace(CostOfNext(s, broken[i]), i);
  }
  while (!nexts.empty() && nexts.top().first <= left) {
    const auto [cost, i] = nexts.top();
    nexts.pop();
    left -= cost;
    ++total;
    if (++broken[i] < MostPossible(strata[i])) {
      nexts.emplace(CostOfNext(strata[i], broken[i]), i);
    }
  }
  return total;
}

Real PoissonAtMost(std::int64_t x, Real mean) {
  Real sum = 0;
  for (std::int64_t i = 0; i <= x; ++i) {
    sum += std::exp(Real(i) * std::log(mean) - mean - LogFactorial(i));
  }
  return sum;
}

// The largest mean under which at most `x` is more probable than alpha.
Real PoissonMeanAtMost(std::int64_t x, double alpha) {
  auto low = static_cast<Real>(x + 1);
  Real high = low * 2 + 100;
  while (PoissonAtMost(x, high) > alpha) high *= 2;
  constexpr int kHalvings = 70;
  for (int i = 0; i < kHalvings; ++i) {
    const Real mean = (low + high) / 2;
    (PoissonAtMost(x, mean) > alpha ? low : high) = mean;
  }
  return high * (1 + kSlack);
}

// The largest total whose expected number of seen ones is at most what
// `seen` allows: broken runs hide best where least was judged.
std::int64_t SomeSeenAtMost(std::vector<StratumCount> strata, std::int64_t seen,
                            double alpha) {
  const auto share = [](const StratumCount& s) {
    return Real(s.judged) / Real(s.runs);
  };
  Real left = PoissonMeanAtMost(seen, alpha);
  for (const StratumCount& s : strata) left -= Real(s.broken) * share(s);
  std::sort(strata.begin(), strata.end(),
            [&](const StratumCount& a, const StratumCount& b) {
              return share(a) < share(b);
            });
  std::int64_t total = seen;
  for (const StratumCount& s : strata) {
    const std::int64_t more =
        std::min(MostPossible(s) - s.broken,
                 static_cast<std::int64_t>(std::max(Real(0), left) / share(s)));
    total += more;
    left -= Real(more) * share(s);
  }
  return total;
}

}  // namespace

double HypergeometricAtMost(std::int64_t runs, std::int64_t broken,
                            std::int64_t judged, std::int64_t seen) {
  const Hypergeometric count{runs, broken, judged};
  if (seen < count.least()) return 0;
  if (seen >= count.most()) return 1;
  const Real p = seen <= count.mode() ? TailDown(count, seen)
                                      : 1 - TailUp(count, seen + 1);
  return static_cast<double>(std::clamp(p, Real(0), Real(1)));
}

absl::StatusOr<std::int64_t> BrokenAtMost(const StratumCount& stratum,
                                          double alpha) {
  COHORT_RETURN_IF_ERROR(CheckAlpha(alpha));
  COHORT_RETURN_IF_ERROR(CheckCount(stratum));
  std::int64_t possible = stratum.broken;
  std::int64_t beyond = MostPossible(stratum) + 1;
  while (beyond - possible > 1) {
    const std::int64_t broken = possible + (beyond - possible) / 2;
    const double p = HypergeometricAtMost(stratum.runs, broken, stratum.judged,
                                          stratum.broken);
    (Real(p) > Real(alpha) * (1 - kSlack) ? possible : beyond) = broken;
  }
  return possible;
}

absl::StatusOr<FleetBound> BoundOfFleet(std::span<const StratumCount> strata,
                                        double alpha) {
  COHORT_RETURN_IF_ERROR(CheckAlpha(alpha));
  std::vector<StratumCount> uncertain;
  std::int64_t seen = 0;
  for (const StratumCount& s : strata) {
    COHORT_RETURN_IF_ERROR(CheckCount(s));
    if (!IsUncertain(s)) continue;
    uncertain.push_back(s);
    seen += s.broken;
  }
  FleetBound bound;
  bound.alpha_each =
      alpha / static_cast<double>(std::max<std::size_t>(1, uncertain.size()));
  for (const StratumCount& s : strata) {
    COHORT_ASSIGN_OR_RETURN(const std::int64_t most,
                            BrokenAtMost(s, bound.alpha_each));
    bound.each.push_back(most);
    bound.sum_of_each += most;
    if (!IsUncertain(s)) bound.together += most;
  }
  if (uncertain.size() == 1) {
    bound.together = bound.sum_of_each;
  } else if (!uncertain.empty()) {
    bound.together += seen == 0 ? NoneSeenAtMost(uncertain, alpha)
                                : SomeSeenAtMost(uncertain, seen, alpha);
  }
  return bound;
}

absl::StatusOr<UnseenShapes> UnseenShapesAfter(std::int64_t draws,
                                               std::int64_t singletons,
                                               double alpha) {
  COHORT_RETURN_IF_ERROR(CheckAlpha(alpha));
  if (singletons < 0 || singletons > draws) {
    return InvalidArgument("{} shapes drawn once in {} draws", singletons,
                           draws);
  }
  if (draws == 0) return UnseenShapes();
  const auto n = static_cast<double>(draws);
  const double estimate = static_cast<double>(singletons) / n;
  const double more = (2 * std::numbers::sqrt2 + std::numbers::sqrt3) *
                      std::sqrt(std::log(3 / alpha) / n);
  return UnseenShapes{.estimate = estimate,
                      .at_most = std::min(1.0, estimate + more)};
}

double AlphaOfRound(double alpha, std::int64_t round) {
  const auto j = static_cast<double>(round);
  return alpha / (j * (j + 1));
}

}  // namespace cohort
