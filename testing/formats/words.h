// The words and the order that the formats share.
//
//   const ReplayData data = ReadReplayData(json);
//   Headline(data);            // "3 of 18 histories break"
//   CauseOf(data.reports[0]);  // "turn 4, event 23: history has ..."
//
// Threads: pure functions. Errors: none; a verdict that is not known is an
// error of that history.
#ifndef COHORT_TESTING_FORMATS_WORDS_H_
#define COHORT_TESTING_FORMATS_WORDS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/testing/formats/replay_data.h"

namespace cohort::formats {

// The worst first.
enum class Outcome : std::uint8_t {
  kBroken,   // the code does not make the decisions of this history
  kError,    // it could not be read
  kOpen,     // it proves neither
  kAllowed,  // broken, and somebody has said that this is all right
  kClean,
};

// How the formats spell an outcome; "" for nothing.
struct OutcomeRow {
  Outcome outcome;
  std::string_view junit;   // the element in a test case
  std::string_view github;  // the workflow command
};
inline constexpr std::array<OutcomeRow, 5> kOutcomes = {{
    {Outcome::kBroken, "failure", "error"},
    {Outcome::kError, "error", "error"},
    {Outcome::kOpen, "skipped", "warning"},
    {Outcome::kAllowed, "skipped", "notice"},
    {Outcome::kClean, "", ""},
}};

constexpr const OutcomeRow& RowOf(Outcome o) {
  return kOutcomes[static_cast<std::size_t>(o)];
}

// Of the verdict; of a clean one, the worst that is said of the stages before
// it and of the turn behind it.
Outcome OutcomeOf(const HistoryReport& report);

// The verdict as shown: "divergent", ...; "allowed"; where a clean history's
// stages or next turn are not clean, "unsafe" or "not provable".
std::string ShownVerdict(const HistoryReport& report);

// Whether a verdict may be shown by this name.
bool IsKnownVerdict(std::string_view shown);

// The verdicts that occur, as shown; known ones first, in a fixed order.
std::vector<std::string> ShownVerdicts(const ReplayData& data);

// The workflow type, or words in place of none.
std::string ShownType(const HistoryReport& report);

// Indices of the reports, the worst outcome and verdict first, else as they
// came.
std::vector<std::size_t> WorstFirst(const ReplayData& data);

// The workflow types that occur, as shown, in order of their first report.
std::vector<std::string> ShownTypes(const ReplayData& data);

// "3 of 18 histories break".
std::string Headline(const ReplayData& data);

// One sentence without a line break: what is wrong with this history; "" if
// nothing is said.
std::string CauseOf(const HistoryReport& report);

// The same and all that is known about it, in lines; no newline at the end.
std::string ExplanationOf(const HistoryReport& report);

// "turn 4, event 23"; "" without a divergence.
std::string PlaceOf(const HistoryReport& report);

// "order.cc:41", "" for none.
std::string TextOf(const CodeSite& site);

// A live branch that no history has taken: nothing was proven about it.
bool IsUnproven(const BranchData& branch);

// "default", "not patched", "2", ...
std::string BranchName(const CoverageData& change, std::int64_t version);

}  // namespace cohort::formats

#endif  // COHORT_TESTING_FORMATS_WORDS_H_
