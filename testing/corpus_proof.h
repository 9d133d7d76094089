// What the verdicts on a corpus prove of the fleet that it was sampled from.
//
//   const CorpusProof proof = ProveCorpora(args.paths, results);
//   for (const std::string& line : proof.words) std::cout << line << "\n";
//
// Paths without an index of `cohort sample` prove nothing. A history that does
// not replay clean is broken; one without a verdict may break.
// Threads: functions of their arguments. Errors: an index that cannot be read
// is told in `problems`.
#ifndef COHORT_TESTING_CORPUS_PROOF_H_
#define COHORT_TESTING_CORPUS_PROOF_H_

#include <span>
#include <string>
#include <vector>

#include "cohort/testing/case_report.h"
#include "nlohmann/json.hpp"

namespace cohort {

struct CorpusProof {
  std::vector<std::string> words;
  // {"sentence", "strata": [{"name", "runs", "certain", "drawn", "broken",
  // "at_most"}]}; null without a proof. Of several corpora the strata stand
  // one behind the other.
  nlohmann::ordered_json json;
  std::vector<std::string> problems;
};

CorpusProof ProveCorpora(std::span<const std::string> paths,
                         std::span<const CaseResult> results);

}  // namespace cohort

#endif  // COHORT_TESTING_CORPUS_PROOF_H_
