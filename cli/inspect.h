// `cohort inspect`: what one history says of its run, without user code.
//
//   COHORT_ASSIGN_OR_RETURN(History history, History::FromFile("o.json"));
//   COHORT_ASSIGN_OR_RETURN(HistoryFigures figures, Inspect(history));
//   std::cout << InspectText(figures, Paint::kPlain);
//
// What a replay would refuse (an unknown event, a gap) stands in the facts'
// `problems`.
// Threads: functions of their arguments.
// Errors: kInvalidArgument for a history without events.
#ifndef COHORT_CLI_INSPECT_H_
#define COHORT_CLI_INSPECT_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cohort/base/paint.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/history/history.h"
#include "nlohmann/json.hpp"

namespace cohort {

struct HistoryFigures {
  RunFacts facts;
  std::string_view profile;  // whose rules it would be read by
  // The status, and what an open run waits for, in words.
  std::string stage;
};

absl::StatusOr<HistoryFigures> Inspect(const History& history);

// A block of lines, the last with its newline.
std::string InspectText(const HistoryFigures& figures, Paint paint);

nlohmann::ordered_json InspectJson(const HistoryFigures& figures);

}  // namespace cohort

#endif  // COHORT_CLI_INSPECT_H_
