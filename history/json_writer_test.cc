#include "cohort/history/json_writer.h"

#include <chrono>
#include <string>

#include "cohort/history/event_table.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/time.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using std::chrono::nanoseconds;

TEST(JsonWriter, OneEvent) {
  EventDraft draft;
  draft.type = EventType::kActivityTaskScheduled;
  draft.id = 5;
  draft.time = absl::FromUnixMillis(1'500);
  draft.text(Text::kName) = "Char\"ge\xFF";
  draft.text(Text::kId) = "5";
  draft.input = {JsonPayload("1")};
  draft.attributes = {
      {"startToCloseTimeout", nanoseconds(1'500'000'000)},
      {"retryPolicy.maximumAttempts", std::int64_t{3}},
      {"retryPolicy.backoffCoefficient", 2.5},
      {"retryPolicy.nonRetryableErrorTypes[]", std::string("A")},
      {"retryPolicy.nonRetryableErrorTypes[]", std::string("B")},
      {"useWorkflowBuildId", true},
  };
  EXPECT_EQ(
      WriteEvent(draft),
      R"({"eventId":"5","eventTime":"1970-01-01T00:00:01.500Z",)"
      R"("eventType":"EVENT_TYPE_ACTIVITY_TASK_SCHEDULED",)"
      R"("activityTaskScheduledEventAttributes":{)"
      "\"activityType\":{\"name\":\"Char\\\"ge\xEF\xBF\xBD\"},"
      R"("activityId":"5","input":{"payloads":[{"metadata":{)"
      R"("encoding":"anNvbi9wbGFpbg=="},"data":"MQ=="}]},)"
      R"("startToCloseTimeout":"1.500s","retryPolicy":{)"
      R"("maximumAttempts":"3","backoffCoefficient":2.5,)"
      R"("nonRetryableErrorTypes":["A","B"]},"useWorkflowBuildId":true}})");
}

// Every field of every type that a draft can fill comes back.
TEST(JsonWriter, EveryTypeReadsBackEqual) {
  PayloadReader reader;
  for (std::size_t n = 1; n <= kEventTypeMax; ++n) {
    EventDraft draft;
    draft.type = static_cast<EventType>(n);
    draft.id = 9;
    draft.time = absl::FromUnixNanos(1'600'000'000'123'456'789);
    draft.subject = 4;
    draft.texts = {"name\n", "id", "scope", "control"};
    draft.input = {JsonPayload("{}")};
    draft.failure = Failure{.message = "m\t", .info = "serverFailureInfo"};
    draft.details = {{"k", {JsonPayload("1")}}};
    const auto history = History::FromJson(
        "[" + WriteEvent(draft) + "]", {.validation = Validation::kEverything});
    ASSERT_TRUE(history.ok()) << history.status();
    const Event& event = history->events()[0];
    EXPECT_EQ(event.type, draft.type);
    EXPECT_EQ(event.time, "2020-09-13T12:26:40.123456789Z");
    for (const FieldRow& field : RowOf(draft.type).fields()) {
      if (field.spelling != Spelling::kOfficial) continue;
      switch (field.target) {
        case Target::kSubject:
          EXPECT_EQ(event.subject, draft.subject) << n;
          break;
        case Target::kInput:
        case Target::kInputSingle:
          EXPECT_EQ(*reader.ReadPayloads(event.input), draft.input) << n;
          break;
        case Target::kFailure:
          EXPECT_EQ(reader.ReadFailure(event.failure)->message, "m\t") << n;
          break;
        case Target::kDetails:
          EXPECT_EQ(*reader.ReadPayloadsMap(event.details), draft.details) << n;
          break;
        case Target::kDetailsSingle:
          EXPECT_EQ(reader.ReadPayloadMap(event.details)->at("k"),
                    JsonPayload("1"))
              << n;
          break;
        case Target::kDetailsRaw:
          break;
        default: {
          const auto slot = static_cast<std::size_t>(field.target) -
                            static_cast<std::size_t>(Target::kName);
          EXPECT_EQ(event.texts[slot], draft.texts[slot]) << n;
        }
      }
    }
  }
}

TEST(Time, TimesAndDurations) {
  const std::pair<const char*, std::int64_t> times[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T00:00:01.000000002Z", 1'000'000'002},
      {"1970-01-01T01:00:00+01:00", 0},
      {"1969-12-31T23:59:59.5Z", -500'000'000},
      {"1574668217494738000", 1574668217494738000},
  };
  for (const auto& [text, nanos] : times) {
    const auto time = ParseTime(text);
    ASSERT_TRUE(time.ok()) << text;
    EXPECT_EQ(absl::ToUnixNanos(*time), nanos) << text;
    EXPECT_EQ(*ParseTime(TimeText(*time)), *time) << text;
  }
  EXPECT_EQ(TimeText(absl::FromUnixNanos(-1)),
            "1969-12-31T23:59:59.999999999Z");
  for (const char* bad :
       {"", "x", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z",
        "2026-01-01 00:00:00Z", "2026-01-01T00:00:00.0000000001Z",
        "2026-01-01T00:00:00Zx"}) {
    EXPECT_FALSE(ParseTime(bad).ok()) << bad;
  }
  const std::tuple<const char*, std::int64_t, const char*> durations[] = {
      {"10s", 10'000'000'000, "10s"},
      {"0.5s", 500'000'000, "0.500s"},
      {"-0.000000001s", -1, "-0.000000001s"},
      {"0s", 0, "0s"},
  };
  for (const auto& [text, nanos, written] : durations) {
    const auto duration = ParseDuration(text);
    ASSERT_TRUE(duration.ok()) << text;
    EXPECT_EQ(duration->count(), nanos);
    EXPECT_EQ(DurationText(*duration), written);
  }
  for (const char* bad : {"", "s", "1", "1.s", "1 s", "--1s", "+1s", ".5s",
                          "99999999999s", "1.0000000000s"}) {
    EXPECT_FALSE(ParseDuration(bad).ok()) << bad;
  }
}

TEST(JsonWriter, PeriodsAsPeopleTypeThem) {
  EXPECT_EQ(*ParsePeriod("30d"), absl::Hours(720));
  EXPECT_EQ(*ParsePeriod("1d12h"), absl::Hours(36));
  EXPECT_EQ(*ParsePeriod("90m"), absl::Minutes(90));
  EXPECT_EQ(*ParsePeriod("0s"), absl::ZeroDuration());
  for (const char* bad : {"", "d", "30", "-1d", "-5h", "x", "1d-5h", "1h30d",
                          "1000001d", "99999999999999999999d", "1d2d"}) {
    EXPECT_FALSE(ParsePeriod(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace cohort
