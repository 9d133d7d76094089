// Confirm: the turn's outputs against what the code issued, in order.

#include <algorithm>
#include <optional>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/engine/run.h"
#include "cohort/history/event_table.h"

namespace cohort {
namespace {

EventFacts FactsOf(const Event& event, const VersionMarker& marker) {
  EventFacts facts(event);
  facts.texts[static_cast<std::size_t>(Text::kId)] = marker.change_id;
  return facts;
}

}  // namespace

absl::Status Run::ConfirmOutputs(const Turn& turn) {
  for (std::size_t i = 0; i < turn.outputs.size(); ++i) {
    if (RoleOf(turn.outputs[i].type) == Role::kIgnorable) continue;
    COHORT_RETURN_IF_ERROR(ConfirmOutput(turn, &i));
  }
  return ConfirmRest(turn);
}

absl::Status Run::ConfirmOutput(const Turn& turn, std::size_t* output) {
  const Event& event = turn.outputs[*output];
  // Validators run live only: no command on replay answers to a rejection.
  if (event.type == EventType::kWorkflowExecutionUpdateRejected) {
    return absl::OkStatus();
  }
  if (event.type == EventType::kMarkerRecorded) {
    if (VersionAt(event.id) != nullptr) return ConfirmVersion(turn, output);
    const MarkerRole role = RoleOfMarker(event.name());
    if (role == MarkerRole::kLocalActivity) return ConfirmLocal(event);
    if (role == MarkerRole::kMutableSideEffect) return ConfirmMutable(event);
    if (role == MarkerRole::kUnknown) {
      return Unimplemented(
          "event {}: the marker \"{}\" is of no kind that this version knows; "
          "update cohort",
          event.id, event.name());
    }
  }
  if (IsClosing(event.type)) {
    if (auto unchecked = ConfirmUncheckedClosing(event)) return *unchecked;
  }
  return ConfirmCommand(EventFacts(event));
}

// What the code has issued and the outputs do not show.
absl::Status Run::ConfirmRest(const Turn& turn) {
  const bool closing_unchecked =
      options_.profile->closing == Closing::kLastOnly;
  if (closing_unchecked && !strict(StrictRule::kGoCloseUnchecked)) {
    for (PendingCommand& p : pending_.all()) {
      if (RowOf(p.command.kind).on_record == OnRecord::kCloses) {
        p.withdrawn = true;
      }
    }
  }
  // Where the history ends among the outputs, more may stand behind the end.
  if (!turn.outputs_whole) return status_;
  const PendingCommand* left = pending_.Head();
  if (left == nullptr) return status_;
  const bool carried = options_.profile->leftover == Leftover::kCarry;
  if (carried && !strict(StrictRule::kExtraCommand)) return status_;
  Divergence d =
      MakeDivergence(DivergenceCause::kExtraCommand, nullptr, &left->command);
  if (carried) d.rule = NameOf(StrictRule::kExtraCommand);
  if (closing_unchecked &&
      RowOf(left->command.kind).on_record == OnRecord::kCloses) {
    d.rule = NameOf(StrictRule::kGoCloseUnchecked);
  }
  return Diverge(std::move(d));
}

// Writers who look at the closing event only where it stands last, and says
// that the run completed or goes on as a new one.
std::optional<absl::Status> Run::ConfirmUncheckedClosing(const Event& event) {
  if (options_.profile->closing != Closing::kLastOnly ||
      strict(StrictRule::kGoCloseUnchecked)) {
    return std::nullopt;
  }
  const PendingCommand* head = pending_.Head();
  const bool closes = head != nullptr &&
                      RowOf(head->command.kind).on_record == OnRecord::kCloses;
  const bool looked_at =
      event.type == EventType::kWorkflowExecutionCompleted ||
      event.type == EventType::kWorkflowExecutionContinuedAsNew;
  if (looked_at || (head != nullptr && !closes)) return std::nullopt;
  if (closes) pending_.Pop();
  return absl::OkStatus();
}

absl::Status Run::ConfirmMutable(const Event& event) {
  if (options_.profile->position == MarkerPosition::kFree && !own_turn_) {
    return absl::OkStatus();  // it has told its value; its place means nothing
  }
  COHORT_ASSIGN_OR_RETURN(std::optional<MutableSideEffectMarker> marker,
                          DecodeMutableSideEffect(event, reader_));
  EventFacts facts(event);
  if (marker) {
    facts.texts[static_cast<std::size_t>(Text::kId)] = marker->id;
    // A call stood here and was taken for an earlier one than the marker's: the
    // code calls less often than it did. The value holds from now on.
    const auto called = mutables_.find(marker->id);
    if (called != mutables_.end() && !called->second.recorded.empty()) {
      const MutableMarker& next = called->second.recorded.front();
      if (next.event_id == event.id && next.reached) {
        TakeMarker(called->second);
        return absl::OkStatus();
      }
    }
  }
  return ConfirmCommand(facts);
}

// A version marker needs no call in every dialect, and not always in its place.
absl::Status Run::ConfirmVersion(const Turn& turn, std::size_t* output) {
  const Event& event = turn.outputs[*output];
  const TurnVersion& version = *VersionAt(event.id);
  const EventFacts facts = FactsOf(event, version.marker);
  const PendingCommand* head = pending_.Head();
  if (head != nullptr && head->command.kind == CommandKind::kRecordVersion &&
      Matches(head->command, facts, Rules())) {
    pending_.Pop();
    return absl::OkStatus();
  }
  const bool tolerated =
      RowOf(version.marker.dialect).tolerance == Tolerance::kAlways ||
      version.marker.deprecated || IsSdkPatch(version.marker.change_id);
  if (!tolerated) {
    return Diverge(MakeDivergence(DivergenceCause::kUnmatchedMarker, &facts,
                                  head == nullptr ? nullptr : &head->command));
  }
  WithdrawVersion(version.marker.change_id);
  if (version.recorded.upserted) ++*output;  // the upsert goes with its marker
  return absl::OkStatus();
}

absl::Status Run::ConfirmCommand(const EventFacts& facts) {
  const Event& event = *facts.event;
  const PendingCommand* head = pending_.Head();
  if (head == nullptr) {
    return Diverge(
        MakeDivergence(DivergenceCause::kMissingCommand, &facts, nullptr));
  }
  if (!Fits(head->command, event)) {
    Divergence d =
        MakeDivergence(DivergenceCause::kKind, &facts, &head->command);
    const bool closings =
        IsClosing(event.type) &&
        RowOf(head->command.kind).on_record == OnRecord::kCloses;
    if (closings && options_.profile->closing == Closing::kLastOnly) {
      d.rule = NameOf(StrictRule::kGoCloseUnchecked);
    }
    return Diverge(std::move(d));
  }
  if (!Matches(head->command, facts, Rules())) {
    Divergence d =
        MakeDivergence(DivergenceCause::kFields, &facts, &head->command);
    if (Rules().types == TypeMatch::kExact && !TypesAreCompared()) {
      d.rule = NameOf(StrictRule::kCoreTypesUnchecked);
    }
    return Diverge(std::move(d));
  }
  if (options_.strictness.compares_values()) {
    if (auto differs = DifferentValue(head->command, facts)) {
      return Diverge(*std::move(differs));
    }
  }
  absl::Status status = RecordOperation(*head, event);
  pending_.Pop();
  commands_confirmed_ += IsOrdered(event.type) ? 1 : 0;
  return status;
}

// Does the writer's own replayer compare them in this run?
bool Run::TypesAreCompared() const {
  return options_.profile->types != TypeMatch::kExactIfFlagged ||
         types_flagged_;
}

MatchRules Run::Rules() const {
  const Profile& profile = *options_.profile;
  if (profile.types != TypeMatch::kExactIfFlagged) {
    return {profile.types, profile.ids};
  }
  const bool compare =
      types_flagged_ || strict(StrictRule::kCoreTypesUnchecked);
  return {compare ? TypeMatch::kExact : TypeMatch::kExactIfFlagged,
          profile.ids};
}

absl::Status Run::RecordOperation(const PendingCommand& pending,
                                  const Event& event) {
  NoteIdScheme(pending.command, event);
  if (Operation* operation = operations_.Find(pending.operation)) {
    const LifecycleRow* row = StepOperation(*operation, Input::kRecorded);
    if (row == nullptr) {
      return DataLoss("event {}: {} is recorded twice", event.id,
                      NameOf(pending.command.kind));
    }
    operation->command = 0;
    operation->event_id = event.id;
    if (RowOf(operation->kind).cancel_by == CancelBy::kId) {
      operation->id = event.key();
    }
    if (row->effects & kIndex) operations_.Index(event.id, pending.operation);
    if (operation->canceled_early) CancelRecorded(pending.operation);
  }
  if (pending.command.kind == CommandKind::kAcceptUpdate) {
    const auto open = open_updates_.find(event.key());
    if (open != open_updates_.end()) open->second = event.id;
  }
  if (Operation* target = operations_.Find(pending.target)) {
    target->cancel = 0;
    if (RowOf(pending.command.kind).on_record == OnRecord::kCancels) {
      AcknowledgeCancel(pending.target);
      operations_.Release(pending.target);
    }
  }
  return absl::OkStatus();
}

bool Run::Fits(const Command& command, const Event& event) const {
  const KindRow& row = RowOf(command.kind);
  if (row.recorded_by != event.type) return false;
  return !row.marker.has_value() || RoleOfMarker(event.name()) == *row.marker;
}

const Run::TurnVersion* Run::VersionAt(std::int64_t event_id) const {
  const auto at = std::lower_bound(
      turn_versions_.begin(), turn_versions_.end(), event_id,
      [](const TurnVersion& v, std::int64_t id) { return v.event_id < id; });
  const bool found = at != turn_versions_.end() && at->event_id == event_id;
  return found ? &*at : nullptr;
}

void Run::WithdrawVersion(std::string_view change_id) {
  const auto known = version_commands_.find(change_id);
  if (known == version_commands_.end()) return;
  PendingCommand* marker = pending_.Find(known->second);
  if (marker == nullptr || std::exchange(marker->withdrawn, true)) return;
  PendingCommand* next = pending_.Find(known->second + 1);
  if (options_.profile->passed_upsert == PassedUpsert::kForgotten &&
      next != nullptr &&
      next->command.kind == CommandKind::kUpsertSearchAttributes) {
    next->withdrawn = true;
  }
}

std::vector<std::string> Run::UnconfirmedCommands() {
  std::vector<std::string> out;
  for (const PendingCommand& p : pending_.all()) {
    if (!p.withdrawn) out.push_back(Describe(p.command));
  }
  return out;
}

}  // namespace cohort
