// Another program, run to its end.
//
//   COHORT_ASSIGN_OR_RETURN(ProcessEnd end,
//                           RunProcess({"/bin/echo", "hello"}, {}));
//   end.exit_code == 0; end.output == "hello\n";
//
// Its standard error is ours. Threads: any.
// Errors: kNotFound for a program that cannot be started; kInternal for one
// that a signal ended.
#ifndef COHORT_TESTING_SUBPROCESS_H_
#define COHORT_TESTING_SUBPROCESS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace cohort {

struct ProcessEnd {
  int exit_code = 0;
  std::string output;  // what it wrote to its standard output
};

// `environment` is set beside what this process has.
absl::StatusOr<ProcessEnd> RunProcess(
    const std::vector<std::string>& command,
    const std::vector<std::pair<std::string, std::string>>& environment);

// The program that runs.
std::string OwnProgram();

}  // namespace cohort

#endif  // COHORT_TESTING_SUBPROCESS_H_
