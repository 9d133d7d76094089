// Pairs of a history and a generation of code, with the official verdict.
//
//   absl::StatusOr<std::vector<Pair>> pairs = ReadPairs("verdicts.tsv");
//
// Two forms of table are read. One line per pair, tab-separated: history,
// generation, verdict, message; or with a first line that names the columns,
// "file", "events" (of a prefix), "generation", "verdict" in any order. Or
// blocks, one per history, with a column per prefix:
//
//   == Order/g0_plain
//      -sSCA--sSCTF
//   g0 EE.N.....N..
//
// Threads: the functions are pure. Errors: kDataLoss for a line that is
// neither, kNotFound for a file that cannot be opened.
#ifndef COHORT_TESTING_CONFORMANCE_PAIRS_H_
#define COHORT_TESTING_CONFORMANCE_PAIRS_H_

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace cohort_testing {

// What an SDK's own replayer says.
enum class Official : std::uint8_t { kOk, kNondeterminism, kOtherError };

std::string_view NameOf(Official verdict);

struct Pair {
  std::string history;  // as the table names it
  // A prefix of so many events, taken as a history of its own.
  std::optional<std::size_t> events;
  std::string generation;
  Official official = Official::kOk;
};

absl::StatusOr<std::vector<Pair>> ReadPairs(const std::string& path);
absl::StatusOr<std::vector<Pair>> ReadPairs(std::istream& in);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_CONFORMANCE_PAIRS_H_
