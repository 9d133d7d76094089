#include "cohort/corpus/scrub.h"

#include <map>
#include <string>
#include <vector>

#include "cohort/corpus/run_facts.h"
#include "cohort/corpus/shape.h"
#include "cohort/history/base64.h"
#include "cohort/history/payload_reader.h"
#include "cohort/markers/value_markers.h"
#include "cohort/testing/history_builder.h"
#include "fmt/core.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

std::string Base64(std::string_view bytes) {
  std::string text;
  AppendBase64(text, bytes);
  return text;
}

History Scrubbed(const History& history, ScrubOptions options = {}) {
  Scrubber scrubber(options);
  auto json = scrubber.Scrub(history);
  EXPECT_TRUE(json.ok()) << json.status();
  auto read = History::FromJson(*json);
  EXPECT_TRUE(read.ok()) << read.status();
  return *std::move(read);
}

// One event of that type with these attributes, scrubbed; its attributes.
Json Event1(const std::string& type, const std::string& attributes,
            ScrubOptions options = {}) {
  std::string field = type + "EventAttributes";
  field[0] = static_cast<char>(field[0] - 'A' + 'a');
  auto history = History::FromJson(
      fmt::format(R"([{{"eventId":"1","eventTime":"2026-01-01T00:00:00Z",
                       "eventType":"{}","{}":{}}}])",
                  type, field, attributes));
  EXPECT_TRUE(history.ok()) << history.status();
  const History scrubbed = Scrubbed(*history, options);
  return Json::parse(scrubbed.events()[0].json)[field];
}

// The data of a payload with this encoding, scrubbed.
std::string Data(std::string_view encoding, std::string_view data,
                 ScrubOptions options = {}) {
  const Json event = Event1(
      "WorkflowExecutionSignaled",
      fmt::format(R"({{"input":{{"payloads":[{{"metadata":{{"encoding":"{}"}},
                                               "data":"{}"}}]}}}})",
                  Base64(encoding), Base64(data)),
      options);
  std::string bytes;
  EXPECT_TRUE(DecodeBase64(
      event["input"]["payloads"][0]["data"].get<std::string>(), bytes));
  return bytes;
}

TEST(Scrub, TokensHaveTheTypeOfTheirValues) {
  EXPECT_EQ(Data("json/plain", R"("ann@example.com")"), R"("s1")");
  EXPECT_EQ(Data("json/plain", R"("")"), R"("")");
  EXPECT_EQ(Data("json/plain", "471100000"), "1");
  EXPECT_EQ(Data("json/plain", "-99999999999999999999"), "1.5");
  EXPECT_EQ(Data("json/plain", "3.25"), "1.5");
  EXPECT_EQ(Data("json/plain", "true"), "true");
  EXPECT_EQ(Data("json/plain", "null"), "null");
  EXPECT_EQ(Data("json/plain", R"({"name":"Ann","age":[41,41,42,"Ann",null]})"),
            R"({"k1":"s1","k2":[1,1,2,"s1",null]})");
  EXPECT_EQ(Data("json/plain", R"({"name":"Ann"})", {.keys = Treatment::kKept}),
            R"({"name":"s1"})");
  EXPECT_EQ(Data("json/plain", "no json"), R"("b1")");
  EXPECT_EQ(Data("binary/plain", "secret"), "b1");
  EXPECT_EQ(Data("binary/encrypted", "secret"), "b1");
  const std::string deep(5000, '[');
  EXPECT_LT(Data("json/plain", deep + std::string(5000, ']')).size(), 200u);
}

TEST(Scrub, WhatIsNoPayloadLeavesItsShapeOnly) {
  const auto scrubbed = [](const std::string& payload) {
    return Event1("WorkflowExecutionSignaled",
                  R"({"input":{"payloads":[)" + payload + "]}}")
        .dump();
  };
  const std::string metadata = R"({"encoding":")" + Base64("json/plain");
  for (const std::string& payload :
       {std::string(R"("Ann's card")"), std::string(R"({"card":"Ann's card"})"),
        std::string(R"({"metadata":{},"data":{"name":"Ann's card"}})"),
        std::string(R"({"metadata":{"encoding":["Ann's card"]},"data":""})"),
        std::string(R"({"metadata":"Ann's card","data":""})"),
        R"({"metadata":)" + metadata + R"("},"data":"","more":"Ann's card"})",
        R"({"metadata":)" + metadata +
            R"(","key":{"a":"Ann's card"}},"data":""})"}) {
    EXPECT_THAT(scrubbed(payload), Not(HasSubstr("Ann's card"))) << payload;
    EXPECT_THAT(scrubbed(payload), HasSubstr("payloads")) << payload;
  }
}

TEST(Scrub, NestedPayloadsHideNothing) {
  const std::string message = "temporal.api.common.v1.Payloads";
  const auto nested = [&](const std::string& data) {
    const Json event = Event1(
        "WorkflowExecutionSignaled",
        fmt::format(R"({{"input":{{"payloads":[{{"metadata":{{
                           "encoding":"{}","messageType":"{}"}},
                           "data":"{}"}}]}}}})",
                    Base64("json/protobuf"), Base64(message), Base64(data)));
    std::string bytes;
    EXPECT_TRUE(DecodeBase64(
        event["input"]["payloads"][0]["data"].get<std::string>(), bytes));
    return bytes;
  };
  EXPECT_EQ(nested(R"({"payloads":["Ann"],"note":"Bob"})"),
            R"({"payloads":["s2"],"note":"s1"})");
  const std::string deep(100'000, '[');
  EXPECT_EQ(
      nested(R"({"payloads":[],"x":)" + deep + std::string(100'000, ']') + "}"),
      R"("b1")");
}

TEST(Scrub, AProtobufMessageStaysOne) {
  // Field 536870911, a varint, with the value 1.
  EXPECT_EQ(Data("binary/protobuf", "\x0a\x05hello"),
            "\xf8\xff\xff\xff\x0f\x01");
}

TEST(Scrub, EqualValuesHaveEqualTokensInAllHistories) {
  Scrubber scrubber({});
  const auto data = [&](const char* json) {
    auto text = scrubber.Scrub(
        HistoryBuilder("W").Turn().Completed({JsonPayload(json)}).Build());
    EXPECT_TRUE(text.ok());
    auto history = History::FromJson(*text);
    PayloadReader reader;
    return (*reader.ReadPayloads(history->events().back().input))[0].data;
  };
  EXPECT_EQ(data(R"("a")"), R"("s1")");
  EXPECT_EQ(data(R"("b")"), R"("s2")");
  EXPECT_EQ(data(R"(["a","c"])"), R"(["s1","s3"])");
}

TEST(Scrub, FailuresKeepTheirTypeOnly) {
  const Json failed = Event1("ActivityTaskFailed", R"({
    "scheduledEventId":"5","identity":"4711@ann-laptop",
    "retryState":"RETRY_STATE_TIMEOUT",
    "failure":{"message":"card of Ann declined","source":"GoSDK",
      "stackTrace":"at Ann","applicationFailureInfo":{"type":"Declined"},
      "encodedAttributes":{"metadata":{"encoding":"anNvbi9wbGFpbg=="},
        "data":")" + Base64(R"({"message":"Ann","stack_trace":"x"})") +
                                                       R"("},
      "cause":{"message":"card of Ann declined"}}})");
  EXPECT_EQ(failed["identity"], "t1");
  EXPECT_EQ(failed["scheduledEventId"], "5");
  EXPECT_EQ(failed["retryState"], "RETRY_STATE_TIMEOUT");
  const Json& failure = failed["failure"];
  EXPECT_EQ(failure["message"], "t2");
  EXPECT_EQ(failure["stackTrace"], "t3");
  EXPECT_EQ(failure["source"], "GoSDK");
  EXPECT_EQ(failure["applicationFailureInfo"]["type"], "Declined");
  EXPECT_EQ(failure["cause"]["message"], "t2");
  EXPECT_EQ(failure["encodedAttributes"]["data"],
            Base64(R"({"message":"s1","stack_trace":"s2"})"));
}

TEST(Scrub, TextsOfUnknownFieldsGo) {
  const Json event = Event1("WorkflowExecutionTerminated", R"({
    "reason":"Ann said so","grown":"Ann said so","count":"42","limit":"10s",
    "state":"SOME_STATE_NAME","at":"2026-01-01T00:00:00.5Z",
    "nested":{"list":["Ann"]}})");
  EXPECT_EQ(event["reason"], "t1");
  EXPECT_EQ(event["grown"], "t1");
  EXPECT_EQ(event["count"], "42");
  EXPECT_EQ(event["limit"], "10s");
  EXPECT_EQ(event["state"], "SOME_STATE_NAME");
  EXPECT_EQ(event["at"], "2026-01-01T00:00:00.5Z");
  EXPECT_EQ(event["nested"]["list"][0], "t2");
  EXPECT_EQ(Event1("WorkflowExecutionCancelRequested",
                   R"({"cause":"CUSTOMER_ANN"})")["cause"],
            "t1");
}

TEST(Scrub, NamesAndIdsOnRequest) {
  const std::string start = R"({
    "workflowType":{"name":"Order"},"workflowId":"ann-17",
    "originalExecutionRunId":"r1","firstExecutionRunId":"r1",
    "taskQueue":{"name":"orders","kind":"TASK_QUEUE_KIND_NORMAL"}})";
  const Json kept = Event1("WorkflowExecutionStarted", start);
  EXPECT_EQ(kept["workflowId"], "ann-17");
  EXPECT_EQ(kept["taskQueue"]["name"], "orders");
  const Json names = Event1("WorkflowExecutionStarted", start,
                            {.names = Treatment::kReplaced});
  EXPECT_EQ(names["workflowType"]["name"], "n1");
  EXPECT_EQ(names["taskQueue"]["name"], "n2");
  EXPECT_EQ(names["workflowId"], "ann-17");
  const Json ids =
      Event1("WorkflowExecutionStarted", start, {.ids = Treatment::kReplaced});
  EXPECT_EQ(ids["workflowType"]["name"], "Order");
  EXPECT_EQ(ids["workflowId"], "i1");
  EXPECT_EQ(ids["originalExecutionRunId"], "i2");
  EXPECT_EQ(ids["firstExecutionRunId"], "i2");
  const Json scheduled =
      Event1("ActivityTaskScheduled",
             R"({"activityId":"17","activityType":{"name":"__internal"}})",
             {.names = Treatment::kReplaced, .ids = Treatment::kReplaced});
  EXPECT_EQ(scheduled["activityId"], "17");
  EXPECT_EQ(scheduled["activityType"]["name"], "__internal");
  const Json accepted = Event1(
      "WorkflowExecutionUpdateAccepted",
      R"({"protocolInstanceId":"u1","acceptedRequestMessageId":"u1/request"})",
      {.ids = Treatment::kReplaced});
  EXPECT_EQ(accepted["acceptedRequestMessageId"], "i1/request");
}

TEST(Scrub, AStickyQueueIsNamedAfterItsHost) {
  const Json event = Event1("WorkflowTaskScheduled", R"({"taskQueue":{
      "name":"ann-laptop:1","kind":"TASK_QUEUE_KIND_STICKY",
      "normalName":"orders"}})");
  EXPECT_EQ(event["taskQueue"]["name"], "t1");
  EXPECT_EQ(event["taskQueue"]["normalName"], "orders");
}

TEST(Scrub, MemoSearchAttributesAndHeadersKeepTheirNames) {
  const std::string ann =
      R"({"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":")" +
      Base64("\"Ann\"") + "\"}";
  const Json event =
      Event1("WorkflowExecutionStarted",
             R"({"memo":{"fields":{"customer":)" + ann +
                 R"(}},"header":{"fields":{"trace":)" + ann +
                 R"(}},"searchAttributes":{"indexedFields":{"Customer":)" +
                 ann + R"(,"TemporalChangeVersion":)" + ann + "}}}");
  const std::string token = Base64("\"s1\"");
  EXPECT_EQ(event["memo"]["fields"]["customer"]["data"], token);
  EXPECT_EQ(event["header"]["fields"]["trace"]["data"], token);
  const Json& attributes = event["searchAttributes"]["indexedFields"];
  EXPECT_EQ(attributes["Customer"]["data"], token);
  EXPECT_EQ(attributes["TemporalChangeVersion"]["data"], Base64("\"Ann\""));
}

// A history with one marker, written by our own encoder.
History WithMarker(const Command& command) {
  EventDraft draft;
  draft.type = EventType::kMarkerRecorded;
  draft.texts = command.texts;
  draft.details = command.details;
  return HistoryBuilder("W").Turn().Add(draft).Build();
}

TEST(Scrub, MarkersOfVersionsStayWhole) {
  const History history = HistoryBuilder("W")
                              .Turn()
                              .Version("Step1", 2)
                              .Patch("split")
                              .Markers(Dialect::kJava)
                              .Version("Step2", 1)
                              .Build();
  const History scrubbed = Scrubbed(
      history, {.names = Treatment::kReplaced, .ids = Treatment::kReplaced});
  PayloadReader reader;
  for (std::size_t i = 0; i < history.events().size(); ++i) {
    const auto before = DecodeVersionMarker(history.events()[i], reader);
    const auto after = DecodeVersionMarker(scrubbed.events()[i], reader);
    ASSERT_TRUE(before.ok() && after.ok());
    EXPECT_EQ(*before, *after);
    EXPECT_EQ(IsChangeVersionUpsert(history.events()[i]),
              IsChangeVersionUpsert(scrubbed.events()[i]));
  }
}

TEST(Scrub, SideEffectsLoseTheirValueOnly) {
  PayloadReader reader;
  for (const std::optional<std::int64_t> id :
       {std::optional<std::int64_t>(7), std::optional<std::int64_t>()}) {
    const History scrubbed =
        Scrubbed(WithMarker(EncodeSideEffect({id, {JsonPayload("\"Ann\"")}})));
    const auto marker = DecodeSideEffect(scrubbed.events().back(), reader);
    ASSERT_TRUE(marker.ok()) << marker.status();
    EXPECT_EQ((*marker)->id, id);
    EXPECT_EQ((*marker)->data[0].data, "\"s1\"");
  }
  for (const std::optional<std::int64_t> call :
       {std::optional<std::int64_t>(3), std::optional<std::int64_t>()}) {
    MutableSideEffectMarker value;
    value.id = "limit_1";
    value.call = call;
    value.data = {JsonPayload("\"Ann\""), JsonPayload("12345")};
    const History scrubbed =
        Scrubbed(WithMarker(EncodeMutableSideEffect(value, 9)));
    const auto marker =
        DecodeMutableSideEffect(scrubbed.events().back(), reader);
    ASSERT_TRUE(marker.ok()) << marker.status();
    EXPECT_EQ((*marker)->id, "limit_1");
    EXPECT_EQ((*marker)->call, call);
    ASSERT_EQ((*marker)->data.size(), 2u);
    EXPECT_EQ((*marker)->data[0].data, "\"s1\"");
    EXPECT_EQ((*marker)->data[1].data, "1");
  }
}

TEST(Scrub, AHeadHidesNothingInItsDepth) {
  const auto head = [](const std::string& json) {
    const Json event = Event1(
        "MarkerRecorded",
        fmt::format(R"({{"markerName":"core_local_activity","details":{{"data":
                       {{"payloads":[{{"metadata":{{"encoding":"{}"}},
                       "data":"{}"}}]}}}}}})",
                    Base64("json/plain"), Base64(json)));
    std::string bytes;
    EXPECT_TRUE(DecodeBase64(
        event["details"]["data"]["payloads"][0]["data"].get<std::string>(),
        bytes));
    return bytes;
  };
  const std::string scrubbed =
      head(R"({"seq":1,"complete_time":{"seconds":7,"nanos":9},)"
           R"("more":{"note":"Ann's card","list":["Ann's card"]}})");
  EXPECT_THAT(scrubbed,
              HasSubstr(R"("complete_time":{"seconds":7,"nanos":9})"));
  EXPECT_THAT(scrubbed, Not(HasSubstr("Ann's")));
  const std::string deep(100'000, '[');
  EXPECT_THAT(
      head(R"({"x":)" + deep + std::string(100'000, ']') + "}"),
      Not(HasSubstr("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
                    "[[[[[[[[[[[[[[[[")));
}

TEST(Scrub, LocalActivitiesKeepTheirHead) {
  PayloadReader reader;
  for (const Dialect dialect : {Dialect::kGo, Dialect::kJava, Dialect::kCore}) {
    LocalActivityMarker value;
    value.type = "price";
    value.id = "41";
    value.attempt = 2;
    value.result = {JsonPayload("\"Ann\"")};
    value.completed = absl::FromUnixSeconds(1'700'000'000);
    const History history = WithMarker(EncodeLocalActivity(dialect, value));
    for (const Treatment names : {Treatment::kKept, Treatment::kReplaced}) {
      const History scrubbed =
          Scrubbed(history, {.names = names, .ids = Treatment::kReplaced});
      const auto marker = DecodeLocalActivity(scrubbed.events().back(), reader);
      ASSERT_TRUE(marker.ok()) << marker.status();
      EXPECT_EQ((*marker)->id, "41");
      // The workflow's type is the first name.
      EXPECT_EQ((*marker)->type, names == Treatment::kKept ? "price" : "n2");
      EXPECT_EQ((*marker)->attempt, 2);
      EXPECT_EQ((*marker)->completed, value.completed);
      EXPECT_EQ((*marker)->result[0].data, "\"s1\"");
    }
  }
}

TEST(Scrub, CadencesBlobs) {
  const auto details = [](const char* marker, const std::string& bytes) {
    const Json event = Event1(
        "MarkerRecorded", fmt::format(R"({{"markerName":"{}","details":"{}"}})",
                                      marker, Base64(bytes)));
    std::string out;
    EXPECT_TRUE(DecodeBase64(event["details"].get<std::string>(), out));
    return out;
  };
  EXPECT_EQ(details("Version", "\"c\"\n1\n"), "\"c\"\n1\n");
  EXPECT_EQ(details("SideEffect", "7\n\"" + Base64("\"Ann\"\n") + "\"\n"),
            "7\n\"" + Base64("\"s1\"\n") + "\"\n");
  EXPECT_EQ(details("MutableSideEffect", "\"id\"\n\"\\\"Ann\\\"\\n\"\n"),
            "\"id\"\n\"\\\"s1\\\"\\n\"\n");
  EXPECT_EQ(
      details("LocalActivity", R"({"activityId":"1","activityType":"a",)"
                               R"("replayTime":"2020-01-01T00:00:00+03:00",)"
                               R"("resultJson":"\"Ann\"\n"})"
                               "\n"),
      R"({"activityId":"1","activityType":"a",)"
      R"("replayTime":"2020-01-01T00:00:00+03:00",)"
      R"("resultJson":"\"s1\"\n"})"
      "\n");
  const Json event =
      Event1("ActivityTaskFailed", R"({"reason":"Declined","details":")" +
                                       Base64("\"Ann\"\n17\n") + "\"}");
  EXPECT_EQ(event["reason"], "Declined");
  EXPECT_EQ(event["details"], Base64("\"s1\"\n1\n"));
}

TEST(Scrub, WhatAReplayComparesStays) {
  const History history = HistoryBuilder("Order", {JsonPayload("{\"a\":1}")})
                              .Turn()
                              .Version("Step1", 1)
                              .Activity("charge")
                              .Timer()
                              .ActivityFailed("declined")
                              .Signal("go", {JsonPayload("17")})
                              .Turn()
                              .SideEffect(JsonPayload("4"))
                              .Completed({JsonPayload("\"done\"")})
                              .Build();
  const History scrubbed = Scrubbed(history);
  const auto before = ShapeOf(history);
  const auto after = ShapeOf(scrubbed);
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_EQ(before->Whole(), after->Whole());
  const auto count = static_cast<std::int64_t>(history.events().size());
  EXPECT_EQ(EventsDigest(history, count), EventsDigest(scrubbed, count));
}

TEST(Scrub, TooDeepIsRefused) {
  std::string json = R"([{"eventId":1,"eventType":"ActivityTaskFailed",
      "activityTaskFailedEventAttributes":{"failure":)";
  for (int i = 0; i < 500; ++i) json += "{\"cause\":";
  json += "{}" + std::string(500, '}') + "}}]";
  auto history = History::FromJson(json, {}, "deep.json");
  ASSERT_TRUE(history.ok()) << history.status();
  Scrubber scrubber({});
  const auto text = scrubber.Scrub(*history);
  EXPECT_TRUE(absl::IsResourceExhausted(text.status())) << text.status();
  EXPECT_THAT(std::string(text.status().message()),
              HasSubstr("deep.json: event 1"));
}

}  // namespace
}  // namespace cohort
