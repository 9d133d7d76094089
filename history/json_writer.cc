#include "cohort/history/json_writer.h"

#include <memory>
#include <span>
#include <utility>

#include "cohort/history/base64.h"
#include "cohort/history/event_table.h"
#include "cohort/history/time.h"
#include "fmt/format.h"
#include "simdjson.h"

namespace cohort {

namespace {

constexpr std::string_view kListMark = "[]";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// `text` with a replacement character for each byte that is not UTF-8: names
// and messages come from user code, and JSON must be UTF-8.
std::string Repaired(std::string_view text) {
  std::string out;
  constexpr std::size_t kCharacterBytesMax = 4;
  while (!text.empty()) {
    std::size_t size = 1;
    while (size <= kCharacterBytesMax && size <= text.size() &&
           !simdjson::validate_utf8(text.data(), size)) {
      ++size;
    }
    const bool whole = size <= kCharacterBytesMax && size <= text.size();
    out += whole ? text.substr(0, size) : kReplacement;
    text.remove_prefix(whole ? size : 1);
  }
  return out;
}

// An object that is put together by paths: fields stand in the order in which
// they came first.
class Tree {
 public:
  // The value of the field at the end of the path, JSON text.
  std::string& At(std::span<const std::string_view> path) {
    Tree& child = Child(path.front());
    return path.size() == 1 ? child.json_ : child.At(path.subspan(1));
  }

  // `dotted` may end in "[]": then the value is one more element of a list.
  void Put(std::string_view dotted, std::string json) {
    const std::size_t dot = dotted.find('.');
    if (dot != std::string_view::npos) {
      Child(dotted.substr(0, dot)).Put(dotted.substr(dot + 1), std::move(json));
      return;
    }
    const bool list = dotted.ends_with(kListMark);
    if (list) dotted.remove_suffix(kListMark.size());
    Tree& child = Child(dotted);
    if (!list) {
      child.json_ = std::move(json);
    } else if (child.json_.empty()) {
      child.json_ = "[" + json + "]";
    } else {
      child.json_.back() = ',';
      child.json_ += json + "]";
    }
  }

  void Append(std::string& out) const {
    if (!json_.empty()) {
      out += json_;
      return;
    }
    out += '{';
    for (const auto& child : children_) {
      if (child != children_.front()) out += ',';
      AppendJsonString(out, child->name_);
      out += ':';
      child->Append(out);
    }
    out += '}';
  }

 private:
  Tree& Child(std::string_view name) {
    for (const auto& child : children_) {
      if (child->name_ == name) return *child;
    }
    children_.push_back(std::make_unique<Tree>());
    children_.back()->name_ = name;
    return *children_.back();
  }

  std::string name_;
  std::string json_;  // of a leaf
  std::vector<std::unique_ptr<Tree>> children_;
};

struct ValueText {
  std::string operator()(std::int64_t value) const {
    return fmt::format("\"{}\"", value);
  }
  std::string operator()(double value) const {
    // What JSON has no numbers for, proto JSON spells as strings.
    if (value != value) return "\"NaN\"";
    if (value - value != 0) return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    return fmt::format("{}", value);
  }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(const std::string& value) const {
    std::string out;
    AppendJsonString(out, value);
    return out;
  }
  std::string operator()(Nanoseconds value) const {
    return fmt::format("\"{}\"", DurationText(value));
  }
};

void AppendDetails(std::string& out, const PayloadsMap& details,
                   Target target) {
  out += '{';
  bool first = true;
  for (const auto& [key, payloads] : details) {
    if (target == Target::kDetailsSingle && payloads.empty()) continue;
    if (!first) out += ',';
    first = false;
    AppendJsonString(out, key);
    out += ':';
    if (target == Target::kDetailsSingle) {
      AppendPayload(out, payloads.front());
    } else {
      AppendPayloads(out, payloads);
    }
  }
  out += '}';
}

// The field's JSON text; "" if the draft has nothing for it.
std::string FieldText(const EventDraft& draft, Target target) {
  std::string out;
  switch (target) {
    case Target::kSubject:
      if (draft.subject != 0) out = ValueText()(draft.subject);
      break;
    case Target::kName:
    case Target::kId:
    case Target::kScope:
    case Target::kControl: {
      const auto slot = static_cast<std::size_t>(target) -
                        static_cast<std::size_t>(Target::kName);
      if (!draft.texts[slot].empty()) AppendJsonString(out, draft.texts[slot]);
      break;
    }
    case Target::kInput:
      if (!draft.input.empty()) AppendPayloads(out, draft.input);
      break;
    case Target::kInputSingle:
      if (!draft.input.empty()) AppendPayload(out, draft.input.front());
      break;
    case Target::kFailure:
      if (draft.failure) AppendFailure(out, *draft.failure);
      break;
    case Target::kDetails:
    case Target::kDetailsSingle:
      if (!draft.details.empty()) AppendDetails(out, draft.details, target);
      break;
    case Target::kDetailsRaw:
      break;  // written by attributes
  }
  return out;
}

void AppendField(std::string& out, std::string_view name,
                 std::string_view text) {
  if (text.empty()) return;
  out += fmt::format(",\"{}\":", name);
  AppendJsonString(out, text);
}

void AppendInfo(std::string& out, const Failure& failure) {
  out += ',';
  AppendJsonString(out, failure.info);
  out += ":{";
  std::string fields;
  AppendField(fields, "type", failure.type);
  if (failure.non_retryable) fields += ",\"nonRetryable\":true";
  AppendField(fields, "timeoutType", failure.timeout_type);
  if (!failure.details.empty()) {
    const bool heartbeat = failure.info == "timeoutFailureInfo" ||
                           failure.info == "resetWorkflowFailureInfo";
    fields += heartbeat ? ",\"lastHeartbeatDetails\":" : ",\"details\":";
    AppendPayloads(fields, failure.details);
  }
  if (!fields.empty()) out.append(fields, 1);
  out += '}';
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) {
  std::string repaired;
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    repaired = Repaired(text);
    text = repaired;
  }
  out += '"';
  for (char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void AppendPayload(std::string& out, const Payload& payload) {
  out += '{';
  if (!payload.metadata.empty()) {
    out += "\"metadata\":{";
    for (const auto& [key, value] : payload.metadata) {
      if (out.back() != '{') out += ',';
      AppendJsonString(out, key);
      out += ":\"";
      AppendBase64(out, value);
      out += '"';
    }
    out += '}';
  }
  if (!payload.data.empty()) {
    if (out.back() != '{') out += ',';
    out += "\"data\":\"";
    AppendBase64(out, payload.data);
    out += '"';
  }
  out += '}';
}

void AppendPayloads(std::string& out, const Payloads& payloads) {
  out += "{\"payloads\":[";
  for (const Payload& payload : payloads) {
    if (&payload != &payloads.front()) out += ',';
    AppendPayload(out, payload);
  }
  out += "]}";
}

void AppendFailure(std::string& out, const Failure& failure) {
  // From the outside in: a chain of causes may be long.
  std::size_t open = 0;
  for (const Failure* at = &failure; at != nullptr; at = at->cause.get()) {
    out += "{\"message\":";
    AppendJsonString(out, at->message);
    AppendField(out, "source", at->source);
    AppendField(out, "stackTrace", at->stack_trace);
    if (!at->info.empty()) AppendInfo(out, *at);
    if (at->cause != nullptr) out += ",\"cause\":";
    ++open;
  }
  out.append(open, '}');
}

std::string WriteEvent(const EventDraft& draft) {
  const bool known =
      EventTypeOf(static_cast<std::int64_t>(draft.type)) != EventType::kUnknown;
  const EventRow& row = RowOf(draft.type);
  std::string out = fmt::format("{{\"eventId\":\"{}\",\"eventTime\":\"{}\"",
                                draft.id, TimeText(draft.time));
  if (known) {
    out += fmt::format(",\"eventType\":\"EVENT_TYPE_{}\"", row.screaming());
  } else {
    AppendField(out, "eventType", draft.text(Text::kName));
  }
  if (draft.worker_may_ignore) out += ",\"workerMayIgnore\":true";
  if (known) {
    Tree attributes;
    for (const FieldRow& field : row.fields()) {
      if (field.spelling != Spelling::kOfficial) continue;
      std::string text = FieldText(draft, field.target);
      if (text.empty()) continue;
      attributes.At(std::span(field.path).first(field.depth)) = std::move(text);
    }
    for (const Attribute& attribute : draft.attributes) {
      attributes.Put(attribute.field, std::visit(ValueText(), attribute.value));
    }
    out += fmt::format(",\"{}\":", row.attributes());
    attributes.Append(out);
  }
  out += '}';
  return out;
}

std::string WriteHistory(const History& history) {
  std::size_t size = 16;
  for (const Event& event : history.events()) size += event.json.size() + 1;
  std::string out;
  out.reserve(size);
  out += "{\"events\":[";
  for (const Event& event : history.events()) {
    if (&event != &history.events().front()) out += ',';
    out += event.json;
  }
  out += "]}";
  return out;
}

}  // namespace cohort
