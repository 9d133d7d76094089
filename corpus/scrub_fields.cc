#include "cohort/corpus/scrub_fields.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cohort {
namespace {

enum class FieldKind : std::uint8_t {
  kStructure,    // kept
  kName,         // kept unless names go
  kId,           // kept unless ids go
  kOperationId,  // likewise; a number stays
  kMessageId,    // an update's id with something behind it
  kText,         // goes
};

struct KnownField {
  std::string_view name;
  FieldKind kind;
};

using enum FieldKind;

// Fields of events, failures and markers, of all SDKs and of Cadence. A text in
// a field that is not here goes, unless it looks like a number, a time or an
// enum's name.
constexpr std::array kFields = {
    KnownField{"eventId", kStructure},
    KnownField{"eventTime", kStructure},
    KnownField{"timestamp", kStructure},
    KnownField{"eventType", kStructure},
    KnownField{"taskId", kStructure},
    KnownField{"version", kStructure},
    KnownField{"markerName", kStructure},
    KnownField{"retryState", kStructure},
    KnownField{"timeoutType", kStructure},
    KnownField{"kind", kStructure},
    KnownField{"cause", kStructure},
    KnownField{"sdkName", kStructure},
    KnownField{"sdkVersion", kStructure},
    KnownField{"buildId", kStructure},
    KnownField{"bundleId", kStructure},
    KnownField{"workerBuildId", kStructure},
    KnownField{"assignedBuildId", kStructure},
    KnownField{"inheritedBuildId", kStructure},
    KnownField{"binaryChecksum", kStructure},
    KnownField{"source", kStructure},
    KnownField{"parentClosePolicy", kStructure},
    KnownField{"workflowIdReusePolicy", kStructure},
    KnownField{"initiator", kStructure},
    KnownField{"origin", kStructure},
    KnownField{"cronSchedule", kStructure},
    KnownField{"deploymentName", kStructure},
    KnownField{"seriesName", kStructure},
    KnownField{"replayTime", kStructure},
    KnownField{"ReplayTime", kStructure},

    KnownField{"name", kName},
    KnownField{"normalName", kName},
    KnownField{"signalName", kName},
    KnownField{"namespace", kName},
    KnownField{"parentWorkflowNamespace", kName},
    KnownField{"domain", kName},
    KnownField{"parentWorkflowDomain", kName},
    KnownField{"operation", kName},
    KnownField{"service", kName},
    KnownField{"endpoint", kName},
    KnownField{"type", kName},
    KnownField{"nonRetryableErrorTypes", kName},
    KnownField{"nonRetriableErrorReasons", kName},
    KnownField{"errReason", kName},
    KnownField{"activityType", kName},
    KnownField{"ActivityType", kName},
    KnownField{"activity_type", kName},

    KnownField{"workflowId", kId},
    KnownField{"runId", kId},
    KnownField{"originalExecutionRunId", kId},
    KnownField{"firstExecutionRunId", kId},
    KnownField{"continuedExecutionRunId", kId},
    KnownField{"newExecutionRunId", kId},
    KnownField{"newRunId", kId},
    KnownField{"baseRunId", kId},
    KnownField{"requestId", kId},
    KnownField{"updateId", kId},
    KnownField{"protocolInstanceId", kId},
    KnownField{"operationId", kId},
    KnownField{"operationToken", kId},
    KnownField{"namespaceId", kId},
    KnownField{"parentWorkflowNamespaceId", kId},
    KnownField{"endpointId", kId},
    KnownField{"control", kId},
    KnownField{"activityId", kOperationId},
    KnownField{"ActivityID", kOperationId},
    KnownField{"activity_id", kOperationId},
    KnownField{"timerId", kOperationId},
    KnownField{"acceptedRequestMessageId", kMessageId},
    KnownField{"rejectedRequestMessageId", kMessageId},

    KnownField{"message", kText},
    KnownField{"stackTrace", kText},
    KnownField{"reason", kText},
    KnownField{"identity", kText},
};

const KnownField* FindField(std::string_view name) {
  const auto* it =
      std::find_if(kFields.begin(), kFields.end(),
                   [&](const KnownField& row) { return row.name == name; });
  return it == kFields.end() ? nullptr : it;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsNumber(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

// "10s", "0.100s", "2026-11-22T21:24:48.2Z", "EVENT_TYPE_TIMER_FIRED".
bool LooksLikeStructure(std::string_view text) {
  if (IsNumber(text)) return true;
  const bool timed =
      IsDigit(text.front()) && (text.ends_with('s') || text.ends_with('Z'));
  if (timed) {
    text.remove_suffix(1);
    return std::all_of(text.begin(), text.end(), [](char c) {
      return IsDigit(c) || c == '.' || c == '-' || c == ':' || c == 'T';
    });
  }
  return text.find('_') != text.npos &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return IsDigit(c) || (c >= 'A' && c <= 'Z') || c == '_';
         });
}

}  // namespace

std::string FieldScrubber::Name(std::string_view value) {
  // Names with this prefix are the SDKs' own.
  if (options_.names == Treatment::kKept || value.starts_with("__")) {
    return std::string(value);
  }
  return tokens_.Of(TokenKind::kName, value);
}

std::string FieldScrubber::Id(std::string_view value) {
  if (options_.ids == Treatment::kKept) return std::string(value);
  return tokens_.Of(TokenKind::kId, value);
}

std::string FieldScrubber::MessageId(std::string_view value) {
  const std::size_t end = std::min(value.rfind('/'), value.size());
  return Id(value.substr(0, end)) + std::string(value.substr(end));
}

std::string FieldScrubber::Scrub(std::string_view field,
                                 std::string_view value) {
  if (value.empty()) return "";
  const KnownField* row = FindField(field);
  if (row == nullptr) {
    return LooksLikeStructure(value) ? std::string(value) : Text(value);
  }
  switch (row->kind) {
    case kStructure:
      return std::string(value);
    case kName:
      return Name(value);
    case kId:
      return Id(value);
    case kOperationId:
      return IsNumber(value) ? std::string(value) : Id(value);
    case kMessageId:
      return MessageId(value);
    case kText:
      return Text(value);
  }
  return "";
}

}  // namespace cohort
