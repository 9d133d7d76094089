#include "cohort/history/payload_reader.h"

#include <string>
#include <vector>

#include "cohort/history/base64.h"
#include "cohort/history/history.h"
#include "cohort/history/json_writer.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

// A view with the padding that it must have.
class Padded {
 public:
  explicit Padded(std::string text) : size_(text.size()), text_(text) {
    text_.append(64, '\0');
  }
  JsonView view() const { return {{text_.data(), size_}}; }

 private:
  std::size_t size_;
  std::string text_;
};

constexpr char kTwo[] = R"({"payloads":[{"metadata":{"encoding":
    "anNvbi9wbGFpbg=="},"data":"Mg=="},{"data":"eA"}]})";

TEST(PayloadReader, Payloads) {
  PayloadReader reader;
  const Padded two(kTwo);
  const auto payloads = reader.ReadPayloads(two.view());
  ASSERT_TRUE(payloads.ok()) << payloads.status();
  EXPECT_EQ(*payloads, (Payloads{JsonPayload("2"), Payload{{}, "x"}}));
  const std::pair<const char*, std::size_t> rows[] = {
      {"", 0},
      {"null", 0},
      {"{}", 0},
      {R"({"payloads":null})", 0},
      {R"({"payloads":[]})", 0},
      {R"({"payloads":[null,{}]})", 2},
      {R"({"metadata":{},"data":"Mg=="})", 1},
      {R"({"data":null})", 1},
      {R"("Mg==")", 1},
      {R"({"payloads":[{"data":"M\u0067=="}],"new":[{}]})", 1},
  };
  for (const auto& [text, count] : rows) {
    const Padded padded(text);
    const auto read = reader.ReadPayloads(padded.view());
    ASSERT_TRUE(read.ok()) << text << read.status();
    EXPECT_EQ(read->size(), count) << text;
    Payload first = JsonPayload("old");
    ASSERT_TRUE(reader.ReadFirstPayload(padded.view(), first).ok()) << text;
    EXPECT_EQ(first, count == 0 ? Payload() : read->front()) << text;
  }
}

TEST(PayloadReader, RefusesWhatIsNoPayload) {
  PayloadReader reader;
  for (const char* text :
       {"1", "[]", R"({"payloads":{}})", R"({"payloads":[1]})", R"("!")",
        R"({"payloads":[{"data":"a"}]})", R"({"payloads":[{"data":{}}]})",
        R"({"payloads":[{"metadata":[]}]})", R"({"payloads":[{"data":"=="}]})",
        R"({"payloads":[{"metadata":{"encoding":"?"},"data":""}]})", "{",
        R"({"payloads":[{"metadata":{"encoding":"YQ=="},"data":"?"}]})"}) {
    const Padded padded(text);
    EXPECT_EQ(reader.ReadPayloads(padded.view()).status().code(),
              absl::StatusCode::kDataLoss)
        << text;
    Payload first;
    EXPECT_EQ(reader.ReadFirstPayload(padded.view(), first).code(),
              absl::StatusCode::kDataLoss)
        << text;
  }
}

TEST(PayloadReader, Maps) {
  PayloadReader reader;
  const Padded details(R"({"a":{"payloads":[{"data":"MQ=="}]},"b":null})");
  const auto map = reader.ReadPayloadsMap(details.view());
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_EQ(*map, (PayloadsMap{{"a", {Payload{{}, "1"}}}, {"b", {}}}));
  const Padded cadence("\"MQ==\"");
  EXPECT_EQ(reader.ReadPayloadsMap(cadence.view())->at("").front().data, "1");
  const Padded single(R"({"a":{"data":"MQ=="},"c":"Mg=="})");
  const auto fields = reader.ReadPayloadMap(single.view());
  ASSERT_TRUE(fields.ok()) << fields.status();
  EXPECT_EQ(fields->at("a").data, "1");
  EXPECT_EQ(fields->at("c").data, "2");
}

TEST(PayloadReader, Failures) {
  PayloadReader reader;
  const Padded text(R"({"message":"a\nb","source":"GoSDK","cause":{
      "message":"c","application_failure_info":{"type":"T","non_retryable":true,
      "details":{"payloads":[{"data":"MQ=="}]}}},
      "timeoutFailureInfo":{"timeoutType":"TIMEOUT_TYPE_HEARTBEAT"}})");
  const auto failure = reader.ReadFailure(text.view());
  ASSERT_TRUE(failure.ok()) << failure.status();
  EXPECT_EQ(failure->message, "a\nb");
  EXPECT_EQ(failure->info, "timeoutFailureInfo");
  EXPECT_EQ(failure->timeout_type, "TIMEOUT_TYPE_HEARTBEAT");
  ASSERT_NE(failure->cause, nullptr);
  EXPECT_EQ(failure->cause->info, "applicationFailureInfo");
  EXPECT_EQ(failure->cause->type, "T");
  EXPECT_TRUE(failure->cause->non_retryable);
  EXPECT_EQ(failure->cause->details.at(0).data, "1");

  std::string deep = "{}";
  for (int i = 0; i < 70; ++i) deep = "{\"cause\":" + deep + "}";
  const Padded too_deep(deep);
  EXPECT_EQ(reader.ReadFailure(too_deep.view()).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(PayloadReader, SdkMetadata) {
  PayloadReader reader;
  const Padded text(R"({"langUsedFlags":[3,1],"core_used_flags":["2"],
      "sdkName":"n","sdkVersion":"v","x":{}})");
  const auto metadata = reader.ReadSdkMetadata(text.view());
  ASSERT_TRUE(metadata.ok()) << metadata.status();
  EXPECT_EQ(metadata->lang_used_flags, (std::vector<std::int64_t>{3, 1}));
  EXPECT_EQ(metadata->core_used_flags, (std::vector<std::int64_t>{2}));
  EXPECT_EQ(metadata->sdk_name + metadata->sdk_version, "nv");
  const Padded bad(R"({"langUsedFlags":["x"]})");
  EXPECT_FALSE(reader.ReadSdkMetadata(bad.view()).ok());
}

TEST(PayloadReader, OtherAttributes) {
  const auto history = History::FromJson(R"([{"eventId":1,"eventType":10,
      "activityTaskScheduledEventAttributes":{"startToCloseTimeout":"10s",
      "retryPolicy":{"maximumAttempts":2},"header":null}}])");
  ASSERT_TRUE(history.ok()) << history.status();
  const Event& event = history->events()[0];
  PayloadReader reader;
  const auto text = [&](std::string_view path) {
    const auto read = reader.ReadAttributeText(event, path);
    return read.ok() ? *read : "error";
  };
  EXPECT_EQ(text("startToCloseTimeout"), "10s");
  EXPECT_EQ(text("retryPolicy.maximumAttempts"), "2");
  EXPECT_EQ(text("retryPolicy.nothing"), "");
  EXPECT_EQ(text("header.fields"), "");
  EXPECT_EQ(text("retryPolicy"), "error");
  EXPECT_EQ(text("startToCloseTimeout.x"), "error");
  EXPECT_EQ(reader.FindAttribute(event, "retryPolicy")->text,
            R"({"maximumAttempts":2})");
}

TEST(Base64, RoundTripAndBothAlphabets) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    bytes += static_cast<char>(i * 7);
    std::string text;
    AppendBase64(text, bytes);
    std::string back;
    ASSERT_TRUE(DecodeBase64(text, back));
    ASSERT_EQ(back, bytes);
  }
  std::string a, b;
  EXPECT_TRUE(DecodeBase64("+/+/", a) && DecodeBase64("-_-_", b) && a == b);
  for (const char* bad : {"a", "=", "====", "ab=", "a===", "ab c", "abcd="}) {
    EXPECT_FALSE(DecodeBase64(bad, a)) << bad;
  }
}

}  // namespace
}  // namespace cohort
