#include "cohort/corpus/statistics.h"

#include <bit>
#include <cmath>
#include <random>

#include "gtest/gtest.h"

namespace cohort {
namespace {

using Whole = unsigned __int128;

// Pascal's triangle: whole numbers, and no formula in common with the code.
std::vector<std::vector<Whole>> Pascal(std::size_t rows) {
  std::vector<std::vector<Whole>> triangle = {{1}};
  while (triangle.size() < rows) {
    std::vector<Whole> row = triangle.back();
    row.push_back(1);
    for (std::size_t j = row.size() - 2; j > 0; --j) row[j] += row[j - 1];
    triangle.push_back(std::move(row));
  }
  return triangle;
}

Whole Choose(int n, int k) {
  static const auto& triangle = *new auto(Pascal(64));
  if (k < 0 || k > n) return 0;
  return triangle[static_cast<std::size_t>(n)][static_cast<std::size_t>(k)];
}

double Exactly(int runs, int broken, int judged, int seen) {
  return static_cast<double>(
      static_cast<long double>(Choose(broken, seen) *
                               Choose(runs - broken, judged - seen)) /
      static_cast<long double>(Choose(runs, judged)));
}

std::int64_t Bound(std::int64_t runs, std::int64_t judged, std::int64_t broken,
                   double alpha) {
  auto bound = BrokenAtMost({runs, judged, broken}, alpha);
  EXPECT_TRUE(bound.ok()) << bound.status();
  return bound.ok() ? *bound : -1;
}

FleetBound Fleet(const std::vector<StratumCount>& strata, double alpha) {
  auto bound = BoundOfFleet(strata, alpha);
  EXPECT_TRUE(bound.ok()) << bound.status();
  return bound.ok() ? *bound : FleetBound();
}

std::size_t Ones(unsigned bits) {
  return static_cast<std::size_t>(std::popcount(bits));
}

// Every sample of every small stratum, counted one by one.
TEST(Statistics, HypergeometricAgreesWithAllSamples) {
  for (unsigned runs = 1; runs <= 10; ++runs) {
    for (unsigned broken = 0; broken <= runs; ++broken) {
      std::vector<std::vector<int>> found(
          runs + 1, std::vector<int>(runs + 1, 0));  // [judged][seen]
      for (unsigned sample = 0; sample < (1u << runs); ++sample) {
        const unsigned bad = sample & ((1u << broken) - 1);
        ++found[Ones(sample)][Ones(bad)];
      }
      for (unsigned judged = 0; judged <= runs; ++judged) {
        int all = 0;
        for (int count : found[judged]) all += count;
        int at_most = 0;
        for (unsigned seen = 0; seen <= judged; ++seen) {
          at_most += found[judged][seen];
          EXPECT_NEAR(HypergeometricAtMost(runs, broken, judged, seen),
                      double(at_most) / all, 1e-12)
              << runs << " " << broken << " " << judged << " " << seen;
        }
      }
    }
  }
}

TEST(Statistics, HypergeometricAgreesWithWholeNumbers) {
  for (int broken = 0; broken <= 60; broken += 3) {
    for (int judged = 0; judged <= 60; judged += 4) {
      double sum = 0;
      for (int seen = 0; seen <= judged; ++seen) {
        sum += Exactly(60, broken, judged, seen);
        const double p = HypergeometricAtMost(60, broken, judged, seen);
        EXPECT_NEAR(p, sum, 1e-12 + 1e-10 * sum);
      }
    }
  }
}

// ln P(none seen) as a plain product, for fleets of the size of real ones.
TEST(Statistics, HypergeometricOfMillions) {
  const std::int64_t runs = 10'000'000;
  const std::int64_t judged = 3000;
  for (std::int64_t broken : {1, 1000, 9985, 50'000}) {
    long double log = 0;
    for (std::int64_t i = 0; i < judged; ++i) {
      log += std::log1p(-static_cast<long double>(broken) /
                        static_cast<long double>(runs - i));
    }
    const auto wanted = static_cast<double>(std::exp(log));
    EXPECT_NEAR(HypergeometricAtMost(runs, broken, judged, 0) / wanted, 1,
                1e-9);
  }
  EXPECT_NEAR(HypergeometricAtMost(runs, 5'000'000, 1'000'000, 499'999), 0.5,
              1e-3);
  EXPECT_EQ(HypergeometricAtMost(runs, 5'000'000, 1'000'000, 999'000), 1);
  EXPECT_EQ(HypergeometricAtMost(runs, 5'000'000, 1'000'000, 1000), 0);
}

TEST(Statistics, TheBoundIsTheLargestThatIsNotExcluded) {
  for (double alpha : {0.05, 0.01, 0.25}) {
    for (int runs = 1; runs <= 24; ++runs) {
      for (int judged = 0; judged <= runs; ++judged) {
        for (int seen = 0; seen <= judged; ++seen) {
          int largest = 0;
          for (int broken = 0; broken <= runs; ++broken) {
            double p = 0;
            for (int x = 0; x <= seen; ++x) {
              p += Exactly(runs, broken, judged, x);
            }
            const bool possible =
                broken >= seen && broken <= runs - judged + seen;
            // Equal to alpha, but for rounding, is not excluded.
            if (possible && p > alpha - 1e-12) largest = broken;
          }
          EXPECT_EQ(Bound(runs, judged, seen, alpha), largest)
              << runs << " " << judged << " " << seen;
        }
      }
    }
  }
}

TEST(Statistics, CertainAndUnknownStrata) {
  EXPECT_EQ(Bound(7, 7, 0, 0.05), 0);
  EXPECT_EQ(Bound(7, 7, 3, 0.05), 3);
  EXPECT_EQ(Bound(7, 0, 0, 0.05), 7);
  EXPECT_EQ(Bound(0, 0, 0, 0.05), 0);
  EXPECT_EQ(Bound(10240, 412, 0, 0.05), 72);
  EXPECT_EQ(Bound(10'000'000, 500, 0, 0.05), 59'734);
}

// How often the bound lies below the truth: never above alpha, whatever the
// truth; and it is no looser than it has to be.
TEST(Statistics, CoverageOfOneStratumIsExact) {
  double worst = 0;
  for (int runs : {1, 2, 5, 12, 30, 40}) {
    for (int judged = 0; judged <= runs; ++judged) {
      for (int broken = 0; broken <= runs; ++broken) {
        double missed = 0;
        for (int seen = 0; seen <= std::min(judged, broken); ++seen) {
          const double p = Exactly(runs, broken, judged, seen);
          if (p > 0 && Bound(runs, judged, seen, 0.05) < broken) missed += p;
        }
        EXPECT_LE(missed, 0.05);
        worst = std::max(worst, missed);
      }
    }
  }
  EXPECT_GT(worst, 0.045);
}

struct Coverage {
  double together_missed = 0;
  double each_missed = 0;
};

// Over all outcomes that strata with these broken runs can have.
Coverage CoverageOf(std::vector<StratumCount> strata,
                    const std::vector<int>& broken, std::size_t at, double p,
                    double alpha) {
  if (at == strata.size()) {
    const FleetBound bound = Fleet(strata, alpha);
    std::int64_t all = 0;
    bool each = true;
    for (std::size_t i = 0; i < broken.size(); ++i) {
      all += broken[i];
      each = each && broken[i] <= bound.each[i];
    }
    return {bound.together < all ? p : 0, each ? 0 : p};
  }
  Coverage sum;
  for (int seen = 0; seen <= strata[at].judged; ++seen) {
    const double q = Exactly(static_cast<int>(strata[at].runs), broken[at],
                             static_cast<int>(strata[at].judged), seen);
    if (q == 0) continue;
    strata[at].broken = seen;
    const Coverage more = CoverageOf(strata, broken, at + 1, p * q, alpha);
    sum.together_missed += more.together_missed;
    sum.each_missed += more.each_missed;
  }
  return sum;
}

TEST(Statistics, CoverageOfSeveralStrataIsExact) {
  double worst_together = 0;
  double worst_each = 0;
  const std::vector<std::vector<StratumCount>> fleets = {
      {{12, 5, 0}, {9, 6, 0}},
      {{20, 4, 0}, {6, 3, 0}},
      {{15, 8, 0}, {5, 5, 0}, {7, 2, 0}},
      {{8, 3, 0}, {8, 3, 0}, {4, 0, 0}}};
  for (const std::vector<StratumCount>& strata : fleets) {
    std::vector<int> broken(strata.size(), 0);
    while (true) {
      const Coverage missed = CoverageOf(strata, broken, 0, 1, 0.05);
      EXPECT_LE(missed.together_missed, 0.05);
      EXPECT_LE(missed.each_missed, 0.05);
      worst_together = std::max(worst_together, missed.together_missed);
      worst_each = std::max(worst_each, missed.each_missed);
      std::size_t i = 0;
      while (i < broken.size() && ++broken[i] > strata[i].runs) broken[i++] = 0;
      if (i == broken.size()) break;
    }
  }
  EXPECT_GT(worst_together, 0.03);
  EXPECT_GT(worst_each, 0.03);
}

// The greedy answer against every way to lay the broken runs.
TEST(Statistics, TogetherIsTheWorstOfAllWays) {
  const std::vector<StratumCount> strata = {
      {9, 3, 0}, {14, 2, 0}, {5, 4, 0}, {6, 6, 0}};
  std::int64_t worst = 0;
  for (int a = 0; a <= 9; ++a) {
    for (int b = 0; b <= 14; ++b) {
      for (int c = 0; c <= 5; ++c) {
        const double p =
            Exactly(9, a, 3, 0) * Exactly(14, b, 2, 0) * Exactly(5, c, 4, 0);
        if (p > 0.05) worst = std::max<std::int64_t>(worst, a + b + c);
      }
    }
  }
  EXPECT_EQ(Fleet(strata, 0.05).together, worst);
}

TEST(Statistics, ManyStrataDoNotWidenTheWhole) {
  const std::vector<StratumCount> strata(100, {1000, 30, 0});
  const FleetBound bound = Fleet(strata, 0.05);
  EXPECT_EQ(bound.alpha_each, 0.05 / 100);
  EXPECT_EQ(bound.each[0], 220);
  EXPECT_EQ(bound.sum_of_each, 22'000);
  EXPECT_EQ(bound.together, 98);
  EXPECT_EQ(Bound(100'000, 3000, 0, 0.05), 98);
}

TEST(Statistics, OnlyUncertainStrataShareAlpha) {
  const FleetBound bound =
      Fleet({{100, 30, 0}, {5, 5, 1}, {7, 0, 0}, {0, 0, 0}}, 0.05);
  EXPECT_EQ(bound.alpha_each, 0.05);
  EXPECT_EQ(bound.each[0], Bound(100, 30, 0, 0.05));
  EXPECT_EQ(bound.each[1], 1);
  EXPECT_EQ(bound.each[2], 7);
  EXPECT_EQ(bound.together, bound.sum_of_each);
  EXPECT_EQ(Fleet({}, 0.05).together, 0);
}

// A whole report, 2,000 times over: fleets of random strata, rates and sizes.
TEST(Statistics, ReportsOfSimulatedFleetsHold) {
  std::mt19937_64 random(20260101);
  const auto below = [&](std::uint64_t n) {
    return static_cast<std::int64_t>(random() % n);
  };
  constexpr int kFleets = 2000;
  int together_held = 0;
  int each_held = 0;
  for (int fleet = 0; fleet < kFleets; ++fleet) {
    const std::int64_t permille = below(3) == 0 ? below(20) : below(300);
    std::vector<StratumCount> strata;
    std::vector<std::int64_t> truth;
    std::int64_t all = 0;
    for (std::int64_t h = 1 + below(8); h > 0; --h) {
      StratumCount s{.runs = 1 + below(300)};
      s.judged = std::min(s.runs, 3 + s.runs * below(30) / 100);
      std::int64_t broken = 0;
      for (std::int64_t i = 0; i < s.runs; ++i)
        broken += below(1000) < permille;
      std::int64_t bad = broken;
      std::int64_t left = s.runs;
      for (std::int64_t i = 0; i < s.judged; ++i) {
        const bool is_broken = below(static_cast<std::uint64_t>(left--)) < bad;
        bad -= is_broken;
        s.broken += is_broken;
      }
      strata.push_back(s);
      truth.push_back(broken);
      all += broken;
    }
    const FleetBound bound = Fleet(strata, 0.05);
    together_held += all <= bound.together;
    bool each = true;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      each = each && truth[i] <= bound.each[i];
    }
    each_held += each;
  }
  EXPECT_GE(together_held, kFleets * 95 / 100);
  EXPECT_GE(each_held, kFleets * 95 / 100);
  RecordProperty("together_held", together_held);
  RecordProperty("each_held", each_held);
}

TEST(Statistics, UnseenShapes) {
  const auto some = UnseenShapesAfter(10'000, 200, 0.05);
  ASSERT_TRUE(some.ok());
  EXPECT_DOUBLE_EQ(some->estimate, 0.02);
  // 0.02 + (2 sqrt 2 + sqrt 3) sqrt(ln(60) / 10000), worked out by hand.
  EXPECT_NEAR(some->at_most, 0.02 + 4.56047793 * 0.0202344849, 1e-7);
  EXPECT_EQ(UnseenShapesAfter(0, 0, 0.05)->at_most, 1);
  EXPECT_EQ(UnseenShapesAfter(5, 5, 0.05)->at_most, 1);
}

TEST(Statistics, AllLooksTogetherSpendAlpha) {
  EXPECT_DOUBLE_EQ(AlphaOfRound(0.05, 1), 0.025);
  double spent = 0;
  for (int round = 1; round <= 10'000; ++round) {
    spent += AlphaOfRound(0.05, round);
  }
  EXPECT_LT(spent, 0.05);
  EXPECT_GT(spent, 0.0499);
}

TEST(Statistics, RefusesWhatIsNoSample) {
  EXPECT_FALSE(BrokenAtMost({5, 6, 0}, 0.05).ok());
  EXPECT_FALSE(BrokenAtMost({5, 3, 4}, 0.05).ok());
  EXPECT_FALSE(BrokenAtMost({5, 3, -1}, 0.05).ok());
  EXPECT_FALSE(BrokenAtMost({5, 3, 0}, 0).ok());
  EXPECT_FALSE(BrokenAtMost({5, 3, 0}, 0.5).ok());
  const std::vector<StratumCount> strata = {{5, 3, 0}, {5, 6, 0}};
  EXPECT_FALSE(BoundOfFleet(strata, 0.05).ok());
  EXPECT_FALSE(UnseenShapesAfter(3, 4, 0.05).ok());
}

}  // namespace
}  // namespace cohort
