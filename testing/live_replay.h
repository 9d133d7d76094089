// LiveThenReplay: what every test of the engine does with its scenario.
//
//   LiveRun run = LiveThenReplay(registry, "Order", ToPayloads("o-1"),
//                                [](cohort::Recorder& r) {
//                                  EXPECT_OK(r.RunTurn());
//                                  r.Complete(r.Open()[0]);
//                                  EXPECT_OK(r.RunTurn());
//                                });
//
// The script runs live twice, on a run that is kept between turns and on one
// that is rebuilt for each; both record the same bytes. The history is then
// replayed whole (clean), in pages, and cut behind every event: its own code
// never diverges, fails or finds it unreadable. Behind 256 events both are done
// more rarely the longer the history is: a test costs as much as so many times
// its events, not as their square.
//
// Threads: one. Errors: failures of the test at hand.
#ifndef COHORT_TESTING_LIVE_REPLAY_H_
#define COHORT_TESTING_LIVE_REPLAY_H_

#include <bitset>
#include <functional>
#include <string>

#include "cohort/engine/lifecycle.h"
#include "cohort/engine/run.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replayer.h"
#include "gtest/gtest.h"

#define EXPECT_OK(expression)                               \
  do {                                                      \
    const absl::Status expect_ok_status = (expression);     \
    EXPECT_TRUE(expect_ok_status.ok()) << expect_ok_status; \
  } while (false)

namespace cohort_testing {

// What comes in, and when a turn runs.
using Script = std::function<void(cohort::Recorder&)>;
using Rows = std::bitset<cohort::kLifecycle.size()>;

struct LiveRun {
  std::string json;
  cohort::History history;
  absl::Status status;  // of the live run
  // The payload data of the closing command's first value; "" for none.
  std::string result;
  Rows rows;  // of the lifecycle, taken live
};

// Live only, in one mode.
LiveRun RecordLive(const cohort::RunOptions& options,
                   const std::string& workflow, const cohort::Payloads& input,
                   const Script& script, cohort::Recorder::Mode mode);

// All of the above. `options.registry` is set by it.
LiveRun LiveThenReplay(const cohort::Registry& registry,
                       const std::string& workflow,
                       const cohort::Payloads& input, const Script& script,
                       cohort::RunOptions options = {});

// The replays alone, of a history that the code itself made.
void ExpectReplaysEveryWay(const cohort::Registry& registry,
                           const cohort::History& history,
                           const cohort::Profile* profile = nullptr);

// Runs turns and completes everything that is open, first things first, until
// the run is closed or nothing is left to wait for.
void RunToEnd(cohort::Recorder& recorder);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_LIVE_REPLAY_H_
