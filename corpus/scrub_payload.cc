#include "cohort/corpus/scrub_payload.h"

#include <algorithm>
#include <array>
#include <vector>

#include "cohort/base/json_nesting.h"
#include "cohort/base/limits.h"
#include "cohort/history/base64.h"
#include "cohort/markers/marker_names.h"

namespace cohort {
namespace {

using Json = nlohmann::ordered_json;

// What a reader needs to know of the data.
constexpr std::array<std::string_view, 4> kKeptMetadata = {
    "encoding", "encodingDecoded", "messageType", "type"};

Json Parsed(std::string_view text) { return Json::parse(text, nullptr, false); }

// A protobuf message of any type: one field that nobody knows, with the number
// as its value.
std::string UnknownField(std::int64_t number) {
  constexpr std::uint64_t kHighestField = 536870911;
  std::string bytes;
  for (std::uint64_t value :
       {kHighestField << 3, static_cast<std::uint64_t>(number)}) {
    for (; value >= 0x80; value >>= 7) {
      bytes += static_cast<char>((value & 0x7f) | 0x80);
    }
    bytes += static_cast<char>(value);
  }
  return bytes;
}

}  // namespace

bool IsPayload(const Json& object) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return false;
  for (const auto& [key, value] : object.items()) {
    if (key != "metadata" && key != "data") return false;
  }
  return true;
}

std::string Decoded(const Json& object, const char* key) {
  std::string bytes;
  const auto it = object.find(key);
  if (it == object.end() || !it->is_string()) return bytes;
  if (!DecodeBase64(it->get_ref<const std::string&>(), bytes)) bytes.clear();
  return bytes;
}

std::string Encoded(std::string_view bytes) {
  std::string text;
  AppendBase64(text, bytes);
  return text;
}

std::string CompactJson(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json PayloadScrubber::Token(const Json& value, Treatment keys, int depth) {
  if (value.is_string()) {
    return tokens_.Of(TokenKind::kString, value.get_ref<const std::string&>());
  }
  if (value.is_number_integer()) return tokens_.Integer(CompactJson(value));
  if (value.is_number()) return tokens_.Fraction(CompactJson(value));
  if (value.is_array()) {
    Json array = Json::array();
    if (depth == 0) return array;
    for (const Json& element : value) {
      array.push_back(Token(element, keys, depth - 1));
    }
    return array;
  }
  if (value.is_object()) {
    Json object = Json::object();
    if (depth == 0) return object;
    for (const auto& [key, element] : value.items()) {
      const std::string name =
          keys == Treatment::kKept ? key : tokens_.Of(TokenKind::kKey, key);
      object[name] = Token(element, keys, depth - 1);
    }
    return object;
  }
  return value;  // true, false, null
}

// Payloads as the JSON of one message.
std::string PayloadScrubber::ScrubNested(const std::string& data,
                                         Treatment keys) {
  Json message;
  if (!NestsDeeperThan(kJsonDepthMax, data)) message = Parsed(data);
  const auto it =
      message.is_object() ? message.find("payloads") : message.end();
  if (it == message.end() || !it->is_array()) {
    return CompactJson(tokens_.Of(TokenKind::kBytes, data));
  }
  for (auto& [key, value] : message.items()) {
    if (key != "payloads") value = Token(value, keys, kNestingDepthMax);
  }
  for (Json& payload : *it) Scrub(payload, keys);
  return CompactJson(message);
}

std::string PayloadScrubber::ScrubData(std::string_view encoding,
                                       std::string_view message,
                                       const std::string& data,
                                       Treatment keys) {
  if (message == markers_internal::kPayloadsMessage) {
    return ScrubNested(data, keys);
  }
  if (encoding.starts_with("json/")) {
    const Json value = Parsed(data);
    if (value.is_discarded()) {
      return CompactJson(tokens_.Of(TokenKind::kBytes, data));
    }
    return CompactJson(Token(value, keys, kNestingDepthMax));
  }
  if (encoding == "binary/protobuf") {
    return UnknownField(tokens_.Integer(data));
  }
  return tokens_.Of(TokenKind::kBytes, data);
}

void PayloadScrubber::ScrubMetadata(Json& metadata, Treatment keys) {
  for (auto& [key, value] : metadata.items()) {
    const bool kept = std::find(kKeptMetadata.begin(), kKeptMetadata.end(),
                                key) != kKeptMetadata.end();
    if (!value.is_string()) {
      value = Token(value, keys, kNestingDepthMax);
    } else if (!kept) {
      value = Encoded(
          tokens_.Of(TokenKind::kBytes, value.get_ref<const std::string&>()));
    }
  }
}

void PayloadScrubber::Scrub(Json& payload, Treatment keys) {
  if (!payload.is_object()) {
    payload = Token(payload, keys, kNestingDepthMax);
    return;
  }
  std::string encoding;
  std::string message;
  const auto metadata = payload.find("metadata");
  if (metadata != payload.end() && metadata->is_object()) {
    encoding = Decoded(*metadata, "encoding");
    message = Decoded(*metadata, "messageType");
  }
  for (auto& [key, value] : payload.items()) {
    if (key == "metadata" && value.is_object()) {
      ScrubMetadata(value, keys);
    } else if (key == "data" && value.is_string()) {
      const std::string text = value.get<std::string>();
      if (text.empty()) continue;
      std::string bytes;
      if (!DecodeBase64(text, bytes)) bytes = text;
      value = Encoded(ScrubData(encoding, message, bytes, keys));
    } else {
      value = Token(value, keys, kNestingDepthMax);
    }
  }
}

void PayloadScrubber::Scrub(Json& payload) { Scrub(payload, options_.keys); }

void PayloadScrubber::ScrubValues(Json& payload) {
  Scrub(payload, Treatment::kKept);
}

std::string PayloadScrubber::ScrubLines(std::string_view bytes) {
  std::string out;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    if (!line.empty()) {
      const Json value = Parsed(line);
      if (value.is_discarded()) return tokens_.Of(TokenKind::kBytes, bytes);
      out += CompactJson(Token(value, options_.keys, kNestingDepthMax));
    }
    if (end == rest.npos) break;
    out += '\n';
    rest.remove_prefix(end + 1);
  }
  return out;
}

std::string PayloadScrubber::ScrubBlob(std::string_view base64) {
  std::string bytes;
  if (!DecodeBase64(base64, bytes)) {
    return Encoded(tokens_.Of(TokenKind::kBytes, base64));
  }
  return Encoded(ScrubLines(bytes));
}

}  // namespace cohort
