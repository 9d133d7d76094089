// ReplayData: what a replay of a corpus found, read from its JSON.
//
//   const ReplayData data = ReadReplayData(json);
//   for (const HistoryReport& report : data.reports) Use(report.source);
//
// The JSON is one object; every member is optional but a report's `verdict`
// and `source`:
//   program, version, when, summary {verdict: count}, exit_code,
//   reports [{verdict, source, workflow_type, workflow_id, run_id, profile,
//     status, stage, events, turns, error, strict_rule, allowed [], notes [],
//     unconfirmed [], divergence {turn, event_id, history, code, site, hint,
//     proposed_guard, differences [{field, history, code}]},
//     prefixes {checked, clean}, live_turn {error, roll_forward, roll_back,
//     from_other}, hidden_nondeterminism, excused {strict_rule, divergence},
//     ...}],
//   coverage [{workflow_type, change_id, family, min, max, site,
//     branches [{version, took, live}], not_yet, never}],
//   proof {sentence, strata [{name, runs, certain, drawn, broken, at_most}]}
// What only the page shows (versions, timeline, a live turn's commands, the
// first bad stage) is not read here.
//
// Threads: pure functions. Errors: none. A member that is missing, or of
// another type than it should be, counts as not given. All texts are Printable.
#ifndef COHORT_TESTING_FORMATS_REPLAY_DATA_H_
#define COHORT_TESTING_FORMATS_REPLAY_DATA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nlohmann/json_fwd.hpp"

namespace cohort::formats {

// A place in the code, from "dir/order.cc:41"; line 0 where there is none.
struct CodeSite {
  std::string file;
  std::int64_t line = 0;
};

struct Difference {
  std::string field;
  std::string history;
  std::string code;
};

struct DivergenceData {
  std::int64_t turn = 0;
  std::int64_t event_id = 0;  // 0: history has no event there
  std::string history;        // "": nothing
  std::string code;           // "": nothing
  CodeSite site;
  std::string hint;
  std::string proposed_guard;
  std::vector<Difference> differences;
};

// The stages that the run was in, each a beginning of its history.
struct PrefixData {
  std::int64_t checked = 0;
  std::int64_t clean = 0;
};

// The turn that today's code would take next.
struct LiveTurnData {
  std::string error;         // "": the code took it
  std::string roll_forward;  // the verdict of history and turn, by this code
  std::string roll_back;     // the same by another build; "": not asked
  std::string from_other;    // of history and the other build's turn, by this
};

struct HistoryReport {
  std::string verdict;
  std::string source;
  std::string workflow_type;
  std::string workflow_id;
  std::string run_id;
  std::string profile;
  std::string error;
  std::string strict_rule;
  // The lines of the allow list without which it would break. Strict rule and
  // divergence are then what the first of them excuses.
  std::string allowed;
  std::optional<std::int64_t> events;
  std::optional<std::int64_t> turns;
  std::vector<std::string> notes;
  std::vector<std::string> unconfirmed;
  std::optional<DivergenceData> divergence;
  PrefixData prefixes;
  LiveTurnData live_turn;
  // What a replay in other surroundings found otherwise; "": nothing.
  std::string hidden_nondeterminism;
};

struct BranchData {
  std::int64_t version = 0;
  std::int64_t took = 0;  // histories
  bool live = false;      // today's code can still take it
};

struct CoverageData {
  std::string workflow_type;
  std::string change_id;
  std::string family;  // "version" or "patch"
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
  std::string site;
  std::vector<BranchData> branches;
  std::int64_t not_yet = 0;  // histories that end before the call
  std::int64_t never = 0;    // histories that close without it
};

struct StratumData {
  std::string name;
  std::int64_t runs = 0;
  std::int64_t certain = 0;  // taken whatever the draw says
  std::int64_t drawn = 0;
  std::int64_t broken = 0;   // of those drawn
  std::int64_t at_most = 0;  // of all runs, with the sentence's confidence
};

struct ReplayData {
  std::string program;
  std::string version;
  std::string when;
  std::optional<std::int64_t> exit_code;
  std::vector<HistoryReport> reports;
  std::vector<CoverageData> coverage;
  std::vector<StratumData> strata;
  std::string sentence;  // what the sample proves
};

ReplayData ReadReplayData(const nlohmann::ordered_json& json);

}  // namespace cohort::formats

#endif  // COHORT_TESTING_FORMATS_REPLAY_DATA_H_
