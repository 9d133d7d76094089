#include "cohort/testing/replay_command.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <ostream>
#include <utility>

#include "absl/time/clock.h"
#include "cohort/base/printable.h"
#include "cohort/base/status.h"
#include "cohort/base/text.h"
#include "cohort/history/time.h"
#include "cohort/testing/coverage.h"
#include "cohort/testing/perturb.h"
#include "cohort/testing/progress.h"
#include "cohort/testing/report.h"
#include "cohort/testing/subprocess.h"

namespace cohort {
namespace {

// Arguments are checked while they are parsed.
CaseOptions OptionsOf(const ReplayArgs& args) {
  CaseOptions options;
  options.prefixes = args.prefixes;
  options.go_on = args.go_on;
  ReplayOptions& replay = options.replay;
  replay.until_event = args.until_event;
  replay.strictness = ParseStrictness(args.strict).value_or(Strictness());
  if (args.validate) replay.validation = Validation::kEverything;
  if (!args.profile.empty()) replay.profile = FindProfile(args.profile);
  if (args.stop_at) {
    replay.stop_at_event = *args.stop_at;
    replay.before = [] { raise(SIGTRAP); };
  }
  return options;
}

// {"I", "N"} of "I/N"; nullopt for other text and for parts that are not there.
std::optional<std::pair<std::size_t, std::size_t>> ParseShard(
    const std::string& text) {
  std::size_t index = 0;
  std::size_t count = 0;
  int used = 0;
  if (std::sscanf(text.c_str(), "%zu/%zu%n", &index, &count, &used) != 2 ||
      static_cast<std::size_t>(used) != text.size() || index < 1 ||
      index > count) {
    return std::nullopt;
  }
  return std::pair(index - 1, count);
}

Progress::Form FormFor(const ReplayArgs& args, std::size_t histories) {
  constexpr std::size_t kWorthIt = 100;
  if (!args.progress || histories < kWorthIt) return Progress::Form::kNone;
  return isatty(STDERR_FILENO) != 0 ? Progress::Form::kBar
                                    : Progress::Form::kLines;
}

}  // namespace

int ReplayCommand::Run(ReplayArgs args) {
  // Both need the next turn.
  args.go_on |= !args.other.empty() || !args.next_into.empty();
  if (args.github && args.json == "-") {
    host_.err << "--json - and --github: both write to standard output, and "
                 "nothing reads the two together; give --json a file\n";
    return 2;
  }
  items_ = GatherItems(args.paths, host_.sources, results_);
  if (!args.shard.empty()) {
    const auto shard = ParseShard(args.shard);
    if (!shard) {
      host_.err << fmt::format("--shard {}: give I/N, such as 1/4 to 4/4\n",
                               args.shard);
      return 2;
    }
    items_ = ShardOf(std::move(items_), shard->first, shard->second);
  }
  if (args.stop_at && items_.size() != 1) {
    host_.err << "--stop-at: give one history, the one to look at\n";
    return 2;
  }
  if (args.stop_at) {
    host_.err << fmt::format(
                     "before event {} this process stops with SIGTRAP, for a "
                     "debugger; without one it ends there\n",
                     *args.stop_at)
              << std::flush;
  }
  if (!args.allow.empty()) {
    auto allow = AllowList::FromFile(args.allow);
    if (!allow.ok()) {
      host_.err << "--allow " << ToStd(allow.status().message()) << "\n";
      return 2;
    }
    allow_ = *std::move(allow);
  }
  if (args.progress) interrupt_.emplace();
  Judge(args);
  exit_code_ = WinningExitCode(exit_code_, ExitCodeOf(results_));
  if (!args.next_into.empty()) NoteStatus(WriteNext(args.next_into));
  // Whoever interrupts wants no other replay.
  if (!args.other.empty() && !interrupted_) NoteStatus(CheckOther(args));
  if (args.perturb > 0 && !interrupted_) NoteStatus(CheckPerturbed(args));
  Prove(args);
  const int printed = Print(args);
  if (args.require_coverage) CheckCoverage();
  if (!args.fail_if_older_than.empty()) NoteStatus(CheckAge(args));
  const int written = WriteFormats(args);
  return WinningExitCode(exit_code_, WinningExitCode(printed, written));
}

void ReplayCommand::Note(int exit_code, std::string_view message) {
  host_.err << PrintableLines(message) << "\n";
  exit_code_ = WinningExitCode(exit_code_, exit_code);
}

void ReplayCommand::NoteStatus(const absl::Status& status) {
  if (!status.ok()) Note(2, ToStd(status.message()));
}

bool ReplayCommand::Interrupted(std::string_view what) {
  if (!interrupt_ || !interrupt_->requested()) return false;
  if (!interrupted_) Note(3, fmt::format("interrupted: {}", what));
  interrupted_ = true;
  return true;
}

void ReplayCommand::Judge(const ReplayArgs& args) {
  Progress progress(host_.err, items_.size(), FormFor(args, items_.size()));
  std::size_t bad = 0;
  CorpusReplayOptions options{.each = OptionsOf(args), .jobs = args.jobs};
  options.each.allow = &allow_;
  options.decode = host_.decode;
  if (args.isolate) options.isolation = Isolation::kProcesses;
  if (args.timeout_seconds > 0) {
    options.timeout = std::chrono::milliseconds(
        static_cast<std::int64_t>(args.timeout_seconds * 1000));
  }
  options.on_done = [&](std::size_t done, const CaseResult& last) {
    if (last.exit_code != 0) ++bad;
    progress.Done(done, bad);
  };
  if (interrupt_) options.stop = [&] { return interrupt_->requested(); };
  std::vector<CaseResult> results =
      CorpusReplay(host_.registry, std::move(options)).Run(items_);
  interrupted_ = results.size() < items_.size();
  if (interrupted_) {
    Note(3, fmt::format("interrupted: {} of {} histories were judged",
                        results.size(), items_.size()));
  }
  results_.insert(results_.end(), std::make_move_iterator(results.begin()),
                  std::make_move_iterator(results.end()));
}

// Of a shard or a part of each history nothing is said of the fleet.
void ReplayCommand::Prove(const ReplayArgs& args) {
  if (!args.shard.empty() || args.until_event) return;
  proof_ = ProveCorpora(args.paths, results_);
  for (const std::string& problem : proof_.problems) Note(2, problem);
}

int ReplayCommand::Print(const ReplayArgs& args) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const CaseResult& result : results_) all.push_back(result.json);
  const int written = args.json.empty() ? 0 : host_.WriteJson(args.json, all);
  if (!args.json.empty() && written == 0) return 0;
  std::map<std::string, int> counts;
  for (const CaseResult& result : results_) {
    host_.out << result.text << "\n";
    ++counts[result.json.at("verdict").get<std::string>()];
  }
  host_.out << SummaryText(counts) << "\n";
  for (const std::string& line : proof_.words) host_.out << line << "\n";
  return written;
}

void ReplayCommand::CheckCoverage() {
  Coverage coverage(host_.registry);
  for (const CaseResult& result : results_) coverage.Add(result.json);
  for (const std::string& gap : coverage.Gaps()) Note(3, "uncovered: " + gap);
}

absl::Status ReplayCommand::CheckAge(const ReplayArgs& args) {
  COHORT_ASSIGN_OR_RETURN(const absl::Duration age_max,
                          ParsePeriod(args.fail_if_older_than));
  absl::Time now = absl::Now();
  if (!args.now.empty()) {
    COHORT_ASSIGN_OR_RETURN(now, ParseTime(args.now));
  }
  absl::Time newest = absl::InfinitePast();
  for (const CaseResult& result : results_) {
    auto time = ParseTime(result.json.value("latest", ""));
    if (time.ok()) newest = std::max(newest, *time);
  }
  if (newest < now - age_max) {
    Note(3, fmt::format("stale: the newest history ends at {}, more than {} "
                        "ago; sample anew",
                        newest == absl::InfinitePast() ? "no time at all"
                                                       : TimeText(newest),
                        args.fail_if_older_than));
  }
  return absl::OkStatus();
}

absl::Status ReplayCommand::CheckPerturbed(const ReplayArgs& args) {
  COHORT_ASSIGN_OR_RETURN(
      const Perturbed found,
      Perturb(ReplayCommandLine(OwnProgram(), args, Handed::kOwnHistories,
                                {"--json", "-"}, args.paths),
              args.perturb, results_,
              [&] { return interrupt_ && interrupt_->requested(); }));
  for (const std::string& locale : found.absent_locales) {
    Note(0, fmt::format("--perturb: the locale {} is not installed here: its "
                        "replay was made in the C locale",
                        locale));
  }
  Interrupted(fmt::format("{} of {} replays in other surroundings were made",
                          found.replays, args.perturb));
  for (CaseResult& result : results_) {
    const auto difference =
        found.differences.find(result.json.value("source", ""));
    if (difference == found.differences.end()) continue;
    result.json["hidden_nondeterminism"] = difference->second;
    result.exit_code = WinningExitCode(result.exit_code, 1);
    Note(1, difference->second);
  }
  return absl::OkStatus();
}

}  // namespace cohort
