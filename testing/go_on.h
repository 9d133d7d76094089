// What today's code does next with an old run: one live turn behind its
// history.
//
//   LiveTurn next = GoOn(registry, history, DetectProfile(history.events()));
//   if (!next.status.ok()) return next.status;  // out of range, misuse, ...
//   next.commands;                              // what it would ask for
//   Replay(*next.history);                      // elsewhere: by the old build
//
// The turn is fed what came in behind the last completed one. Local activities
// that it calls have no result here: the turn completes without them.
//
// Threads: functions of their arguments. Errors: in the result.
#ifndef COHORT_TESTING_GO_ON_H_
#define COHORT_TESTING_GO_ON_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cohort/engine/profile.h"
#include "cohort/engine/strictness.h"
#include "cohort/history/history.h"
#include "cohort/testing/report.h"
#include "cohort/versioning/version_book.h"
#include "cohort/workflow/registry.h"

namespace cohort {

struct LiveTurn {
  absl::Status status;
  std::vector<std::string> commands;   // in words
  std::vector<AskedVersion> versions;  // that no replayed turn had asked for
  std::optional<History> history;      // with that turn
  // Does the history with that turn replay with the same code?
  std::optional<ReplayReport> roll_forward;
};

// `strictness` is that of the replay of the history with that turn.
LiveTurn GoOn(const Registry& registry, const History& history,
              const Profile& profile, const Strictness& strictness = {});

}  // namespace cohort

#endif  // COHORT_TESTING_GO_ON_H_
