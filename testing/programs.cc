#include "cohort/testing/programs.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "cohort/base/stable_hash.h"
#include "cohort/markers/codec.h"
#include "cohort/markers/value_markers.h"
#include "cohort/testing/program_words.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replayer.h"
#include "cohort/workflow/convert.h"
#include "cohort/workflow/errors.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

using cohort::Recorder;

std::string MarkerInWords(const cohort::Event& event,
                          cohort::PayloadReader& reader) {
  const auto version = cohort::DecodeVersionMarker(event, reader);
  if (version.ok() && *version &&
      cohort::RowOf((*version)->dialect).family == cohort::Family::kPatch) {
    const std::string word = (*version)->deprecated ? "Deprecated " : "Patch ";
    return word + (*version)->change_id;
  }
  if (version.ok() && *version) {
    return "Version " + (*version)->change_id + "=" +
           std::to_string((*version)->version);
  }
  const auto local = cohort::DecodeLocalActivity(event, reader);
  if (local.ok() && *local) {
    return "Local " + (*local)->type + " " + (*local)->id;
  }
  const auto side_effect = cohort::DecodeSideEffect(event, reader);
  if (side_effect.ok() && *side_effect) return "SideEffect";
  const auto changing = cohort::DecodeMutableSideEffect(event, reader);
  return changing.ok() && *changing ? "Mutable" : "?";
}

std::string WordOf(const cohort::Event& event, cohort::PayloadReader& reader) {
  using enum cohort::EventType;
  if (event.type == kMarkerRecorded) return MarkerInWords(event, reader);
  if (event.type == kUpsertWorkflowSearchAttributes) {
    const bool ours = event.details.text.find("TemporalChangeVersion") !=
                      std::string_view::npos;
    return ours ? "Upsert" : "Attribute";
  }
  if (event.type == kRequestCancelExternalWorkflowExecutionInitiated) {
    const std::string_view id = event.key();
    return id.starts_with("other-") ? "CancelOther " + std::string(id.substr(6))
                                    : "CancelChild";
  }
  for (const EventWord& row : kEventWords) {
    if (row.type != event.type) continue;
    return std::string(row.word) + std::string(row.named ? event.name() : "");
  }
  return "?";
}

// The results that a run closes with.
std::string NoteOf(const cohort::Event& event, cohort::PayloadReader& reader) {
  if (event.type != cohort::EventType::kWorkflowExecutionCompleted) return "";
  const auto result = reader.ReadPayloads(event.input);
  std::string note;
  if (!result.ok() || result->empty() ||
      !cohort::FromPayload(result->front(), note).ok()) {
    return "?";
  }
  return note;
}

// The event that began the child of this workflow id: the run's id and that
// event's number are its name.
int ChildNamed(std::string_view workflow_id) {
  return std::stoi(
      std::string(workflow_id.substr(workflow_id.find_last_of('_') + 1)));
}

void Arrive(Recorder& r, const Arrival& arrival, int updates) {
  switch (arrival.what) {
    case 'x':
      return r.RequestCancel();
    case 'g':
      return r.Signal("g", cohort::ToPayloads("any"));
    case 'w':
      return r.Signal("w");
    case 'u':
      return r.Update("u-" + std::to_string(updates), "u");
    default:
      break;
  }
  const auto open = std::find_if(
      r.Open().begin(), r.Open().end(),
      [&](const auto& o) { return o.event_id == arrival.event_id; });
  if (open == r.Open().end()) return;
  const Recorder::OpenOperation it = *open;
  const cohort::Failure failure = cohort::ApplicationError("as told").failure();
  cohort::EventDraft lost;
  switch (arrival.what) {
    case 'c':
      return r.Complete(it);
    case 'f':
      return r.Fail(it, failure);
    case 't':
      return r.TimeOut(it);
    case 'k':
      return r.AcknowledgeCancel(it);
    case 's':
      return r.Start(it);
    case 'z':
      return r.End(it, cohort::EventType::kChildWorkflowExecutionTerminated);
    case 'n':
      return r.End(it, cohort::EventType::kStartChildWorkflowExecutionFailed);
    case 'q':
      return r.End(it,
                   cohort::EventType::kNexusOperationCancelRequestCompleted);
    default:
      lost.failure = failure;
      return r.End(it, cohort::EventType::kNexusOperationCancelRequestFailed,
                   std::move(lost));
  }
}

void ExpectWaitsAt(Recorder& r, int step) {
  const auto answer = r.Query("at");
  EXPECT_TRUE(answer.ok()) << answer.status();
  if (!answer.ok()) return;
  EXPECT_EQ(answer->front().data, std::to_string(step));
}

}  // namespace

std::vector<OracleEvent> InWords(const cohort::History& history) {
  cohort::PayloadReader reader;
  std::vector<OracleEvent> words;
  for (const cohort::Event& event : history.events()) {
    OracleEvent& e = words.emplace_back(
        OracleEvent{WordOf(event, reader), static_cast<int>(event.subject),
                    NoteOf(event, reader)});
    if (e.word == "CancelChild") e.about = ChildNamed(event.key());
  }
  return words;
}

LiveProgram ExpectAsOracle(const cohort::Registry& registry,
                           const OracleRun& run) {
  SCOPED_TRACE(ToText(run));
  const cohort::CohortPolicy oldest =
      cohort::CohortPolicy::Callback([](const cohort::VersionRequest& r) {
        return std::optional<cohort::Version>(r.min);
      });
  const bool newest = run.choice == VersionChoice::kNewest;
  // One in so many is rebuilt at each turn, and replayed event by event.
  constexpr std::uint64_t kEvictedOneIn = 16;
  const bool evicted = cohort::StableHash(ToText(run)) % kEvictedOneIn == 0;
  Recorder recorder(
      {.registry = &registry, .policy = newest ? nullptr : &oldest}, "P",
      cohort::ToPayloads(ToText(run.program)),
      evicted ? Recorder::Mode::kEvictedEachTurn : Recorder::Mode::kCached);
  LiveProgram live;
  const auto run_turn = [&] {
    (void)recorder.RunTurn();
    for (const cohort::Command& command : recorder.commands()) {
      live.kinds.set(static_cast<std::size_t>(command.kind));
    }
  };
  run_turn();
  int updates = 0;
  for (std::size_t turn = 0; turn < run.arrivals.size(); ++turn) {
    ExpectWaitsAt(recorder, run.steps[turn]);
    for (const Arrival& arrival : run.arrivals[turn]) {
      Arrive(recorder, arrival, ++updates);
    }
    run_turn();
  }
  const auto history = recorder.history();
  EXPECT_TRUE(history.ok() && recorder.status().ok()) << recorder.status();
  if (!history.ok()) return live;
  EXPECT_EQ(Show(InWords(*history)), Show(run.events));
  const auto report =
      cohort::Replayer(registry, {.page_events = evicted ? 1u : 0u})
          .Replay(*history);
  EXPECT_EQ(report.verdict, cohort::Verdict::kClean) << report.ToString();
  EXPECT_EQ(Judge(run.program, run.events).verdict, "clean");
  live.json = recorder.ToJson();
  return live;
}

std::string ExpectJudgedAsOracle(const cohort::Registry& registry,
                                 const OracleRun& run, const std::string& json,
                                 const Program& changed) {
  std::string input;
  std::string other;
  cohort::AppendPayloads(input, cohort::ToPayloads(ToText(run.program)));
  cohort::AppendPayloads(other, cohort::ToPayloads(ToText(changed)));
  const std::size_t at = json.find(input);
  EXPECT_NE(at, std::string::npos);
  std::string text = json;
  text.replace(at, input.size(), other);
  const auto history = cohort::History::FromJson(std::move(text));
  EXPECT_TRUE(history.ok()) << history.status();
  const auto report = cohort::Replayer(registry).Replay(*history);
  const Judgement said = Judge(changed, run.events);
  EXPECT_EQ(NameOf(report.verdict), said.verdict)
      << ToText(run) << " by " << ToText(changed) << "\n"
      << Show(run.events) << report.ToString();
  if (said.event_id >= 0 && report.divergence) {
    EXPECT_EQ(report.divergence->event_id, said.event_id)
        << ToText(run) << " by " << ToText(changed) << "\n"
        << Show(run.events) << report.ToString();
  }
  return said.verdict;
}

}  // namespace cohort_testing
