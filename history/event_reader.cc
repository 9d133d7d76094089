#include "cohort/history/event_reader.h"

#include <array>
#include <charconv>

namespace cohort {

namespace {

constexpr std::string_view kWorkflowTask = "workflowTask";
constexpr std::string_view kDecisionTask = "decisionTask";

constexpr char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// snake_case `key` against camelCase `name`.
constexpr bool IsSnakeOf(std::string_view key, std::string_view name) {
  std::size_t i = 0;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') {
      if (i >= key.size() || key[i++] != '_') return false;
    }
    if (i >= key.size() || key[i++] != Lower(c)) return false;
  }
  return i == key.size();
}

constexpr std::size_t TextSlot(Target target) {
  return static_cast<std::size_t>(target) -
         static_cast<std::size_t>(Target::kName);
}

static_assert(TextSlot(Target::kName) == static_cast<std::size_t>(Text::kName));
static_assert(TextSlot(Target::kId) == static_cast<std::size_t>(Text::kId));
static_assert(TextSlot(Target::kScope) ==
              static_cast<std::size_t>(Text::kScope));
static_assert(TextSlot(Target::kControl) ==
              static_cast<std::size_t>(Text::kControl));

}  // namespace

bool IsField(std::string_view key, std::string_view name) {
  if (key == name) return true;
  return key.size() > name.size() && IsSnakeOf(key, name);
}

bool IsAttributesOf(std::string_view key, const EventRow& row) {
  if (row.type == EventType::kUnspecified) return false;
  const std::string_view name = row.attributes();
  if (IsField(key, name)) return true;
  return name.starts_with(kWorkflowTask) && key.starts_with(kDecisionTask) &&
         key.substr(kDecisionTask.size()) == name.substr(kWorkflowTask.size());
}

bool EventReader::Read(JsonCursor& at, Event& event) {
  event = Event();
  has_attributes_ = false;
  type_was_late_ = false;
  was_page_ = false;
  field_ = "";
  const JsonCursor start = at;
  if (!at.ReadObject(
          [&](std::string_view key) { return ReadField(at, key, event); })) {
    return false;
  }
  event.json = {start.here(),
                static_cast<std::size_t>(at.behind_bracket() - start.here())};
  if (type_was_late_) {
    JsonCursor again = start;
    if (!ReadAttributesAgain(again, event)) {
      at = again;
      return false;
    }
  }
  if (event.type == EventType::kUnknown) {
    event.texts[TextSlot(Target::kName)] = type_name_;
  }
  if (event.id > 0 && event.type != EventType::kUnspecified) return true;
  field_ = event.id > 0 ? "eventType" : "eventId";
  was_page_ = was_page_ && event.id == 0;
  return at.Fail(event.id == 0 ? "a field of this name"
                               : "a number greater than 0");
}

bool EventReader::ReadField(JsonCursor& at, std::string_view key,
                            Event& event) {
  switch (key.size()) {
    case 6:
      was_page_ = was_page_ || key == "events";
      break;
    case 7:
    case 8:
      if (!IsField(key, "eventId")) break;
      field_ = "eventId";
      return at.ReadInt(event.id);
    case 9:
    case 10:
      if (IsField(key, "eventType")) return ReadType(at, event);
      if (!IsField(key, "eventTime") && key != "timestamp") break;
      field_ = "eventTime";
      return ReadTime(at, event.time);
    case 15:
    case 17:
      if (!IsField(key, "workerMayIgnore")) break;
      field_ = "workerMayIgnore";
      return ReadFlag(at, event.worker_may_ignore);
    default:
      if (!IsAttributesKey(key)) break;
      has_attributes_ = true;
      if (!IsAttributesOf(key, RowOf(event.type))) break;
      return ReadAttributes(at, event);
  }
  field_ = "";
  return at.Skip();
}

// What stood before the type is compared with it now, and read as if the type
// had come first.
bool EventReader::ReadAttributesAgain(JsonCursor& at, Event& event) {
  event.subject = 0;
  event.texts = {};
  event.input = event.failure = event.details = JsonView();
  const EventRow& row = RowOf(event.type);
  return at.ReadObject([&](std::string_view key) {
    return IsAttributesKey(key) && IsAttributesOf(key, row)
               ? ReadAttributes(at, event)
               : at.Skip();
  });
}

bool EventReader::ReadType(JsonCursor& at, Event& event) {
  field_ = "eventType";
  type_was_late_ = has_attributes_;
  std::string_view text;
  if (at.Peek() == '"') {
    if (!ReadText(at, text)) return false;
    event.type = FindEventType(text);
  } else {
    if (!at.ReadToken(text)) return false;
    std::int64_t number = 0;
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number);
    if (error != std::errc() || end != last) {
      return at.Fail("a type's name or number");
    }
    event.type = EventTypeOf(number);
  }
  type_name_ = text;
  return true;
}

bool EventReader::ReadFlag(JsonCursor& at, bool& flag) {
  std::string_view token;
  if (!at.ReadToken(token)) return false;
  flag = token == "true";
  return flag || token == "false" || token == "null" ||
         at.Fail("true or false");
}

bool EventReader::ReadText(JsonCursor& at, std::string_view& text) {
  if (at.ReadNull()) {
    text = {};
    return true;
  }
  std::string_view raw;
  if (!at.ReadRawString(raw)) return false;
  if (!at.HasEscape(raw)) [[likely]] {
    text = raw;
    return true;
  }
  std::string& owned = arena_.emplace_back();
  if (!at.Unescape(raw, owned)) return false;
  text = owned;
  return true;
}

// Also Cadence's whole nanoseconds.
bool EventReader::ReadTime(JsonCursor& at, std::string_view& text) {
  const char c = at.Peek();
  if (c >= '0' && c <= '9') return at.ReadToken(text);
  return ReadText(at, text);
}

bool EventReader::ReadAttributes(JsonCursor& at, Event& event) {
  const EventRow& row = RowOf(event.type);
  field_ = row.attributes();
  if (row.fields().empty()) {
    return at.Peek() == '{' || at.Peek() == 'n' ? at.Skip()
                                                : at.Fail("an object");
  }
  if (at.ReadNull()) return true;
  return ReadRows(at, row, (1u << row.fields().size()) - 1, 0, event);
}

bool EventReader::ReadRows(JsonCursor& at, const EventRow& row,
                           std::uint32_t rows, std::size_t depth,
                           Event& event) {
  const std::span<const FieldRow> fields = row.fields();
  return at.ReadObject([&](std::string_view key) {
    std::uint32_t matching = 0;
    const FieldRow* leaf = nullptr;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const FieldRow& field = fields[i];
      if ((rows >> i & 1) == 0 || depth >= field.depth) continue;
      if (!IsField(key, field.path[depth])) continue;
      matching |= 1u << i;
      if (field.depth == depth + 1u) leaf = &field;
    }
    if (matching == 0) return at.Skip();
    if (leaf != nullptr) {
      field_ = leaf->path[depth];
      return ReadTarget(at, leaf->target, event);
    }
    field_ = key;
    if (at.ReadNull()) return true;
    return ReadRows(at, row, matching, depth + 1, event);
  });
}

bool EventReader::ReadTarget(JsonCursor& at, Target target, Event& event) {
  JsonView* view = nullptr;
  switch (target) {
    case Target::kSubject:
      return at.ReadNull() || at.ReadInt(event.subject);
    case Target::kControl: {
      const char c = at.Peek();
      std::string_view& text = event.texts[TextSlot(target)];
      if ((c >= '0' && c <= '9') || c == '-') return at.ReadToken(text);
      return ReadText(at, text);
    }
    case Target::kName:
    case Target::kId:
    case Target::kScope:
      return ReadText(at, event.texts[TextSlot(target)]);
    case Target::kInput:
    case Target::kInputSingle:
      view = &event.input;
      break;
    case Target::kFailure:
      view = &event.failure;
      break;
    case Target::kDetails:
    case Target::kDetailsSingle:
    case Target::kDetailsRaw:
      view = &event.details;
      break;
  }
  *view = JsonView();
  if (at.ReadNull()) return true;
  const char c = at.Peek();
  // Cadence's payloads are strings.
  if (c != '{' && (c != '"' || target == Target::kFailure)) {
    return at.Fail("an object");
  }
  return at.SkipInto(view->text);
}

}  // namespace cohort
