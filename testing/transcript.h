// Transcripts: what a run saw, did and was told, as text that a test checks.
//
//   Releases releases;
//   releases["both"].Workflow("Greeting", Both);
//   absl::StatusOr<std::string> today = PlayTranscript(releases, text);
//   EXPECT_EQ(text, *today);
//
// A transcript is prose (lines with #), directives, and behind `----` what a
// directive prints, up to a blank line:
//
//   run Greeting release=both "Ada"
//
//   turn
//   ----
//   turn 1
//     in     1  WorkflowExecutionStarted(Greeting) "Ada"
//     code   5  RecordVersion(change_id="Step1") ...
//     code   6  ScheduleActivity(activity_type="ActivityD", ...) "Ada"
//     book      Step1 = 2
//
//   complete ActivityD "done"
//
// `in` are the events that came in (the edges of a task only where it did not
// complete), `code` the commands and the events that record them, `book` what
// is new in the run's book of versions, `fails` why a turn did not complete.
//
//   run WORKFLOW release=NAME [JSON]   a live run and its argument
//   turn                               one workflow task
//   deploy release=NAME                other code from the next turn on
//   replay release=NAME [until=EVENT]  the history so far against a release
//   start, complete, fail, time_out, acknowledge_cancel ACTIVITY [JSON]
//   fire                               the oldest timer
//   signal NAME [JSON]
//   request_cancel
//   fail_task                          a workflow task that fails
//
// Threads: one. Errors: kInvalidArgument, with the line, for a directive that
// is not understood or does not fit; what a run or a replay finds is output.
#ifndef COHORT_TESTING_TRANSCRIPT_H_
#define COHORT_TESTING_TRANSCRIPT_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cohort/testing/recorder.h"
#include "cohort/workflow/registry.h"

namespace cohort_testing {

// The code as it was at one time or another, by name.
using Releases = std::map<std::string, cohort::Registry, std::less<>>;

// The same transcript, with what its directives print today. Line numbers of
// workflow code are left out.
absl::StatusOr<std::string> PlayTranscript(
    const Releases& releases, std::string_view text,
    cohort::Recorder::Mode mode = cohort::Recorder::Mode::kCached);

}  // namespace cohort_testing

#endif  // COHORT_TESTING_TRANSCRIPT_H_
