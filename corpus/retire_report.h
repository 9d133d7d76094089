// The verdict on a branch for people and for programs, and the words in which
// one asks for it.
//
//   std::cout << RetireText(report, options, Paint::kPlain);
//   return RetireExit(report.verdict);
//
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_CORPUS_RETIRE_REPORT_H_
#define COHORT_CORPUS_RETIRE_REPORT_H_

#include <optional>
#include <string>
#include <string_view>

#include "cohort/base/paint.h"
#include "cohort/corpus/retire.h"
#include "nlohmann/json.hpp"

namespace cohort {

std::string RetireText(const RetireReport& report, const RetireOptions& options,
                       Paint paint);
nlohmann::ordered_json RetireJson(const RetireReport& report,
                                  const RetireOptions& options);

// 0 safe, 1 unsafe, 3 not provable.
int RetireExit(RetireVerdict verdict);

// "default" or a version; nullopt for other words.
std::optional<RetireTarget> ParseBranch(std::string_view word);

}  // namespace cohort

#endif  // COHORT_CORPUS_RETIRE_REPORT_H_
