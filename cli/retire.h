// `cohort retire`: may a branch of a change be deleted?
//
//   std::cout << RetireText(report, options, Paint::kPlain);
//   return RetireExit(report);
//
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_CLI_RETIRE_H_
#define COHORT_CLI_RETIRE_H_

#include <optional>
#include <string>
#include <string_view>

#include "cohort/cli/terminal.h"
#include "cohort/corpus/retire.h"
#include "nlohmann/json.hpp"

namespace cohort {

std::string RetireText(const RetireReport& report, const RetireOptions& options,
                       Paint paint);
nlohmann::ordered_json RetireJson(const RetireReport& report,
                                  const RetireOptions& options);

// 0 safe, 1 unsafe, 3 not provable.
int RetireExit(Verdict verdict);

// "default" or a version; nullopt for other words.
std::optional<RetireTarget> ParseBranch(std::string_view word);

// "30d", "72h", "1d12h"; nullopt for other words and negative ones.
std::optional<absl::Duration> ParseRetention(std::string_view word);

Subcommand AddRetire(CLI::App& app);

}  // namespace cohort

#endif  // COHORT_CLI_RETIRE_H_
