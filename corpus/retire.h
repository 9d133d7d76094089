// "May I delete this branch?": the verdict with its evidence.
//
//   RetireOptions options{.now = now, .retention = absl::Hours(24 * 30)};
//   const RetireReport report =
//       JudgeRetirement({.fleet = fleet}, "Step1", options);
//   report.verdict == RetireVerdict::kSafe;
//
// Safe is said only of the runs that were given, and only where it is proved:
// what cannot be known is "not provable", and the report says what would settle
// it. Every run that is open, or closed and still within retention, has to be
// among them. A run counts by its history; a listing beside it tells which runs
// there are, and which histories have grown old.
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_CORPUS_RETIRE_H_
#define COHORT_CORPUS_RETIRE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "cohort/corpus/evidence.h"
#include "cohort/corpus/fleet.h"
#include "cohort/corpus/listing.h"
#include "cohort/markers/dialect.h"

namespace cohort {

struct RetireOptions {
  // One branch; nullopt: the default branch and each version that is known.
  std::optional<RetireTarget> target;
  absl::Time now;
  // How long the namespace keeps closed runs; nullopt: not known.
  std::optional<absl::Duration> retention;
  // All workflow types whose code asks for the change, beside those with
  // markers; empty, or none that any run is of: not known.
  std::vector<std::string> types;
  // What the operator says of the listing: every worker upserts, and no list
  // ever reached 2,048 bytes. Evidence to the contrary counts more.
  bool listing_complete = false;
  // Asked for each run that only the code can tell about.
  Resolver resolve;
};

struct RetireInput {
  const Fleet& fleet;
  std::span<const RunListing> listing = {};
  std::int64_t unreadable = 0;  // files
};

struct EvidenceRun {
  KnownRun run;
  absl::Time until = absl::InfiniteFuture();
};

struct Evidence {
  EvidenceKind kind = EvidenceKind::kOtherAnswer;
  std::int64_t count = 0;
  // The oldest first; none where the kind proves that they do not matter.
  std::vector<EvidenceRun> runs;
};

struct BranchReport {
  RetireTarget target;
  RetireVerdict verdict = RetireVerdict::kSafe;
  // The earliest date on which nothing stands against it any more, if no other
  // run takes the branch; InfiniteFuture: some run is not known to end.
  absl::Time until = absl::InfinitePast();
  std::vector<Evidence> evidence;  // the worst first
  std::vector<AmbiguousRun> ambiguous;
};

// A step of the change's life, in the order in which they are taken.
struct LifeStep {
  std::string_view name;
  std::optional<RetireVerdict> verdict;  // nullopt: never to be done
  std::string needs;
};

struct RetireReport {
  std::string change_id;
  RetireVerdict verdict = RetireVerdict::kSafe;  // the worst of the branches
  std::vector<BranchReport> branches;
  std::vector<LifeStep> steps;
  std::vector<Dialect> dialects;  // that recorded the change
  std::vector<std::string> notes;
  // The listing, each run once; the evidence's runs point into it.
  std::shared_ptr<const std::deque<RunListing>> listing;
  std::int64_t open = 0;  // runs
  std::int64_t closed = 0;
  std::int64_t listed_only = 0;
};

RetireReport JudgeRetirement(const RetireInput& input,
                             std::string_view change_id,
                             const RetireOptions& options);

}  // namespace cohort

#endif  // COHORT_CORPUS_RETIRE_H_
