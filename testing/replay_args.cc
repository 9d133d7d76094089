#include "cohort/testing/replay_args.h"

#include "CLI/CLI.hpp"
#include "cohort/engine/profile.h"
#include "cohort/engine/strictness.h"
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

void AddJudging(CLI::App& replay, ReplayArgs& args) {
  replay
      .add_option("--until-event", args.until_event,
                  "Judge the events up to this one")
      ->check(CLI::PositiveNumber);
  replay
      .add_option("--profile", args.profile,
                  "Read by the rules of this one, not by the history's own "
                  "evidence (" +
                      ProfileNames() + ")")
      ->check(CheckProfile);
  replay
      .add_option("--strict", args.strict,
                  "Where to find more than the writer's own replayer does (" +
                      StrictLevels() + ")")
      ->check(CheckStrictness);
  replay.add_option("--allow", args.allow,
                    "A file of what strict rules may find: a line has a rule "
                    "and a change id, or *");
  replay.add_flag("--validate", args.validate,
                  "Check every value of the file, not only what is read");
  replay.add_flag("--prefixes", args.prefixes,
                  "Judge every stage that the run ever was in");
  replay.add_flag("--continue", args.go_on,
                  "Let open runs go on for one live turn with this code, and "
                  "replay the history with that turn");
  replay
      .add_option("--stop-at", args.stop_at,
                  "Raise SIGTRAP just before this event is delivered, for a "
                  "debugger; one history")
      ->check(CLI::PositiveNumber);
}

void AddGuards(CLI::App& replay, ReplayArgs& args) {
  replay.add_option("--other", args.other,
                    "Another build of this program: does each replay what the "
                    "other one goes on with? Implies --continue");
  replay.add_option("--write-next", args.next_into,
                    "Write the histories with the next turn into this folder; "
                    "implies --continue");
  replay
      .add_option("--perturb", args.perturb,
                  "Replay so many more times in other surroundings (addresses, "
                  "time zone, locale, environment): all have to find the same")
      ->check(CLI::Range(0, 100));
  replay.add_flag("--require-coverage", args.require_coverage,
                  "Fail (3) if no history takes some branch of a change");
  replay.add_option("--fail-if-older-than", args.fail_if_older_than,
                    "Fail (3) if the newest history is older: 30d, 12h");
  replay.add_option("--now", args.now,
                    "The time for that, RFC 3339; the clock's by default");
}

}  // namespace

void AddReplayOptions(CLI::App& replay, ReplayArgs& args) {
  replay
      .add_option(
          "PATH", args.paths,
          "History files, or folders of *.json, packed as .gz or .zst, too")
      ->required();
  AddJudging(replay, args);
  AddGuards(replay, args);
  replay.add_option("--jobs", args.jobs, "Histories at once")
      ->check(CLI::Range(1, 1024));
  replay.add_option("--shard", args.shard,
                    "I/N: only the Ith (1 to N) of N parts of the corpus");
  replay
      .add_option("--timeout", args.timeout_seconds,
                  "Seconds for one history; implies --isolate")
      ->check(CLI::NonNegativeNumber);
  replay.add_flag("--isolate", args.isolate,
                  "A process for each history: a crash costs one");
  replay.add_option("--json", args.json, "Write the reports there; - is here");
  replay.add_option("--junit", args.junit, "Write JUnit XML there");
  replay.add_option("--sarif", args.sarif, "Write SARIF 2.1.0 there");
  replay.add_option("--html", args.html, "Write one page for people there");
  replay.add_flag("--github", args.github,
                  "Annotate lines of code, and add to the step's summary, in "
                  "GitHub Actions");
}

}  // namespace cohort
