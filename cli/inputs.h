// The files that a command reads, and what it says of those that it cannot.
//
//   Inputs inputs(terminal);
//   inputs.ForEach(paths, [&](const History& history) { ... });
//   return inputs.ExitCode(found);
//
// One bad file does not stop the others: what is wrong with it goes to
// `terminal.err`, and the exit code is 2 at the end.
// Threads: one at a time.
#ifndef COHORT_CLI_INPUTS_H_
#define COHORT_CLI_INPUTS_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "cohort/cli/origin.h"
#include "cohort/cli/terminal.h"
#include "cohort/corpus/fleet.h"
#include "cohort/history/history.h"

namespace cohort {

class Inputs {
 public:
  explicit Inputs(const Terminal& terminal) : io_(terminal) {}

  // All history files of the paths, and the names of the sources' runs;
  // complains of those that are not there.
  std::vector<std::string> Files(const std::vector<std::string>& paths);
  // Calls `use` for each history that can be read, one in memory at a time.
  void ForEach(const std::vector<std::string>& paths,
               absl::FunctionRef<void(const History&)> use);
  // Puts every run of the paths into `fleet`, reading in `jobs` threads, and
  // hands out what the fleet has to note.
  void Gather(const std::vector<std::string>& paths, std::size_t jobs,
              Fleet& fleet);

  // A line to `err`; Complain makes it an error.
  void Say(std::string_view message);
  void Complain(std::string_view message);
  void Complain(const absl::Status& why);

  // Complaints so far; those of them about whole files and folders.
  int complaints() const { return complaints_; }
  int unreadable() const { return unreadable_; }
  // Folders that hold no history: no error, and no evidence either.
  int empty() const { return empty_; }
  int ExitCode(std::size_t found) const;

 private:
  void AddRuns(const Origin& origin, std::vector<std::string>& names);
  void ComplainOfList(const absl::Status& why);

  Terminal io_;
  int complaints_ = 0;
  int unreadable_ = 0;
  int empty_ = 0;
};

// One history: a file's, or a source's run.
absl::StatusOr<History> ReadInput(const Terminal& io, const std::string& name);
// The same as a function, to be given to a Fleet. `io` must outlive it.
std::function<absl::StatusOr<History>(const std::string&)> InputReader(
    const Terminal& io);

// As many as the machine has processors; at least 1.
std::size_t DefaultJobs();

}  // namespace cohort

#endif  // COHORT_CLI_INPUTS_H_
