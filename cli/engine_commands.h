// `cohort list`, `drained`, `history`, `reset` and `engine check`: what stands
// in a store of the embedded engine.
//
//   cohort list --store orders.db --stuck
//   cohort drained old-queue --store orders.db
//   cohort history --store orders.db order-17 > order-17.json
//   cohort reset --store orders.db order-17 --event 23 --reason "wrong price"
//   cohort engine check orders.db
//
// No process may have the store open meanwhile. Exit codes: 0 fine, 1 problems
// in the store or a queue that is not drained, 2 usage or a store that cannot
// be opened, 3 no such run or queue.
// Threads: one. Errors: told on the terminal.
#ifndef COHORT_CLI_ENGINE_COMMANDS_H_
#define COHORT_CLI_ENGINE_COMMANDS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cohort/cli/terminal.h"
#include "cohort/history/history.h"

namespace cohort {

Subcommand AddList(CLI::App& app);
Subcommand AddDrained(CLI::App& app);
Subcommand AddHistory(CLI::App& app);
Subcommand AddReset(CLI::App& app);
Subcommand AddEngine(CLI::App& app);

// The history of a stored run: by its id, or the newest of the workflow of this
// id. kNotFound where there is neither.
absl::StatusOr<History> ReadStored(const std::string& store,
                                   std::string_view run);

}  // namespace cohort

#endif  // COHORT_CLI_ENGINE_COMMANDS_H_
