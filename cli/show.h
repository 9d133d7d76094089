// `cohort show`: one history as a timeline, for people.
//
//   const Shown shown = Show(history, {});
//   std::cout << shown.text;
//   if (!shown.status.ok()) ...  // the turns before the error are there
//
// Turn by turn: the time since the start, the event, what it is about, its
// attempt where it is not the first, results and failures with their causes and
// stack traces. Of the workflow task's own events only what went wrong is told.
// Threads: functions of their arguments.
// Errors: in Shown::status, as TurnReader gives them, with the file's name.
#ifndef COHORT_CLI_SHOW_H_
#define COHORT_CLI_SHOW_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "cohort/cli/terminal.h"
#include "cohort/history/history.h"

namespace cohort {

struct ShowOptions {
  Paint paint = Paint::kPlain;
  std::size_t value_bytes_max = 200;  // of each payload
};

struct Shown {
  std::string text;
  absl::Status status;
};

Shown Show(const History& history, const ShowOptions& options);

Subcommand AddShow(CLI::App& app);

}  // namespace cohort

#endif  // COHORT_CLI_SHOW_H_
