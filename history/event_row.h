// The columns of the event table (history/event_table.h).
//
// A row says what a type is called, what part it plays in a turn, and which
// JSON field of its attributes fills which field of an Event (and is filled
// from it when an event is written).
#ifndef COHORT_HISTORY_EVENT_ROW_H_
#define COHORT_HISTORY_EVENT_ROW_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "cohort/history/event.h"

namespace cohort {

// The part a type plays when a history is cut into turns and delivered.
enum class Role : std::uint8_t {
  kStart,          // the run begins
  kTaskEdge,       // a workflow task's own life
  kOutput,         // records a command: stands behind a completed task only
  kOperation,      // about an operation that an output recorded (`subject`)
  kSignal,         // a signal came in
  kUpdate,         // an update request came in
  kCancelRequest,  // somebody asked the run to cancel
  kEnd,            // the server ended the run: timed out, terminated
  kIgnorable,      // nothing that workflow code can see
};

// Where a JSON field goes.
enum class Target : std::uint8_t {
  kSubject,        // Event::subject; int64 as string or number
  kName,           // Event::texts
  kId,             //
  kScope,          //
  kControl,        // also an enum's name or number
  kInput,          // Event::input; Payloads
  kInputSingle,    // Event::input; one Payload
  kFailure,        // Event::failure; Failure
  kDetails,        // Event::details; a map of Payloads
  kDetailsSingle,  // Event::details; a map of single Payloads
  kDetailsRaw,     // Event::details; any JSON object
};

enum class Spelling : std::uint8_t {
  kOfficial,
  kCadence,  // read only: fields that Temporal's protos do not have
};

// One field: its path in the attributes, outermost first.
struct FieldRow {
  static constexpr std::size_t kDepthMax = 3;

  // `dotted` as in "activityType.name".
  constexpr FieldRow(std::string_view dotted, Target to,
                     Spelling from = Spelling::kOfficial)
      : target(to), spelling(from) {
    while (true) {
      const std::size_t dot = dotted.find('.');
      path[depth++] = dotted.substr(0, dot);
      if (dot == std::string_view::npos) break;
      dotted.remove_prefix(dot + 1);
    }
  }
  constexpr FieldRow() = default;

  std::array<std::string_view, kDepthMax> path;
  std::uint8_t depth = 0;
  Target target = Target::kSubject;
  Spelling spelling = Spelling::kOfficial;
};

class EventRow {
 public:
  static constexpr std::size_t kFieldsMax = 8;

  constexpr EventRow(EventType number, std::string_view name, Role part,
                     std::initializer_list<FieldRow> field_rows)
      : type(number), role(part), camel_(name) {
    for (const FieldRow& row : field_rows) fields_[field_count_++] = row;
    for (std::size_t i = 0; i < name.size(); ++i) {
      const char c = name[i];
      const bool upper = c >= 'A' && c <= 'Z';
      if (upper && i > 0) screaming_[screaming_size_++] = '_';
      screaming_[screaming_size_++] =
          upper ? c : static_cast<char>(c - 'a' + 'A');
      attributes_[attributes_size_++] =
          i == 0 ? static_cast<char>(c - 'A' + 'a') : c;
    }
    for (char c : std::string_view("EventAttributes")) {
      attributes_[attributes_size_++] = c;
    }
  }

  // "WorkflowTaskStarted"
  constexpr std::string_view camel() const { return camel_; }
  // "WORKFLOW_TASK_STARTED"
  constexpr std::string_view screaming() const {
    return {screaming_.data(), screaming_size_};
  }
  // "workflowTaskStartedEventAttributes"
  constexpr std::string_view attributes() const {
    return {attributes_.data(), attributes_size_};
  }
  constexpr std::span<const FieldRow> fields() const {
    return {fields_.data(), field_count_};
  }

  EventType type;
  Role role;

 private:
  std::string_view camel_;
  std::array<char, 64> screaming_{};
  std::array<char, 80> attributes_{};
  std::uint8_t screaming_size_ = 0;
  std::uint8_t attributes_size_ = 0;
  std::uint8_t field_count_ = 0;
  std::array<FieldRow, kFieldsMax> fields_{};
};

}  // namespace cohort

#endif  // COHORT_HISTORY_EVENT_ROW_H_
