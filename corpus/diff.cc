#include "cohort/corpus/diff.h"

#include <algorithm>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/corpus/event_words.h"
#include "cohort/corpus/payload_text.h"
#include "cohort/history/event_table.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/turn.h"

namespace cohort {
namespace {

constexpr std::size_t kValueBytesMax = 200;

// A turn that is not completed says so: no more can be known of it.
constexpr std::string_view kOpenTurn = "(not completed)";

struct Word {
  bool output = false;
  std::string text;
  const Event* event = nullptr;
};

struct WordedTurn {
  std::int64_t number = 0;
  std::vector<Word> words;

  std::vector<std::string> Keys() const {
    std::vector<std::string> keys;
    for (const Word& word : words) {
      keys.push_back((word.output ? "o" : "i") + word.text);
    }
    return keys;
  }
  std::string Key() const {
    std::string key;
    for (const std::string& word : Keys()) key += word + '\n';
    return key;
  }
};

// Task edges and what nobody has to understand are no words.
bool IsNoticed(const Event& event) {
  const Role role = RoleOf(event.type);
  return role != Role::kTaskEdge && role != Role::kIgnorable;
}

absl::StatusOr<std::vector<WordedTurn>> TurnsOf(const History& history) {
  EventWords words(history.events(), IdsInWords::kHidden);
  TurnReader reader;
  std::vector<WordedTurn> turns;
  COHORT_RETURN_IF_ERROR(
      Annotate(reader.Add(history.events(), PageEnd::kLast), history.source()));
  while (true) {
    auto turn = reader.Next();
    if (!turn.ok()) return Annotate(turn.status(), history.source());
    if (!turn->has_value()) return turns;
    WordedTurn& worded = turns.emplace_back();
    worded.number = (*turn)->number;
    for (const Event& event : (*turn)->inbound) {
      if (!IsNoticed(event)) continue;
      worded.words.push_back({false, words.Of(event), &event});
    }
    for (const Event& event : (*turn)->outputs) {
      worded.words.push_back({true, words.Of(event), &event});
    }
    if ((*turn)->completed == nullptr) {
      worded.words.push_back({true, std::string(kOpenTurn), nullptr});
    }
  }
}

// What differs between two events of the same words.
class ValueDiff {
 public:
  std::vector<std::string> Of(const Event& a, const Event& b) {
    found_.clear();
    type_ = a.type;
    Compare(Target::kName, a.name(), b.name());
    Compare(Target::kId, a.key(), b.key());
    Compare(Target::kScope, a.text(Text::kScope), b.text(Text::kScope));
    Compare(Target::kControl, a.text(Text::kControl), b.text(Text::kControl));
    Compare(Target::kInput, Payloads(a.input), Payloads(b.input));
    Compare(Target::kFailure, FailureOf(a.failure), FailureOf(b.failure));
    Compare(Target::kDetails, Details(a), Details(b));
    return std::move(found_);
  }

 private:
  void Compare(Target target, std::string_view a, std::string_view b) {
    if (a == b) return;
    found_.push_back(fmt::format("{}: {}, not {}", FieldName(type_, target),
                                 a.empty() ? "none" : a,
                                 b.empty() ? "none" : b));
  }

  std::string Payloads(JsonView view) {
    auto payloads = reader_.ReadPayloads(view);
    if (!payloads.ok()) return Shortened(view.text, kValueBytesMax);
    return PayloadsText(*payloads, kValueBytesMax);
  }

  std::string FailureOf(JsonView view) {
    auto failure = reader_.ReadFailure(view);
    if (!failure.ok()) return Shortened(view.text, kValueBytesMax);
    std::string text;
    for (const Failure* f = &*failure; f != nullptr; f = f->cause.get()) {
      text += fmt::format("{}{}", text.empty() ? "" : ", caused by ",
                          FailureText(*f));
    }
    return text;
  }

  std::string Details(const Event& event) {
    if (event.type == EventType::kWorkflowTaskCompleted) return "";
    auto map = reader_.ReadPayloadsMap(event.details);
    std::string text;
    if (map.ok()) {
      for (const auto& [key, payloads] : *map) {
        text += fmt::format("{}{} = {}", text.empty() ? "" : "; ", key,
                            PayloadsText(payloads, kValueBytesMax));
      }
      return text;
    }
    auto single = reader_.ReadPayloadMap(event.details);
    if (!single.ok()) return Shortened(event.details.text, kValueBytesMax);
    for (const auto& [key, payload] : *single) {
      text += fmt::format("{}{} = {}", text.empty() ? "" : "; ", key,
                          PayloadText(payload, kValueBytesMax));
    }
    return text;
  }

  PayloadReader reader_;
  EventType type_ = EventType::kUnknown;
  std::vector<std::string> found_;
};

// Why the first turn that differs does so, as far as its words tell.
std::string CauseOf(const DiffTurn& turn) {
  if (turn.side != Side::kBoth) {
    return fmt::format("turn {} is in {} only",
                       turn.side == Side::kA ? turn.a : turn.b,
                       turn.side == Side::kA ? "a" : "b");
  }
  const std::string where =
      turn.a == turn.b ? fmt::format("turn {}", turn.a)
                       : fmt::format("turn {} and turn {}", turn.a, turn.b);
  for (const DiffWord& word : turn.words) {
    if (word.side == Side::kBoth) {
      if (word.values.empty()) continue;
      return fmt::format("{}: the same words, other values ({})", where,
                         word.text);
    }
    if (!word.output) return where + ": other things came in";
    if (word.text == kOpenTurn) {
      return fmt::format("{}: not completed in {}", where,
                         word.side == Side::kA ? "a" : "b");
    }
    return where + ": the same came in, and other commands were put out";
  }
  return where;
}

class Differ {
 public:
  Differ(std::vector<WordedTurn> a, std::vector<WordedTurn> b, Values values)
      : a_(std::move(a)), b_(std::move(b)), values_(values) {}

  HistoryDiff Take() {
    diff_.turns_a = static_cast<std::int64_t>(a_.size());
    diff_.turns_b = static_cast<std::int64_t>(b_.size());
    const std::vector<AlignedPart> parts = Align(KeysOf(a_), KeysOf(b_));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].side == Side::kBoth) {
        for (std::size_t n = 0; n < parts[i].count; ++n) {
          AddPair(a_[parts[i].a + n], b_[parts[i].b + n]);
        }
        continue;
      }
      // What only one of them has, beside what only the other has.
      const bool both = parts[i].side == Side::kA && i + 1 < parts.size() &&
                        parts[i + 1].side == Side::kB;
      const std::size_t of_a = parts[i].side == Side::kA ? parts[i].count : 0;
      const std::size_t of_b = both                        ? parts[i + 1].count
                               : parts[i].side == Side::kB ? parts[i].count
                                                           : 0;
      AddBlock(parts[i].a, of_a, parts[i].b, of_b);
      if (both) ++i;
    }
    return std::move(diff_);
  }

 private:
  static std::vector<std::string> KeysOf(const std::vector<WordedTurn>& turns) {
    std::vector<std::string> keys;
    for (const WordedTurn& turn : turns) keys.push_back(turn.Key());
    return keys;
  }

  void AddBlock(std::size_t a, std::size_t of_a, std::size_t b,
                std::size_t of_b) {
    const std::size_t pairs = std::min(of_a, of_b);
    for (std::size_t i = 0; i < pairs; ++i) AddPair(a_[a + i], b_[b + i]);
    for (std::size_t i = pairs; i < of_a; ++i) AddAlone(Side::kA, a_[a + i]);
    for (std::size_t i = pairs; i < of_b; ++i) AddAlone(Side::kB, b_[b + i]);
  }

  void AddPair(const WordedTurn& a, const WordedTurn& b) {
    DiffTurn turn{.side = Side::kBoth, .a = a.number, .b = b.number};
    for (const AlignedPart& part : Align(a.Keys(), b.Keys())) {
      for (std::size_t n = 0; n < part.count; ++n) {
        const Word& word =
            part.side == Side::kB ? b.words[part.b + n] : a.words[part.a + n];
        DiffWord& shown = turn.words.emplace_back();
        shown.side = part.side;
        shown.output = word.output;
        shown.text = word.text;
        if (values_ == Values::kIgnored || part.side != Side::kBoth) continue;
        if (word.event == nullptr) continue;
        shown.values = value_diff_.Of(*word.event, *b.words[part.b + n].event);
      }
    }
    Add(std::move(turn));
  }

  void AddAlone(Side side, const WordedTurn& worded) {
    DiffTurn turn{.side = side};
    (side == Side::kA ? turn.a : turn.b) = worded.number;
    for (const Word& word : worded.words) {
      turn.words.push_back({side, word.output, word.text, {}});
    }
    Add(std::move(turn));
  }

  void Add(DiffTurn turn) {
    if (turn.equal()) {
      const bool more =
          !diff_.parts.empty() && diff_.parts.back().equal_turns > 0;
      if (!more) diff_.parts.push_back({.a = turn.a, .b = turn.b});
      ++diff_.parts.back().equal_turns;
      return;
    }
    if (diff_.equal) diff_.cause = CauseOf(turn);
    diff_.equal = false;
    diff_.parts.push_back({.a = turn.a, .b = turn.b, .turn = std::move(turn)});
  }

  std::vector<WordedTurn> a_;
  std::vector<WordedTurn> b_;
  Values values_;
  ValueDiff value_diff_;
  HistoryDiff diff_;
};

}  // namespace

bool DiffTurn::equal() const {
  return side == Side::kBoth &&
         std::all_of(words.begin(), words.end(), [](const DiffWord& word) {
           return word.side == Side::kBoth && word.values.empty();
         });
}

absl::StatusOr<HistoryDiff> DiffHistories(const History& a, const History& b,
                                          Values values) {
  COHORT_ASSIGN_OR_RETURN(std::vector<WordedTurn> of_a, TurnsOf(a));
  COHORT_ASSIGN_OR_RETURN(std::vector<WordedTurn> of_b, TurnsOf(b));
  return Differ(std::move(of_a), std::move(of_b), values).Take();
}

}  // namespace cohort
