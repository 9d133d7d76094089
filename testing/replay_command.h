// `replay`: a corpus against the workflows of this program, and what is written
// about it.
//
//   const CommandHost host{registry, sources, std::cout, std::cerr};
//   return ReplayCommand(host).Run(args);
//
// Threads: one. Errors: in the exit code: 0 clean; 1 divergence, hidden
// nondeterminism, a build that cannot go on with the other's runs; 2 usage or
// unreadable input; 3 nothing to judge, or a stale or uncovered corpus. 1 wins
// over 2, and 2 over 3.
#ifndef COHORT_TESTING_REPLAY_COMMAND_H_
#define COHORT_TESTING_REPLAY_COMMAND_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/testing/allow_list.h"
#include "cohort/testing/corpus_commands.h"
#include "cohort/testing/corpus_proof.h"
#include "cohort/testing/corpus_replay.h"
#include "cohort/testing/interrupt.h"
#include "cohort/testing/replay_args.h"

namespace cohort {

class ReplayCommand {
 public:
  // `host` outlives it.
  explicit ReplayCommand(const CommandHost& host) : host_(host) {}

  int Run(ReplayArgs args);

 private:
  void Judge(const ReplayArgs& args);
  void CheckCoverage();
  absl::Status CheckAge(const ReplayArgs& args);
  absl::Status CheckPerturbed(const ReplayArgs& args);
  // The histories that this build goes on with, replayed by the other one, and
  // the other way round.
  absl::Status CheckOther(const ReplayArgs& args);
  absl::Status WriteNext(const std::string& folder);
  // What `program` says of `paths`; standard error is ours.
  absl::StatusOr<nlohmann::ordered_json> ReportsOf(
      const std::string& program, const ReplayArgs& args, Handed handed,
      std::vector<std::string> options, const std::vector<std::string>& paths);
  // Notes the runs that this build goes on with and the other one does not.
  void CompareNextTurns(const nlohmann::ordered_json& theirs);
  // What one build says of the next turn of the other.
  void NoteNextTurn(const std::string& source, const char* member,
                    const nlohmann::ordered_json& report);
  void Prove(const ReplayArgs& args);
  int Print(const ReplayArgs& args);
  // replay_formats.cc
  int WriteFormats(const ReplayArgs& args);
  nlohmann::ordered_json WholeReplay() const;
  void Note(int exit_code, std::string_view message);
  void NoteStatus(const absl::Status& status);
  // Whether Ctrl-C was pressed; then notes what was not done.
  bool Interrupted(std::string_view what);

  const CommandHost& host_;
  AllowList allow_;
  std::vector<CorpusItem> items_;
  std::vector<CaseResult> results_;
  CorpusProof proof_;
  int exit_code_ = 0;
  std::optional<Interrupt> interrupt_;
  bool interrupted_ = false;
};

}  // namespace cohort

#endif  // COHORT_TESTING_REPLAY_COMMAND_H_
