#include "cohort/testing/replay_args.h"

#include <type_traits>
#include <variant>

#include "CLI/CLI.hpp"
#include "cohort/engine/profile.h"
#include "cohort/engine/strictness.h"
#include "cohort/history/time.h"
#include "fmt/core.h"

namespace cohort {
namespace {

// What --strict takes.
std::string StrictLevels() {
  std::string levels = "all, values, sdk, or rules with commas between them:";
  for (const StrictRow& row : kStrictRules) {
    levels += fmt::format(" {}", row.name);
  }
  return levels;
}

// What --profile takes.
std::string ProfileNames() {
  std::string names;
  for (const Profile& profile : kProfiles) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", profile.name);
  }
  return names;
}

std::string CheckStrictness(const std::string& text) {
  if (ParseStrictness(text)) return "";
  return text + ": no such level; there are " + StrictLevels();
}

std::string CheckProfile(const std::string& text) {
  if (FindProfile(text) != nullptr) return "";
  return text + ": no such profile; there are " + ProfileNames();
}

std::string CheckPeriod(const std::string& text) {
  return std::string(ParsePeriod(text).status().message());
}

std::string CheckTime(const std::string& text) {
  return std::string(ParseTime(text).status().message());
}

// What an option bears on, and so which other replay is given it.
enum class Scope : std::uint8_t {
  kJudging,    // how a history is judged: every other replay
  kSelection,  // what is judged of this corpus: another replay of it
  kOwn,        // what this process does beside: none
};

using Member = std::variant<bool ReplayArgs::*, int ReplayArgs::*,
                            double ReplayArgs::*, std::string ReplayArgs::*,
                            std::optional<std::int64_t> ReplayArgs::*>;

struct OptionRow {
  const char* name;
  Member member;
  Scope scope;
  std::string about;
  CLI::Validator check = {};
};

std::vector<OptionRow> JudgingRows() {
  return {
      {"--until-event", &ReplayArgs::until_event, Scope::kSelection,
       "Judge the events up to this one", CLI::PositiveNumber},
      {"--profile", &ReplayArgs::profile, Scope::kJudging,
       "Read by the rules of this one, not by the history's own evidence (" +
           ProfileNames() + ")",
       CLI::Validator(CheckProfile, "")},
      {"--strict", &ReplayArgs::strict, Scope::kJudging,
       "Where to find more than the writer's own replayer does (" +
           StrictLevels() + ")",
       CLI::Validator(CheckStrictness, "")},
      {"--allow", &ReplayArgs::allow, Scope::kJudging,
       "A file of what strict rules may find: a line has a rule and a change "
       "id, or *"},
      {"--validate", &ReplayArgs::validate, Scope::kJudging,
       "Check every value of the file, not only what is read"},
      {"--prefixes", &ReplayArgs::prefixes, Scope::kSelection,
       "Judge every stage that the run ever was in"},
      {"--continue", &ReplayArgs::go_on, Scope::kSelection,
       "Let open runs go on for one live turn with this code, and replay the "
       "history with that turn"},
      {"--stop-at", &ReplayArgs::stop_at, Scope::kOwn,
       "Raise SIGTRAP just before this event is delivered, for a debugger; one "
       "history",
       CLI::PositiveNumber},
  };
}

std::vector<OptionRow> GuardRows() {
  return {
      {"--other", &ReplayArgs::other, Scope::kOwn,
       "Another build of this program: does each replay what the other one "
       "goes on with? Implies --continue"},
      {"--write-next", &ReplayArgs::next_into, Scope::kOwn,
       "Write the histories with the next turn into this folder; implies "
       "--continue"},
      {"--perturb", &ReplayArgs::perturb, Scope::kOwn,
       "Replay so many more times in other surroundings (addresses, time zone, "
       "locale, environment): all have to find the same",
       CLI::Range(0, 100)},
      {"--require-coverage", &ReplayArgs::require_coverage, Scope::kOwn,
       "Fail (3) if no history takes some branch of a change"},
      {"--fail-if-older-than", &ReplayArgs::fail_if_older_than, Scope::kOwn,
       "Fail (3) if the newest history is older: 30d, 12h",
       CLI::Validator(CheckPeriod, "")},
      {"--now", &ReplayArgs::now, Scope::kOwn,
       "The time for that, RFC 3339; the clock's by default",
       CLI::Validator(CheckTime, "")},
  };
}

std::vector<OptionRow> WorkRows() {
  constexpr double kSecondsMax = 1e6;
  return {
      {"--jobs", &ReplayArgs::jobs, Scope::kJudging, "Histories at once",
       CLI::Range(1, 1024)},
      {"--shard", &ReplayArgs::shard, Scope::kSelection,
       "I/N: only the Ith (1 to N) of N parts of the corpus"},
      {"--timeout", &ReplayArgs::timeout_seconds, Scope::kJudging,
       "Seconds for one history; implies --isolate",
       CLI::Range(0.0, kSecondsMax)},
      {"--isolate", &ReplayArgs::isolate, Scope::kJudging,
       "A process for each history: a crash costs one"},
      {"--json", &ReplayArgs::json, Scope::kOwn,
       "Write the reports there; - is here"},
      {"--junit", &ReplayArgs::junit, Scope::kOwn, "Write JUnit XML there"},
      {"--sarif", &ReplayArgs::sarif, Scope::kOwn, "Write SARIF 2.1.0 there"},
      {"--html", &ReplayArgs::html, Scope::kOwn,
       "Write one page for people there"},
      {"--github", &ReplayArgs::github, Scope::kOwn,
       "Annotate lines of code, and add to the step's summary, in GitHub "
       "Actions"},
  };
}

// In the order of the help text.
std::vector<OptionRow> Options() {
  std::vector<OptionRow> rows = JudgingRows();
  for (const auto& more : {GuardRows(), WorkRows()}) {
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

bool IsHanded(Scope scope, Handed handed) {
  return scope == Scope::kJudging ||
         (scope == Scope::kSelection && handed == Handed::kOwnHistories);
}

// As it is typed.
template <typename T>
std::string WordOf(const T& value) {
  if constexpr (std::is_same_v<T, std::optional<std::int64_t>>) {
    return fmt::format("{}", *value);
  } else {
    return fmt::format("{}", value);
  }
}

}  // namespace

void AddReplayOptions(CLI::App& replay, ReplayArgs& args) {
  replay
      .add_option(
          "PATH", args.paths,
          "History files, or folders of *.json, packed as .gz or .zst, too")
      ->required();
  for (const OptionRow& row : Options()) {
    const auto add = [&](auto member) {
      if constexpr (std::is_same_v<decltype(member), bool ReplayArgs::*>) {
        return replay.add_flag(row.name, args.*member, row.about);
      } else {
        return replay.add_option(row.name, args.*member, row.about);
      }
    };
    std::visit(add, row.member)->check(row.check);
  }
}

std::vector<std::string> ReplayCommandLine(
    const std::string& program, const ReplayArgs& args, Handed handed,
    const std::vector<std::string>& options,
    const std::vector<std::string>& paths) {
  const ReplayArgs defaults;
  std::vector<std::string> line = {program, "replay"};
  for (const OptionRow& row : Options()) {
    if (!IsHanded(row.scope, handed)) continue;
    const auto add = [&](auto member) {
      if (args.*member == defaults.*member) return;
      line.emplace_back(row.name);
      if constexpr (!std::is_same_v<decltype(member), bool ReplayArgs::*>) {
        line.push_back(WordOf(args.*member));
      }
    };
    std::visit(add, row.member);
  }
  line.insert(line.end(), options.begin(), options.end());
  line.emplace_back("--");
  line.insert(line.end(), paths.begin(), paths.end());
  return line;
}

}  // namespace cohort
