#include "cohort/history/history.h"

#include <cstdio>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/history/json_writer.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;

constexpr ReadOptions kStrict{.validation = Validation::kEverything};

std::string Message(const absl::Status& status) {
  return std::string(ToStd(status.message()));
}

History Read(std::string text) {
  absl::StatusOr<History> history = History::FromJson(std::move(text));
  EXPECT_TRUE(history.ok()) << history.status();
  return history.ok() ? *std::move(history) : History();
}

Event ReadOne(const std::string& fields) {
  static History kept;
  kept = Read("[{\"eventId\":\"7\"," + fields + "}]");
  return kept.events().empty() ? Event() : kept.events()[0];
}

constexpr std::string_view kFour = R"({"events":[
  {"eventId":"1","eventType":"WorkflowExecutionStarted"},
  {"eventId":"2","eventType":"WorkflowTaskCompleted"},
  {"eventId":"3","eventType":"MarkerRecorded"},
  {"eventId":"4","eventType":"TimerStarted"},
  {"eventId":"5","eventType":"WorkflowExecutionSignaled"}]})";

TEST(History, FieldsOfAnEvent) {
  const Event event = ReadOne(
      R"("eventTime":"2026-11-22T21:24:48.2Z",
      "eventType":"EVENT_TYPE_ACTIVITY_TASK_SCHEDULED","workerMayIgnore":true,
      "taskId":"9","activityTaskScheduledEventAttributes":{"activityId":"a",
      "activityType":{"x":[{}],"name":"Charge"},"input":{"payloads":[ {} ] },
      "retryPolicy":{"maximumAttempts":2}})");
  EXPECT_EQ(event.id, 7);
  EXPECT_EQ(event.type, EventType::kActivityTaskScheduled);
  EXPECT_EQ(event.time, "2026-11-22T21:24:48.2Z");
  EXPECT_TRUE(event.worker_may_ignore);
  EXPECT_EQ(event.name(), "Charge");
  EXPECT_EQ(event.key(), "a");
  EXPECT_EQ(event.input.text, R"({"payloads":[ {} ] })");
  EXPECT_TRUE(event.failure.empty());
  EXPECT_TRUE(event.json.starts_with("{\"eventId\"") &&
              event.json.ends_with("}}"));
}

TEST(History, SpellingsReadAlike) {
  const char* spellings[] = {
      R"("eventType":"EVENT_TYPE_TIMER_FIRED","timerFiredEventAttributes":
         {"timerId":"t","startedEventId":"5"})",
      R"("eventType":"TIMER_FIRED","timerFiredEventAttributes":
         {"timerId":"t","startedEventId":5})",
      R"("eventType":18,"timer_fired_event_attributes":
         {"timer_id":"t","started_event_id":"5"})",
      R"("timerFiredEventAttributes":{"startedEventId":"5","timerId":"t"},
         "eventType":"TimerFired")",
      R"("event_type":"TimerFired","timerFired\u0045ventAttributes":
         {"\u0074imerId":"\u0074","startedEventId":5})",
      R"("eventType":"TimerFired","timerFiredEventAttributes":
         {"timerId":"old","startedEventId":5,"timerId":"t"})",
  };
  for (const char* spelling : spellings) {
    const Event event = ReadOne(spelling);
    EXPECT_EQ(event.type, EventType::kTimerFired) << spelling;
    EXPECT_EQ(event.key(), "t") << spelling;
    EXPECT_EQ(event.subject, 5) << spelling;
  }
}

// The order of an object's fields says nothing; tools that sort keys put the
// attributes before the type.
TEST(History, AttributesOfAnotherTypeAreNotReadWhereverTheyStand) {
  const std::string completed =
      R"("activityTaskCompletedEventAttributes":{"scheduledEventId":"5",
      "result":{"payloads":[]}})";
  const std::string failed =
      R"("activityTaskFailedEventAttributes":{"scheduledEventId":"6"})";
  const std::string type = R"("eventType":"ActivityTaskFailed")";
  const std::string other = R"("eventType":"ActivityTaskCompleted")";
  const auto read = [](std::initializer_list<std::string> fields) {
    const Event event = ReadOne(fmt::format("{}", fmt::join(fields, ",")));
    return fmt::format("{} {} {}", event.type == EventType::kActivityTaskFailed,
                       event.subject, event.input.text);
  };
  EXPECT_EQ(read({type, completed}), "true 0 ");
  EXPECT_EQ(read({completed, type}), "true 0 ");
  for (const std::string& first : {completed, failed}) {
    const std::string& second = first == completed ? failed : completed;
    EXPECT_EQ(read({type, first, second}), "true 6 ");
    EXPECT_EQ(read({first, type, second}), "true 6 ");
    EXPECT_EQ(read({first, second, type}), "true 6 ");
  }
  // Of two types the last counts.
  EXPECT_EQ(read({other, completed, type, failed}), "true 6 ");
  EXPECT_EQ(read({other, failed, completed, type}), "true 6 ");
  EXPECT_EQ(read({completed, R"("eventType":"New")"}), "false 0 ");
  EXPECT_EQ(ReadOne(completed + R"(,"eventType":"New")").name(), "New");
  EXPECT_EQ(read({R"("unspecifiedEventAttributes":3)", type}), "true 0 ");
}

TEST(History, Cadence) {
  const History history = Read(R"([{"eventId":5,"timestamp":1574668217494738000,
      "eventType":"MarkerRecorded","version":-24,
      "markerRecordedEventAttributes":
      {"markerName":"Version","details":"InRlc3QtY2hhbmdlIgoxCg==",
       "decisionTaskCompletedEventId":4}},
      {"eventId":6,"eventType":"DecisionTaskCompleted",
       "decisionTaskCompletedEventAttributes":{"startedEventId":3}}])");
  ASSERT_EQ(history.events().size(), 2u);
  EXPECT_EQ(history.events()[0].details.text, "\"InRlc3QtY2hhbmdlIgoxCg==\"");
  EXPECT_EQ(history.events()[0].time, "1574668217494738000");
  EXPECT_EQ(history.events()[1].type, EventType::kWorkflowTaskCompleted);
  EXPECT_EQ(history.events()[1].subject, 3);
}

TEST(History, NestedPathsOfUpdates) {
  const Event event = ReadOne(
      R"("eventType":"WorkflowExecutionUpdateAccepted",
      "workflowExecutionUpdateAcceptedEventAttributes":{
      "protocolInstanceId":"p","acceptedRequestSequencingEventId":"2",
      "acceptedRequest":{"meta":{"updateId":"u"},
      "input":{"header":{},"name":"add","args":{"payloads":[]}}}})");
  EXPECT_EQ(event.name(), "add");
  EXPECT_EQ(event.key(), "p");
  EXPECT_EQ(event.text(Text::kControl), "u");
  EXPECT_EQ(event.subject, 2);
  EXPECT_EQ(event.input.text, "{\"payloads\":[]}");
}

TEST(History, UnknownTypesKeepTheirName) {
  const Event event = ReadOne(R"("eventType":"EVENT_TYPE_\u004eEW",
      "newEventAttributes":{"a":1})");
  EXPECT_EQ(event.type, EventType::kUnknown);
  EXPECT_EQ(event.name(), "EVENT_TYPE_NEW");
  EXPECT_EQ(ReadOne(R"("eventType":99)").name(), "99");
}

TEST(History, Prefixes) {
  const History history = Read(std::string(kFour));
  EXPECT_TRUE(history.whole());
  EXPECT_EQ(history.source(), "<memory>");
  const auto cut = [&](std::int64_t id) {
    const History prefix = history.Until(id);
    EXPECT_EQ(prefix.events().size(), static_cast<std::size_t>(id));
    return prefix.cut_inside_batch();
  };
  EXPECT_FALSE(cut(1));
  EXPECT_TRUE(cut(2));
  EXPECT_TRUE(cut(3));
  EXPECT_FALSE(cut(4));
  EXPECT_FALSE(cut(5));
  EXPECT_FALSE(history.Until(4).whole());
  EXPECT_TRUE(history.Until(99).whole());
  EXPECT_EQ(history.Until(0).events().size(), 0u);
  EXPECT_EQ(History().events().size(), 0u);
}

struct Malformed {
  std::string text;
  absl::StatusCode code;
  const char* message;
};

std::vector<Malformed> MalformedTexts() {
  constexpr auto kLoss = absl::StatusCode::kDataLoss;
  constexpr auto kNonsense = absl::StatusCode::kInvalidArgument;
  const std::string bad_utf8 = "[{\"eventId\":\"1\xFF\"}]";
  return {
      {"", kLoss, "empty"},
      {" \n\t", kLoss, "empty"},
      {"\xEF\xBB\xBF", kLoss, "empty"},
      {"[]", kLoss, "no events"},
      {R"({"events":[]})", kLoss, "no events"},
      {R"({"events":null})", kLoss, "no events"},
      {"{}", kNonsense, "without \"events\""},
      {R"({"event":[1]})", kNonsense, "temporal workflow show"},
      {R"([{"events":[]},{"events":[]}])", kNonsense, "join the pages"},
      {R"({"events":{}})", kLoss, "byte 10 of 13: expected an array"},
      {R"({"events":[1]})", kLoss, "expected an object"},
      {R"({"events":[{}]})", kLoss, "event 1 of the file (id 0)"},
      {R"({"events":[{"eventType":1}]})", kLoss, "eventId"},
      {R"({"events":[{"eventId":1}]})", kLoss, "eventType"},
      {R"([{"eventId":0,"eventType":1}])", kLoss, "eventId"},
      {R"([{"eventId":-3,"eventType":1}])", kLoss, "greater than 0"},
      {R"([{"eventId":{},"eventType":1}])", kLoss, "eventId: expected"},
      {R"([{"eventId":"x","eventType":1}])", kLoss, "whole number"},
      {R"([{"eventId":1.5,"eventType":1}])", kLoss, "whole number"},
      {R"([{"eventId":99999999999999999999,"eventType":1}])", kLoss, "64 bits"},
      {R"([{"eventId":1,"eventType":[]}])", kLoss, "eventType: expected"},
      {R"([{"eventId":1,"eventType":true}])", kLoss, "name or number"},
      {R"([{"eventId":1,"eventType":17,"timerStartedEventAttributes":[]}])",
       kLoss, "timerStartedEventAttributes: expected an object"},
      {R"([{"eventId":1,"eventType":5,
          "workflowTaskScheduledEventAttributes":3}])",
       kLoss, "expected an object"},
      {R"([{"eventId":1,"eventType":17,
          "timerStartedEventAttributes":{"timerId":{}}}])",
       kLoss, "timerId: expected a string"},
      {R"([{"eventId":1,"eventType":17,
          "timerStartedEventAttributes":{"timerId":"\q"}}])",
       kLoss, "valid escapes"},
      {R"([{"timerStartedEventAttributes":{"timerId":4},
          "eventId":1,"eventType":17}])",
       kLoss, "timerId: expected a string"},
      {R"([{"eventId":1,"eventType":12,
          "activityTaskCompletedEventAttributes":{"result":[]}}])",
       kLoss, "result: expected an object"},
      {R"([{"eventId":1,"eventType":1,"workerMayIgnore":2}])", kLoss, "true"},
      {R"([{"eventId":1,"eventType":1})", kLoss, "']'"},
      {R"([{"eventId":1,"eventType":1)", kLoss, "'}'"},
      {R"([{"eventId":1,"eventType")", kLoss, "':'"},
      {R"([{"eventId":1,"eventTy)", kLoss, "does not end"},
      {R"([{"eventId" 1}])", kLoss, "':'"},
      {R"([{"eventId":1,}])", kLoss, "field's name"},
      {R"([{"eventId":}])", kLoss, "a value"},
      {R"([{"a":[1,2})", kLoss, "','"},
      {R"([{"eventId":1,"eventType":1}]x)", kLoss, "end of the file"},
      {R"([{"eventId":1,"eventType":1}] [])", kLoss, "end of the file"},
      {"[{\"a\":\"\x01\"}]", kLoss, "control character"},
      {bad_utf8, kLoss, "byte 14: not UTF-8"},
      {"hello", kLoss, "expected an object"},
      {"\x1f\x8b\x08", kLoss, "not UTF-8"},
      {std::string(100'000, '['), kLoss, "expected an object"},
      {"[{\"a\":" + std::string(100'000, '['), kLoss, "closing bracket"},
      {std::string("[{\0}]", 5), kLoss, "field's name"},
  };
}

TEST(History, MalformedTexts) {
  const std::vector<Malformed> rows = MalformedTexts();
  for (const Malformed& row : rows) {
    for (ReadOptions options : {ReadOptions(), kStrict}) {
      const auto history = History::FromJson(row.text, options);
      const std::string shown = row.text.substr(0, 100);
      ASSERT_FALSE(history.ok()) << shown;
      EXPECT_EQ(history.status().code(), row.code) << shown;
      EXPECT_THAT(Message(history.status()), HasSubstr("<memory>"));
      if (options.validation == Validation::kEverything) continue;
      EXPECT_THAT(Message(history.status()), HasSubstr(row.message)) << shown;
    }
  }
}

TEST(History, ValidationLooksAtWhatNobodyReads) {
  const std::pair<const char*, const char*> rows[] = {
      {R"("taskId":01)", "a number"},
      {R"("taskId":1.)", "a number"},
      {R"("taskId":nul)", "a number"},
      {R"("x":[1,{"y":2]})", "','"},
      {R"("x":"\u12")", "escapes"},
      {R"("x":{"a" 2})", "':'"},
      {R"("eventTime":"yesterday")", "a time"},
      {R"("eventTime":"2026-02-30T00:00:00Z")", "a time"},
      {R"("timerStartedEventAttributes":{"startToFireTimeout":"5"})",
       "a duration"},
      {R"("x":{"metadata":{"encoding":"a"},"data":""})", "base64"},
      {R"("x":{"data":"ab=c"})", "base64"},
      {R"("timerFiredEventAttributes":{})", "one of the two is wrong"},
  };
  for (const auto& [field, message] : rows) {
    const std::string text =
        fmt::format(R"([{{"eventId":1,"eventType":17,{}}}])", field);
    const absl::Status status = History::FromJson(text, kStrict).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << text;
    EXPECT_THAT(Message(status), HasSubstr(message)) << text;
    EXPECT_THAT(Message(status), HasSubstr("byte")) << text;
  }
  const std::string deep = R"([{"eventId":1,"eventType":17,"x":)" +
                           std::string(100'000, '[') +
                           std::string(100'000, ']') + "}]";
  EXPECT_TRUE(History::FromJson(deep).ok());
  EXPECT_FALSE(History::FromJson(deep, kStrict).ok());
}

TEST(History, FilesAndStreams) {
  const std::string path = ::testing::TempDir() + "/four.json";
  std::ofstream(path) << kFour;
  const auto from_file = History::FromFile(path);
  ASSERT_TRUE(from_file.ok()) << from_file.status();
  EXPECT_EQ(from_file->source(), path);
  std::istringstream in{std::string(kFour)};
  const auto from_stream = History::FromStream(in);
  ASSERT_TRUE(from_stream.ok()) << from_stream.status();
  EXPECT_EQ(WriteHistory(*from_file), WriteHistory(*from_stream));

  EXPECT_EQ(History::FromFile(path + ".no").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_FALSE(History::FromFile(::testing::TempDir()).ok());
  const ReadOptions small{.bytes_max = kFour.size() - 1};
  std::istringstream again{std::string(kFour)};
  for (const absl::Status& status :
       {History::FromFile(path, small).status(),
        History::FromStream(again, small).status(),
        History::FromJson(std::string(kFour), small).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  }
  std::remove(path.c_str());
}

}  // namespace
}  // namespace cohort
