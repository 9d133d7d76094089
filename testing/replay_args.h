// What `replay` takes on a command line, and hands on to the programs that it
// starts.
//
//   ReplayArgs args;
//   AddReplayOptions(*app.add_subcommand("replay"), args);
//   std::vector<std::string> command = ReplayCommandLine(
//       program, args, Handed::kOwnHistories, {"--json", "-"}, args.paths);
//
// Each option is a row of one table (replay_args.cc), from which both are made.
//
// Threads: one. Errors: CLI11's, while the line is parsed.
#ifndef COHORT_TESTING_REPLAY_ARGS_H_
#define COHORT_TESTING_REPLAY_ARGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace cohort {

struct ReplayArgs {
  std::vector<std::string> paths;
  // How each history is read and judged.
  std::string profile;
  std::string strict = "all";
  std::string allow;
  std::optional<std::int64_t> until_event;
  std::optional<std::int64_t> stop_at;
  bool validate = false;
  bool prefixes = false;
  bool go_on = false;
  // Other builds and surroundings.
  std::string other;
  std::string next_into;
  int perturb = 0;
  // What the corpus has to hold.
  bool require_coverage = false;
  std::string fail_if_older_than;
  std::string now;
  // How the work is done.
  int jobs = 1;
  std::string shard;
  double timeout_seconds = 0;  // 0: none
  bool isolate = false;
  // What is written.
  std::string json;
  std::string junit;
  std::string sarif;
  std::string html;
  bool github = false;
  bool progress = false;
};

void AddReplayOptions(CLI::App& replay, ReplayArgs& args);

// What a replay in another process is of.
enum class Handed : std::uint8_t {
  kOwnHistories,    // of this one: selected, and judged, in the same way
  kOtherHistories,  // judged in the same way
};

// `program replay`, with the options of `args` that bear on verdicts as far as
// they are not the defaults, so that an older build need not know them all;
// then `options` and `paths`.
std::vector<std::string> ReplayCommandLine(
    const std::string& program, const ReplayArgs& args, Handed handed,
    const std::vector<std::string>& options,
    const std::vector<std::string>& paths);

}  // namespace cohort

#endif  // COHORT_TESTING_REPLAY_ARGS_H_
