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
  Push({.command = std::move(marker)});
  const RecordedVersion* recorded = Recorded(record.change_id);
  if (recorded != nullptr && recorded->upserted) {
    Push({.command = UpsertExpected(site)});
  }
}

void Run::IssueMarker(const VersionRecord& record, std::source_location site) {
  const WriterDialects dialects = WriterDialects()
                                      .With(options_.version_dialect)
                                      .With(options_.patch_dialect);
  VersionCommands commands = EncodeVersion(dialects, state().versions, record);
  commands.marker.site = site;
  Push({.command = std::move(commands.marker)});
  const DialectRow& row = dialects.RowFor(record.family);
  if (row.lang_flag != 0) lang_flags_.insert(row.lang_flag);
  if (row.core_flag != 0) core_flags_.insert(row.core_flag);
  if (commands.upsert) {
    commands.upsert->site = site;
    Push({.command = *std::move(commands.upsert)});
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
    Leave();
    scratch_ = {};
    return &scratch_;
  }
  Push({.command = std::move(command)});
  return &turn_side_effects_[next_side_effect_++];
}

void Run::RecordSideEffect(Payload value, std::source_location site) {
  Command command = EncodeSideEffect({side_effects_, {std::move(value)}});
  command.site = site;
  Push({.command = std::move(command)});
}

// The marker that a writer put behind this call; a call without one goes on
// with the value it had.
MutableValue Run::RecordedMutable(std::string_view id,
                                  std::source_location site) {
  auto it = mutables_.find(id);
  if (it == mutables_.end()) {
    it = mutables_.emplace(std::string(id), Mutable()).first;
  }
  Mutable& m = it->second;
  ++m.calls;
  const bool known = state().turn_completed;
  if (known && !m.recorded.empty()) {
    const MutableSideEffectMarker& next = m.recorded.front();
    const std::int64_t skipped = m.calls - m.calls_at_marker - 1;
    const bool here = next.call.value_or(m.calls) == m.calls &&
                      next.skipped.value_or(skipped) == skipped;
    if (here) {
      m.value = next.data.empty() ? Payload{} : next.data[0];
      m.calls_at_marker = m.calls;
      m.recorded.pop_front();
      if (options_.profile->position != MarkerPosition::kFree) {
        Command marker;
        marker.kind = CommandKind::kRecordMutableSideEffect;
        marker.text(Text::kId) = id;
        marker.site = site;
        Push({.command = std::move(marker)});
      }
    }
  }
  if (known && !m.value) {
    answer_missing_ = true;
    Command command;
    command.kind = CommandKind::kRecordMutableSideEffect;
    command.text(Text::kId) = id;
    command.site = site;
    (void)Diverge(
        MakeDivergence(DivergenceCause::kMissingMarker, nullptr, &command));
    Leave();
    m.value.emplace();
  }
  return {m.value ? &*m.value : nullptr, known};
}

void Run::RecordMutable(std::string_view id, Payload value,
                        std::source_location site) {
  Mutable& m = mutables_.find(id)->second;
  m.calls_at_marker = m.calls;
  Command command = EncodeMutableSideEffect(
      {std::string(id), m.calls, std::nullopt, {value}}, NextEventId());
  m.value = std::move(value);
  command.site = site;
  Push({.command = std::move(command)});
}

}  // namespace cohort
