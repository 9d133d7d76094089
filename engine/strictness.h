// Strict rules: where a replay here finds more than the writer's own replayer.
//
//   Strictness all;                          // the default
//   Strictness sdk = Strictness::Sdk();      // the official verdict
//   Strictness but = all.Without(StrictRule::kExtraCommand);
//   Strictness one = sdk.With(StrictRule::kExtraCommand);
//   std::optional<Strictness> asked = ParseStrictness("go-tail-started");
//
// Each rule is off in the writer's own replayer because of what that profile
// (engine/profile.h) leaves out; docs/strictness.md says why the difference is
// a real one.
#ifndef COHORT_ENGINE_STRICTNESS_H_
#define COHORT_ENGINE_STRICTNESS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "cohort/base/enum_table.h"

namespace cohort {

enum class StrictRule : std::uint8_t {
  kExtraCommand,
  kGoTailStarted,
  kGoCloseUnchecked,
  kCoreTypesUnchecked,
  kInputs,
  kTimerDurations,
  kResults,
};

// What asks for a rule.
enum class StrictLevel : std::uint8_t {
  kAll,     // the default: what differs is a decision
  kValues,  // values that no SDK compares
};

struct StrictRow {
  StrictRule rule;
  std::string_view name;
  StrictLevel level;
  std::string_view finds;
};

// clang-format off
inline constexpr std::array<StrictRow, 7> kStrictRules = {{
    {StrictRule::kExtraCommand, "extra-command", StrictLevel::kAll,
     "commands that the code issues and a completed turn does not record"},
    {StrictRule::kGoTailStarted, "go-tail-started", StrictLevel::kAll,
     "what the last completed turn records, where the history ends with a task's start"},
    {StrictRule::kGoCloseUnchecked, "go-close-unchecked", StrictLevel::kAll,
     "another way of closing the run than the recorded one"},
    {StrictRule::kCoreTypesUnchecked, "core-types-unchecked", StrictLevel::kAll,
     "other types than the recorded ones, in histories without core's flag 1"},
    {StrictRule::kInputs, "inputs", StrictLevel::kValues,
     "other arguments of an activity, child, signal or continue-as-new than the recorded ones"},
    {StrictRule::kTimerDurations, "timer-durations", StrictLevel::kValues,
     "another duration of a timer than the recorded one"},
    {StrictRule::kResults, "results", StrictLevel::kValues,
     "another result of the run than the recorded one"},
}};
// clang-format on

static_assert(RowsFollowEnum(kStrictRules, &StrictRow::rule));

constexpr std::string_view NameOf(StrictRule rule) {
  return kStrictRules[static_cast<std::size_t>(rule)].name;
}

constexpr std::optional<StrictRule> FindStrictRule(std::string_view name) {
  for (const StrictRow& row : kStrictRules) {
    if (row.name == name) return row.rule;
  }
  return std::nullopt;
}

class Strictness {
 public:
  constexpr Strictness() = default;
  // No rule: the verdict that the writer's own replayer gives.
  static constexpr Strictness Sdk() { return Strictness(0); }
  // Every rule there is, those that compare values too.
  static constexpr Strictness Values() {
    return Strictness(OfLevel(StrictLevel::kValues));
  }

  constexpr bool Has(StrictRule rule) const {
    return (rules_ & Bit(rule)) != 0;
  }
  constexpr Strictness With(StrictRule rule) const {
    return Strictness(rules_ | Bit(rule));
  }
  // Does it compare what commands carry? Then replays encode it.
  constexpr bool compares_values() const {
    return Has(StrictRule::kInputs) || Has(StrictRule::kTimerDurations) ||
           Has(StrictRule::kResults);
  }
  constexpr Strictness Without(StrictRule rule) const {
    return Strictness(rules_ & ~Bit(rule));
  }

 private:
  explicit constexpr Strictness(std::uint32_t rules) : rules_(rules) {}
  static constexpr std::uint32_t Bit(StrictRule rule) {
    return std::uint32_t{1} << static_cast<unsigned>(rule);
  }

  static constexpr std::uint32_t OfLevel(StrictLevel highest) {
    std::uint32_t rules = 0;
    for (const StrictRow& row : kStrictRules) {
      if (row.level <= highest) rules |= Bit(row.rule);
    }
    return rules;
  }

  std::uint32_t rules_ = OfLevel(StrictLevel::kAll);
};

// As command lines spell it: "all", "values", "sdk", or names of rules with
// commas between them, which are then the only ones; nullopt for all else.
constexpr std::optional<Strictness> ParseStrictness(std::string_view text) {
  if (text == "all") return Strictness();
  if (text == "values") return Strictness::Values();
  Strictness found = Strictness::Sdk();
  if (text == "sdk") return found;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::optional<StrictRule> rule =
        FindStrictRule(text.substr(at, end - at));
    if (!rule) return std::nullopt;
    found = found.With(*rule);
    at = end + 1;
  }
  return found;
}

}  // namespace cohort

#endif  // COHORT_ENGINE_STRICTNESS_H_
