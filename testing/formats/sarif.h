// A replay as SARIF 2.1.0, as code scanning of GitHub and others reads it.
//
//   std::ofstream("replay.sarif") << cohort::ToSarif(json);
//
// A result for each history that breaks, at the line of code that issued
// something else, with the history beside it; where no line is known, at the
// history itself. A break that is allowed is a suppressed result. Histories
// that could not be read or judged are notifications of the run. The rules are
// `nondeterminism`, `workflow-failure` and the strict rules that occur.
//
// Paths are relative to %SRCROOT%, as they came. Threads: pure function.
// Errors: none, as in junit.h.
#ifndef COHORT_TESTING_FORMATS_SARIF_H_
#define COHORT_TESTING_FORMATS_SARIF_H_

#include <string>

#include "nlohmann/json_fwd.hpp"

namespace cohort {

std::string ToSarif(const nlohmann::ordered_json& replay);

}  // namespace cohort

#endif  // COHORT_TESTING_FORMATS_SARIF_H_
