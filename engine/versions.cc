// Versions and side effects: what a call expects of the turn's outputs, or
// issues.

#include "cohort/base/status.h"
#include "cohort/engine/run.h"
#include "cohort/markers/value_markers.h"

namespace cohort {
namespace {

Command UpsertExpected(std::source_location site) {
  Command c;
  c.kind = CommandKind::kUpsertSearchAttributes;
  c.site = site;
  return c;
}

}  // namespace

MarkerPosition Run::PositionOf(Family family) const {
  return family == Family::kPatch ? MarkerPosition::kInOrder
                                  : options_.profile->position;
}

void Run::ExpectMarker(const VersionRecord& record, std::source_location site) {
  // Where the position is free, the marker and its upsert stand in the outputs
  // for themselves.
  if (PositionOf(record.family) == MarkerPosition::kFree) return;
  Command marker;
  marker.kind = CommandKind::kRecordVersion;
  marker.text(Text::kId) = record.change_id;
  marker.site = site;
  Push({std::move(marker), 0, 0, false});
  const RecordedVersion* recorded = Recorded(record.change_id);
  if (recorded != nullptr && recorded->upserted) {
    Push({UpsertExpected(site), 0, 0, false});
  }
}

void Run::IssueMarker(const VersionRecord& record, std::source_location site) {
  const Dialect dialect = record.family == Family::kPatch
                              ? options_.patch_dialect
                              : options_.version_dialect;
  VersionCommands commands = EncodeVersion(dialect, state().versions, record);
  commands.marker.site = site;
  Push({std::move(commands.marker), 0, 0, false});
  const DialectRow& row = RowOf(DialectFor(record.family, dialect));
  if (row.lang_flag != 0) lang_flag_ = row.lang_flag;
  if (row.core_flag != 0) core_flag_ = row.core_flag;
  if (commands.upsert) {
    commands.upsert->site = site;
    Push({*std::move(commands.upsert), 0, 0, false});
  }
}

const Payload* Run::RecordedSideEffect(std::source_location site) {
  ++side_effects_;
  if (!state().turn_completed) return nullptr;
  Command command;
  command.kind = CommandKind::kRecordSideEffect;
  command.site = site;
  if (next_side_effect_ == turn_side_effects_.size()) {
    answer_missing_ = true;
    (void)Diverge(
        MakeDivergence(DivergenceCause::kMissingMarker, nullptr, &command));
    throw Unwind{};
  }
  Push({std::move(command), 0, 0, false});
  return &turn_side_effects_[next_side_effect_++];
}

void Run::RecordSideEffect(Payload value, std::source_location site) {
  Command command = EncodeSideEffect({side_effects_, {std::move(value)}});
  command.site = site;
  Push({std::move(command), 0, 0, false});
}

}  // namespace cohort
