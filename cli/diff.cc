#include "cohort/cli/diff.h"

#include <memory>
#include <ostream>
#include <utility>

#include "CLI/CLI.hpp"
#include "cohort/base/printable.h"
#include "cohort/cli/inputs.h"
#include "fmt/core.h"

namespace cohort {
namespace {

// Of more equal words in a row, the first and the last ones are shown.
constexpr std::size_t kEqualWordsMax = 5;

std::string Marked(Side side, std::string_view text, Paint paint) {
  switch (side) {
    case Side::kA:
      return Red(fmt::format("-{}", text), paint) + "\n";
    case Side::kB:
      return Green(fmt::format("+{}", text), paint) + "\n";
    case Side::kBoth:
      break;
  }
  return fmt::format(" {}\n", text);
}

std::string WordLine(const DiffWord& word, Paint paint) {
  std::string text =
      Marked(word.side,
             fmt::format("     {}  {}", word.output ? "out" : "in ",
                         Printable(word.text)),
             paint);
  for (const std::string& value : word.values) {
    text += fmt::format("             {}\n", Printable(value));
  }
  return text;
}

bool IsEqual(const DiffWord& word) {
  return word.side == Side::kBoth && word.values.empty();
}

std::string WordLines(const std::vector<DiffWord>& words, Paint paint) {
  std::string text;
  for (std::size_t i = 0; i < words.size();) {
    std::size_t end = i;
    while (end < words.size() && IsEqual(words[end])) ++end;
    if (end - i > kEqualWordsMax) {
      text += WordLine(words[i], paint);
      text += fmt::format("          {} equal ones\n", end - i - 2);
      i = end - 1;
    }
    text += WordLine(words[i], paint);
    ++i;
  }
  return text;
}

std::string TurnLine(const DiffTurn& turn, Paint paint) {
  switch (turn.side) {
    case Side::kA:
      return Marked(turn.side, fmt::format(" turn {}", turn.a), paint);
    case Side::kB:
      return Marked(turn.side, fmt::format(" turn {}", turn.b), paint);
    case Side::kBoth:
      break;
  }
  if (turn.a == turn.b) return fmt::format("  turn {}\n", turn.a);
  return fmt::format("  turn {} (in b: {})\n", turn.a, turn.b);
}

std::string EqualLine(const DiffPart& part) {
  const auto range = [&](std::int64_t first) {
    if (part.equal_turns == 1) return fmt::format("turn {}", first);
    return fmt::format("turns {}-{}", first, first + part.equal_turns - 1);
  };
  std::string text = "  " + range(part.a);
  if (part.a != part.b) text += fmt::format(" (in b: {})", range(part.b));
  return text + ": equal\n";
}

struct Args {
  std::string a;
  std::string b;
  bool values = false;
};

int RunDiff(const Args& args, const Terminal& io) {
  Inputs inputs(io);
  const auto a = ReadInput(io, args.a);
  const auto b = ReadInput(io, args.b);
  if (!a.ok()) inputs.Complain(a.status());
  if (!b.ok()) inputs.Complain(b.status());
  if (inputs.complaints() > 0) return kExitUnreadable;
  const auto diff =
      DiffHistories(*a, *b, args.values ? Values::kCompared : Values::kIgnored);
  if (!diff.ok()) {
    inputs.Complain(diff.status());
    return kExitUnreadable;
  }
  io.out << DiffText(*diff, args.a, args.b, io.paint);
  return diff->equal ? kExitOk : kExitDifferent;
}

}  // namespace

std::string DiffText(const HistoryDiff& diff, std::string_view a,
                     std::string_view b, Paint paint) {
  std::string text = fmt::format(
      "{}\n", diff.equal ? "equal" : Bold(Printable(diff.cause), paint));
  text += Marked(Side::kA,
                 fmt::format(" a: {}, {} turns", Printable(a), diff.turns_a),
                 paint);
  text += Marked(Side::kB,
                 fmt::format(" b: {}, {} turns", Printable(b), diff.turns_b),
                 paint);
  for (const DiffPart& part : diff.parts) {
    if (!part.turn) {
      text += EqualLine(part);
      continue;
    }
    text += TurnLine(*part.turn, paint);
    text += WordLines(part.turn->words, paint);
  }
  return text;
}

Subcommand AddDiff(CLI::App& app) {
  auto args = std::make_shared<Args>();
  CLI::App* parser = app.add_subcommand(
      "diff", "Two histories, turn by turn; 0 equal, 1 different");
  parser->add_option("A", args->a, "A history file")->required();
  parser->add_option("B", args->b, "Another one")->required();
  parser->add_flag("--values", args->values,
                   "Compare ids, payloads and failures too");
  return {parser, [args](const Terminal& io) { return RunDiff(*args, io); }};
}

}  // namespace cohort
