// Live sequences: a recorded run, run once more by our own code.
//
//   absl::StatusOr<LiveRun> live =
//       RunAgain(recorded, {FindSdk("go"), ProgramFamily::kOrder});
//   auto theirs = SequenceOf(sdk, recorded);
//   auto ours = SequenceOf(sdk, live->history);
//   Comparison both = Compare(sdk, *theirs, *ours);  // both.left == ""
//
// Whatever came in from outside (results, fired timers, signals, updates,
// requests to cancel, tasks that timed out, another generation of the code) is
// read off the recorded history and handed to a Recorder in the recorded order.
// The commands are our code's own.
//
// Threads: the functions are pure. Errors: kFailedPrecondition where the live
// run goes another way, so that an outside event has nothing to be about;
// kDataLoss where the recorded history cannot be read.
#ifndef COHORT_TESTING_CONFORMANCE_LIVE_SEQUENCES_H_
#define COHORT_TESTING_CONFORMANCE_LIVE_SEQUENCES_H_

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/engine/run.h"
#include "cohort/history/history.h"
#include "cohort/testing/conformance/conformance.h"
#include "cohort/testing/recorder.h"

namespace cohort_testing {

struct LiveOptions {
  const Sdk* sdk = nullptr;  // which calls the code makes
  ProgramFamily family = ProgramFamily::kOrder;
  // Of the code, instead of those that the recorded workers had; "": theirs.
  std::string generation;
  cohort::Recorder::Mode mode = cohort::Recorder::Mode::kCached;
  // Dialects, profile and the like; the registry is set.
  cohort::RunOptions run;
};

// The dialects in which the SDK writes.
cohort::RunOptions DialectsOf(const Sdk& sdk);

struct LiveRunAgain {
  std::string json;
  cohort::History history;
  // Of the code that completed the last task; "" where none was completed.
  std::string generation;
};

absl::StatusOr<LiveRunAgain> RunAgain(const cohort::History& recorded,
                                      const LiveOptions& options);

// A line for each event: its type, and what it is about ("ActivityTaskScheduled
// validate", "MarkerRecorded go fraud-check=2", "TimerFired 1s"), with its
// arguments and results. Without numbers of events, and without the ids that a
// writer chooses, unless the SDK's are event numbers like ours.
absl::StatusOr<std::vector<std::string>> SequenceOf(
    const Sdk& sdk, const cohort::History& history);

// A difference that is meant. `remove` takes it out of both sequences.
struct MeantDifference {
  std::string_view name;
  std::string_view sdk;
  std::string_view reason;
  void (*remove)(std::vector<std::string>& theirs,
                 std::vector<std::string>& ours);
};
std::span<const MeantDifference> MeantDifferences();
// The table as Markdown; docs/live.md holds exactly this.
std::string DifferenceTable();

struct Comparison {
  // Of the meant differences that were found.
  std::vector<std::string_view> met;
  // When they are taken out: "" where the sequences are equal, else the lines
  // from the first one that differs, with what stands before it.
  std::string left;
};
Comparison Compare(const Sdk& sdk, std::vector<std::string> theirs,
                   std::vector<std::string> ours);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_CONFORMANCE_LIVE_SEQUENCES_H_
