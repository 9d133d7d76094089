#include "cohort/corpus/shape.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "cohort/base/status.h"
#include "cohort/history/event_table.h"
#include "cohort/markers/codec.h"
#include "cohort/markers/value_markers.h"

namespace cohort {
namespace {

// What workflow code can notice of an event that came in.
bool IsNoticed(EventType type) {
  switch (RoleOf(type)) {
    case Role::kTaskEdge:
    case Role::kIgnorable:
      return false;
    default:
      return true;
  }
}

// The type in a local activity's marker; "" for other events.
std::string LocalActivityType(const Event& event, PayloadReader& reader) {
  if (RoleOfMarker(event.name()) != MarkerRole::kLocalActivity) return "";
  auto marker = DecodeLocalActivity(event, reader);
  return marker.ok() && marker->has_value() ? (*marker)->type : "";
}

void AddMarkerWord(const Event& event, PayloadReader& reader,
                   std::string& words) {
  words += event.name();
  auto version = DecodeVersionMarker(event, reader);
  if (version.ok() && version->has_value()) {
    words += fmt::format(" {}=", (*version)->change_id);
    words +=
        (*version)->deprecated ? "d" : fmt::format("{}", (*version)->version);
    return;
  }
  if (std::string type = LocalActivityType(event, reader); !type.empty()) {
    words += " " + type;
  }
}

void AddWord(char direction, const Event& event, PayloadReader& reader,
             std::string& words) {
  words += direction;
  words += std::to_string(static_cast<int>(event.type));
  words += ' ';
  if (event.type == EventType::kMarkerRecorded) {
    AddMarkerWord(event, reader, words);
  } else {
    words += event.name();
  }
  words += '\n';
}

std::string_view CountWord(std::size_t count) {
  if (count == 1) return "1";
  if (count == 2) return "2";
  if (count < 10) return "3-9";
  if (count < 100) return "10-99";
  return "100+";
}

// How often the block of `length` turns at `at` occurs there in a row.
std::size_t RepeatsAt(const std::vector<TurnShape>& turns, std::size_t at,
                      std::size_t length) {
  std::size_t end = at + length;
  while (end < turns.size() && turns[end].own == turns[end - length].own) ++end;
  return (end - at) / length;
}

}  // namespace

std::string TurnWords(const Turn& turn, PayloadReader& reader) {
  std::string words;
  for (const Event& event : turn.inbound) {
    if (IsNoticed(event.type)) AddWord('i', event, reader, words);
  }
  for (const Event& event : turn.outputs) {
    AddWord('o', event, reader, words);
  }
  return words;
}

Digest Shape::Whole() const {
  const Digest chain = turns.empty() ? Digest() : turns.back().chain;
  if (open_tail == Digest()) return chain;
  return Chained(chain, open_tail.Hex());
}

absl::StatusOr<Shape> ShapeOf(const History& history) {
  TurnReader turns;
  PayloadReader payloads;
  COHORT_RETURN_IF_ERROR(turns.Add(history.events(), PageEnd::kLast));
  Shape shape;
  Digest chain;
  while (true) {
    COHORT_ASSIGN_OR_RETURN(std::optional<Turn> turn, turns.Next());
    if (!turn) return shape;
    const std::string words = TurnWords(*turn, payloads);
    if (turn->completed == nullptr) {
      if (!words.empty()) shape.open_tail = Chained(Digest(), words);
      continue;
    }
    chain = Chained(chain, words);
    shape.turns.push_back({.own = Chained(Digest(), words), .chain = chain});
  }
}

bool IsPrefix(const Shape& shorter, const Shape& longer) {
  const std::size_t n = shorter.turns.size();
  if (n == 0) return true;
  return n <= longer.turns.size() &&
         shorter.turns.back().chain == longer.turns[n - 1].chain;
}

Digest LoopCollapsed(const Shape& shape) {
  const std::vector<TurnShape>& turns = shape.turns;
  Digest chain;
  for (std::size_t at = 0; at < turns.size();) {
    std::size_t length = 1;
    std::size_t covered = 1;
    const std::size_t longest = std::min(kLoopTurnsMax, turns.size() - at);
    for (std::size_t l = 1; l <= longest; ++l) {
      const std::size_t repeats = RepeatsAt(turns, at, l);
      if (repeats > 1 && repeats * l > covered) {
        length = l;
        covered = repeats * l;
      }
    }
    for (std::size_t i = 0; i < length; ++i) {
      chain = Chained(chain, turns[at + i].own.Hex());
    }
    chain = Chained(chain, CountWord(covered / length));
    at += covered;
  }
  return chain;
}

}  // namespace cohort
