// `cohort sample`: chooses runs of a fleet, and stores their histories.
//
//   COHORT_ASSIGN_OR_RETURN(SampleReport report,
//                           TakeSample({.from = "fleet/list.json",
//                                       .into = "corpus", .seed = 7}));
//   std::cout << SampleText(report);
//
// The same call goes on with a sampling that was interrupted, and later draws
// the same runs of the same fleet.
// Threads: one at a time.
// Errors: kInvalidArgument for options without sense; what the source and the
// store say. A population without runs is no error: the report says so.
#ifndef COHORT_CLI_SAMPLE_H_
#define COHORT_CLI_SAMPLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/corpus/proof.h"
#include "cohort/corpus/source.h"
#include "cohort/corpus/store.h"
#include "nlohmann/json.hpp"

namespace cohort {

// As they stand on the command line.
struct SampleArgs {
  std::string from;  // a folder, a listing's file, or SCHEME:LOCATION
  std::string into;  // the corpus's folder
  std::string query;
  std::vector<std::string> types;
  std::string started_after;   // "": no limit
  std::string started_before;  // "": no limit
  std::int64_t per_stratum = 3;
  std::int64_t budget = 0;  // 0: kSampleBudget, or kRiskBudget until a risk
  std::uint64_t seed = 1;
  std::string until_risk;  // "0.1%", "0.001"; "": none
  std::string keep = "each";
  std::string at;  // "": now
};

inline constexpr std::int64_t kSampleBudget = 500;
inline constexpr std::int64_t kRiskBudget = 10'000;

struct SampleReport {
  std::string folder;
  CorpusRound round;  // without population: not recorded
  // If each stored history replays clean.
  SampleProof proof;
  std::string until_risk;  // as asked for; "": not
  bool resumed = false;
  std::vector<std::string> unreadable;  // files of the source, and why
};

absl::StatusOr<SampleReport> TakeSample(
    const SampleArgs& args, const HistorySources* sources = nullptr);

// The largest strata only; the last line with its newline.
std::string SampleText(const SampleReport& report);
nlohmann::ordered_json SampleJson(const SampleReport& report);

}  // namespace cohort

#endif  // COHORT_CLI_SAMPLE_H_
