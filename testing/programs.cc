#include "cohort/testing/programs.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "cohort/markers/codec.h"
#include "cohort/markers/value_markers.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replayer.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

using cohort::CancellationType;
using cohort::Context;
using cohort::Future;
using cohort::Recorder;
using cohort::Task;

Future<void> Begin(Context& ctx, const ProgramStep& s) {
  const std::string type(1, s.argument);
  switch (s.kind) {
    case 'T':
      return ctx.Timer(std::chrono::seconds(1));
    case 'H':
      return ctx.Child<void>(
          cohort::ChildOptions().Cancellation(CancellationType::kTryCancel),
          type);
    case 'N':
      return ctx
          .Nexus<void>(cohort::NexusOptions("e", "s").Cancellation(
                           CancellationType::kTryCancel),
                       type)
          .result();
    case 'X':
      return ctx.SignalExternal({"other", ""}, type);
    case 'L':
      return ctx.LocalActivity<void>(type);
    default:
      return ctx.Activity<void>(type);
  }
}

Task<void> Interpret(Context& ctx, std::string text) {
  std::map<char, Future<void>> operations;
  for (const ProgramStep& s : ParseProgram(text)) {
    if (s.kind == 'C') {
      const auto target = operations.find(s.argument);
      if (target != operations.end()) target->second.Cancel();
    } else if (s.kind == 'V') {
      cohort::GetVersion(ctx, std::string(1, s.tag), s.min(), s.max());
    } else if (s.kind == 'S') {
      (void)ctx.SideEffect([] { return 1; });
    } else {
      const Future<void> future = Begin(ctx, s);
      operations.emplace(s.tag, future);
      if (s.form == 's') (void)co_await AsResult(future);
    }
  }
  for (auto& [tag, future] : operations) (void)co_await AsResult(future);
}

std::string MarkerInWords(const cohort::Event& event,
                          cohort::PayloadReader& reader) {
  const auto version = cohort::DecodeVersionMarker(event, reader);
  if (version.ok() && *version) {
    return "Version " + (*version)->change_id + "=" +
           std::to_string((*version)->version);
  }
  const auto local = cohort::DecodeLocalActivity(event, reader);
  if (local.ok() && *local) {
    return "Local " + (*local)->type + " " + (*local)->id;
  }
  const auto side_effect = cohort::DecodeSideEffect(event, reader);
  return side_effect.ok() && *side_effect ? "SideEffect" : "?";
}

std::string WordOf(const cohort::Event& event, cohort::PayloadReader& reader) {
  using enum cohort::EventType;
  const std::string name(event.name());
  switch (event.type) {
    case kWorkflowExecutionStarted:
      return "Start";
    case kWorkflowTaskScheduled:
      return "TaskScheduled";
    case kWorkflowTaskStarted:
      return "TaskStarted";
    case kWorkflowTaskCompleted:
      return "TaskCompleted";
    case kActivityTaskScheduled:
      return "Schedule " + name;
    case kActivityTaskCancelRequested:
      return "CancelActivity";
    case kActivityTaskStarted:
      return "ActivityStarted";
    case kActivityTaskCompleted:
      return "ActivityCompleted";
    case kTimerStarted:
      return "Timer";
    case kTimerCanceled:
      return "CancelTimer";
    case kTimerFired:
      return "Fired";
    case kStartChildWorkflowExecutionInitiated:
      return "Child " + name;
    case kRequestCancelExternalWorkflowExecutionInitiated:
      return "CancelChild";
    case kExternalWorkflowExecutionCancelRequested:
      return "ChildCancelRequested";
    case kChildWorkflowExecutionStarted:
      return "ChildStarted";
    case kChildWorkflowExecutionCompleted:
      return "ChildCompleted";
    case kNexusOperationScheduled:
      return "Nexus " + name;
    case kNexusOperationCancelRequested:
      return "CancelNexus";
    case kNexusOperationCompleted:
      return "NexusCompleted";
    case kSignalExternalWorkflowExecutionInitiated:
      return "Signal " + name;
    case kExternalWorkflowExecutionSignaled:
      return "Signaled";
    case kUpsertWorkflowSearchAttributes:
      return "Upsert";
    case kWorkflowExecutionCompleted:
      return "Complete";
    case kMarkerRecorded:
      return MarkerInWords(event, reader);
    default:
      return "?";
  }
}

}  // namespace

cohort::Registry ProgramRegistry() {
  cohort::Registry registry;
  registry.Workflow("P", Interpret);
  return registry;
}

std::vector<OracleEvent> InWords(const cohort::History& history) {
  cohort::PayloadReader reader;
  std::vector<OracleEvent> words;
  for (const cohort::Event& event : history.events()) {
    words.push_back({WordOf(event, reader), static_cast<int>(event.subject)});
  }
  return words;
}

std::string ExpectAsOracle(const cohort::Registry& registry,
                           const Program& program, VersionChoice choice,
                           const Completions& completions,
                           const std::vector<OracleEvent>& events) {
  const cohort::CohortPolicy oldest =
      cohort::CohortPolicy::Callback([](const cohort::VersionRequest& r) {
        return std::optional<cohort::Version>(r.min);
      });
  const bool newest = choice == VersionChoice::kNewest;
  Recorder recorder(
      {.registry = &registry, .policy = newest ? nullptr : &oldest}, "P",
      cohort::ToPayloads(ToText(program)));
  (void)recorder.RunTurn();
  for (const std::vector<int>& turn : completions) {
    for (int id : turn) {
      const auto open =
          std::find_if(recorder.Open().begin(), recorder.Open().end(),
                       [id](const auto& o) { return o.event_id == id; });
      if (open == recorder.Open().end()) break;
      recorder.Complete(*open);
    }
    (void)recorder.RunTurn();
  }
  const auto history = recorder.history();
  EXPECT_TRUE(history.ok() && recorder.status().ok())
      << ToText(program) << recorder.status();
  if (!history.ok()) return "";
  EXPECT_EQ(Show(InWords(*history)), Show(events)) << ToText(program);
  const auto report = cohort::Replayer(registry).Replay(*history);
  EXPECT_EQ(report.verdict, cohort::Verdict::kClean) << ToText(program) << "\n"
                                                     << report.ToString();
  EXPECT_EQ(Judge(program, events), "clean") << ToText(program);
  return recorder.ToJson();
}

std::string ExpectJudgedAsOracle(const cohort::Registry& registry,
                                 const Program& program,
                                 const std::string& json,
                                 const std::vector<OracleEvent>& events,
                                 const Program& changed) {
  std::string input;
  std::string other;
  cohort::AppendPayloads(input, cohort::ToPayloads(ToText(program)));
  cohort::AppendPayloads(other, cohort::ToPayloads(ToText(changed)));
  const std::size_t at = json.find(input);
  EXPECT_NE(at, std::string::npos);
  std::string text = json;
  text.replace(at, input.size(), other);
  const auto history = cohort::History::FromJson(std::move(text));
  EXPECT_TRUE(history.ok()) << history.status();
  const auto report = cohort::Replayer(registry).Replay(*history);
  const std::string said = Judge(changed, events);
  EXPECT_EQ(NameOf(report.verdict), said)
      << ToText(program) << " by " << ToText(changed) << "\n"
      << Show(events) << report.ToString();
  return said;
}

}  // namespace cohort_testing
