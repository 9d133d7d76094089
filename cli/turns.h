// `cohort turns`: a history cut into its turns.
//
//   TurnList list = ListTurns(history);
//   std::cout << TurnsText(list);
//   if (!list.status.ok()) ...  // the turns before the error are there
//
// Threads: functions of their arguments.
// Errors: in TurnList::status, as TurnReader gives them, with the file's name.
#ifndef COHORT_CLI_TURNS_H_
#define COHORT_CLI_TURNS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cohort/history/history.h"
#include "nlohmann/json.hpp"

namespace cohort {

struct TurnLine {
  std::int64_t number = 0;
  // In short words, without what the workflow task itself leaves behind when
  // all is well.
  std::vector<std::string> inbound;
  std::vector<std::string> outputs;
  // Event ids of the task that counted; 0 where it has not come so far.
  std::int64_t scheduled = 0;
  std::int64_t started = 0;
  std::int64_t completed = 0;
  int failures = 0;  // tasks of this turn that failed or timed out
};

struct TurnList {
  std::string source;
  std::vector<TurnLine> turns;
  absl::Status status;
};

TurnList ListTurns(const History& history);

// One line for each turn, under a line of titles.
std::string TurnsText(const TurnList& list);

nlohmann::ordered_json TurnsJson(const TurnList& list);

}  // namespace cohort

#endif  // COHORT_CLI_TURNS_H_
