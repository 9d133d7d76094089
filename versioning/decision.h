// The version decision: what answers a GetVersion or Patched call, and what
// follows from it. This table is the whole rule; everything else carries it
// out.
//
//   constexpr cohort::Decision d =
//       cohort::Decide({.turn_completed = true, .recorded = true});
//   static_assert(d.source == cohort::VersionSource::kRecorded);
//
// Threads: pure. Errors: none; the table is total (proved below).
#ifndef COHORT_VERSIONING_DECISION_H_
#define COHORT_VERSIONING_DECISION_H_

#include <array>
#include <cstdint>
#include <optional>

namespace cohort {

// What is known when workflow code asks.
struct VersionFacts {
  bool in_book = false;         // the run answered this id before
  bool turn_completed = false;  // a replay: the turn's outputs are known
  bool recorded = false;        // those outputs hold a marker of this id
};

// Where the answer comes from.
enum class VersionSource : std::uint8_t {
  kBook,      // the run's earlier answer
  kRecorded,  // the marker among the turn's outputs
  kDefault,   // kDefaultVersion: the turn ran before the change existed
  kPolicy,    // a live first call: the cohort policy, newest by default
};

struct Decision {
  VersionSource source = VersionSource::kBook;
  bool expect_marker = false;  // the marker has to be confirmed
  bool remember = false;       // the answer goes into the book
  bool issue_marker = false;   // the answer is recorded now
  bool operator==(const Decision&) const = default;
};

namespace versioning_internal {

struct DecisionRow {
  std::optional<bool> in_book;  // nullopt: does not matter
  std::optional<bool> turn_completed;
  std::optional<bool> recorded;
  Decision decision;

  constexpr bool Matches(const VersionFacts& facts) const {
    return in_book.value_or(facts.in_book) == facts.in_book &&
           turn_completed.value_or(facts.turn_completed) ==
               facts.turn_completed &&
           recorded.value_or(facts.recorded) == facts.recorded;
  }
};

inline constexpr std::optional<bool> kAny;
// clang-format off
inline constexpr std::array<DecisionRow, 4> kDecisionTable = {{
    // in book  completed  recorded   source                   expect remember issue
    {true,      kAny,      kAny,     {VersionSource::kBook,     false, false, false}},
    {false,     true,      true,     {VersionSource::kRecorded, true,  true,  false}},
    {false,     true,      false,    {VersionSource::kDefault,  false, true,  false}},
    {false,     false,     kAny,     {VersionSource::kPolicy,   false, true,  true}},
}};
// clang-format on

constexpr int MatchingRows(const VersionFacts& facts) {
  int rows = 0;
  for (const DecisionRow& row : kDecisionTable) rows += row.Matches(facts);
  return rows;
}

consteval bool EveryFactsHaveOneRow() {
  for (unsigned bits = 0; bits < 8; ++bits) {
    const VersionFacts facts{(bits & 4) != 0, (bits & 2) != 0, (bits & 1) != 0};
    if (MatchingRows(facts) != 1) return false;
  }
  return true;
}
static_assert(EveryFactsHaveOneRow(),
              "the decision table must be total and unambiguous");

}  // namespace versioning_internal

constexpr Decision Decide(const VersionFacts& facts) {
  for (const auto& row : versioning_internal::kDecisionTable) {
    if (row.Matches(facts)) return row.decision;
  }
  return {};  // not reached: the table is total
}

}  // namespace cohort

#endif  // COHORT_VERSIONING_DECISION_H_
