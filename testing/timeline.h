// History and code side by side, turn by turn, up to where they part.
//
//   report.timeline = TimelineOf(history, profile, *divergence, left);
//   out << TimelineText(report.timeline);
//
// Turns before the divergence agree; only the last of them are kept. In the
// turn that diverges, what history records and what the code issued are aligned
// as `cohort diff` aligns two histories.
// Threads: functions of their arguments. Errors: none; a history that cannot be
// cut into turns has no timeline.
#ifndef COHORT_TESTING_TIMELINE_H_
#define COHORT_TESTING_TIMELINE_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cohort/engine/divergence.h"
#include "cohort/engine/profile.h"
#include "cohort/history/history.h"
#include "cohort/versioning/version_book.h"
#include "nlohmann/json.hpp"

namespace cohort {

// An event and what the code has to do with it; one of the texts may be "".
struct TimelineRow {
  std::int64_t event_id = 0;  // 0: history has nothing
  bool output = false;        // it came in, or was put out
  bool same = true;
  std::string history;
  std::string code;
  std::string site;  // of the code's command, as compiled: "a/order.cc:41"
};

struct TimelineTurn {
  std::int64_t turn = 0;
  bool same = true;
  std::vector<TimelineRow> rows;
};

// Agreeing turns that are kept before the one that diverges.
inline constexpr std::size_t kTurnsShownBefore = 5;

// `left`: the commands, in words, that the code issued in that turn and no
// event has taken; the divergence's own is the first of them, if it has one.
std::vector<TimelineTurn> TimelineOf(const History& history,
                                     const Profile& profile,
                                     const Divergence& divergence,
                                     std::span<const std::string> left);

// The turn that diverges: "=" both, "-" history only, "+" code only.
std::string TimelineText(std::span<const TimelineTurn> turns);
nlohmann::ordered_json TimelineJson(std::span<const TimelineTurn> turns);

// Code that keeps both ways, where the cause is a change without a guard; ""
// for other causes.
std::string ProposedGuard(const Divergence& divergence,
                          std::span<const AskedVersion> asked);

// "examples/order.cc:41": the path as compiled. "" without a line.
std::string SitePath(const std::source_location& site);

}  // namespace cohort

#endif  // COHORT_TESTING_TIMELINE_H_
