// What a divergence says, and what to do next.

#include "cohort/engine/run.h"
#include "cohort/history/event_table.h"
#include "fmt/core.h"

namespace cohort {
namespace {

constexpr std::string_view kGuardHint =
    "no version marker guards this point; guard it with GetVersion(ctx, "
    "\"...\", kDefaultVersion, 1) (or Patched(ctx, \"...\")), and keep the old "
    "path for the runs that recorded it";

constexpr std::string_view kYieldHint =
    "this run was recorded by a release of its SDK in which getVersion let "
    "other threads run first (its language flags do not say otherwise). Here "
    "the call returns at once, so the commands of several threads may come in "
    "another order although the code is right: judge this history with the SDK "
    "that wrote it";

// Either the call is gone, or something new stands before it.
std::string MarkerHint(const VersionMarker& marker, const Command* command) {
  if (command != nullptr && command->kind != CommandKind::kRecordVersion) {
    return fmt::format(
        "the code issues something before it asks for \"{}\", or does not ask "
        "any more. Guard the new step with a change id of its own; or put "
        "Patched (or DeprecatePatch) back until no run that recorded the patch "
        "is left",
        marker.change_id);
  }
  return fmt::format(
      "this run recorded \"{}\" here, and the code does not ask for it at this "
      "point; put Patched (or DeprecatePatch) back where it was until no run "
      "that recorded it is left",
      marker.change_id);
}

}  // namespace

Divergence Run::MakeDivergence(DivergenceCause cause, const EventFacts* event,
                               const Command* command) const {
  Divergence d;
  d.cause = cause;
  d.turn = turn_number_;
  if (event != nullptr) {
    d.event_id = event->event->id;
    d.history = Describe(*event);
  }
  if (command != nullptr) {
    d.code = Describe(*command);
    d.site = command->site;
  }
  if (cause == DivergenceCause::kFields) {
    d.differences = Differences(*command, *event, Rules());
  }
  d.hint = HintFor(d, event, command);
  return d;
}

std::string Run::HintFor(const Divergence& d, const EventFacts* event,
                         const Command* command) const {
  if (version_yields_ && state().scheduler.roots().size() > 1) {
    return std::string(kYieldHint);
  }
  switch (d.cause) {
    case DivergenceCause::kUnmatchedMarker:
      return MarkerHint(VersionAt(d.event_id)->marker, command);
    case DivergenceCause::kLateMarker:
      return fmt::format(
          "the code asks for \"{}\" in an earlier turn than the one that "
          "recorded it; a new call needs a change id of its own",
          event->texts[static_cast<std::size_t>(Text::kId)]);
    case DivergenceCause::kRepeatedMarker:
      return fmt::format(
          "one turn records \"{}\" twice, which no run does; was the history "
          "edited, or one of its pages joined twice? Export it again",
          event->texts[static_cast<std::size_t>(Text::kId)]);
    case DivergenceCause::kMissingMarker:
      return "the code runs a side effect that history does not record here; "
             "guard the new call with GetVersion";
    case DivergenceCause::kKind:
      if (command->kind == CommandKind::kRecordVersion) {
        return fmt::format(
            "the code asks for \"{}\" before the place where this run recorded "
            "it; move the call back behind the commands that precede the "
            "marker, or give the new place a change id of its own",
            command->key());
      }
      [[fallthrough]];
    case DivergenceCause::kFields:
    case DivergenceCause::kMissingCommand:
    case DivergenceCause::kExtraCommand:
      break;
  }
  if (turn_versions_.empty()) return std::string(kGuardHint);
  std::string ids;
  for (const TurnVersion& v : turn_versions_) {
    ids += fmt::format("{}\"{}\" = {}", ids.empty() ? "" : ", ",
                       v.marker.change_id, v.marker.version);
  }
  return fmt::format(
      "this turn recorded {}; look at the path of that version, or guard the "
      "new step with a change id of its own",
      ids);
}

}  // namespace cohort
