#include "cohort/cli/inspect.h"

#include "gtest/gtest.h"

namespace cohort {
namespace {

constexpr const char* kGo =
    "testing/testdata/recorded/go/Order/g2_plain_stage2.json";
constexpr const char* kPython =
    "testing/testdata/inspected/python/Order/g2_slow_stage4.json";

HistoryFigures FiguresOf(absl::StatusOr<History> history) {
  EXPECT_TRUE(history.ok()) << history.status();
  if (!history.ok()) return {};
  auto figures = Inspect(*history);
  EXPECT_TRUE(figures.ok()) << figures.status();
  return figures.ok() ? *std::move(figures) : HistoryFigures();
}

// Events of these types, numbered from 1; `more` holds further fields of the
// last one.
HistoryFigures FiguresOfTypes(std::initializer_list<const char*> types,
                              const std::string& more = "") {
  std::string json;
  std::size_t id = 0;
  for (const char* type : types) {
    ++id;
    json += fmt::format(R"({}{{"eventId":{},"eventType":"{}"{}}})",
                        id == 1 ? "" : ",", id, type,
                        id == types.size() ? more : "");
  }
  return FiguresOf(History::FromJson("[" + json + "]"));
}

TEST(Inspect, GoHistoryAsText) {
  EXPECT_EQ(InspectText(FiguresOf(History::FromFile(kGo)), Paint::kPlain),
            R"(testing/testdata/recorded/go/Order/g2_plain_stage2.json
  workflow  Order, id order-go-g2_plain-210952, run 01a20518-0f25-7d9d-a6a6-9ac1aed5199d
  sdk       temporal-go 1.50.0, read by the rules of: go
  stage     open after 3 turns: waiting for TimerFired of event 19
  events    19, the last TIMER_STARTED
  tasks     3 scheduled, 3 started, 3 completed (turns), 0 failed, 0 timed out
  markers   Version 1
  versions  fraud-check = 2 (go)
  upserts   1, of change versions 1
  flags     language 1 3 4, core -
)");
}

TEST(Inspect, PythonHistoryAsText) {
  EXPECT_EQ(InspectText(FiguresOf(History::FromFile(kPython)), Paint::kPlain),
            R"(testing/testdata/inspected/python/Order/g2_slow_stage4.json
  workflow  Order, id Order-g2-slow, run 01a20507-831c-7654-8c8b-9d8b92c7389a
  sdk       temporal-python 1.35.0, read by the rules of: python
  stage     open after 6 turns: a workflow task waits for a worker
  events    41, the last WORKFLOW_TASK_SCHEDULED
  tasks     7 scheduled, 6 started, 6 completed (turns), 0 failed, 0 timed out
  markers   core_local_activity 1, core_patch 2
  versions  fraud-check-2 = patched (core), split-charge = patched (core)
  upserts   2, of change versions 2
  flags     language -, core 1 2 3 4
)");
}

TEST(Inspect, JsonHoldsTheSameFigures) {
  const auto json = InspectJson(FiguresOf(History::FromFile(kPython)));
  EXPECT_EQ(json["versions"]["split-charge"],
            nlohmann::ordered_json::array({"patched"}));
  EXPECT_EQ(json["version_family"], nlohmann::ordered_json::array({"core"}));
  EXPECT_EQ(json["markers"]["core_patch"], 2);
  EXPECT_EQ(json["status"], "open");
  EXPECT_EQ(json["profile"], "python");
  // The child has started and goes on.
  ASSERT_EQ(json["open_operations"].size(), 1u);
  EXPECT_EQ(json["open_operations"][0]["name"], "Notify");
  EXPECT_EQ(json["open_operations"][0]["started"], true);
  const auto go = InspectJson(FiguresOf(History::FromFile(kGo)));
  EXPECT_EQ(go["versions"]["fraud-check"], nlohmann::ordered_json::array({2}));
  EXPECT_EQ(go["lang_used_flags"], nlohmann::ordered_json::array({1, 3, 4}));
}

TEST(Inspect, Stages) {
  const auto stage = [](std::initializer_list<const char*> types,
                        const std::string& more = "") {
    return FiguresOfTypes(types, more).stage;
  };
  EXPECT_EQ(stage({"WorkflowExecutionStarted"}),
            "open after 0 turns: the first workflow task is not scheduled");
  EXPECT_EQ(stage({"WorkflowExecutionStarted", "WorkflowTaskScheduled",
                   "WorkflowTaskStarted"}),
            "open after 0 turns: a worker has the workflow task");
  EXPECT_EQ(stage({"WorkflowExecutionStarted", "WorkflowTaskScheduled",
                   "WorkflowTaskStarted", "WorkflowTaskFailed"},
                  R"(,"workflowTaskFailedEventAttributes":{"cause":"BAD"})"),
            "open after 0 turns: the workflow task failed, BAD");
  EXPECT_EQ(stage({"WorkflowExecutionStarted", "WorkflowTaskScheduled",
                   "WorkflowTaskStarted", "WorkflowTaskTimedOut"}),
            "open after 0 turns: the workflow task timed out");
  EXPECT_EQ(stage({"WorkflowTaskCompleted"}),
            "open after 1 turn: waiting for what is not in a history (a "
            "signal, an update, a cancellation)");
  EXPECT_EQ(stage({"WorkflowTaskCompleted", "TimerStarted", "TimerStarted",
                   "TimerStarted", "ActivityTaskScheduled"}),
            "open after 1 turn: waiting for 1 ActivityTaskCompleted, 3 "
            "TimerFired");
  EXPECT_EQ(stage({"WorkflowTaskCompleted", "TimerStarted", "TimerFired"},
                  R"(,"timerFiredEventAttributes":{"startedEventId":2})"),
            "open after 1 turn: waiting for what is not in a history (a "
            "signal, an update, a cancellation)");
  EXPECT_EQ(stage({"WorkflowTaskCompleted", "WorkflowExecutionCompleted"}),
            "completed after 1 turn");
  EXPECT_EQ(stage({"WorkflowExecutionStarted", "WorkflowExecutionTerminated"}),
            "terminated after 0 turns");
}

TEST(Inspect, ACancelRequestDoesNotEndAnActivity) {
  const auto figures = FiguresOfTypes(
      {"WorkflowTaskCompleted", "ActivityTaskScheduled",
       "WorkflowTaskCompleted", "ActivityTaskCancelRequested"},
      R"(,"activityTaskCancelRequestedEventAttributes":{"scheduledEventId":2})");
  ASSERT_EQ(figures.facts.open.size(), 1u);
  EXPECT_EQ(figures.facts.open[0].event_id, 2);
}

TEST(Inspect, WhatAReplayRefusesHasFiguresAndAProblem) {
  const auto figures =
      FiguresOfTypes({"WorkflowTaskCompleted", "WorkflowGrown"});
  EXPECT_EQ(figures.facts.turns, 1);
  EXPECT_EQ(figures.facts.last_event, EventType::kUnknown);
  ASSERT_EQ(figures.facts.problems.size(), 1u);
  EXPECT_NE(InspectText(figures, Paint::kPlain).find("problem   event 2"),
            std::string::npos);
}

TEST(Inspect, AMarkerThatCannotBeReadIsAProblem) {
  const auto figures = FiguresOfTypes(
      {"WorkflowTaskCompleted", "MarkerRecorded"},
      R"(,"markerRecordedEventAttributes":{"markerName":"Version","details":{
         "change-id":{"payloads":[{"metadata":{},"data":"AA=="}]}}})");
  EXPECT_EQ(figures.facts.markers.at("Version"), 1);
  EXPECT_TRUE(figures.facts.changes.empty());
  EXPECT_EQ(figures.facts.problems.size(), 1u);
}

TEST(Inspect, NothingToInspect) {
  EXPECT_TRUE(absl::IsInvalidArgument(Inspect(History()).status()));
}

TEST(Inspect, NamesDoNotSteerTheTerminal) {
  auto figures = FiguresOfTypes({"WorkflowExecutionStarted"},
                                R"(,"workflowExecutionStartedEventAttributes":{
         "workflowType":{"name":"a\u001b[2Jb\u009b"}})");
  figures.facts.source = "x\x1b.json";
  const std::string text = InspectText(figures, Paint::kPlain);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("a\\u001b[2Jb\\u009b"), std::string::npos);
}

}  // namespace
}  // namespace cohort
