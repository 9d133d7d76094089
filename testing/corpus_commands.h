// The subcommands of ReplayMain beside `replay`: what they do, without the
// parsing of the command line.
//
//   const CommandHost host{registry, sources, std::cout, std::cerr};
//   return CoverageCommand(host, {.paths = {"histories/"}});
//
// Threads: one. Errors: in the exit codes, see ReplayMain.
#ifndef COHORT_TESTING_CORPUS_COMMANDS_H_
#define COHORT_TESTING_CORPUS_COMMANDS_H_

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/corpus/decode.h"
#include "cohort/corpus/source.h"
#include "cohort/testing/corpus_replay.h"
#include "cohort/workflow/registry.h"
#include "nlohmann/json.hpp"

namespace cohort {

// What a command works with.
struct CommandHost {
  const Registry& registry;
  const HistorySources& sources;
  std::ostream& out;
  std::ostream& err;
  // Null: histories are replayed as they were recorded.
  PayloadDecoder decode = nullptr;

  // Reads a history, and decodes it.
  absl::StatusOr<History> Read(const CorpusItem& item) const;
  // Writes a file that an option names. 0; or 2 with a message, and nothing is
  // left of it.
  int WriteFile(std::string_view option, const std::string& file,
                const std::string& text) const;
  // The same for --json; "-" is `out`.
  int WriteJson(const std::string& file,
                const nlohmann::ordered_json& json) const;
};

struct CorpusArgs {
  std::vector<std::string> paths;
  std::string json;  // "": text
  int jobs = 1;
  bool go_on = false;
};

// The changes that the registry declares. 0.
int ChangesCommand(const CommandHost& host, const std::string& json);

// Who takes which branch. 0; 2 for unreadable input; 3 for a branch that no
// history takes, or nothing to judge.
int CoverageCommand(const CommandHost& host, const CorpusArgs& args);

// Where to reset the runs that cannot go on, as a dry run: commands only. 0
// when no run needs it; 1 when some do; 2 for unreadable input; 3 when a run
// needs a reset and none helps.
int ResetPointsCommand(const CommandHost& host, const CorpusArgs& args);

}  // namespace cohort

#endif  // COHORT_TESTING_CORPUS_COMMANDS_H_
