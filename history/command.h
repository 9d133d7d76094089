// One request of workflow code, on its way into the history.
//
//   Command command{.kind = CommandKind::kStartTimer};
//   command.text(Text::kId) = "5";
//   command.attributes = {{"startToFireTimeout", std::chrono::seconds(1)}};
//
// A command has the same identifying fields as the event that will record it
// (`texts`, `subject`, payloads); everything else that only a server reads
// (timeouts, policies, ...) is a list of attributes under the field names of
// the official protos. Both are filled only when the command will be sent: on
// replay nothing is encoded.
#ifndef COHORT_HISTORY_COMMAND_H_
#define COHORT_HISTORY_COMMAND_H_

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cohort/history/event.h"
#include "cohort/history/payload.h"

namespace cohort {

// What a command asks for. What is known of each kind stands in
// engine/kinds.h; nothing else may switch over kinds.
enum class CommandKind : std::uint8_t {
  kScheduleActivity,
  kRequestCancelActivity,
  kStartTimer,
  kCancelTimer,
  kStartChild,
  kSignalExternal,
  kCancelExternal,
  kScheduleNexus,
  kRequestCancelNexus,
  kRecordVersion,
  kRecordSideEffect,
  kRecordMutableSideEffect,
  kRecordLocalActivity,
  kUpsertSearchAttributes,
  kModifyProperties,
  kAcceptUpdate,
  kCompleteUpdate,
  kCompleteWorkflow,
  kFailWorkflow,
  kCancelWorkflow,
  kContinueAsNew,
};
inline constexpr std::size_t kCommandKindCount = 21;

using Nanoseconds = std::chrono::nanoseconds;

// One field of a command's attributes message: its proto JSON name (dots go
// into sub-messages: "retryPolicy.maximumAttempts") and its value.
struct Attribute {
  std::string_view field;  // a literal
  std::variant<std::int64_t, double, bool, std::string, Nanoseconds> value;
};

struct Command {
  CommandKind kind = CommandKind::kScheduleActivity;
  std::array<std::string, kTextCount> texts;
  std::int64_t subject = 0;
  Payloads input;
  std::optional<Failure> failure;
  PayloadsMap details;
  std::vector<Attribute> attributes;
  std::source_location site;  // the line of workflow code that issued it

  std::string_view text(Text t) const {
    return texts[static_cast<std::size_t>(t)];
  }
  std::string& text(Text t) { return texts[static_cast<std::size_t>(t)]; }
  std::string_view name() const { return text(Text::kName); }
  std::string_view key() const { return text(Text::kId); }
};

}  // namespace cohort

#endif  // COHORT_HISTORY_COMMAND_H_
