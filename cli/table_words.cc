// The switches have no default: a new value does not build without its word.
#include "cohort/cli/table_words.h"

#include "fmt/core.h"

namespace cohort {

std::string_view WordOf(VersionSource source) {
  switch (source) {
    case VersionSource::kBook:
      return "the run's earlier answer";
    case VersionSource::kRecorded:
      return "the recorded version";
    case VersionSource::kDefault:
      return "`kDefaultVersion`";
    case VersionSource::kPolicy:
      return "the cohort policy's, newest by default";
  }
  return "?";
}

std::string_view WordOf(Role role) {
  switch (role) {
    case Role::kStart:
      return "start";
    case Role::kTaskEdge:
      return "task edge";
    case Role::kOutput:
      return "output";
    case Role::kOperation:
      return "operation";
    case Role::kSignal:
      return "signal";
    case Role::kUpdate:
      return "update";
    case Role::kCancelRequest:
      return "cancel request";
    case Role::kEnd:
      return "end";
    case Role::kIgnorable:
      return "ignorable";
  }
  return "?";
}

std::string_view WordOf(OnRecord on_record) {
  switch (on_record) {
    case OnRecord::kOpens:
      return "it goes on";
    case OnRecord::kEnds:
      return "it ends";
    case OnRecord::kCancels:
      return "it ends, its target is canceled";
    case OnRecord::kCloses:
      return "it ends the run";
  }
  return "?";
}

std::string_view WordOf(CancelBy cancel_by) {
  switch (cancel_by) {
    case CancelBy::kEventId:
      return "event id";
    case CancelBy::kId:
      return "id";
  }
  return "?";
}

std::string_view WordOf(MarkerRole role) {
  switch (role) {
    case MarkerRole::kVersion:
      return "version";
    case MarkerRole::kSideEffect:
      return "side effect";
    case MarkerRole::kMutableSideEffect:
      return "mutable side effect";
    case MarkerRole::kLocalActivity:
      return "local activity";
    case MarkerRole::kUnknown:
      return "unknown";
  }
  return "?";
}

std::string_view WordOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNone:
      return "not at all";
    case Outcome::kResult:
      return "with the result";
    case Outcome::kFailure:
      return "with the failure";
    case Outcome::kCanceled:
      return "as canceled";
    case Outcome::kTimedOut:
      return "as timed out";
    case Outcome::kTerminated:
      return "as terminated";
    case Outcome::kCause:
      return "with the cause";
  }
  return "?";
}

std::string_view WordOf(Guard guard) {
  switch (guard) {
    case Guard::kNone:
      return "-";
    case Guard::kNeedsStarted:
      return "has started";
    case Guard::kNeedsNotStarted:
      return "has not started";
    case Guard::kMayBeOver:
      return "is not over (else nothing)";
  }
  return "?";
}

std::string_view WordOf(MatchPolicy policy) {
  switch (policy) {
    case MatchPolicy::kExact:
      return "equal";
    case MatchPolicy::kType:
      return "as the profile compares types";
    case MatchPolicy::kChosenId:
      return "equal if the code chose it, else as the profile knows ids";
    case MatchPolicy::kAdoptedId:
      return "equal if the code chose it, else adopted";
    case MatchPolicy::kIfPresent:
      return "equal where the event has it";
  }
  return "?";
}

std::string_view WordOf(MatchSource source) {
  switch (source) {
    case MatchSource::kName:
      return "name";
    case MatchSource::kId:
      return "id";
    case MatchSource::kScope:
      return "scope";
    case MatchSource::kControl:
      return "control";
    case MatchSource::kSubject:
      return "subject";
  }
  return "?";
}

std::string_view WordOf(MarkerPosition position) {
  switch (position) {
    case MarkerPosition::kFree:
      return "anywhere in its turn";
    case MarkerPosition::kInOrder:
      return "where the call stands";
  }
  return "?";
}

std::string_view WordOf(PassedUpsert rule) {
  switch (rule) {
    case PassedUpsert::kForgotten:
      return "goes with the marker";
    case PassedUpsert::kExpected:
      return "expected at the call";
  }
  return "?";
}

std::string_view WordOf(LateMarker rule) {
  switch (rule) {
    case LateMarker::kOverwrite:
      return "it holds from then on";
    case LateMarker::kDiverge:
      return "a divergence";
    case LateMarker::kUnmatched:
      return "a marker without a call";
  }
  return "?";
}

std::string_view WordOf(UnrecordedPatch rule) {
  switch (rule) {
    case UnrecordedPatch::kRemember:
      return "remembered";
    case UnrecordedPatch::kForget:
      return "asked again";
  }
  return "?";
}

std::string_view WordOf(Delivery order) {
  switch (order) {
    case Delivery::kEventOrder:
      return "as recorded";
    case Delivery::kSignalsFirst:
      return "signals and updates first";
    case Delivery::kSignalsFirstCancelLast:
      return "signals and updates first, cancel request last";
  }
  return "?";
}

std::string_view WordOf(IdScheme ids) {
  switch (ids) {
    case IdScheme::kOpaque:
      return "adopted";
    case IdScheme::kEventNumber:
      return "the event's number";
    case IdScheme::kCallNumber:
      return "the call's number";
  }
  return "?";
}

std::string_view WordOf(TypeMatch types) {
  switch (types) {
    case TypeMatch::kExact:
      return "equal";
    case TypeMatch::kLastSegment:
      return "equal in the last segment";
    case TypeMatch::kExactIfFlagged:
      return "equal, if core flag 1 is recorded";
  }
  return "?";
}

std::string_view WordOf(OwnId own_id) {
  switch (own_id) {
    case OwnId::kNoId:
      return "-";
    case OwnId::kEventNumber:
      return "the event's number";
    case OwnId::kRunAndEvent:
      return "run id and the event's number";
  }
  return "?";
}

std::string_view WordOf(BeginsAs begins_as) {
  switch (begins_as) {
    case BeginsAs::kCommand:
      return "a command";
    case BeginsAs::kRunning:
      return "running";
  }
  return "?";
}

std::string_view WordOf(FailsWith error) {
  switch (error) {
    case FailsWith::kActivityError:
      return "`ActivityError`";
    case FailsWith::kChildWorkflowError:
      return "`ChildWorkflowError`";
    case FailsWith::kNexusError:
      return "`NexusError`";
    case FailsWith::kExternalError:
      return "`ExternalError`";
  }
  return "?";
}

std::string_view WordOf(ReadyOrder order) {
  switch (order) {
    case ReadyOrder::kFifo:
      return "first ready, first on";
    case ReadyOrder::kCreation:
      return "handlers, main, then as spawned";
    case ReadyOrder::kNewestHandlersFirst:
      return "newest handlers, main, then as spawned";
  }
  return "?";
}

std::string_view WordOf(CancelRace race) {
  switch (race) {
    case CancelRace::kFirstWins:
      return "the first delivered wins";
    case CancelRace::kCancelWins:
      return "the cancel wins";
  }
  return "?";
}

std::string_view WordOf(CanceledScope rule) {
  switch (rule) {
    case CanceledScope::kRefuse:
      return "fails at once";
    case CanceledScope::kSendActivities:
      return "fails at once; activities are sent and canceled";
    case CanceledScope::kOneShot:
      return "works";
  }
  return "?";
}

std::string_view WordOf(SameTurnCancel rule) {
  switch (rule) {
    case SameTurnCancel::kDrop:
      return "dropped";
    case SameTurnCancel::kKeep:
      return "both recorded";
  }
  return "?";
}

std::string_view WordOf(LocalMatch rule) {
  switch (rule) {
    case LocalMatch::kId:
      return "the call of its id";
    case LocalMatch::kFirstOfType:
      return "the type's first call";
  }
  return "?";
}

std::string_view WordOf(UpdateEnd rule) {
  switch (rule) {
    case UpdateEnd::kAtOnce:
      return "behind its acceptance";
    case UpdateEnd::kBehindTasks:
      return "behind the turn's commands";
  }
  return "?";
}

std::string_view WordOf(Leftover rule) {
  switch (rule) {
    case Leftover::kDiverge:
      return "a divergence";
    case Leftover::kCarry:
      return "carried into the next turn";
  }
  return "?";
}

std::string_view WordOf(Closing rule) {
  switch (rule) {
    case Closing::kCompared:
      return "compared";
    case Closing::kLastOnly:
      return "only Completed and ContinuedAsNew";
  }
  return "?";
}

std::string_view WordOf(StartedTail rule) {
  switch (rule) {
    case StartedTail::kConfirm:
      return "confirmed";
    case StartedTail::kSkipLast:
      return "executed only";
  }
  return "?";
}

std::string_view WordOf(EmptyTasks rule) {
  switch (rule) {
    case EmptyTasks::kApart:
      return "turns of their own";
    case EmptyTasks::kMerged:
      return "merged";
  }
  return "?";
}

std::string EffectWords(Effects effects) {
  struct Word {
    Effects bit;
    std::string_view text;
  };
  constexpr Word kWords[] = {
      {kIndex, "index"},       {kNotifyStarted, "notify started"},
      {kSettle, "settle"},     {kIssueCancel, "issue the cancel"},
      {kWithdraw, "withdraw"}, {kSettleCanceled, "settle as canceled"},
  };
  std::string text;
  for (const Word& word : kWords) {
    if ((effects & word.bit) == 0) continue;
    effects = static_cast<Effects>(effects & ~word.bit);
    text += fmt::format("{}{}", text.empty() ? "" : ", ", word.text);
  }
  return effects == kNothing ? text : text + "?";
}

}  // namespace cohort
