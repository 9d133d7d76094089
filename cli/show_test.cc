#include "cohort/cli/show.h"

#include <sstream>
#include <vector>

#include "cohort/cli/run_line.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kPython =
    "testing/testdata/inspected/python/Order/g2_slow_stage4.json";

// IjEi is "1"; Ik9LIg== is "OK"; the marker is c=2.
constexpr const char* kHistory = R"([
  {"eventId":1,"eventTime":"2026-01-01T00:00:00Z",
   "eventType":"WorkflowExecutionStarted",
   "workflowExecutionStartedEventAttributes":{
     "workflowType":{"name":"Order"},"workflowId":"w","attempt":2,
     "originalExecutionRunId":"r","input":{"payloads":[
       {"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"IjEi"},
       {"metadata":{"encoding":"YmluYXJ5L3BsYWlu"},"data":"AAAA"}]}}},
  {"eventId":2,"eventTime":"2026-01-01T00:00:01Z",
   "eventType":"WorkflowTaskCompleted"},
  {"eventId":3,"eventTime":"2026-01-01T00:00:01Z","eventType":"MarkerRecorded",
   "markerRecordedEventAttributes":{"markerName":"Version","details":{
     "change-id":{"payloads":[{"metadata":{"encoding":"anNvbi9wbGFpbg=="},
                               "data":"ImMi"}]},
     "version":{"payloads":[{"metadata":{"encoding":"anNvbi9wbGFpbg=="},
                             "data":"Mg=="}]}}}},
  {"eventId":4,"eventTime":"2026-01-01T00:00:01Z",
   "eventType":"ActivityTaskScheduled",
   "activityTaskScheduledEventAttributes":{"activityId":"a",
     "activityType":{"name":"charge"}}},
  {"eventId":5,"eventTime":"2026-01-01T00:01:00.5Z",
   "eventType":"ActivityTaskStarted",
   "activityTaskStartedEventAttributes":{"scheduledEventId":4,"attempt":3,
     "lastFailure":{"message":"slow"}}},
  {"eventId":6,"eventTime":"2026-01-01T00:01:01Z",
   "eventType":"ActivityTaskFailed",
   "activityTaskFailedEventAttributes":{"scheduledEventId":4,"failure":{
     "message":"declined","stackTrace":"at A\n\tat B\u001b[2J\n",
     "applicationFailureInfo":{"type":"Card","details":{"payloads":[
       {"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"Ik9LIg=="}]}},
     "cause":{"message":"no money"}}}},
  {"eventId":7,"eventType":"WorkflowTaskScheduled"}])";

Shown ShowText(const char* json, const ShowOptions& options = {}) {
  auto history = History::FromJson(json, {}, "order.json");
  EXPECT_TRUE(history.ok()) << history.status();
  return Show(*history, options);
}

TEST(Show, ATimeline) {
  const Shown shown = ShowText(kHistory);
  EXPECT_TRUE(shown.status.ok()) << shown.status;
  EXPECT_EQ(shown.text, R"(order.json
Order, id w, run r
open, waiting for: nothing outstanding, started 2026-01-01T00:00:00Z

turn 1
     +0.000s       1  Started(Order), attempt 2
                      input: "1", <binary/plain, 3 bytes>
     +1.000s       3  MarkerRecorded(Version c=2)
     +1.000s       4  ActivityTaskScheduled(charge)

turn 2 (not completed)
    +60.500s       5  ActivityTaskStarted(charge), attempt 3
                      lastFailure: slow
    +61.000s       6  ActivityTaskFailed(charge)
                      failure: declined (type Card)
                        details: "OK"
                          at A
                           at B\u001b[2J
                      caused by: no money
)");
}

TEST(Show, LongPayloadsAreCut) {
  const Shown shown = ShowText(kHistory, {.value_bytes_max = 2});
  EXPECT_THAT(shown.text, HasSubstr("input: \"1... (1 bytes more), <binary"));
}

TEST(Show, ColoursOnATerminalOnly) {
  EXPECT_THAT(ShowText(kHistory).text, Not(HasSubstr("\x1b[")));
  const std::string text = ShowText(kHistory, {.paint = Paint::kColours}).text;
  EXPECT_THAT(text, HasSubstr("\x1b[31mActivityTaskFailed(charge)\x1b[0m"));
  EXPECT_THAT(text, HasSubstr("\x1b[32mMarkerRecorded(Version c=2)\x1b[0m"));
  EXPECT_THAT(text, HasSubstr("\x1b[1mturn 1\x1b[0m"));
}

TEST(Show, TheTurnsBeforeAnErrorAreThere) {
  const Shown shown = ShowText(R"([
      {"eventId":1,"eventType":"WorkflowTaskCompleted"},
      {"eventId":2,"eventType":"TimerStarted",
       "timerStartedEventAttributes":{"timerId":"t"}},
      {"eventId":3,"eventType":"WorkflowTaskScheduled"},
      {"eventId":4,"eventType":"TimerStarted"}])");
  EXPECT_THAT(shown.text, HasSubstr("TimerStarted(t)\n"));
  EXPECT_TRUE(absl::IsDataLoss(shown.status));
  EXPECT_THAT(std::string(shown.status.message()),
              HasSubstr("order.json: event 4"));
}

int RunShow(std::vector<std::string> words, std::string& out) {
  words.insert(words.begin(), "show");
  const Ran ran = RunLine(words);
  out = ran.out;
  return ran.code;
}

TEST(Show, ARecordedHistory) {
  std::string out;
  EXPECT_EQ(RunShow({kPython}, out), 0);
  EXPECT_THAT(out, HasSubstr("open, waiting for: child Notify, started"));
  EXPECT_THAT(out, HasSubstr(R"(
turn 7 (not completed)
     +4.711s      40  ChildWorkflowExecutionStarted(Notify)
)"));
  EXPECT_THAT(out, HasSubstr("bytes more)"));
  EXPECT_EQ(RunShow({"--full", kPython}, out), 0);
  EXPECT_THAT(out, Not(HasSubstr("bytes more)")));
  EXPECT_EQ(RunShow({"absent.json"}, out), 2);
}

}  // namespace
}  // namespace cohort
