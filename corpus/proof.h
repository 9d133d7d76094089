// What the verdicts on a sample prove of the fleet that it was drawn from.
//
//   COHORT_ASSIGN_OR_RETURN(std::optional<CorpusRound> round,
//                           store.LastRound());
//   COHORT_ASSIGN_OR_RETURN(
//       SampleProof proof, ProofOf(*round, [&](const CorpusRun& run) {
//         return replays_clean(run.file) ? RunVerdict::kClean
//                                        : RunVerdict::kBroken;
//       }));
//   for (const std::string& line : ProofWords(proof)) std::cout << line <<
//   "\n";
//
// Runs that were taken for certain are no random draw: they leave their
// stratum, are judged one by one and reported apart. Of the others a random
// sample was judged, and the bounds of corpus/statistics.h hold for them: of
// all together by the draws of all, or by those of each stratum
// (Sample::pooled). Only what was judged counts: a chosen run without a verdict
// (its history is missing, or only its shape is known) counts as one that may
// break. So no bound is ever smaller than it may be said. After a divergence
// was found and fixed, the sample that found it proves nothing any more: draw
// with another seed. Threads: functions of their arguments. Errors:
// kFailedPrecondition for a round without a population: nothing is proven by
// nothing.
#ifndef COHORT_CORPUS_PROOF_H_
#define COHORT_CORPUS_PROOF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "cohort/corpus/statistics.h"
#include "cohort/corpus/store.h"
#include "cohort/corpus/stratum.h"

namespace cohort {

enum class RunVerdict : std::uint8_t { kClean, kBroken, kNotJudged };

struct VerdictCount {
  std::int64_t chosen = 0;
  std::int64_t judged = 0;
  std::int64_t broken = 0;  // of the judged

  // What may break among the chosen.
  std::int64_t MayBreak() const { return broken + chosen - judged; }
};

struct StratumProof {
  StratumKey key;
  std::int64_t runs = 0;
  VerdictCount certain;
  VerdictCount drawn;
  std::int64_t stored = 0;
  std::int64_t shapes = 0;  // different ones among the chosen
  // Of the runs - certain.chosen others, with all strata's bounds at once.
  std::int64_t others_broken_at_most = 0;

  std::int64_t others() const { return runs - certain.chosen; }
};

struct SampleProof {
  std::uint64_t seed = 0;
  std::int64_t round = 0;
  double alpha = 0;       // of the statement about all strata together
  double alpha_each = 0;  // of each stratum that is not known wholly
  std::int64_t population = 0;
  std::vector<StratumProof> strata;
  VerdictCount certain;
  VerdictCount drawn;
  bool pooled = false;  // all together are bounded by `of_all`
  VerdictCount of_all;  // those of `drawn` that were drawn of all
  std::int64_t strata_without_draw = 0;  // that have others and no draw
  std::int64_t others_without_draw = 0;
  std::int64_t stored = 0;
  std::int64_t shapes = 0;
  std::int64_t others_broken_at_most = 0;  // all strata together
  std::int64_t each_sum = 0;               // the sum of the strata's own bounds
  UnseenShapes unseen;

  std::int64_t others() const { return population - certain.chosen; }
  // Of the whole population.
  std::int64_t broken_at_most() const {
    return certain.MayBreak() + others_broken_at_most;
  }
  double risk() const {
    return static_cast<double>(broken_at_most()) /
           static_cast<double>(population);
  }
};

// `verdict` is asked for each run whose history is stored.
absl::StatusOr<SampleProof> ProofOf(
    const CorpusRound& round,
    absl::FunctionRef<RunVerdict(const CorpusRun&)> verdict);

// "0 of 412 sampled runs break; with 95 % confidence at most 72 of 10,240
// (0.8 %) do." and what else there is to say, a sentence a line. Never that
// anything is safe.
std::vector<std::string> ProofWords(const SampleProof& proof);

// "10,240".
std::string Grouped(std::int64_t number);
// "0.31 %"; rounded up, so that it is true of what is at most so large.
std::string PercentAtMost(double share);

}  // namespace cohort

#endif  // COHORT_CORPUS_PROOF_H_
