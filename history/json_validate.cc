#include "cohort/history/json_validate.h"

#include <array>
#include <string>
#include <string_view>

#include "cohort/base/limits.h"
#include "cohort/history/base64.h"
#include "cohort/history/event_reader.h"
#include "cohort/history/time.h"

namespace cohort {

namespace {

constexpr std::array kTimeFields = {
    std::string_view("eventTime"),
    std::string_view("workflowExecutionExpirationTime"),
    std::string_view("createTime"),
    std::string_view("expireTime"),
    std::string_view("targetTime"),
    std::string_view("wallClockTime"),
};

constexpr std::array kDurationFields = {
    std::string_view("workflowExecutionTimeout"),
    std::string_view("workflowRunTimeout"),
    std::string_view("workflowTaskTimeout"),
    std::string_view("firstWorkflowTaskBackoff"),
    std::string_view("scheduleToCloseTimeout"),
    std::string_view("scheduleToStartTimeout"),
    std::string_view("startToCloseTimeout"),
    std::string_view("heartbeatTimeout"),
    std::string_view("startToFireTimeout"),
    std::string_view("backoffStartInterval"),
    std::string_view("initialInterval"),
    std::string_view("maximumInterval"),
    std::string_view("nextRetryDelay"),
};

template <typename Names>
bool IsOneOf(std::string_view key, const Names& names) {
  for (std::string_view name : names) {
    if (IsField(key, name)) return true;
  }
  return false;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The number grammar of RFC 8259.
bool IsNumber(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t first = i;
    while (i < text.size() && IsDigit(text[i])) ++i;
    return i > first;
  };
  if (i < text.size() && text[i] == '-') ++i;
  if (i < text.size() && text[i] == '0') {
    ++i;
  } else if (!digits()) {
    return false;
  }
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

// What the fields of the object that is walked are.
enum class Inside {
  kMessage,   // a proto message
  kMap,       // keys are the user's: nothing is known of a string there
  kMetadata,  // of a payload: every string is base64
};

class Walker {
 public:
  explicit Walker(JsonCursor& at) : at_(at) {}

  bool Value(std::string_view key, Inside inside, int depth) {
    if (depth > kJsonDepthMax) return at_.Fail("less deep nesting");
    switch (at_.Peek()) {
      case '{':
        return Object(key, inside, depth);
      case '[':
        return at_.ReadArray([&] { return Value(key, inside, depth + 1); });
      case '"':
        return String(key, inside);
      default:
        return Word();
    }
  }

 private:
  bool Object(std::string_view key, Inside inside, int depth) {
    Inside next = Inside::kMessage;
    if (inside == Inside::kMessage) {
      if (key == "metadata") {
        next = Inside::kMetadata;
      } else if (IsField(key, "nexusHeader") || key == "header") {
        next = Inside::kMap;
      }
    }
    return at_.ReadObject([&](std::string_view name) {
      // `name` lives until the next field; nested fields may replace it.
      const std::string kept(name);
      return Value(kept, next, depth + 1);
    });
  }

  bool String(std::string_view key, Inside inside) {
    const JsonCursor start = at_;
    if (!at_.ReadString(text_)) return false;
    const char* expected = nullptr;
    if (inside == Inside::kMetadata ||
        (inside == Inside::kMessage && key == "data")) {
      if (!DecodeBase64(text_, bytes_)) expected = "base64";
    } else if (inside == Inside::kMessage) {
      if (IsOneOf(key, kTimeFields)) {
        if (!ParseTime(text_).ok()) expected = "a time (RFC 3339)";
      } else if (IsOneOf(key, kDurationFields)) {
        if (!ParseDuration(text_).ok()) expected = "a duration (\"1.5s\")";
      }
    }
    if (expected == nullptr) return true;
    at_ = start;
    return at_.Fail(expected);
  }

  bool Word() {
    const JsonCursor start = at_;
    std::string_view token;
    if (!at_.ReadToken(token)) return false;
    if (token == "true" || token == "false" || token == "null" ||
        IsNumber(token)) {
      return true;
    }
    at_ = start;
    return at_.Fail("a number, true, false or null");
  }

  JsonCursor& at_;
  std::string text_;
  std::string bytes_;
};

}  // namespace

bool ValidateJson(JsonCursor& at) {
  return Walker(at).Value("", Inside::kMessage, 0);
}

}  // namespace cohort
