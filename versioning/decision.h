// The version decision: what answers a GetVersion or Patched call, and what
// follows from it. This table is the whole rule; everything else carries it
// out. What answers is known before the answer is, what follows is not.
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

// What is known when workflow code asks; the last two, when it is answered.
struct VersionFacts {
  bool in_book = false;         // the run answered this id before
  bool turn_completed = false;  // a replay: the turn's outputs are known
  bool recorded = false;        // those outputs hold a marker of this id
  bool says_no = false;         // Patched is false: no dialect has a marker
  bool forgets_no = false;      // the profile asks again, see UnrecordedPatch
};
inline constexpr unsigned kVersionFactCount = 5;

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
  std::optional<bool> says_no;
  std::optional<bool> forgets_no;
  Decision decision;

  constexpr bool Matches(const VersionFacts& facts) const {
    const auto fits = [](std::optional<bool> want, bool is) {
      return want.value_or(is) == is;
    };
    return fits(in_book, facts.in_book) &&
           fits(turn_completed, facts.turn_completed) &&
           fits(recorded, facts.recorded) && fits(says_no, facts.says_no) &&
           fits(forgets_no, facts.forgets_no);
  }
};

inline constexpr std::optional<bool> kAny;
// clang-format off
inline constexpr std::array<DecisionRow, 7> kDecisionTable = {{
    // in book, completed, recorded, says no, forgets   source            expect remember issue
    {true,  kAny,  kAny,  kAny,  kAny,  {VersionSource::kBook,     false, false, false}},
    {false, true,  true,  kAny,  kAny,  {VersionSource::kRecorded, true,  true,  false}},
    {false, true,  false, false, kAny,  {VersionSource::kDefault,  false, true,  false}},
    {false, true,  false, true,  false, {VersionSource::kDefault,  false, true,  false}},
    {false, true,  false, true,  true,  {VersionSource::kDefault,  false, false, false}},
    {false, false, kAny,  false, kAny,  {VersionSource::kPolicy,   false, true,  true}},
    {false, false, kAny,  true,  kAny,  {VersionSource::kPolicy,   false, true,  false}},
}};
// clang-format on

constexpr int MatchingRows(const VersionFacts& facts) {
  int rows = 0;
  for (const DecisionRow& row : kDecisionTable) rows += row.Matches(facts);
  return rows;
}

// The facts whose bits are set, `in_book` first.
constexpr VersionFacts FactsOf(unsigned bits) {
  return {(bits & 16) != 0, (bits & 8) != 0, (bits & 4) != 0, (bits & 2) != 0,
          (bits & 1) != 0};
}

consteval bool EveryFactsHaveOneRow() {
  for (unsigned bits = 0; bits < (1u << kVersionFactCount); ++bits) {
    if (MatchingRows(FactsOf(bits)) != 1) return false;
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

namespace versioning_internal {

consteval bool SourceNeedsNoAnswer() {
  for (unsigned bits = 0; bits < (1u << kVersionFactCount); ++bits) {
    VersionFacts asked = FactsOf(bits);
    const VersionSource source = Decide(asked).source;
    asked.says_no = asked.forgets_no = false;
    if (Decide(asked).source != source) return false;
  }
  return true;
}
static_assert(SourceNeedsNoAnswer(),
              "what answers must not depend on what it answers");

}  // namespace versioning_internal

}  // namespace cohort

#endif  // COHORT_VERSIONING_DECISION_H_
