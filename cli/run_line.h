// One line of `cohort`, run in this process, for tests.
//
//   const Ran ran = RunLine({"inspect", "order.json"});
//   EXPECT_EQ(ran.code, kExitOk) << ran.err;
//
// Threads: one. Errors: as the exit code says.
#ifndef COHORT_CLI_RUN_LINE_H_
#define COHORT_CLI_RUN_LINE_H_

#include <sstream>
#include <string>
#include <vector>

#include "cohort/cli/command_line.h"

namespace cohort {

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};

// `words` are what stands behind the program's name.
inline Ran RunLine(const std::vector<std::string>& words,
                   Paint paint = Paint::kPlain) {
  std::vector<const char*> argv = {"cohort"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::ostringstream out;
  std::ostringstream err;
  const int code = CohortMain(static_cast<int>(argv.size()), argv.data(),
                              {.out = out, .err = err, .paint = paint});
  return {code, out.str(), err.str()};
}

}  // namespace cohort

#endif  // COHORT_CLI_RUN_LINE_H_
