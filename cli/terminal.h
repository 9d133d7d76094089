// Where a command writes, and what it exits with.
//
//   int Run(const Terminal& io) { io.out << "fine\n"; return kExitOk; }
//
// Threads: one at a time. Errors: none.
#ifndef COHORT_CLI_TERMINAL_H_
#define COHORT_CLI_TERMINAL_H_

#include <functional>
#include <iosfwd>

#include "cohort/base/paint.h"
#include "cohort/corpus/source.h"

namespace CLI {
class App;
}

namespace cohort {

struct Terminal {
  std::ostream& out;
  std::ostream& err;
  Paint paint = Paint::kPlain;  // of `out`
  // Beside files and folders, where the program has them (cli/origin.h).
  const HistorySources* sources = nullptr;
  // Options of the program's own, of the sources: for every command.
  std::function<void(CLI::App&)> add_options = {};
};

inline constexpr int kExitOk = 0;          // ok, clean, equal, safe
inline constexpr int kExitDifferent = 1;   // divergence, different, unsafe
inline constexpr int kExitUnreadable = 2;  // usage, or unreadable input
inline constexpr int kExitNothing = 3;     // nothing found, not provable

// One command: its part of the parser, and its work once that is parsed.
struct Subcommand {
  CLI::App* parser = nullptr;
  std::function<int(const Terminal&)> run;
};

}  // namespace cohort

#endif  // COHORT_CLI_TERMINAL_H_
