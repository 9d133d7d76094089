// One row of a listing of runs: what is known of a run before its history is
// read.
//
//   RunListing run = ListingOf(facts, "orders/17.json");
//   run.status == RunStatus::kOpen; run.change_versions;
//
// Threads: like any value. Errors: none.
#ifndef COHORT_CORPUS_LISTING_H_
#define COHORT_CORPUS_LISTING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/corpus/run_status.h"

namespace cohort {

struct RunListing {
  std::string name;  // by which its source fetches it
  std::string workflow_type;
  std::string workflow_id;
  std::string run_id;
  RunStatus status = RunStatus::kOpen;
  absl::Time started = absl::InfinitePast();
  absl::Time closed = absl::InfiniteFuture();  // of an open run: never
  std::int64_t events = 0;                     // 0: not known
  std::string task_queue;                      // "": not known
  std::string build_id;                        // "": not known
  // The elements of TemporalChangeVersion ("Step1-2", core's "my-patch"), in
  // their order. nullopt where the source cannot tell whether there is one.
  std::optional<std::vector<std::string>> change_versions;
};

// What a listing that leaves nothing out would say of the run: an element for
// each recorded version, spelled as its dialect does.
RunListing ListingOf(const RunFacts& facts, std::string name);

}  // namespace cohort

#endif  // COHORT_CORPUS_LISTING_H_
