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
  // for themselves. So does a deprecated marker without an upsert: nobody minds
  // where it stands.
  if (PositionOf(record.family) == MarkerPosition::kFree) return;
  const RecordedVersion* recorded = Recorded(record.change_id);
  const bool upserted = recorded != nullptr && recorded->upserted;
  const bool deprecated = recorded != nullptr && recorded->deprecated;
  if (deprecated && !upserted) return;
  Command marker;
  marker.kind = CommandKind::kRecordVersion;
  marker.text(Text::kId) = record.change_id;
  marker.site = site;
  version_commands_[std::string(record.change_id)] =
      Push({.command = std::move(marker)});
  if (upserted) Push({.command = UpsertExpected(site)});
}

void Run::IssueMarker(const VersionRecord& record, std::source_location site) {
  const WriterDialects dialects = WriterDialects()
                                      .With(options_.version_dialect)
                                      .With(options_.patch_dialect);
  VersionCommands commands = EncodeVersion(dialects, state().versions, record);
  commands.marker.site = site;
  version_commands_[std::string(record.change_id)] =
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

// Of the turn's outputs, how many the code has issued by now: those that are
// confirmed, and those that wait for it.
std::int64_t Run::CommandsSoFar() {
  std::int64_t commands = commands_confirmed_;
  for (const PendingCommand& p : pending_.all()) {
    const EventType type = RowOf(p.command.kind).recorded_by;
    commands += !p.withdrawn && IsOrdered(type) ? 1 : 0;
  }
  return commands;
}

// Java's marker counts the calls that were not recorded before it, but not
// those before an eviction: a worker that rebuilds the run counts nothing but
// one for each marker that says two or more (replay_count is that worker's
// count). So the place among the turn's commands decides, and the count only
// among calls at one place: it is the first call for which it is not too high.
bool Run::IsJavasCall(Mutable& called) {
  MutableMarker& next = called.recorded.front();
  if (next.commands_before != CommandsSoFar()) return false;
  next.reached = true;
  const std::int64_t skipped = called.calls - called.calls_at_marker - 1;
  return called.replay_count + skipped >= *next.marker.skipped;
}

void Run::TakeMarker(Mutable& called) {
  const MutableSideEffectMarker& marker = called.recorded.front().marker;
  called.value = marker.data.empty() ? Payload{} : marker.data[0];
  called.calls_at_marker = called.calls;
  const std::int64_t counted = called.replay_count + 1;
  called.replay_count = counted < marker.skipped.value_or(0) ? counted : 0;
  called.recorded.pop_front();
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
  const auto expected = [&] {
    Command marker;
    marker.kind = CommandKind::kRecordMutableSideEffect;
    marker.text(Text::kId) = id;
    marker.site = site;
    return marker;
  };
  if (known && !m.recorded.empty()) {
    const MutableSideEffectMarker& next = m.recorded.front().marker;
    const bool here = next.skipped.has_value()
                          ? IsJavasCall(m)
                          : next.call.value_or(m.calls) == m.calls;
    if (here) TakeMarker(m);
    if (here && options_.profile->position != MarkerPosition::kFree) {
      Push({.command = expected()});
    }
  }
  if (known && !m.value) {
    answer_missing_ = true;
    const Command missing = expected();
    (void)Diverge(
        MakeDivergence(DivergenceCause::kMissingMarker, nullptr, &missing));
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
