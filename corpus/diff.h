// Two histories, compared turn by turn.
//
//   COHORT_ASSIGN_OR_RETURN(const HistoryDiff diff, DiffHistories(a, b));
//   diff.equal; diff.cause;
//
// A turn is the list of its words (corpus/event_words.h): what came in and what
// was put out, without ids, payloads and times. Turns with the same words are
// aligned first; those between are compared in pairs, word by word, and what is
// left over stands alone.
// Threads: functions of their arguments.
// Errors: what TurnReader says of a history that cannot be cut into turns, with
// its name.
#ifndef COHORT_CORPUS_DIFF_H_
#define COHORT_CORPUS_DIFF_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/corpus/alignment.h"
#include "cohort/history/history.h"

namespace cohort {

enum class Values : std::uint8_t {
  kIgnored,
  kCompared,  // ids, payloads and failures too, where the words are equal
};

struct DiffWord {
  Side side = Side::kBoth;
  bool output = false;
  std::string text;
  // What differs in events whose words are equal: "input: 7, not 8".
  std::vector<std::string> values;
};

// A turn of one history, or one of each that belong together.
struct DiffTurn {
  Side side = Side::kBoth;
  std::int64_t a = 0;  // numbers of the turns; 0: none
  std::int64_t b = 0;
  std::vector<DiffWord> words;

  bool equal() const;
};

// Neighbouring equal turns are counted, not kept.
struct DiffPart {
  std::int64_t equal_turns = 0;
  std::int64_t a = 0;  // the first one's numbers
  std::int64_t b = 0;
  std::optional<DiffTurn> turn;  // where equal_turns is 0
};

struct HistoryDiff {
  bool equal = true;
  std::int64_t turns_a = 0;
  std::int64_t turns_b = 0;
  std::vector<DiffPart> parts;
  // Of the first turn that is not equal, in words.
  std::string cause;
};

absl::StatusOr<HistoryDiff> DiffHistories(const History& a, const History& b,
                                          Values values = Values::kIgnored);

}  // namespace cohort

#endif  // COHORT_CORPUS_DIFF_H_
