// Several ways to do a thing, measured in turns: one of each in a round, many
// rounds, so that whatever else the machine does falls on all of them alike.
//
//   std::vector<Variant> variants = {{.name = "walk", .run = [&] { ... }}};
//   std::vector<Measured> measured = MeasureInTurns(variants, 9);
#ifndef COHORT_BENCHMARKS_MEASURE_H_
#define COHORT_BENCHMARKS_MEASURE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace cohort_benchmarks {

struct Variant {
  std::string name;
  std::function<void()> prepare;            // not timed; may be empty
  std::function<void()> run;                // timed
  std::function<std::uint64_t()> checksum;  // not timed: of the last result
};

struct Measured {
  std::string name;
  double seconds = 0;  // of one run: the median of all rounds
  std::uint64_t checksum = 0;
};

// One Measured for each variant. The first round is not counted. Ends the
// process where two rounds of a variant have different checksums.
std::vector<Measured> MeasureInTurns(std::span<const Variant> variants,
                                     int rounds);

// Of a list that is not empty.
double Median(std::vector<double> values);

}  // namespace cohort_benchmarks

#endif  // COHORT_BENCHMARKS_MEASURE_H_
