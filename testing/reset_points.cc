#include "cohort/testing/reset_points.h"

#include <string_view>

#include "cohort/base/text.h"
#include "cohort/engine/profile.h"
#include "cohort/testing/replayer.h"
#include "fmt/core.h"

namespace cohort {
namespace {

// In single quotes, those inside it taken out of them.
std::string Quoted(std::string_view word) {
  std::string quoted = "'";
  for (char c : word) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace

std::optional<ResetPoint> FindResetPoint(const Registry& registry,
                                         const History& history) {
  const Profile& profile = DetectProfile(history.events());
  const ReplayReport whole =
      Replayer(registry, {.profile = &profile}).Replay(history);
  if (ExitCodeOf(whole.verdict) != 1) return std::nullopt;
  std::int64_t completed = 0;
  for (const Event& event : history.events()) {
    if (event.type != EventType::kWorkflowTaskCompleted) continue;
    if (completed++ < whole.turns) continue;
    const ReplayReport kept =
        Replayer(registry, {.profile = &profile, .until_event = event.id - 1})
            .Replay(history);
    if (kept.verdict != Verdict::kClean) return std::nullopt;
    const auto events = static_cast<std::int64_t>(history.events().size());
    return ResetPoint{.event_id = event.id,
                      .turns_kept = whole.turns,
                      .events_dropped = events - event.id + 1,
                      .why = std::string(ToStd(whole.status.message()))};
  }
  return std::nullopt;
}

std::string ResetCommand(const RunFacts& facts, const ResetPoint& point) {
  return fmt::format(
      "temporal workflow reset --workflow-id {} --run-id {} --event-id {} "
      "--reason 'the code no longer agrees behind turn {}'",
      Quoted(facts.workflow_id), Quoted(facts.run_id), point.event_id,
      point.turns_kept);
}

}  // namespace cohort
