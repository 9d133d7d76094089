#include "cohort/testing/live_replay.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace cohort_testing {

using cohort::Recorder;
using cohort::Replayer;
using cohort::ReplayOptions;
using cohort::ReplayReport;
using cohort::Verdict;

namespace {

// From one cut to the next: all cuts together cost no more than a fixed
// multiple of the history.
std::int64_t Gap(std::int64_t event_id) {
  constexpr std::int64_t kEachEvent = 256;
  constexpr std::int64_t kGrowth = 16;
  return event_id < kEachEvent ? 1 : event_id / kGrowth + 1;
}

}  // namespace

LiveRun RecordLive(const cohort::RunOptions& options,
                   const std::string& workflow, const cohort::Payloads& input,
                   const Script& script, Recorder::Mode mode) {
  Recorder recorder(options, workflow, input, mode);
  script(recorder);
  LiveRun run;
  run.json = recorder.ToJson();
  run.status = recorder.status();
  run.rows = recorder.run().rows_taken();
  auto history = recorder.history();
  EXPECT_TRUE(history.ok()) << history.status();
  if (history.ok()) run.history = *std::move(history);
  if (recorder.closed() && !recorder.commands().empty()) {
    const cohort::Command& last = recorder.commands().back();
    if (!last.input.empty()) run.result = last.input[0].data;
  }
  return run;
}

void ExpectReplaysEveryWay(const cohort::Registry& registry,
                           const cohort::History& history,
                           const cohort::Profile* profile) {
  const ReplayReport whole =
      Replayer(registry, {.profile = profile}).Replay(history);
  EXPECT_EQ(whole.verdict, Verdict::kClean) << whole.ToString();
  constexpr std::array<std::size_t, 4> kPages = {1, 2, 3, 7};
  for (std::size_t page : kPages) {
    const ReplayReport paged =
        Replayer(registry, {.profile = profile, .page_events = page})
            .Replay(history);
    EXPECT_EQ(paged.ToString(), whole.ToString()) << "pages of " << page;
  }
  const auto events = static_cast<std::int64_t>(history.events().size());
  for (std::int64_t until = 1; until <= events; until += Gap(until)) {
    const ReplayReport cut =
        Replayer(registry, {.profile = profile, .until_event = until})
            .Replay(history);
    EXPECT_TRUE(cut.verdict == Verdict::kClean ||
                cut.verdict == Verdict::kIncomplete)
        << "until event " << until << ": " << cut.ToString();
  }
}

LiveRun LiveThenReplay(const cohort::Registry& registry,
                       const std::string& workflow,
                       const cohort::Payloads& input, const Script& script,
                       cohort::RunOptions options) {
  options.registry = &registry;
  LiveRun cached =
      RecordLive(options, workflow, input, script, Recorder::Mode::kCached);
  const LiveRun evicted =
      RecordLive(options, workflow, input, script, Recorder::Mode::kEvicted);
  EXPECT_EQ(cached.json, evicted.json);
  EXPECT_EQ(cached.status, evicted.status);
  EXPECT_TRUE(cached.status.ok()) << cached.status;
  cached.rows |= evicted.rows;
  if (cached.status.ok()) ExpectReplaysEveryWay(registry, cached.history);
  return cached;
}

void RunToEnd(Recorder& recorder) {
  while (true) {
    EXPECT_OK(recorder.RunTurn());
    if (!recorder.status().ok() || recorder.closed()) return;
    if (recorder.Open().empty()) return;
    recorder.Complete(recorder.Open().front(), cohort::ToPayloads(7));
  }
}

}  // namespace cohort_testing
