#include "cohort/corpus/decode.h"

#include <string>
#include <string_view>
#include <utility>

#include "cohort/base/limits.h"
#include "cohort/base/status.h"
#include "cohort/corpus/scrub_payload.h"
#include "cohort/history/base64.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

using Json = nlohmann::ordered_json;

// Failures hold their causes, and events their failures.
constexpr int kDepthMax = 3 * kNestingDepthMax;

bool IsPayloadOfText(const Json& object) {
  if (!IsPayload(object)) return false;
  const auto data = object.find("data");
  if (data != object.end() && !data->is_string()) return false;
  for (const Json& value : object.at("metadata")) {
    if (!value.is_string()) return false;
  }
  return true;
}

absl::StatusOr<Payload> PayloadOf(const Json& object) {
  Payload payload;
  for (const auto& [key, value] : object.at("metadata").items()) {
    if (!DecodeBase64(value.get_ref<const std::string&>(),
                      payload.metadata[key])) {
      return DataLoss("metadata \"{}\" is no base64", key);
    }
  }
  const auto data = object.find("data");
  if (data != object.end() &&
      !DecodeBase64(data->get_ref<const std::string&>(), payload.data)) {
    return DataLoss("a payload's data is no base64");
  }
  return payload;
}

Json JsonOf(const Payload& payload) {
  Json metadata = Json::object();
  for (const auto& [key, value] : payload.metadata) {
    metadata[key] = Encoded(value);
  }
  return {{"metadata", std::move(metadata)}, {"data", Encoded(payload.data)}};
}

class EventDecoder {
 public:
  explicit EventDecoder(const PayloadDecoder& decode) : decode_(decode) {}

  absl::Status Walk(Json& value, int depth) {
    if (depth > kDepthMax) {
      return ResourceExhausted("nested deeper than {} levels", kDepthMax);
    }
    if (value.is_object() && IsPayloadOfText(value)) return Decode(value);
    if (!value.is_object() && !value.is_array()) return absl::OkStatus();
    for (Json& element : value) {
      COHORT_RETURN_IF_ERROR(Walk(element, depth + 1));
    }
    if (value.is_object() && value.contains("encodedAttributes")) {
      TakeAttributes(value);
    }
    return absl::OkStatus();
  }

  bool changed() const { return changed_; }

 private:
  absl::Status Decode(Json& object) {
    COHORT_ASSIGN_OR_RETURN(const Payload before, PayloadOf(object));
    COHORT_ASSIGN_OR_RETURN(const Payload after, decode_(before));
    if (after == before) return absl::OkStatus();
    object = JsonOf(after);
    changed_ = true;
    return absl::OkStatus();
  }

  void TakeAttributes(Json& failure) {
    const auto payload = failure.find("encodedAttributes");
    if (!payload->is_object() || !IsPayloadOfText(*payload)) return;
    const auto decoded = PayloadOf(*payload);
    if (!decoded.ok()) return;
    const Json attributes = Json::parse(decoded->data, nullptr, false);
    if (!attributes.is_object()) return;
    constexpr std::pair<const char*, const char*> kFields[] = {
        {"message", "message"}, {"stack_trace", "stackTrace"}};
    for (const auto& [from, to] : kFields) {
      const auto text = attributes.find(from);
      if (text == attributes.end() || !text->is_string()) continue;
      failure[to] = *text;
      changed_ = true;
    }
  }

  const PayloadDecoder& decode_;
  bool changed_ = false;
};

}  // namespace

absl::StatusOr<History> Decoded(const History& history,
                                const PayloadDecoder& decode) {
  std::string text = "{\"events\":[";
  EventDecoder decoder(decode);
  for (const Event& event : history.events()) {
    Json json = Json::parse(event.json, nullptr, false);
    const absl::Status walked =
        json.is_discarded() ? DataLoss("no JSON") : decoder.Walk(json, 0);
    if (!walked.ok()) {
      return Annotate(walked,
                      fmt::format("{}: event {}", history.source(), event.id));
    }
    if (text.back() == '}') text += ",\n";
    text += CompactJson(json);
  }
  if (!decoder.changed()) return history;
  return History::FromJson(text + "]}", {}, std::string(history.source()));
}

}  // namespace cohort
