// Begin: what a turn's outputs already say, decoded once.

#include <utility>

#include "cohort/base/status.h"
#include "cohort/base/version.h"
#include "cohort/engine/run.h"
#include "cohort/history/time.h"
#include "cohort/markers/value_markers.h"

namespace cohort {
namespace {

// sdk-core's flag by which it compares ids and types.
constexpr std::int64_t kCoreTypesAreChecked = 1;

}  // namespace

absl::Status Run::Begin(const Turn& turn) {
  RunState& s = state();
  s.scheduler.BeginTurn();
  turn_number_ = turn.number;
  started_event_id_ = turn.started != nullptr ? turn.started->id : 0;
  s.turn_completed = turn.completed != nullptr;
  s.wants_arguments =
      !s.turn_completed || options_.strictness.compares_values();
  turn_versions_.clear();
  turn_version_of_.clear();
  turn_side_effects_.clear();
  next_side_effect_ = 0;
  s.calls_in_turn = 0;
  commands_confirmed_ = 0;
  rejected_.clear();
  canceled_locals_.clear();
  lang_flags_.clear();
  core_flags_.clear();
  build_id_.clear();
  answer_missing_ = false;
  sent_until_ = 0;
  if (turn.started != nullptr) s.turn_time_text = turn.started->time;
  if (turn.completed != nullptr) {
    for (const Event& event : turn.inbound) {
      if (turn.merged == 0) break;
      if (event.type != EventType::kWorkflowTaskCompleted) continue;
      COHORT_RETURN_IF_ERROR(ReadFlags(event));
    }
    COHORT_RETURN_IF_ERROR(ReadFlags(*turn.completed));
    if (options_.profile->ready == ReadyOrder::kNewestHandlersFirst) {
      s.scheduler.RankHandlers(LangFlagRecorded(options_.profile->handlers_flag)
                                   ? HandlerRank::kNewestFirst
                                   : HandlerRank::kAsSpawned);
    }
    COHORT_RETURN_IF_ERROR(ReadMarkers(turn));
  }
  return absl::OkStatus();
}

absl::Status Run::ReadFlags(const Event& completed) {
  ReadBuildId(completed);
  const Profile& profile = *options_.profile;
  const bool first = std::exchange(first_completion_, false);
  const bool read = &profile == &kOwnProfile || profile.lang_flag_max != 0 ||
                    profile.cancel_race_flag != 0 ||
                    (first && profile.types == TypeMatch::kExactIfFlagged);
  if (!read || completed.details.empty()) return absl::OkStatus();
  COHORT_ASSIGN_OR_RETURN(SdkMetadata metadata,
                          reader_.ReadSdkMetadata(completed.details));
  // A run keeps the rules that it began with, whoever goes on with it.
  if (first) own_history_ = metadata.sdk_name == kSdkName;
  for (std::int64_t flag : metadata.lang_used_flags) {
    COHORT_RETURN_IF_ERROR(CheckFlag(completed, flag));
    engine_flags_.insert(flag);
  }
  for (std::int64_t flag : metadata.core_used_flags) {
    if (first && flag == kCoreTypesAreChecked) types_flagged_ = true;
    if (!own_history_ || flag < kEngineFlagFirst) continue;
    COHORT_RETURN_IF_ERROR(CheckFlag(completed, flag));
    engine_flags_.insert(flag);
  }
  return absl::OkStatus();
}

absl::Status Run::CheckFlag(const Event& completed, std::int64_t flag) {
  const std::int64_t flag_max = options_.profile->lang_flag_max;
  const bool known = own_history_ && flag >= kEngineFlagFirst
                         ? FindEngineFlag(flag) != nullptr
                         : flag_max == 0 || (flag >= 1 && flag <= flag_max);
  if (known) return absl::OkStatus();
  return Unimplemented(
      "event {}: unknown SDK flag {} of {}: it changes what this history "
      "means in a way this version does not know; update cohort",
      completed.id, flag, options_.profile->sdk_name);
}

bool Run::LangFlagRecorded(std::int64_t flag) const {
  return flag == 0 || engine_flags_.contains(flag);
}

// A run keeps the rules that it began with.
bool Run::FlagInForce(EngineFlag flag) const {
  return !own_history_ || engine_flags_.contains(NumberOf(flag));
}

// The first turn of a run of ours says by which rules it goes. Among core's
// flags: Go's and Java's replayers refuse language flags that they do not know.
void Run::RecordEngineFlags() {
  if (own_history_) return;
  own_history_ = true;
  for (const EngineFlagRow& row : kEngineFlags) {
    engine_flags_.insert(row.number);
    core_flags_.insert(row.number);
  }
}

// The newest of the fields in which servers have recorded it.
void Run::ReadBuildId(const Event& completed) {
  for (Text field : {Text::kScope, Text::kId, Text::kName}) {
    if (completed.text(field).empty()) continue;
    build_id_ = completed.text(field);
    return;
  }
}

std::string_view Run::BuildId() const {
  return state().turn_completed ? std::string_view(build_id_)
                                : std::string_view(options_.build_id);
}

absl::Status Run::ReadMarkers(const Turn& turn) {
  std::int64_t commands = 0;
  for (std::size_t i = 0; i < turn.outputs.size(); ++i) {
    const Event& event = turn.outputs[i];
    commands += IsOrdered(event.type) ? 1 : 0;
    if (event.type != EventType::kMarkerRecorded) continue;
    COHORT_ASSIGN_OR_RETURN(std::optional<VersionMarker> version,
                            DecodeVersionMarker(event, reader_));
    if (version) {
      COHORT_RETURN_IF_ERROR(AddVersion(turn, i, *std::move(version)));
    } else {
      COHORT_RETURN_IF_ERROR(ReadValueMarker(event, commands));
    }
  }
  return absl::OkStatus();
}

absl::Status Run::ReadValueMarker(const Event& event,
                                  std::int64_t commands_before) {
  COHORT_ASSIGN_OR_RETURN(std::optional<SideEffectMarker> side_effect,
                          DecodeSideEffect(event, reader_));
  if (side_effect) {
    turn_side_effects_.push_back(side_effect->data.empty()
                                     ? Payload{}
                                     : std::move(side_effect->data[0]));
    return absl::OkStatus();
  }
  COHORT_ASSIGN_OR_RETURN(std::optional<MutableSideEffectMarker> changed,
                          DecodeMutableSideEffect(event, reader_));
  if (changed && !emitted_) {
    auto& recorded = mutables_[changed->id].recorded;
    recorded.push_back({event.id, commands_before, *std::move(changed)});
  }
  return absl::OkStatus();
}

absl::Status Run::AddVersion(const Turn& turn, std::size_t output,
                             VersionMarker marker) {
  const Event& event = turn.outputs[output];
  const bool upserted = output + 1 < turn.outputs.size() &&
                        IsChangeVersionUpsert(turn.outputs[output + 1]);
  const Family family = RowOf(marker.dialect).family;
  TurnVersion version{event.id, std::move(marker), {}};
  version.recorded = {version.marker.version, family, version.marker.deprecated,
                      upserted};
  const VersionRecord record{version.marker.change_id, version.marker.version,
                             family, version.marker.deprecated};
  VersionBook& book = state().versions;
  const bool known = book.Find(record.change_id) != nullptr && !emitted_;
  TurnVersion* twice = VersionOf(record.change_id);
  if (known || twice != nullptr) {
    switch (options_.profile->late_marker) {
      case LateMarker::kOverwrite:
        if (known) book.Overwrite(record, Standing::kUnasked);
        if (twice != nullptr) twice->recorded = version.recorded;
        break;
      case LateMarker::kDiverge: {
        EventFacts facts(event);
        facts.texts[static_cast<std::size_t>(Text::kId)] = record.change_id;
        return Diverge(MakeDivergence(twice != nullptr
                                          ? DivergenceCause::kRepeatedMarker
                                          : DivergenceCause::kLateMarker,
                                      &facts, nullptr));
      }
      case LateMarker::kUnmatched:
        break;
    }
  }
  TurnVersion& added = turn_versions_.emplace_back(std::move(version));
  turn_version_of_.emplace(added.marker.change_id, &added);
  return absl::OkStatus();
}

Run::TurnVersion* Run::VersionOf(std::string_view change_id) const {
  const auto it = turn_version_of_.find(change_id);
  return it == turn_version_of_.end() ? nullptr : it->second;
}

// What the turn recorded and nobody asked for is known from now on.
absl::Status Run::EndTurn() {
  for (const TurnVersion& v : turn_versions_) {
    state().versions.Record({v.marker.change_id, v.recorded.version,
                             v.recorded.family, v.recorded.deprecated},
                            Standing::kUnasked);
  }
  return absl::OkStatus();
}

const RecordedVersion* Run::Recorded(std::string_view change_id) {
  const TurnVersion* v = VersionOf(change_id);
  NoteYield(v == nullptr);
  if (v != nullptr) return &v->recorded;
  answer_missing_ = true;
  return nullptr;
}

void Run::NoteYield(bool answered_by_default) {
  const Profile& p = *options_.profile;
  const bool stays =
      LangFlagRecorded(p.version_flag) ||
      (answered_by_default && LangFlagRecorded(p.default_version_flag));
  version_yields_ = version_yields_ || !stays;
}

}  // namespace cohort
