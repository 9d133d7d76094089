// `cohort diff`: two histories side by side, turn by turn.
//
//   std::cout << DiffText(diff, "a.json", "b.json", Paint::kPlain);
//
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_CLI_DIFF_H_
#define COHORT_CLI_DIFF_H_

#include <string>
#include <string_view>

#include "cohort/cli/terminal.h"
#include "cohort/corpus/diff.h"

namespace cohort {

// The first cause, then all turns; "-" is in a only, "+" in b only.
std::string DiffText(const HistoryDiff& diff, std::string_view a,
                     std::string_view b, Paint paint);

Subcommand AddDiff(CLI::App& app);

}  // namespace cohort

#endif  // COHORT_CLI_DIFF_H_
