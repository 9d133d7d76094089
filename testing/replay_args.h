// What `replay` takes on a command line.
//
//   ReplayArgs args;
//   AddReplayOptions(*app.add_subcommand("replay"), args);
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

}  // namespace cohort

#endif  // COHORT_TESTING_REPLAY_ARGS_H_
