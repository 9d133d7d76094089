// What is known of each command kind: which events spell its life.
//
// A new kind is a row in kKinds, rows in kOutcomes for the events that start
// and end it, and rows in engine/match_table.h. Nothing else switches on kinds.
#ifndef COHORT_ENGINE_KINDS_H_
#define COHORT_ENGINE_KINDS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "cohort/base/enum_table.h"
#include "cohort/engine/lifecycle.h"
#include "cohort/history/command.h"
#include "cohort/history/event_type.h"
#include "cohort/markers/codec.h"

namespace cohort {

// What the event that records a command means for the operation.
enum class OnRecord : std::uint8_t {
  kOpens,    // the operation goes on: activities, timers, children
  kEnds,     // there is nothing more to it: markers, upserts
  kCancels,  // it ends, and its target's cancellation is acknowledged by it
  kCloses,   // it ends the run
};

// Where an operation begins.
enum class BeginsAs : std::uint8_t {
  kCommand,  // as a command that history has to record
  kRunning,  // here and at once; its command records how it ended
};

// How a cancel command names what it cancels.
enum class CancelBy : std::uint8_t { kEventId, kId };

// The id of an operation to which the code gives none.
enum class OwnId : std::uint8_t {
  kNoId,         // it has no id, or the code has to give one
  kEventNumber,  // the number of the event that will record it
  kRunAndEvent,  // the run's id and that number: unique in the namespace
};

// The exception by which a failed operation leaves its co_await.
enum class FailsWith : std::uint8_t {
  kActivityError,
  kChildWorkflowError,
  kNexusError,
  kExternalError,
};

struct KindRow {
  CommandKind kind;
  std::string_view name;
  EventType recorded_by;
  // Which marker, where recorded_by is kMarkerRecorded.
  std::optional<MarkerRole> marker;
  OnRecord on_record;
  // The command that cancels it.
  std::optional<CommandKind> cancel_with;
  CancelBy cancel_by = CancelBy::kEventId;
  OwnId own_id = OwnId::kNoId;
  BeginsAs begins_as = BeginsAs::kCommand;
  FailsWith fails_with = FailsWith::kActivityError;
};

namespace engine_internal {

using enum CommandKind;
using enum EventType;
using enum OnRecord;
using enum OwnId;

// clang-format off
inline constexpr std::array<KindRow, kCommandKindCount> kKindRows = {{
    {kScheduleActivity,       "ScheduleActivity",       kActivityTaskScheduled,
     {},          kOpens,   kRequestCancelActivity, CancelBy::kEventId, kEventNumber},
    {kRequestCancelActivity,  "RequestCancelActivity",  kActivityTaskCancelRequested,
     {},          kEnds,    {}},
    {kStartTimer,             "StartTimer",             kTimerStarted,
     {},          kOpens,   kCancelTimer,           CancelBy::kId,      kEventNumber},
    {kCancelTimer,            "CancelTimer",            kTimerCanceled,
     {},          kCancels, {}},
    {kStartChild,             "StartChild",             kStartChildWorkflowExecutionInitiated,
     {},          kOpens,   kCancelExternal,        CancelBy::kId,      kRunAndEvent,
     BeginsAs::kCommand, FailsWith::kChildWorkflowError},
    {kSignalExternal,         "SignalExternal",         kSignalExternalWorkflowExecutionInitiated,
     {},          kOpens,   {},                     CancelBy::kEventId, kNoId,
     BeginsAs::kCommand, FailsWith::kExternalError},
    {kCancelExternal,         "CancelExternal",
     kRequestCancelExternalWorkflowExecutionInitiated,
     {},          kOpens,   {},                     CancelBy::kEventId, kNoId,
     BeginsAs::kCommand, FailsWith::kExternalError},
    {kScheduleNexus,          "ScheduleNexus",          kNexusOperationScheduled,
     {},          kOpens,   kRequestCancelNexus, CancelBy::kEventId, kNoId,
     BeginsAs::kCommand, FailsWith::kNexusError},
    {kRequestCancelNexus,     "RequestCancelNexus",     kNexusOperationCancelRequested,
     {},          kEnds,    {}},
    {kRecordVersion,          "RecordVersion",          kMarkerRecorded,
     MarkerRole::kVersion,    kEnds,    {}},
    {kRecordSideEffect,       "RecordSideEffect",       kMarkerRecorded,
     MarkerRole::kSideEffect, kEnds,    {}},
    {kRecordMutableSideEffect, "RecordMutableSideEffect", kMarkerRecorded,
     MarkerRole::kMutableSideEffect, kEnds, {}},
    {kRecordLocalActivity,    "RecordLocalActivity",    kMarkerRecorded,
     MarkerRole::kLocalActivity, kEnds, {}, CancelBy::kEventId, kNoId, BeginsAs::kRunning},
    {kUpsertSearchAttributes, "UpsertSearchAttributes", kUpsertWorkflowSearchAttributes,
     {},          kEnds,    {}},
    {kModifyProperties,       "ModifyProperties",       kWorkflowPropertiesModified,
     {},          kEnds,    {}},
    {kAcceptUpdate,           "AcceptUpdate",           kWorkflowExecutionUpdateAccepted,
     {},          kEnds,    {}},
    {kCompleteUpdate,         "CompleteUpdate",         kWorkflowExecutionUpdateCompleted,
     {},          kEnds,    {}},
    {kCompleteWorkflow,       "CompleteWorkflow",       kWorkflowExecutionCompleted,
     {},          kCloses,  {}},
    {kFailWorkflow,           "FailWorkflow",           kWorkflowExecutionFailed,
     {},          kCloses,  {}},
    {kCancelWorkflow,         "CancelWorkflow",         kWorkflowExecutionCanceled,
     {},          kCloses,  {}},
    {kContinueAsNew,          "ContinueAsNew",          kWorkflowExecutionContinuedAsNew,
     {},          kCloses,  {}},
}};
// clang-format on

}  // namespace engine_internal

inline constexpr const auto& kKinds = engine_internal::kKindRows;

// How an event that starts or ends an operation settles its future.
enum class Outcome : std::uint8_t {
  kNone,        // it does not; a kStarted settles the "started" future
  kResult,      // with the event's result
  kFailure,     // with the event's failure
  kCanceled,    // with CanceledError
  kTimedOut,    // with a failure that says so
  kTerminated,  // likewise
  kCause,       // with a failure made of the event's cause
};

// What must be true of the operation beyond its state.
enum class Guard : std::uint8_t {
  kNone,
  kNeedsStarted,
  kNeedsNotStarted,
  // It may be over: then the event has nothing left to say.
  kMayBeOver,
};

struct OutcomeRow {
  EventType event;
  CommandKind kind;
  Input input;
  Outcome outcome;
  Guard guard;
};

namespace engine_internal {

using enum Input;
using O = Outcome;
using G = Guard;

// clang-format off
inline constexpr std::array<OutcomeRow, 24> kOutcomeRows = {{
    {kActivityTaskStarted, kScheduleActivity, kStarted, O::kNone, G::kNone},
    {kActivityTaskCompleted, kScheduleActivity, kSettled, O::kResult, G::kNeedsStarted},
    {kActivityTaskFailed, kScheduleActivity, kSettled, O::kFailure, G::kNeedsStarted},
    {kActivityTaskTimedOut, kScheduleActivity, kSettled, O::kFailure, G::kNone},
    {kActivityTaskCanceled, kScheduleActivity, kSettled, O::kCanceled, G::kNone},
    {kTimerFired, kStartTimer, kSettled, O::kResult, G::kNone},

    {kStartChildWorkflowExecutionFailed, kStartChild, kSettled, O::kCause, G::kNeedsNotStarted},
    {kChildWorkflowExecutionStarted, kStartChild, kStarted, O::kNone, G::kNeedsNotStarted},
    {kChildWorkflowExecutionCompleted, kStartChild, kSettled, O::kResult, G::kNeedsStarted},
    {kChildWorkflowExecutionFailed, kStartChild, kSettled, O::kFailure, G::kNeedsStarted},
    {kChildWorkflowExecutionCanceled, kStartChild, kSettled, O::kCanceled, G::kNeedsStarted},
    {kChildWorkflowExecutionTimedOut, kStartChild, kSettled, O::kTimedOut, G::kNeedsStarted},
    {kChildWorkflowExecutionTerminated, kStartChild, kSettled, O::kTerminated, G::kNeedsStarted},

    {kExternalWorkflowExecutionSignaled, kSignalExternal, kSettled, O::kResult, G::kNone},
    {kSignalExternalWorkflowExecutionFailed, kSignalExternal, kSettled, O::kCause, G::kNone},
    {kExternalWorkflowExecutionCancelRequested, kCancelExternal, kSettled, O::kResult, G::kNone},
    {kRequestCancelExternalWorkflowExecutionFailed, kCancelExternal, kSettled, O::kCause, G::kNone},

    {kNexusOperationStarted, kScheduleNexus, kStarted, O::kNone, G::kNeedsNotStarted},
    {kNexusOperationCompleted, kScheduleNexus, kSettled, O::kResult, G::kNone},
    {kNexusOperationFailed, kScheduleNexus, kSettled, O::kFailure, G::kNone},
    {kNexusOperationCanceled, kScheduleNexus, kSettled, O::kCanceled, G::kNone},
    {kNexusOperationTimedOut, kScheduleNexus, kSettled, O::kFailure, G::kNone},
    {kNexusOperationCancelRequestCompleted, kScheduleNexus, kCancelAcked, O::kNone, G::kMayBeOver},
    {kNexusOperationCancelRequestFailed, kScheduleNexus, kCancelAcked, O::kFailure, G::kMayBeOver},
}};
// clang-format on

}  // namespace engine_internal

inline constexpr const auto& kOutcomes = engine_internal::kOutcomeRows;

namespace engine_internal {

static_assert(RowsFollowEnum(kKinds, &KindRow::kind));

consteval bool MarkersAreMarked() {
  for (const KindRow& row : kKinds) {
    if (row.marker.has_value() !=
        (row.recorded_by == EventType::kMarkerRecorded)) {
      return false;
    }
  }
  return true;
}
static_assert(MarkersAreMarked());

using OutcomeIndex = std::array<std::int8_t, 256>;
consteval OutcomeIndex IndexOutcomes() {
  OutcomeIndex index{};
  index.fill(-1);
  for (std::size_t i = 0; i < kOutcomes.size(); ++i) {
    auto& cell = index[static_cast<std::size_t>(kOutcomes[i].event)];
    if (cell >= 0) throw "an event type has two outcome rows";
    cell = static_cast<std::int8_t>(i);
  }
  return index;
}
inline constexpr OutcomeIndex kOutcomeIndex = IndexOutcomes();

}  // namespace engine_internal

constexpr const KindRow& RowOf(CommandKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}
constexpr std::string_view NameOf(CommandKind kind) { return RowOf(kind).name; }

// Null for an event type that neither starts nor ends an operation.
constexpr const OutcomeRow* OutcomeOf(EventType type) {
  const std::int8_t i =
      engine_internal::kOutcomeIndex[static_cast<std::size_t>(type)];
  return i < 0 ? nullptr : &kOutcomes[static_cast<std::size_t>(i)];
}

namespace engine_internal {

using OrderedTypes = std::array<bool, 256>;
consteval OrderedTypes FindOrdered() {
  OrderedTypes ordered{};
  for (const KindRow& row : kKinds) {
    ordered[static_cast<std::size_t>(row.recorded_by)] =
        !row.marker.has_value() &&
        row.kind != CommandKind::kUpsertSearchAttributes;
  }
  return ordered;
}
inline constexpr OrderedTypes kOrderedTypes = FindOrdered();

}  // namespace engine_internal

// Does the event stand among its turn's outputs where the code issued its
// command, whoever wrote it? Markers, and the upserts beside them, need not.
constexpr bool IsOrdered(EventType type) {
  return engine_internal::kOrderedTypes[static_cast<std::size_t>(type)];
}

}  // namespace cohort

#endif  // COHORT_ENGINE_KINDS_H_
