#include "cohort/benchmarks/measure.h"

#include <algorithm>

#include "cohort/base/check.h"
#include "cohort/benchmarks/stopwatch.h"

namespace cohort_benchmarks {

double Median(std::vector<double> values) {
  COHORT_CHECK(!values.empty(), "a median of nothing");
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<Measured> MeasureInTurns(std::span<const Variant> variants,
                                     int rounds) {
  std::vector<Measured> measured(variants.size());
  std::vector<std::vector<double>> seconds(variants.size());
  for (int round = 0; round <= rounds; ++round) {
    for (std::size_t i = 0; i < variants.size(); ++i) {
      const Variant& variant = variants[i];
      if (variant.prepare) variant.prepare();
      const Stopwatch watch;
      variant.run();
      if (round > 0) seconds[i].push_back(watch.seconds());
      const std::uint64_t checksum = variant.checksum();
      COHORT_CHECK(round == 0 || checksum == measured[i].checksum,
                   "two rounds differ");
      measured[i].checksum = checksum;
    }
  }
  for (std::size_t i = 0; i < variants.size(); ++i) {
    measured[i].name = variants[i].name;
    measured[i].seconds = Median(std::move(seconds[i]));
  }
  return measured;
}

}  // namespace cohort_benchmarks
