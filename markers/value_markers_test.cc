#include "cohort/markers/value_markers.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cohort/history/json_writer.h"
#include "cohort/markers/codec.h"
#include "cohort/markers/marker_event.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

Payloads Json(std::string text) { return {JsonPayload(std::move(text))}; }
Payloads Bytes(std::string data) { return {Payload{{}, std::move(data)}}; }

std::string FailureText(const std::optional<Failure>& failure) {
  std::string out;
  if (failure.has_value()) AppendFailure(out, *failure);
  return out;
}

absl::Time At(std::int64_t unix_seconds, std::int64_t nanos = 0) {
  return absl::FromUnixSeconds(unix_seconds) + absl::Nanoseconds(nanos);
}

absl::StatusOr<std::optional<LocalActivityMarker>> Activity(
    std::string_view name, std::string details, std::string failure = "") {
  const MarkerEvent one(name, std::move(details), std::move(failure));
  PayloadReader reader;
  return DecodeLocalActivity(one.event, reader);
}
absl::StatusOr<std::optional<LocalActivityMarker>> Activity(
    std::string_view name, const PayloadsMap& details) {
  return Activity(name, DetailsText(details));
}
absl::StatusOr<std::optional<MutableSideEffectMarker>> Mutable(
    std::string details) {
  const MarkerEvent one("MutableSideEffect", std::move(details));
  PayloadReader reader;
  return DecodeMutableSideEffect(one.event, reader);
}
absl::StatusOr<std::optional<SideEffectMarker>> SideEffectOf(
    std::string details) {
  const MarkerEvent one("SideEffect", std::move(details));
  PayloadReader reader;
  return DecodeSideEffect(one.event, reader);
}

// One line for everything that a marker says.
std::string Says(
    const absl::StatusOr<std::optional<LocalActivityMarker>>& read) {
  if (!read.ok()) return std::string(read.status().message());
  if (!read->has_value()) return "none";
  const LocalActivityMarker& m = **read;
  std::string out = m.type + " #" + m.id + " attempt " +
                    std::to_string(m.attempt) + " backoff " +
                    (m.backoff ? std::to_string(m.backoff->count()) : "none") +
                    " result";
  for (const Payload& payload : m.result) out += " " + payload.data;
  const auto time = [](absl::Time t) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%E*S", t, absl::UTCTimeZone());
  };
  return out + " at " + time(m.completed) + " since " + time(m.scheduled) +
         " failure " + FailureText(m.failure);
}

LocalActivityMarker Charge() {
  LocalActivityMarker marker;
  marker.type = "Charge<\"a\">";
  marker.id = "12";
  marker.attempt = 3;
  marker.result = Json("\"paid\"");
  marker.completed = At(1'800'000'000, 120'000'000);
  marker.scheduled = At(1'799'999'990, 7'000'000);
  return marker;
}

std::string DataAt(const Command& command, std::string_view key) {
  const auto it = command.details.find(key);
  return it == command.details.end() ? "<none>" : it->second.front().data;
}

TEST(EncodeLocalActivity, WritesTheBytesOfEachDialect) {
  const Command go = EncodeLocalActivity(Dialect::kGo, Charge());
  EXPECT_EQ(go.kind, CommandKind::kRecordLocalActivity);
  EXPECT_EQ(go.name(), "LocalActivity");
  EXPECT_EQ(go.key(), "Charge<\"a\">");
  EXPECT_EQ(
      go.details,
      (PayloadsMap{{"data", Json(R"({"ActivityID":"12",)"
                                 R"("ActivityType":"Charge\u003c\"a\"\u003e",)"
                                 R"("ReplayTime":"2027-01-15T08:00:00.12Z",)"
                                 R"("Attempt":3,"Backoff":0})")},
                   {"result", Json("\"paid\"")}}));
  EXPECT_EQ(EncodeLocalActivity(Dialect::kCadence, Charge()).details,
            go.details);

  const Command java = EncodeLocalActivity(Dialect::kJava, Charge());
  EXPECT_EQ(java.name(), "LocalActivity");
  EXPECT_EQ(java.details,
            (PayloadsMap{
                {"activityId", Json("\"12\"")},
                {"type", Json(R"("Charge<\"a\">")")},
                {"time", Json("1800000000120")},
                {"meta",
                 Json(R"({"firstSkd":1799999990007,"atpt":3,"backoff":null})")},
                {"result", Json("\"paid\"")}}));

  const Command core = EncodeLocalActivity(Dialect::kCore, Charge());
  EXPECT_EQ(core.name(), "core_local_activity");
  EXPECT_EQ(
      core.details,
      (PayloadsMap{
          {"data",
           Json(R"({"seq":12,"attempt":3,"activity_id":"12",)"
                R"("activity_type":"Charge<\"a\">",)"
                R"("complete_time":{"seconds":1800000000,"nanos":120000000},)"
                R"("backoff":null,)"
                R"("original_schedule_time":)"
                R"({"seconds":1799999990,"nanos":7000000}})")},
          {"result", Json("\"paid\"")}}));
  EXPECT_EQ(EncodeLocalActivity(Dialect::kCoreOld, Charge()).details,
            core.details);
}

TEST(EncodeLocalActivity, WritesFailuresAndBackoffs) {
  LocalActivityMarker marker;
  marker.type = "a";
  marker.id = "x";  // no number: core's sequence is 0
  marker.backoff = milliseconds(61'500);
  marker.failure.emplace().message = "no";
  const Command go = EncodeLocalActivity(Dialect::kGo, marker);
  ASSERT_TRUE(go.failure.has_value());
  EXPECT_EQ(go.failure->message, "no");
  EXPECT_FALSE(go.details.contains("result"));
  EXPECT_EQ(DataAt(go, "data"), R"({"ActivityID":"x","ActivityType":"a",)"
                                R"("ReplayTime":"1970-01-01T00:00:00Z",)"
                                R"("Attempt":1,"Backoff":61500000000})");
  EXPECT_EQ(DataAt(EncodeLocalActivity(Dialect::kJava, marker), "meta"),
            R"({"firstSkd":0,"atpt":1,"backoff":61.500000000})");
  EXPECT_EQ(
      DataAt(EncodeLocalActivity(Dialect::kCore, marker), "data"),
      R"({"seq":0,"attempt":1,"activity_id":"x","activity_type":"a",)"
      R"("complete_time":null,"backoff":{"seconds":61,"nanos":500000000},)"
      R"("original_schedule_time":null})");
}

TEST(DecodeLocalActivity, ReadsBackWhatIsWritten) {
  const std::pair<Dialect, std::string> rows[] = {
      {Dialect::kGo, "1970-01-01T00:00:00"},  // Go does not say
      {Dialect::kJava, "2027-01-15T07:59:50.007"},
      {Dialect::kCore, "2027-01-15T07:59:50.007"},
  };
  for (const auto& [dialect, scheduled] : rows) {
    LocalActivityMarker marker = Charge();
    marker.backoff = nanoseconds(1'500'000'001);
    Failure& failure = marker.failure.emplace();
    failure.message = "outer";
    failure.info = "activityFailureInfo";
    auto cause = std::make_shared<Failure>();
    cause->message = "inner";
    cause->info = "applicationFailureInfo";
    cause->type = "Broke";
    failure.cause = std::move(cause);
    const Command command = EncodeLocalActivity(dialect, marker);
    EXPECT_EQ(
        Says(Activity(command.name(), DetailsText(command.details),
                      FailureText(command.failure))),
        "Charge<\"a\"> #12 attempt 3 backoff 1500000001 result \"paid\" at "
        "2027-01-15T08:00:00.12 since " +
            scheduled +
            R"( failure {"message":"outer","activityFailureInfo":{},"cause":)"
            R"({"message":"inner","applicationFailureInfo":{"type":"Broke"}}})");
  }
}

TEST(DecodeLocalActivity, WritesNoTimeThatItCannotRead) {
  for (const absl::Time time :
       {absl::InfinitePast(), absl::InfiniteFuture(), At(-62'135'596'801),
        At(253'402'300'800), At(-1, 1), absl::UnixEpoch()}) {
    for (const Dialect dialect :
         {Dialect::kGo, Dialect::kJava, Dialect::kCore}) {
      LocalActivityMarker marker = Charge();
      marker.completed = marker.scheduled = time;
      marker.backoff = seconds(-1);
      const Command command = EncodeLocalActivity(dialect, marker);
      EXPECT_TRUE(Activity(command.name(), command.details).ok())
          << DetailsText(command.details);
    }
  }
}

TEST(DecodeLocalActivity, ReadsTheOddForms) {
  const auto go = [](std::string data) {
    return Says(Activity("LocalActivity", {{"data", Json(std::move(data))}}));
  };
  // Without type; counted from 0; nothing left to try; unknown fields.
  EXPECT_EQ(go(R"( {"ActivityID":"1","Attempt":0,"Backoff":-1,"X":[{}]} )"),
            " #1 attempt 1 backoff none result at 1970-01-01T00:00:00 since "
            "1970-01-01T00:00:00 failure ");
  EXPECT_EQ(
      go(R"({"ActivityID":"1","ReplayTime":"2020-07-21T17:40:31.7+03:00"})"),
      " #1 attempt 1 backoff none result at 2020-07-21T14:40:31.7 since "
      "1970-01-01T00:00:00 failure ");

  const auto java = [](std::string meta) {
    PayloadsMap details = {{"activityId", Json("\"u\"")},
                           {"type", Json("\"T\"")},
                           {"time", Json("1670282158024")},
                           {"input", {}},
                           {"data", Json("5")}};  // once the result's name
    if (!meta.empty()) details.emplace("meta", Json(std::move(meta)));
    return Says(Activity("LocalActivity", details));
  };
  const std::string tail = " failure ";
  EXPECT_EQ(java(""),
            "T #u attempt 1 backoff none result 5 at "
            "2022-12-05T23:15:58.024 since 1970-01-01T00:00:00 failure ");
  EXPECT_THAT(java(R"({"firstSkd":1000,"atpt":2,"backoff":5.000000000})"),
              HasSubstr("attempt 2 backoff 5000000000 "));
  EXPECT_THAT(java(R"({"firstSkd":1000,"atpt":2,"backoff":5000})"),
              HasSubstr("attempt 2 backoff 5000000000 "));

  // As core's newer releases and other JSON writers have it.
  const std::string core =
      R"({"seq": 1, "attempt": 2, "activity_id": "1", "activity_type": "price",)"
      R"( "complete_time": null, "backoff": {"nanos": 5, "seconds": 1},)"
      R"( "activation_index": 1})";
  EXPECT_EQ(Says(Activity("core_local_activity", {{"data", Json(core)}})),
            "price #1 attempt 2 backoff 1000000005 result at "
            "1970-01-01T00:00:00 since 1970-01-01T00:00:00 failure ");

  EXPECT_EQ(Says(Activity("SideEffect", "{}")), "none");
  EXPECT_EQ(Says(Activity("LocalActivity",
                          R"({"data":{"payloads":[{"metadata":{"encoding":)"
                          R"("anNvbi9wbGFpbg=="},"data":)"
                          R"("eyJBY3Rpdml0eUlEIjoiMSJ9"}]}})",
                          "null")),
            " #1 attempt 1 backoff none result at 1970-01-01T00:00:00 since "
            "1970-01-01T00:00:00 failure ");
  MarkerEvent timer("LocalActivity", "{}");
  timer.event.type = EventType::kTimerStarted;
  PayloadReader reader;
  EXPECT_EQ(Says(DecodeLocalActivity(timer.event, reader)), "none");
}

TEST(DecodeLocalActivity, ReadsCadence) {
  const auto cadence = [](std::string object) {
    return Says(Activity("LocalActivity", {{"", Bytes(std::move(object))}}));
  };
  EXPECT_EQ(cadence("{\"activityId\":\"5\",\"activityType\":\"int\","
                    "\"resultJson\":\"5\\n\",\"replayTime\":"
                    "\"2020-07-21T17:40:31.763850365+03:00\"}\n"),
            "int #5 attempt 1 backoff none result 5\n at "
            "2020-07-21T14:40:31.763850365 since 1970-01-01T00:00:00 failure ");
  EXPECT_EQ(
      cadence(R"({"activityId":"5","errReason":"broke","errJson":"\"d\"",)"
              R"("attempt":1,"backoff":2000000000})"),
      " #5 attempt 2 backoff 2000000000 result at 1970-01-01T00:00:00 since "
      "1970-01-01T00:00:00 failure "
      R"({"message":"broke","applicationFailureInfo":{"type":"broke",)"
      R"("details":{"payloads":[{"data":"ImQi"}]}}})");
  // As it stands in a history: base64 of {"activityId":"5"}.
  EXPECT_THAT(Says(Activity("LocalActivity", "\"eyJhY3Rpdml0eUlkIjoiNSJ9\"")),
              HasSubstr(" #5 attempt 1 "));
}

TEST(DecodeLocalActivity, RefusesWhatIsMalformed) {
  const auto go = [](std::string data) {
    return std::pair("LocalActivity", PayloadsMap{{"data", Json(data)}});
  };
  const auto core = [](std::string fields) {
    return std::pair(
        "core_local_activity",
        PayloadsMap{{"data", Json(R"({"activity_id":"1",)" + fields + "}")}});
  };
  const auto java = [](std::string_view key, std::string data) {
    PayloadsMap details = {{"activityId", Json("\"u\"")},
                           {"type", Json("\"T\"")},
                           {"time", Json("1")}};
    details[std::string(key)] = Json(std::move(data));
    return std::pair("LocalActivity", std::move(details));
  };
  const std::pair<const char*, PayloadsMap> rows[] = {
      {"LocalActivity", {}},
      {"LocalActivity", {{"data", {}}}},
      {"LocalActivity", {{"data", Bytes(R"({"ActivityID":"1"})")}}},
      {"LocalActivity", {{"", Bytes("{}")}}},
      {"LocalActivity", {{"", Json(R"({"activityId":"1"})")}}},
      {"LocalActivity", {{"activityId", Json("\"u\"")}}},
      go(""),
      go("[]"),
      go(R"({"ActivityType":"a"})"),
      go(R"({"ActivityID":1})"),
      go(R"({"ActivityID":"1"}x)"),
      go(R"({"ActivityID":"1",})"),
      go(R"({"ActivityID":"1","Attempt":-1})"),
      go(R"({"ActivityID":"1","Attempt":4294967296})"),
      go(R"({"ActivityID":"1","Backoff":1.5})"),
      go(R"({"ActivityID":"1","ReplayTime":"now"})"),
      go(R"({"ActivityID":"1","ReplayTime":"0001-01-01T00:00:00+01:00"})"),
      java("activityId", "7"),
      java("type", "null"),
      java("time", "\"1\""),
      java("time", "9223372036854775807"),
      java("meta", "{"),
      java("meta", R"({"firstSkd":"1"})"),
      java("meta", R"({"firstSkd":1,"atpt":1,"backoff":-1})"),
      java("meta", R"({"firstSkd":1,"atpt":1,"backoff":-0.5})"),
      java("meta", R"({"firstSkd":1,"atpt":1,"backoff":1e3})"),
      java("meta", R"({"firstSkd":1,"atpt":1,"backoff":9223372036854775807})"),
      java("meta", R"({"firstSkd":1,"atpt":1,"backoff":99999999999.0})"),
      {"core_local_activity", {}},
      {"core_local_activity", {{"activityId", Json("\"u\"")}}},
      core(R"("attempt":1)"),
      core(R"("activity_type":"a","complete_time":{"seconds":1})"),
      core(R"("activity_type":"a","complete_time":{"seconds":1,"nanos":-1})"),
      core(R"("activity_type":"a","backoff":{"seconds":1,"nanos":1000000000})"),
      core(R"("activity_type":"a","backoff":{"seconds":-1,"nanos":0})"),
      core(R"("activity_type":"a","backoff":{"seconds":9223372036,"nanos":0})"),
      core(R"("activity_type":"a",)"
           R"("original_schedule_time":{"seconds":253402300800,"nanos":0})"),
  };
  for (const auto& [name, details] : rows) {
    const auto read = Activity(name, details);
    EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss)
        << DetailsText(details);
    EXPECT_THAT(std::string(read.status().message()), HasSubstr("event 7"));
  }
}

TEST(DecodeLocalActivity, RefusesFailuresThatItCannotRead) {
  const std::string fine =
      DetailsText(EncodeLocalActivity(Dialect::kGo, Charge()).details);
  EXPECT_THAT(Says(Activity("LocalActivity", fine, "[]")),
              HasSubstr("event 7: marker \"LocalActivity\": its failure"));
  std::string deep = "{}";
  for (int i = 0; i < 100; ++i) deep = "{\"cause\":" + deep + "}";
  EXPECT_EQ(Activity("LocalActivity", fine, deep).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(MutableSideEffect, WritesGosBytes) {
  const MutableSideEffectMarker marker{"a<b", 4, std::nullopt, Json("0")};
  const Command command = EncodeMutableSideEffect(marker, 6);
  EXPECT_EQ(command.kind, CommandKind::kRecordMutableSideEffect);
  EXPECT_EQ(command.name(), "MutableSideEffect");
  EXPECT_EQ(command.key(), "a<b");
  const Payload wrapped{
      {{"encoding", "json/protobuf"},
       {"messageType", "temporal.api.common.v1.Payloads"}},
      R"({"payloads":[{"metadata":{"encoding":"anNvbi9wbGFpbg=="},)"
      R"("data":"MA=="}]})"};
  EXPECT_EQ(command.details,
            (PayloadsMap{
                {"data", {JsonPayload("\"a\\u003cb\""), wrapped}},
                {"mutable-side-effect-call-counter", Json("4")},
                {"side-effect-id", Json("\"a\\u003cb_6\"")},
            }));
  EXPECT_EQ(EncodeMutableSideEffect({"a", 1, std::nullopt, {}}, 5)
                .details.at("data")[1]
                .data,
            "{}");
}

TEST(MutableSideEffect, WritesJavasBytes) {
  const MutableSideEffectMarker marker{"a<b", std::nullopt, 2, Json("0")};
  EXPECT_EQ(EncodeMutableSideEffect(marker, 6).details,
            (PayloadsMap{{"data", Json("0")},
                         {"id", Json("\"a<b\"")},
                         {"skipCount", Json("2")}}));
}

TEST(MutableSideEffect, RoundTrips) {
  const std::vector<MutableSideEffectMarker> rows = {
      {"side-effect-1", 1, std::nullopt, Json("0")},
      {"<\"\\\n\u2028\u00e9>_7", 12, std::nullopt, {Payload{}, Payload{}}},
      {"", 3, std::nullopt, {}},
      {"side-effect-1", std::nullopt, 0, Json("0")},
      {"<\"\\\n\u2028\u00e9>", std::nullopt, 7, Bytes("\xff")},
  };
  for (const MutableSideEffectMarker& row : rows) {
    const Command command = EncodeMutableSideEffect(row, 5);
    const auto read = Mutable(DetailsText(command.details));
    ASSERT_TRUE(read.ok() && read->has_value()) << read.status();
    EXPECT_EQ(**read, row);
  }
}

TEST(MutableSideEffect, ReadsTheOddForms) {
  // Before Go counted calls; with the blank that proto JSON sometimes has.
  PayloadsMap details =
      EncodeMutableSideEffect({"a", 1, std::nullopt, Json("0")}, 5).details;
  details.erase("mutable-side-effect-call-counter");
  details["data"][1].data = R"({"payloads": [{"data":"MA=="}]})";
  const auto go = Mutable(DetailsText(details));
  ASSERT_TRUE(go.ok()) << go.status();
  EXPECT_EQ(**go, (MutableSideEffectMarker{"a", std::nullopt, std::nullopt,
                                           Bytes("0")}));
  // Java without a value.
  const auto java =
      Mutable(DetailsText({{"id", Json("\"a\"")}, {"skipCount", Json("0")}}));
  ASSERT_TRUE(java.ok()) << java.status();
  EXPECT_EQ(**java, (MutableSideEffectMarker{"a", std::nullopt, 0, {}}));
  const auto cadence = Mutable(DetailsText({{"", Bytes("\"a\"\n\"5\\n\"\n")}}));
  ASSERT_TRUE(cadence.ok()) << cadence.status();
  EXPECT_EQ(**cadence, (MutableSideEffectMarker{"a", std::nullopt, std::nullopt,
                                                Bytes("5\n")}));
  const MarkerEvent other("SideEffect", "{}");
  PayloadReader reader;
  EXPECT_FALSE(DecodeMutableSideEffect(other.event, reader)->has_value());
}

TEST(MutableSideEffect, RefusesWhatIsMalformed) {
  const PayloadsMap go =
      EncodeMutableSideEffect({"a", 1, std::nullopt, Json("0")}, 5).details;
  const auto with = [&go](std::string_view key, Payloads payloads) {
    PayloadsMap details = go;
    details[std::string(key)] = std::move(payloads);
    return details;
  };
  const Payload id = go.at("data")[0];
  const auto wrapped = [&](std::string text) {
    Payload payload = go.at("data")[1];
    payload.data = std::move(text);
    return with("data", {id, std::move(payload)});
  };
  const std::vector<PayloadsMap> rows = {
      {},
      {{"side-effect-id", Json("\"a_5\"")}},
      {{"data", go.at("data")}},
      with("data", {id}),
      with("data", {id, id}),
      with("data", {go.at("data")[1], id}),
      with("data", {id, go.at("data")[1], id}),
      with("side-effect-id", Json("5")),
      with("mutable-side-effect-call-counter", Json("\"1\"")),
      with("mutable-side-effect-call-counter", Json("-1")),
      wrapped(""),
      wrapped("\"MA==\""),
      wrapped("{"),
      wrapped(R"({"payloads":[}])"),
      wrapped(R"({"payloads":[{"data":"?"}]})"),
      wrapped(R"({"payloads":[]} x)"),
      {{"id", Json("\"a\"")}},
      {{"id", Json("7")}, {"skipCount", Json("0")}},
      {{"id", Json("\"a\"")}, {"skipCount", Json("-1")}},
      {{"id", Json("\"a\"")}, {"skipCount", Json("0.5")}},
      {{"", Bytes("\"a\"")}},
      {{"", Bytes("\"a\" \"b\" 1")}},
  };
  for (const PayloadsMap& details : rows) {
    const auto read = Mutable(DetailsText(details));
    EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss)
        << DetailsText(details);
    EXPECT_THAT(std::string(read.status().message()), HasSubstr("event 7"));
  }
}

TEST(SideEffect, RoundTrips) {
  for (std::optional<std::int64_t> id :
       {std::optional<std::int64_t>(12), std::optional<std::int64_t>()}) {
    const SideEffectMarker marker{id, Json("81")};
    const Command command = EncodeSideEffect(marker);
    EXPECT_EQ(command.name(), "SideEffect");
    const auto read = SideEffectOf(DetailsText(command.details));
    ASSERT_TRUE(read.ok() && read->has_value()) << read.status();
    EXPECT_EQ(**read, marker);
  }
}

TEST(SideEffect, ReadsCadence) {
  const auto read = SideEffectOf(DetailsText({{"", Bytes("3\n\"NQo=\"\n")}}));
  ASSERT_TRUE(read.ok() && read->has_value()) << read.status();
  EXPECT_EQ(**read, (SideEffectMarker{3, Bytes("5\n")}));
}

TEST(SideEffect, RefusesWhatIsMalformed) {
  const std::vector<PayloadsMap> rows = {
      {},
      {{"side-effect-id", Json("1")}},
      {{"side-effect-id", Json("\"1\"")}, {"data", {}}},
      {{"", Bytes("3")}},
      {{"", Bytes("3 \"?\"")}},
      {{"", Bytes("3 \"NQo=\" 4")}},
  };
  for (const PayloadsMap& details : rows) {
    const auto read = SideEffectOf(DetailsText(details));
    EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss)
        << DetailsText(details);
    EXPECT_THAT(std::string(read.status().message()), HasSubstr("event 7"));
  }
}

}  // namespace
}  // namespace cohort
