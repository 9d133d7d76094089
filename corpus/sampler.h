// Which runs of a fleet to look at, chosen from its listing in one pass.
//
//   COHORT_ASSIGN_OR_RETURN(Sampler sampler, Sampler::Create({.seed = 7}));
//   COHORT_RETURN_IF_ERROR(source.List("fleet", [&](RunListing run) {
//     return sampler.Add(run);
//   }));
//   Sample sample = std::move(sampler).Finish();
//   for (const SampledRun& chosen : sample.runs) Fetch(chosen.run.name);
//
// Of every stratum the oldest, the newest and the longest run are taken, and a
// small stratum whole: these are certain, no random draw. Drawn at random are
//   of each stratum   `per_stratum` runs: those with the lowest hash of seed
//   and
//                     run id
//   of all together   as many as the budget leaves: those with the lowest hash
//                     of all (so, in proportion to the strata's sizes)
// How many that are follows from the strata's sizes alone, so the latter are a
// random sample without replacement of all runs that are not certain, and what
// is drawn of a stratum is one of the stratum.
// A run's hash never changes, so the order of the listing does not matter, the
// same runs are chosen tomorrow, and listings of parts of a fleet can be
// sampled apart and merged.
// Memory: the runs that may still be chosen, (6 + per_stratum) for a stratum
// and `budget` in all; 10 million runs in well under 1 GB.
// Where the budget is too small for the certain runs and the floor, half of it
// goes to certain runs, in rounds over the strata, the largest first (all the
// oldest, all the newest, ...), and half to runs of all strata together.
// Threads: one at a time.
// Errors: kInvalidArgument for options without sense; kResourceExhausted for
// more than kStrataMax strata; what the filter's query says of a run.
#ifndef COHORT_CORPUS_SAMPLER_H_
#define COHORT_CORPUS_SAMPLER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/corpus/draw.h"
#include "cohort/corpus/listing.h"
#include "cohort/corpus/query.h"
#include "cohort/corpus/stratum.h"

namespace cohort {

inline constexpr std::size_t kStrataMax = 100'000;

// Which runs of a listing are the population.
struct SampleFilter {
  Query query;
  std::vector<std::string> workflow_types;  // none: every type
  absl::Time started_after = absl::InfinitePast();
  absl::Time started_before = absl::InfiniteFuture();

  absl::StatusOr<bool> Wants(const RunListing& run) const;
};

struct SampleOptions {
  SampleFilter filter;
  std::uint64_t seed = 1;
  std::int64_t per_stratum = 3;  // drawn at random of each stratum, at least
  std::int64_t budget = 500;     // runs in all, at most
  absl::Time now = absl::UnixEpoch();  // ages are counted to it
  // Draw no more than a clean replay needs to show, with a confidence of 1 -
  // alpha, that at most this share of the population breaks.
  std::optional<double> until_risk;
  double alpha = 0.05;
};

struct SampledRun {
  RunListing run;
  std::size_t stratum = 0;  // of Sample::strata
  DrawKind kind = DrawKind::kRandom;
};

struct SampledStratum {
  StratumKey key;
  std::int64_t runs = 0;     // of the population
  std::int64_t certain = 0;  // chosen, no random draw
  std::int64_t drawn = 0;    // chosen at random of the others
};

struct Sample {
  std::vector<SampledStratum> strata;  // by key; none without runs
  std::vector<SampledRun> runs;        // by stratum and kind
  std::int64_t listed = 0;             // before the filter
  std::int64_t population = 0;         // behind it
  // What the certain runs and the floor would take; more than the budget if it
  // was too small for them.
  std::int64_t least = 0;
  // What bounds the broken runs of all strata together: the runs of kRandom, or
  // (false) what was drawn of each stratum. Whichever says more, as far as the
  // strata's sizes tell before anything is drawn.
  bool pooled = false;
  // Whether until_risk is met. false without it.
  bool risk_met = false;
};

class Sampler {
 public:
  static absl::StatusOr<Sampler> Create(SampleOptions options);

  absl::Status Add(const RunListing& run);

  // As if everything added to `other` had been added here; kInvalidArgument if
  // its options differ. A run that was added to both counts twice.
  absl::Status Merge(Sampler other);

  Sample Finish() &&;

  // Copies of listings that are kept.
  std::size_t kept() const;

 private:
  // Orders runs; equal only for the same run under the same name.
  struct Rank {
    std::uint64_t hash = 0;
    std::string run_id;
    std::string name;
    auto operator<=>(const Rank&) const = default;
  };
  using Lowest = std::map<Rank, RunListing>;

  struct Stratum {
    StratumKey key;
    std::int64_t runs = 0;
    std::optional<RunListing> oldest;
    std::optional<RunListing> newest;
    std::optional<RunListing> longest;
    Lowest lowest;
  };
  class Choice;

  explicit Sampler(SampleOptions options) : options_(std::move(options)) {}

  static void KeepExtremes(Stratum& stratum, const RunListing& run);
  static void KeepLowest(Lowest& lowest, std::size_t most, const Rank& rank,
                         const RunListing& run);
  std::size_t lowest_most() const;
  absl::StatusOr<Stratum*> FindOrAdd(const StratumKey& key,
                                     std::string encoded);

  SampleOptions options_;
  std::int64_t listed_ = 0;
  std::int64_t population_ = 0;
  std::map<std::string, Stratum, std::less<>> strata_;  // by Encoded()
  Lowest lowest_;                                       // of all strata
};

}  // namespace cohort

#endif  // COHORT_CORPUS_SAMPLER_H_
