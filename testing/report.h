// ReplayReport: what a replay found, for people and for programs.
//
//   ReplayReport report = replayer.Replay(history);
//   std::cout << report.ToString() << "\n";
//   return ExitCodeOf(report.verdict);
#ifndef COHORT_TESTING_REPORT_H_
#define COHORT_TESTING_REPORT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "cohort/engine/divergence.h"
#include "cohort/testing/timeline.h"
#include "cohort/versioning/version_book.h"
#include "nlohmann/json.hpp"

namespace cohort {

enum class Verdict : std::uint8_t {
  kClean,       // the code makes the decisions that history records
  kDivergent,   // code and history disagree
  kFailed,      // the code cannot go on: range, misuse, an unexpected exception
  kIncomplete,  // the answer may lie behind the end of the history
  kNotJudged,   // nothing to judge: no events, or a type that is not registered
  kUnreadable,  // the bytes are not a history, or contradict themselves
};
inline constexpr std::size_t kVerdictCount = 6;

// "clean", "divergent", ...
std::string_view NameOf(Verdict verdict);

// 0 clean; 1 divergent or failed; 2 unreadable; 3 incomplete or not judged.
int ExitCodeOf(Verdict verdict);

struct ReplayReport {
  Verdict verdict = Verdict::kNotJudged;
  std::string source;  // the file, or "<memory>"
  std::string workflow_type;
  std::string workflow_id;
  std::string run_id;
  std::string profile;      // whose rules the history was read by
  std::int64_t events = 0;  // that were judged
  std::int64_t turns = 0;   // completed turns that were replayed
  absl::Status status;      // why it is not clean
  std::optional<Divergence> divergence;
  // The strict rule that the verdict rests on; "" where the writer's own
  // replayer would find the same.
  std::string_view rule;
  // Which branches the code took: the first call for each id and answer.
  std::vector<AskedVersion> versions;
  // What the history leaves open, in words.
  std::vector<std::string> notes;
  // Commands that the code issued in the last turn and the history, which ends
  // there, does not show.
  std::vector<std::string> unconfirmed;
  // Of a divergence: the turns up to it, and code that would keep both ways.
  std::vector<TimelineTurn> timeline;
  std::string proposed_guard;

  // One line when clean, several otherwise; no newline at the end.
  std::string ToString() const;
  // An object with the fields above.
  nlohmann::ordered_json AsJson() const;
  std::string ToJson() const;
};

// The exit code of many: 1 wins over 2, 2 over 3; none at all is 3.
int ExitCodeOf(std::span<const ReplayReport> reports);
// Of two exit codes the one that wins.
int WinningExitCode(int a, int b);

// "12 clean, 3 divergent": the verdicts that occur.
std::string Summary(std::span<const ReplayReport> reports);
// The same from the number of histories by the verdict's name.
std::string SummaryText(const std::map<std::string, int>& by_verdict);

// Which branches code took, as an array of objects.
nlohmann::ordered_json VersionsJson(std::span<const AskedVersion> versions);

// Text of any JSON: what is not UTF-8 in a history's names is replaced.
std::string JsonText(const nlohmann::ordered_json& json);

// A JSON array of all reports.
std::string ToJson(std::span<const ReplayReport> reports);

}  // namespace cohort

#endif  // COHORT_TESTING_REPORT_H_
