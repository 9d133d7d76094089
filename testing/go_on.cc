#include "cohort/testing/go_on.h"

#include <algorithm>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/engine/match_table.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replayer.h"

namespace cohort {
namespace {

// Markers are written in the dialect that the history has, else ours.
RunOptions OptionsFor(const Registry& registry, const History& history,
                      const Profile& profile) {
  RunOptions options{.registry = &registry, .profile = &profile};
  auto facts = FactsOf(history);
  if (!facts.ok()) return options;
  for (Dialect dialect : facts->dialects) {
    if (RowOf(dialect).family == Family::kVersion) {
      options.version_dialect = dialect;
    } else {
      options.patch_dialect = dialect;
    }
  }
  return options;
}

bool Contains(const std::vector<AskedVersion>& calls,
              const AskedVersion& call) {
  return std::any_of(calls.begin(), calls.end(), [&](const AskedVersion& c) {
    return c.change_id == call.change_id && c.version == call.version;
  });
}

}  // namespace

LiveTurn GoOn(const Registry& registry, const History& history,
              const Profile& profile, const Strictness& strictness) {
  LiveTurn next;
  const ReplayReport before =
      Replayer(registry, {.profile = &profile}).Replay(history);
  Recorder recorder(OptionsFor(registry, history, profile), history);
  recorder.SetLocalRunner([](const LocalCall&) { return std::nullopt; });
  next.status = recorder.RunTurn();
  for (const AskedVersion& call : recorder.run().state().versions.asked()) {
    if (!Contains(before.versions, call)) next.versions.push_back(call);
  }
  if (!next.status.ok()) return next;
  for (const Command& command : recorder.commands()) {
    next.commands.push_back(Describe(command));
  }
  auto after = recorder.history();
  if (!after.ok()) {
    next.status = after.status();
    return next;
  }
  next.history = *std::move(after);
  next.roll_forward =
      Replayer(registry, {.profile = &profile, .strictness = strictness})
          .Replay(*next.history);
  return next;
}

}  // namespace cohort
