// Profiles: what a history means depends on who wrote it.
//
// The SDKs agree on the events and differ in a few rules. Each rule is a
// column; each writer is a row; the engine reads the columns only.
//
//   const Profile& profile = DetectProfile(history.events());
//
// Detection looks at the SDK's name in the task completions, then at the
// markers; a history without either is read by our own rules.
#ifndef COHORT_ENGINE_PROFILE_H_
#define COHORT_ENGINE_PROFILE_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "cohort/base/version.h"
#include "cohort/history/event.h"
#include "cohort/history/turn.h"
#include "cohort/markers/dialect.h"
#include "cohort/versioning/version_book.h"

namespace cohort {

// Where in its turn a version marker of GetVersion may stand, compared with
// where the code calls. (Markers of Patched are always kInOrder.)
enum class MarkerPosition : std::uint8_t {
  kFree,     // anywhere: it takes no part in the order of commands
  kInOrder,  // where the call stands; if the dialect tolerates markers without
             // a call, the code may call later than the marker, not earlier
};

// The search attribute's upsert beside a marker that is passed over, because
// the code calls elsewhere in the turn.
enum class PassedUpsert : std::uint8_t {
  kForgotten,  // it goes with its marker
  kExpected,   // ... and is expected where the code calls all the same
};

// A turn records an id that an earlier turn answered by default.
enum class LateMarker : std::uint8_t {
  kOverwrite,  // the recorded value holds from then on
  kDiverge,    // the code asked too early: a divergence
  kUnmatched,  // an ordinary marker without a call
};

// The order in which the events of one turn reach the code.
enum class Delivery : std::uint8_t {
  kEventOrder,
  kSignalsFirst,            // signals and updates, then the rest
  kSignalsFirstCancelLast,  // ... and a cancellation request behind all
};

// In which order coroutines go on that are ready in one turn.
enum class ReadyOrder : std::uint8_t {
  kFifo,      // as they became ready
  kCreation,  // in rounds: handlers, the workflow function, then the others as
              // they were spawned
  kNewestHandlersFirst,  // the same, but handlers that begin together go before
                         // earlier ones; without Profile::handlers_flag they go
                         // as spawned ones
};

// A cancellation request meets a result that the code has not seen yet.
enum class CancelRace : std::uint8_t {
  kFirstWins,  // what was delivered first
  // The result is lost; without Profile::cancel_race_flag, the request is,
  // where the result is an activity's.
  kCancelWins,
};

// A call in a scope that was canceled before.
enum class CanceledScope : std::uint8_t {
  kRefuse,          // fails at once, without a command
  kSendActivities,  // the same, but an activity is scheduled, and canceled
  kOneShot,         // a request cancels what is open; later calls work
};

// An operation that is started and canceled in one turn.
enum class SameTurnCancel : std::uint8_t {
  kDrop,  // leaves no event
  kKeep,  // is recorded, and so is its cancellation
};

// When the end of an update whose handler does not wait is recorded.
enum class UpdateEnd : std::uint8_t {
  kAtOnce,       // behind its acceptance
  kBehindTasks,  // behind all that the turn's tasks issue
};

// Commands that the code issues and a completed turn does not record.
enum class Leftover : std::uint8_t {
  kDiverge,
  kCarry,  // they are held against the next turn's outputs; at the end of the
           // history they mean nothing
};

// The event that closes the run against the command that does.
enum class Closing : std::uint8_t {
  kCompared,
  kLastOnly,  // only where the run completed, or continued as new
};

// A history that ends with the start of a workflow task.
enum class StartedTail : std::uint8_t {
  kConfirm,
  kSkipLast,  // the last completed turn is executed, but not confirmed
};

// Which ids the writer gives to activities and timers that the code did not
// name, and we in its place where we go on with its runs.
enum class IdScheme : std::uint8_t {
  kOpaque,       // any: adopted; ours are event numbers
  kEventNumber,  // the number of the event that records them: compared
  // From 1: timers for themselves, activities with local ones. Adopted, as
  // core's ids are compared only where its own replayer is told to.
  kCallNumber,
};

// Which call of a local activity its marker settles.
enum class LocalMatch : std::uint8_t {
  kId,           // calls are numbered from 1
  kFirstOfType,  // the first of its type that runs
};

// How the types of activities and child workflows are compared.
enum class TypeMatch : std::uint8_t {
  kExact,
  kLastSegment,
  kExactIfFlagged,  // only if the first completion records core's flag 1
};

// Every column has our own rule as its default.
struct Profile {
  std::string_view name;
  std::string_view sdk_name;  // as task completions record it
  // Of its markers: of versions, if it has any, and of local activities.
  Dialect dialect = Dialect::kGo;
  MarkerPosition position = MarkerPosition::kFree;
  PassedUpsert passed_upsert = PassedUpsert::kForgotten;
  LateMarker late_marker = LateMarker::kDiverge;
  UnrecordedPatch unrecorded_patch = UnrecordedPatch::kRemember;
  Delivery delivery = Delivery::kEventOrder;
  ReadyOrder ready = ReadyOrder::kFifo;
  CancelRace cancel_race = CancelRace::kFirstWins;
  CanceledScope canceled_scope = CanceledScope::kRefuse;
  SameTurnCancel same_turn_cancel = SameTurnCancel::kDrop;
  UpdateEnd update_end = UpdateEnd::kAtOnce;
  Leftover leftover = Leftover::kDiverge;
  Closing closing = Closing::kCompared;
  StartedTail started_tail = StartedTail::kConfirm;
  EmptyTasks empty_tasks = EmptyTasks::kApart;
  IdScheme ids = IdScheme::kOpaque;
  LocalMatch locals = LocalMatch::kId;
  TypeMatch types = TypeMatch::kExact;
  // Language flags that ReadyOrder and CancelRace need. 0: none.
  std::int64_t handlers_flag = 0;
  std::int64_t cancel_race_flag = 0;
  // Language flags without which a call for a version let the other coroutines
  // go on first: of every call, and of one that answers by default. We do not
  // do that; a divergence says so. 0: no call ever did.
  std::int64_t version_flag = 0;
  std::int64_t default_version_flag = 0;
  // The highest language flag that the writer is known to set; a higher one
  // changes what the history means in a way nobody here knows. 0: not checked.
  std::int64_t lang_flag_max = 0;
};

namespace engine_internal {

// sdk-core's rules; each of its languages changes a few.
constexpr Profile CoreProfile(std::string_view name,
                              std::string_view sdk_name) {
  return {.name = name,
          .sdk_name = sdk_name,
          .dialect = Dialect::kCore,
          .position = MarkerPosition::kInOrder,
          .passed_upsert = PassedUpsert::kExpected,
          .late_marker = LateMarker::kUnmatched,
          .delivery = Delivery::kSignalsFirst,
          .leftover = Leftover::kCarry,
          .empty_tasks = EmptyTasks::kMerged,
          .ids = IdScheme::kCallNumber,
          .locals = LocalMatch::kFirstOfType,
          .types = TypeMatch::kExactIfFlagged};
}
constexpr Profile PythonProfile() {
  Profile p = CoreProfile("python", "temporal-python");
  p.cancel_race = CancelRace::kCancelWins;
  p.cancel_race_flag = 1;
  p.canceled_scope = CanceledScope::kOneShot;
  return p;
}
constexpr Profile TypeScriptProfile() {
  Profile p = CoreProfile("typescript", "temporal-typescript");
  p.unrecorded_patch = UnrecordedPatch::kForget;
  p.delivery = Delivery::kSignalsFirstCancelLast;
  p.update_end = UpdateEnd::kBehindTasks;
  return p;
}
constexpr Profile GoProfile(std::string_view name, std::string_view sdk_name) {
  return {.name = name,
          .sdk_name = sdk_name,
          .late_marker = LateMarker::kOverwrite,
          .ready = ReadyOrder::kCreation,
          .canceled_scope = CanceledScope::kSendActivities,
          .same_turn_cancel = SameTurnCancel::kKeep,
          .closing = Closing::kLastOnly,
          .started_tail = StartedTail::kSkipLast,
          .locals = LocalMatch::kFirstOfType,
          .types = TypeMatch::kLastSegment};
}
constexpr Profile TemporalGoProfile() {
  Profile p = GoProfile("go", "temporal-go");
  p.ids = IdScheme::kEventNumber;
  p.locals = LocalMatch::kId;
  p.ready = ReadyOrder::kNewestHandlersFirst;
  p.handlers_flag = 4;
  p.lang_flag_max = 8;
  return p;
}
constexpr Profile JavaProfile() {
  return {.name = "java",
          .sdk_name = "temporal-java",
          .dialect = Dialect::kJava,
          .position = MarkerPosition::kInOrder,
          .passed_upsert = PassedUpsert::kExpected,
          .delivery = Delivery::kSignalsFirstCancelLast,
          .ready = ReadyOrder::kCreation,
          .leftover = Leftover::kCarry,
          .locals = LocalMatch::kFirstOfType,
          .version_flag = 2,
          .default_version_flag = 1,
          .lang_flag_max = 5};
}

inline constexpr std::array kProfileRows = {
    Profile{.name = "cohort", .sdk_name = kSdkName},
    TemporalGoProfile(),
    JavaProfile(),
    PythonProfile(),
    TypeScriptProfile(),
    CoreProfile("dotnet", "temporal-dotnet"),
    CoreProfile("ruby", "temporal-ruby"),
    GoProfile("cadence", "cadence-go"),
};

}  // namespace engine_internal

inline constexpr const auto& kProfiles = engine_internal::kProfileRows;
inline constexpr const Profile& kOwnProfile = kProfiles[0];

// By name; null for an unknown one.
const Profile* FindProfile(std::string_view name);

// From the history's own evidence.
const Profile& DetectProfile(std::span<const Event> events);

}  // namespace cohort

#endif  // COHORT_ENGINE_PROFILE_H_
