#include "cohort/history/payload_reader.h"

#include <cstring>
#include <utility>

#include "cohort/base/limits.h"
#include "cohort/base/status.h"
#include "cohort/history/base64.h"
#include "cohort/history/event_reader.h"
#include "cohort/history/event_table.h"
#include "cohort/history/json_index.h"

namespace cohort {

namespace {

constexpr std::string_view kEncoding = "encoding";
constexpr std::string_view kJsonPlain = "json/plain";
constexpr std::string_view kJsonPlainBase64 = "anNvbi9wbGFpbg==";

// Reads {"payloads":[{"metadata":{"encoding":"..."},"data":"..."} and no other
// shape: what nearly every payload looks like. Stops at anything else.
class PlainScanner {
 public:
  explicit PlainScanner(std::string_view text)
      : at_(text.data()), end_(text.data() + text.size()) {}

  bool ReadFirst(Payload& into) {
    std::string_view encoding;
    std::string_view data;
    if (!Take("{") || !Take("\"payloads\"") || !Take(":") || !Take("[") ||
        !Take("{") || !Take("\"metadata\"") || !Take(":") || !Take("{") ||
        !Take("\"encoding\"") || !Take(":") || !TakeString(encoding) ||
        !Take("}") || !Take(",") || !Take("\"data\"") || !Take(":") ||
        !TakeString(data) || !Take("}") || !Take("]") || !Take("}") ||
        at_ != end_) {
      return false;
    }
    if (into.metadata.size() != 1 ||
        into.metadata.begin()->first != kEncoding) {
      into.metadata.clear();
      into.metadata.emplace(kEncoding, "");
    }
    std::string& value = into.metadata.begin()->second;
    if (encoding == kJsonPlainBase64) {
      value.assign(kJsonPlain);
    } else if (!DecodeBase64(encoding, value)) {
      return false;
    }
    return DecodeBase64(data, into.data);
  }

 private:
  // Histories are indented, so that most bytes here are runs of blanks.
  void SkipSpace() {
    constexpr std::uint64_t kBlanks = 0x2020202020202020u;
    while (at_ < end_ &&
           (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) {
      ++at_;
      std::uint64_t next = 0;
      while (static_cast<std::size_t>(end_ - at_) >= sizeof(next) &&
             (std::memcpy(&next, at_, sizeof(next)), next == kBlanks)) {
        at_ += sizeof(next);
      }
    }
  }

  // A literal: its length is known where it is compared.
  template <std::size_t N>
  bool Take(const char (&token)[N]) {
    constexpr std::size_t kSize = N - 1;
    SkipSpace();
    if (static_cast<std::size_t>(end_ - at_) < kSize) return false;
    if (std::memcmp(at_, token, kSize) != 0) return false;
    at_ += kSize;
    return true;
  }

  bool TakeString(std::string_view& text) {
    if (!Take("\"")) return false;
    const char* first = at_;
    // A backslash is no base64, so an escaped quote is refused later.
    while (at_ < end_ && *at_ != '"') ++at_;
    if (at_ == end_) return false;
    text = {first, static_cast<std::size_t>(at_++ - first)};
    return true;
  }

  const char* at_;
  const char* end_;
};

bool ReadBytes(JsonCursor& at, std::string& into) {
  into.clear();
  if (at.ReadNull()) return true;
  const JsonCursor start = at;
  std::string_view raw;
  if (!at.ReadRawString(raw)) return false;
  if (!at.HasEscape(raw)) {
    if (DecodeBase64(raw, into)) return true;
  } else {
    std::string text;
    if (!at.Unescape(raw, text)) return false;
    if (DecodeBase64(text, into)) return true;
  }
  at = start;
  return at.Fail("base64");
}

bool ReadMetadata(JsonCursor& at, Payload& into) {
  into.metadata.clear();
  if (at.ReadNull()) return true;
  return at.ReadObject([&](std::string_view key) {
    return ReadBytes(at, into.metadata[std::string(key)]);
  });
}

bool ReadPayload(JsonCursor& at, Payload& into) {
  into.metadata.clear();
  into.data.clear();
  if (at.ReadNull()) return true;
  if (at.Peek() == '"') return ReadBytes(at, into.data);
  return at.ReadObject([&](std::string_view key) {
    if (key == "metadata") return ReadMetadata(at, into);
    if (key == "data") return ReadBytes(at, into.data);
    return at.Skip();
  });
}

// All of them; "metadata" or "data" show that the object is itself a payload.
bool ReadPayloadList(JsonCursor& at, Payloads& into) {
  into.clear();
  if (at.ReadNull()) return true;
  if (at.Peek() == '"') return ReadPayload(at, into.emplace_back());
  const JsonCursor start = at;
  bool single = false;
  const bool read = at.ReadObject([&](std::string_view key) {
    if (key == "metadata" || key == "data") single = true;
    if (key != "payloads") return at.Skip();
    into.clear();
    return at.ReadNull() ||
           at.ReadArray([&] { return ReadPayload(at, into.emplace_back()); });
  });
  if (!read || !single || !into.empty()) return read;
  at = start;
  return ReadPayload(at, into.emplace_back());
}

bool ReadFlag(JsonCursor& at, bool& flag) {
  std::string_view token;
  if (!at.ReadToken(token)) return false;
  flag = token == "true";
  return flag || token == "false" || token == "null" ||
         at.Fail("true or false");
}

// A string, an enum's name or number, or null.
bool ReadText(JsonCursor& at, std::string& into) {
  into.clear();
  if (at.Peek() == '"') return at.ReadString(into);
  if (at.ReadNull()) return true;
  if (at.Peek() == '{' || at.Peek() == '[') return at.Fail("a string");
  std::string_view token;
  if (!at.ReadToken(token)) return false;
  into.assign(token);
  return true;
}

bool ReadInts(JsonCursor& at, std::vector<std::int64_t>& into) {
  into.clear();
  if (at.ReadNull()) return true;
  return at.ReadArray([&] { return at.ReadInt(into.emplace_back()); });
}

// "application_failure_info" -> "applicationFailureInfo"
std::string CamelOf(std::string_view key) {
  std::string camel;
  bool raise = false;
  for (char c : key) {
    if (c == '_') {
      raise = true;
      continue;
    }
    camel +=
        raise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    raise = false;
  }
  return camel;
}

// The failure_info messages have these fields under the same names.
bool ReadInfo(JsonCursor& at, Failure& into) {
  if (at.ReadNull()) return true;
  return at.ReadObject([&](std::string_view key) {
    if (key == "type") return ReadText(at, into.type);
    if (IsField(key, "nonRetryable")) return ReadFlag(at, into.non_retryable);
    if (IsField(key, "timeoutType")) return ReadText(at, into.timeout_type);
    if (key == "details" || IsField(key, "lastHeartbeatDetails")) {
      return ReadPayloadList(at, into.details);
    }
    return at.Skip();
  });
}

bool ReadFailureAt(JsonCursor& at, int depth, Failure& into) {
  if (depth > kNestingDepthMax) return at.Fail("fewer causes");
  return at.ReadObject([&](std::string_view key) {
    if (key == "message") return ReadText(at, into.message);
    if (key == "source") return ReadText(at, into.source);
    if (IsField(key, "stackTrace")) return ReadText(at, into.stack_trace);
    if (key == "cause") {
      if (at.ReadNull()) return true;
      auto cause = std::make_shared<Failure>();
      if (!ReadFailureAt(at, depth + 1, *cause)) return false;
      into.cause = std::move(cause);
      return true;
    }
    if (key.ends_with("FailureInfo") || key.ends_with("_failure_info")) {
      if (at.Peek() != 'n') into.info = CamelOf(key);
      return ReadInfo(at, into);
    }
    return at.Skip();
  });
}

absl::Status Bad(std::string_view what, const JsonCursor& at) {
  return DataLoss("{}, byte {}: expected {}", what, at.offset(), at.error());
}

}  // namespace

PayloadReader::PayloadReader() : index_(std::make_unique<JsonIndex>()) {}
PayloadReader::~PayloadReader() = default;
PayloadReader::PayloadReader(PayloadReader&&) noexcept = default;
PayloadReader& PayloadReader::operator=(PayloadReader&&) noexcept = default;

absl::StatusOr<Payloads> PayloadReader::ReadPayloads(JsonView view) {
  Payloads payloads;
  if (view.empty()) return payloads;
  COHORT_RETURN_IF_ERROR(index_->Build(view.text));
  JsonCursor at = index_->begin();
  if (!ReadPayloadList(at, payloads)) return Bad("payloads", at);
  return payloads;
}

absl::Status PayloadReader::ReadFirstPayload(JsonView view, Payload& into) {
  if (PlainScanner(view.text).ReadFirst(into)) return absl::OkStatus();
  COHORT_ASSIGN_OR_RETURN(Payloads payloads, ReadPayloads(view));
  if (payloads.empty()) {
    into.metadata.clear();
    into.data.clear();
  } else {
    into = std::move(payloads.front());
  }
  return absl::OkStatus();
}

absl::StatusOr<PayloadsMap> PayloadReader::ReadPayloadsMap(JsonView view) {
  PayloadsMap map;
  if (view.empty()) return map;
  COHORT_RETURN_IF_ERROR(index_->Build(view.text));
  JsonCursor at = index_->begin();
  bool read = true;
  if (at.Peek() == '"') {
    read = ReadPayloadList(at, map[""]);
  } else if (!at.ReadNull()) {
    read = at.ReadObject([&](std::string_view key) {
      return ReadPayloadList(at, map[std::string(key)]);
    });
  }
  if (!read) return Bad("a map of payloads", at);
  return map;
}

absl::StatusOr<PayloadMap> PayloadReader::ReadPayloadMap(JsonView view) {
  PayloadMap map;
  if (view.empty()) return map;
  COHORT_RETURN_IF_ERROR(index_->Build(view.text));
  JsonCursor at = index_->begin();
  const bool read = at.ReadNull() || at.ReadObject([&](std::string_view key) {
    return ReadPayload(at, map[std::string(key)]);
  });
  if (!read) return Bad("a map of single payloads", at);
  return map;
}

absl::StatusOr<Failure> PayloadReader::ReadFailure(JsonView view) {
  Failure failure;
  if (view.empty()) return failure;
  COHORT_RETURN_IF_ERROR(index_->Build(view.text));
  JsonCursor at = index_->begin();
  if (at.ReadNull() || ReadFailureAt(at, 0, failure)) return failure;
  if (at.error() == std::string_view("fewer causes")) {
    return ResourceExhausted("a failure with more than {} causes of causes",
                             kNestingDepthMax);
  }
  return Bad("a failure", at);
}

absl::StatusOr<SdkMetadata> PayloadReader::ReadSdkMetadata(JsonView view) {
  SdkMetadata metadata;
  // What most completions hold.
  if (view.empty() || view.text == "{}") return metadata;
  COHORT_RETURN_IF_ERROR(index_->Build(view.text));
  JsonCursor at = index_->begin();
  const bool read = at.ReadNull() || at.ReadObject([&](std::string_view key) {
    if (IsField(key, "langUsedFlags")) {
      return ReadInts(at, metadata.lang_used_flags);
    }
    if (IsField(key, "coreUsedFlags")) {
      return ReadInts(at, metadata.core_used_flags);
    }
    if (IsField(key, "sdkName")) return ReadText(at, metadata.sdk_name);
    if (IsField(key, "sdkVersion")) {
      return ReadText(at, metadata.sdk_version);
    }
    return at.Skip();
  });
  if (!read) return Bad("sdkMetadata", at);
  return metadata;
}

absl::Status PayloadReader::Seek(const Event& event, std::string_view path,
                                 JsonCursor& at, bool& found) {
  found = false;
  if (event.json.empty()) return absl::OkStatus();
  COHORT_RETURN_IF_ERROR(index_->Build(event.json));
  const EventRow& row = RowOf(event.type);
  at = index_->begin();
  // The level that is open, and where the field on it begins.
  JsonCursor level = at;
  bool attributes = true;
  while (true) {
    const std::size_t dot = path.find('.');
    const std::string_view name = attributes ? "" : path.substr(0, dot);
    found = false;
    const bool read = level.ReadObject([&](std::string_view key) {
      if (attributes ? IsAttributesOf(key, row) : IsField(key, name)) {
        at = level;
        found = true;
      }
      return level.Skip();
    });
    if (!read) return Bad("an event's field", level);
    if (found && at.ReadNull()) found = false;
    if (!found) return absl::OkStatus();
    level = at;
    if (attributes) {
      attributes = false;
      continue;
    }
    if (dot == std::string_view::npos) return absl::OkStatus();
    path.remove_prefix(dot + 1);
  }
}

absl::StatusOr<JsonView> PayloadReader::FindAttribute(const Event& event,
                                                      std::string_view path) {
  JsonCursor at;
  bool found = false;
  COHORT_RETURN_IF_ERROR(Seek(event, path, at, found));
  JsonView view;
  if (found && !at.SkipInto(view.text)) return Bad(path, at);
  return view;
}

absl::StatusOr<std::string> PayloadReader::ReadAttributeText(
    const Event& event, std::string_view path) {
  JsonCursor at;
  bool found = false;
  COHORT_RETURN_IF_ERROR(Seek(event, path, at, found));
  std::string text;
  if (found && !ReadText(at, text)) return Bad(path, at);
  return text;
}

}  // namespace cohort
