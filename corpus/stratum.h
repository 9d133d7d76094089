// The strata of a fleet: runs that a change of code meets in like ways.
//
//   StratumKey listed = StratumOf(run, now);  // phase 1: a listing's row
//   StratumKey read = StratumOf(facts, now);  // phase 2: with the stage
//   listed.Text();  // "Order, open, Step1-2, 16-31 events, under 1 day old"
//
// A key is the workflow type, the set of recorded changes, the status, the
// stage, the history's length and the run's age in buckets, and the build id. A
// change that is not in the set was not recorded: "absent" is its version.
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_CORPUS_STRATUM_H_
#define COHORT_CORPUS_STRATUM_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "cohort/corpus/listing.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/corpus/run_status.h"

namespace cohort {

struct StratumKey {
  std::string workflow_type;
  RunStatus status = RunStatus::kOpen;
  // Elements as TemporalChangeVersion spells them, sorted, each once.
  std::vector<std::string> changes;
  bool changes_known = false;  // false: the source could not tell them
  int length_bucket = 0;       // see LengthBucket
  int age_bucket = 0;          // see AgeBucket
  std::string build_id;        // "": not known
  std::string stage;           // "": not known, the history was not read

  auto operator<=>(const StratumKey&) const = default;

  // One line for people. Names are as they came: print it as such.
  std::string Text() const;
  // Equal for equal keys, and only for them.
  std::string Encoded() const;
};

// `now` is the time that ages are counted to.
StratumKey StratumOf(const RunListing& run, absl::Time now);
StratumKey StratumOf(const RunFacts& facts, absl::Time now);

// 0 for a length that is not known, 1 for 1 event, 2 for 2-3, 3 for 4-7, ...
int LengthBucket(std::int64_t events);
// "16-31 events"; "length not known".
std::string LengthWords(int bucket);

// 0 where the start is not known, then by how long ago it was: under an hour,
// a day, a week, 30 days, 90 days, a year; a year and more. A start behind
// `now` is under an hour ago.
int AgeBucket(absl::Time started, absl::Time now);
std::string_view AgeWords(int bucket);

}  // namespace cohort

#endif  // COHORT_CORPUS_STRATUM_H_
