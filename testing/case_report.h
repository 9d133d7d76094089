// What is found of one history of a corpus: its replay, and what was asked for
// beside it.
//
//   CaseReport report = Judge(registry, history, {.prefixes = true});
//   std::cout << JsonText(AsJson(report));
//
// Threads: Judge is a function of its arguments. Errors: in the report.
#ifndef COHORT_TESTING_CASE_REPORT_H_
#define COHORT_TESTING_CASE_REPORT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/corpus/run_status.h"
#include "cohort/history/history.h"
#include "cohort/testing/allow_list.h"
#include "cohort/testing/go_on.h"
#include "cohort/testing/replayer.h"
#include "cohort/testing/report.h"
#include "cohort/workflow/registry.h"
#include "nlohmann/json.hpp"

namespace cohort {

// The history at every stage it ever was in: the prefixes that end with a
// turn's outputs. A replay that has passed turn k has passed prefix k; only
// where a writer's replayer merges empty workflow tasks does a prefix show
// other turns than the whole, and is replayed by itself.
struct PrefixReport {
  std::int64_t checked = 0;
  std::int64_t clean = 0;
  std::int64_t first_bad_event = 0;  // the last event of that prefix; 0: none
};

struct CaseReport {
  ReplayReport replay;
  // The lines of the allow-list without which it would diverge, and what the
  // first of them excuses.
  std::vector<std::string> allowed;
  std::optional<ReplayReport> excused;
  RunStatus status = RunStatus::kOpen;
  std::string stage;                         // corpus/run_facts.h
  absl::Time latest = absl::InfinitePast();  // the last event's time
  std::optional<PrefixReport> prefixes;
  std::optional<LiveTurn> live_turn;  // of an open run that replays clean
};

struct CaseOptions {
  ReplayOptions replay;
  const AllowList* allow = nullptr;  // outlives the judging
  bool prefixes = false;
  bool go_on = false;
};

CaseReport Judge(const Registry& registry, const History& history,
                 const CaseOptions& options);

// Of a history that could not be read.
CaseReport UnreadableCase(std::string source, absl::Status why);

// The report's object with "status", "stage", "latest", "prefixes" and
// "live_turn" beside it.
nlohmann::ordered_json AsJson(const CaseReport& report);

// 0 clean; 1 a divergence, in a prefix or when it goes on too; 2; 3.
int ExitCodeOf(const CaseReport& report);

// The same as text and JSON: what is left of a case when another process judged
// it.
struct CaseResult {
  nlohmann::ordered_json json;
  std::string text;  // for people; no newline at its end
  int exit_code = 0;
  // The history with the next live turn, as JSON; "" without one.
  std::string next_history;
};
CaseResult ResultOf(const CaseReport& report);

}  // namespace cohort

#endif  // COHORT_TESTING_CASE_REPORT_H_
