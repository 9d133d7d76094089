// The shape of a history: what happened in which turn, without ids, payloads
// and times.
//
//   COHORT_ASSIGN_OR_RETURN(Shape shape, ShapeOf(history));
//   shape.turns.back().chain.Hex();  // two runs alike up to here: equal
//   IsPrefix(shape, other);          // one comparison
//   LoopCollapsed(shape).Hex();      // equal however often a loop was passed
//
// A turn's shape is the list of its words, each of an event of the turn: on the
// way in every event that workflow code can notice (operations' outcomes,
// signals, updates, cancel requests, the run's end) with the name that it
// carries; on the way out every command's event with its name, and a version
// marker with its change id and version. The edges of workflow tasks, and
// events that nobody has to understand, are left out.
//
// The digests (corpus/digest.h) are documented for ever:
//   word    direction (1 byte: 'i' or 'o'), event type's number in decimal,
//           blank, name, then for a version marker "=" and the version ("d" for
//           a deprecated patch), newline
//   own     Chained(zero, words of the turn)
//   chain   Chained(chain of the turn before, words of the turn)
//
// Threads: functions of their arguments.
// Errors: what TurnReader says of a history that cannot be cut into turns.
#ifndef COHORT_CORPUS_SHAPE_H_
#define COHORT_CORPUS_SHAPE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/corpus/digest.h"
#include "cohort/history/history.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/turn.h"

namespace cohort {

struct TurnShape {
  Digest own;    // of this turn alone
  Digest chain;  // of all turns up to this one
};

struct Shape {
  std::vector<TurnShape> turns;  // completed ones
  // Of what came in behind them; zero if nothing did.
  Digest open_tail;

  // Of the whole history.
  Digest Whole() const;
};

absl::StatusOr<Shape> ShapeOf(const History& history);

// The words of one turn, as hashed. `reader` decodes version markers; one that
// cannot be read stands as its name.
std::string TurnWords(const Turn& turn, PayloadReader& reader);

// Are the completed turns of `shorter` the first ones of `longer`?
bool IsPrefix(const Shape& shorter, const Shape& longer);

// Repeated blocks of up to this many turns are folded.
inline constexpr std::size_t kLoopTurnsMax = 16;

// The digest of the turns with consecutive repeats of a block folded into the
// block and how often it occurs: 2, 3-9, 10-99, 100 and more. Of the blocks
// that repeat from a turn on, the one that covers most turns is taken, of equal
// ones the shortest.
Digest LoopCollapsed(const Shape& shape);

}  // namespace cohort

#endif  // COHORT_CORPUS_SHAPE_H_
