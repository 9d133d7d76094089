#include "cohort/testing/coverage.h"

#include <algorithm>
#include <utility>

#include "cohort/corpus/run_status.h"
#include "cohort/testing/report.h"
#include "fmt/core.h"

namespace cohort {
namespace {

std::string BranchWord(const ChangeCoverage& change, Version version) {
  if (change.family == Family::kPatch) {
    return version > 0 ? "patched" : "not patched";
  }
  return version == kDefaultVersion ? "default" : std::to_string(version);
}

// What to ask a listing for, to find a run of the branch.
std::string Query(const ChangeCoverage& change, Version version) {
  const bool patch = change.family == Family::kPatch;
  if (version == kDefaultVersion) {
    return fmt::format(
        "WorkflowType = \"{}\" AND StartTime < \"<when the change came>\"",
        change.workflow_type);
  }
  return fmt::format("TemporalChangeVersion = \"{}\"",
                     patch ? change.change_id
                           : fmt::format("{}-{}", change.change_id, version));
}

}  // namespace

std::vector<Version> ChangeCoverage::Branches() const {
  std::vector<Version> branches;
  for (Version v = min; v <= max; ++v) {
    if (v != 0) branches.push_back(v);
  }
  return branches;
}

Coverage::Coverage(const Registry& registry) {
  for (const auto& [type, workflow] : registry.workflows()) {
    for (const Change& change : workflow.changes) {
      ChangeCoverage& row = Row(type, std::string(change.id));
      row.min = change.min;
      row.max = change.max;
    }
  }
}

ChangeCoverage& Coverage::Row(const std::string& type,
                              const std::string& change_id) {
  ChangeCoverage& row = rows_[{type, change_id}];
  row.workflow_type = type;
  row.change_id = change_id;
  return row;
}

void Coverage::AddCalls(const std::string& type,
                        const nlohmann::ordered_json& from, Seen& seen) {
  const auto calls = from.find("versions");
  if (calls == from.end()) return;
  for (const nlohmann::ordered_json& call : *calls) {
    const std::string change_id = call.at("change_id").get<std::string>();
    ChangeCoverage& row = Row(type, change_id);
    row.family =
        call.at("family") == "patch" ? Family::kPatch : Family::kVersion;
    row.min = call.at("min").get<Version>();
    row.max = call.at("max").get<Version>();
    row.site = call.at("site").get<std::string>();
    ++row.took[call.at("version").get<Version>()];
    seen.asked.push_back(change_id);
  }
}

void Coverage::Add(const nlohmann::ordered_json& case_json) {
  if (case_json.at("verdict") != NameOf(Verdict::kClean)) return;
  const std::string type = case_json.at("workflow_type").get<std::string>();
  Seen seen{.open = case_json.value("status", "") == NameOf(RunStatus::kOpen)};
  AddCalls(type, case_json, seen);
  if (const auto live = case_json.find("live_turn"); live != case_json.end()) {
    AddCalls(type, *live, seen);
  }
  seen_[type].push_back(std::move(seen));
}

std::vector<ChangeCoverage> Coverage::Changes() const {
  std::vector<ChangeCoverage> changes;
  for (const auto& [key, row] : rows_) {
    ChangeCoverage& change = changes.emplace_back(row);
    const auto seen = seen_.find(key.first);
    if (seen == seen_.end()) continue;
    for (const Seen& history : seen->second) {
      if (std::find(history.asked.begin(), history.asked.end(), key.second) !=
          history.asked.end()) {
        continue;
      }
      ++(history.open ? change.not_yet : change.never);
    }
  }
  return changes;
}

std::vector<std::string> Coverage::Gaps() const {
  std::vector<std::string> gaps;
  for (const ChangeCoverage& change : Changes()) {
    for (Version version : change.Branches()) {
      if (change.took.contains(version)) continue;
      gaps.push_back(fmt::format(
          "no history takes {} of \"{}\" in {} ({} end before the call, {} "
          "never reach it); sample runs with {}, or go on live with --continue",
          BranchWord(change, version), change.change_id, change.workflow_type,
          change.not_yet, change.never, Query(change, version)));
    }
  }
  return gaps;
}

nlohmann::ordered_json Coverage::AsJson() const {
  auto all = nlohmann::ordered_json::array();
  for (const ChangeCoverage& change : Changes()) {
    auto branches = nlohmann::ordered_json::array();
    const std::vector<Version> live = change.Branches();
    for (Version version : live) {
      const auto took = change.took.find(version);
      branches.push_back(
          {{"version", version},
           {"took", took == change.took.end() ? 0 : took->second},
           {"live", true}});
    }
    for (const auto& [version, count] : change.took) {
      if (std::find(live.begin(), live.end(), version) != live.end()) continue;
      branches.push_back(
          {{"version", version}, {"took", count}, {"live", false}});
    }
    all.push_back(
        {{"workflow_type", change.workflow_type},
         {"change_id", change.change_id},
         {"family", change.family == Family::kPatch ? "patch" : "version"},
         {"min", change.min},
         {"max", change.max},
         {"site", change.site},
         {"branches", std::move(branches)},
         {"not_yet", change.not_yet},
         {"never", change.never}});
  }
  return all;
}

std::string Coverage::ToString() const {
  std::string text;
  for (const ChangeCoverage& change : Changes()) {
    text += fmt::format("{}  {}  {}\n", change.workflow_type, change.change_id,
                        change.site.empty() ? "(never asked)" : change.site);
    for (Version version : change.Branches()) {
      const auto took = change.took.find(version);
      text += fmt::format("  {:<12} {:>7}\n", BranchWord(change, version),
                          took == change.took.end() ? 0 : took->second);
    }
    text += fmt::format("  {:<12} {:>7}\n  {:<12} {:>7}\n", "not yet",
                        change.not_yet, "never", change.never);
  }
  return text;
}

}  // namespace cohort
