// `cohort census`: who runs which versions.
//
//   const std::vector<CensusRow> rows = CensusOf(fleet);
//   std::cout << CensusText(rows);
//
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_CLI_CENSUS_H_
#define COHORT_CLI_CENSUS_H_

#include <span>
#include <string>

#include "cohort/cli/terminal.h"
#include "cohort/corpus/census.h"
#include "nlohmann/json.hpp"

namespace cohort {

// Under a line of titles, with columns as wide as they need.
std::string CensusText(std::span<const CensusRow> rows);
// RFC 4180, with a line of titles; the names are those of CensusJson.
std::string CensusCsv(std::span<const CensusRow> rows);
// An array of objects. What is not there (no change, no version, no time) is
// null.
nlohmann::ordered_json CensusJson(std::span<const CensusRow> rows);

Subcommand AddCensus(CLI::App& app);

}  // namespace cohort

#endif  // COHORT_CLI_CENSUS_H_
