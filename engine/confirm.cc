// Confirm: the turn's outputs against what the code issued, in order.

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
    const Event& event = turn.outputs[i];
    if (RoleOf(event.type) == Role::kIgnorable) continue;
    if (VersionAt(event.id) != nullptr) {
      COHORT_RETURN_IF_ERROR(ConfirmVersion(turn, &i));
    } else {
      COHORT_RETURN_IF_ERROR(ConfirmCommand(event));
    }
  }
  // Where the history ends among the outputs, more may stand behind the end.
  if (!turn.outputs_whole) return status_;
  if (const PendingCommand* left = pending_.Head()) {
    Divergence d =
        MakeDivergence(DivergenceCause::kExtraCommand, nullptr, &left->command);
    return Diverge(std::move(d));
  }
  return status_;
}

// A version marker needs no call in every dialect, and not always in its place.
absl::Status Run::ConfirmVersion(const Turn& turn, std::size_t* output) {
  const Event& event = turn.outputs[*output];
  const TurnVersion& version = *VersionAt(event.id);
  const EventFacts facts = FactsOf(event, version.marker);
  const PendingCommand* head = pending_.Head();
  if (head != nullptr && head->command.kind == CommandKind::kRecordVersion &&
      Matches(head->command, facts, profile())) {
    pending_.Pop();
    return absl::OkStatus();
  }
  const bool tolerated =
      RowOf(version.marker.dialect).tolerance == Tolerance::kAlways ||
      version.marker.deprecated;
  if (!tolerated) {
    return Diverge(MakeDivergence(DivergenceCause::kUnmatchedMarker, &facts,
                                  head == nullptr ? nullptr : &head->command));
  }
  WithdrawVersion(version.marker.change_id);
  if (version.recorded.upserted) ++*output;  // the upsert goes with its marker
  return absl::OkStatus();
}

absl::Status Run::ConfirmCommand(const Event& event) {
  const EventFacts facts(event);
  const PendingCommand* head = pending_.Head();
  if (head == nullptr) {
    return Diverge(
        MakeDivergence(DivergenceCause::kMissingCommand, &facts, nullptr));
  }
  if (!Fits(head->command, event)) {
    return Diverge(
        MakeDivergence(DivergenceCause::kKind, &facts, &head->command));
  }
  if (!Matches(head->command, facts, profile())) {
    return Diverge(
        MakeDivergence(DivergenceCause::kFields, &facts, &head->command));
  }
  absl::Status status = RecordOperation(*head, event);
  pending_.Pop();
  return status;
}

absl::Status Run::RecordOperation(const PendingCommand& pending,
                                  const Event& event) {
  const OnRecord on_record = RowOf(pending.command.kind).on_record;
  if (Operation* operation = operations_.Find(pending.operation)) {
    if (StepOperation(*operation, Input::kRecorded) == nullptr) {
      return DataLoss("event {}: {} is recorded twice", event.id,
                      NameOf(pending.command.kind));
    }
    operation->command = 0;
    operation->event_id = event.id;
    if (RowOf(operation->kind).cancel_by == CancelBy::kId) {
      operation->id = event.key();
    }
    operations_.Index(event.id, pending.operation);
  }
  if (Operation* target = operations_.Find(pending.target)) {
    target->cancel = 0;
    if (on_record == OnRecord::kCancels) {
      auto future = target->future;
      const LifecycleRow* row = StepOperation(*target, Input::kCancelAcked);
      operations_.Release(pending.target);
      if (row != nullptr && (row->effects & kSettleCanceled) != 0) {
        future->SettleError(std::make_exception_ptr(CanceledError()));
      }
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
  for (const TurnVersion& v : turn_versions_) {
    if (v.event_id == event_id) return &v;
  }
  return nullptr;
}

void Run::WithdrawVersion(std::string_view change_id) {
  bool with_upsert = false;
  for (PendingCommand& p : pending_.all()) {
    if (with_upsert && p.command.kind == CommandKind::kUpsertSearchAttributes) {
      p.withdrawn = true;
    }
    with_upsert = !p.withdrawn &&
                  p.command.kind == CommandKind::kRecordVersion &&
                  p.command.key() == change_id;
    if (with_upsert) p.withdrawn = true;
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
