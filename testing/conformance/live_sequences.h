// Live sequences: a recorded run, run once more by our own code.
//
//   absl::StatusOr<LiveRun> live =
//       RunAgain(recorded, {FindSdk("go"), ProgramFamily::kOrder});
//   std::vector<std::string> theirs = SequenceOf(recorded);
//   std::vector<std::string> ours = SequenceOf(live->history);
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
  cohort::Recorder::Mode mode = cohort::Recorder::Mode::kCached;
  // Dialects, profile and the like; the registry is set.
  cohort::RunOptions run;
};

// The dialects in which the SDK writes.
cohort::RunOptions DialectsOf(const Sdk& sdk);

struct LiveRunAgain {
  std::string json;
  cohort::History history;
  // Generations of the code that took a task, in order ("g0", "g3", "g2").
  std::vector<std::string> generations;
};

absl::StatusOr<LiveRunAgain> RunAgain(const cohort::History& recorded,
                                      const LiveOptions& options);

// A line for each event: its type, and what it is about ("ActivityTaskScheduled
// validate", "MarkerRecorded go fraud-check=2", "TimerFired 1s"), without the
// ids that a writer chooses and without numbers of events.
absl::StatusOr<std::vector<std::string>> SequenceOf(
    const cohort::History& history);

// A difference that is meant. `remove` takes it out of both sequences; without
// it they are equal.
struct MeantDifference {
  std::string_view name;
  std::string_view sdk;
  std::string_view reason;
  void (*remove)(std::vector<std::string>& theirs,
                 std::vector<std::string>& ours);
};
std::span<const MeantDifference> MeantDifferences();

// What is left when every meant difference of the SDK is taken out: "" where
// the sequences are equal, else the first line that differs, with what stands
// before it. `met` takes the names of those that were found.
std::string Compare(const Sdk& sdk, std::vector<std::string> theirs,
                    std::vector<std::string> ours,
                    std::vector<std::string_view>* met);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_CONFORMANCE_LIVE_SEQUENCES_H_
