#include "cohort/corpus/retire.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "cohort/base/limits.h"
#include "cohort/corpus/life_steps.h"
#include "fmt/core.h"

namespace cohort {
namespace {

// What the runs say of the change altogether.
struct Trace {
  std::set<Version> versions;  // without the default
  std::set<Dialect> dialects;
  std::set<std::string, std::less<>> types;
  bool found = false;
};

std::size_t ListBytes(const std::vector<std::string>& elements) {
  std::size_t bytes = 2;
  for (const std::string& element : elements) bytes += element.size() + 3;
  return bytes;
}

class Judgement {
 public:
  Judgement(const RetireInput& input, std::string_view change_id,
            const RetireOptions& options)
      : input_(input), options_(options) {
    rules_.change_id = change_id;
    rules_.now = options.now;
    rules_.retention = options.retention;
    rules_.resolve = options.resolve;
    JoinRuns();
    FindTrace();
    NoteUnknownLengths();
    rules_.types = trace_.types;
    rules_.types.insert(options.types.begin(), options.types.end());
    rules_.types_complete = KnowsAnyType();
    rules_.listing_complete = options.listing_complete && CheckListing();
  }

  RetireReport Report() {
    report_.change_id = rules_.change_id;
    report_.dialects.assign(trace_.dialects.begin(), trace_.dialects.end());
    std::vector<BranchReport> all = {JudgeTarget({})};
    for (const Version version : trace_.versions) {
      all.push_back(JudgeTarget({RetireTarget::Kind::kVersion, version}));
    }
    report_.steps = LifeSteps(all, report_.dialects, [&] {
      return JudgeTarget({.kind = RetireTarget::Kind::kPatchCall}).verdict;
    });
    report_.branches = Chosen(std::move(all));
    for (const BranchReport& branch : report_.branches) {
      report_.verdict = std::max(report_.verdict, branch.verdict);
    }
    return report_;
  }

 private:
  // Listings of different days may have the same run: what each of them knows
  // counts, whatever their order.
  void JoinRows() {
    auto rows = std::make_shared<std::deque<RunListing>>();
    std::map<std::string_view, RunListing*> known;
    for (const RunListing& row : input_.listing) {
      RunListing*& joined = known[row.run_id];
      if (joined == nullptr || row.run_id.empty()) {
        joined = &rows->emplace_back(row);
      } else {
        Join(row, *joined);
      }
    }
    report_.listing = std::move(rows);
  }

  static void Join(const RunListing& row, RunListing& into) {
    std::optional<std::vector<std::string>> versions =
        std::move(into.change_versions);
    if (!versions) {
      versions = row.change_versions;
    } else if (row.change_versions) {
      for (const std::string& element : *row.change_versions) {
        const auto found =
            std::find(versions->begin(), versions->end(), element);
        if (found == versions->end()) versions->push_back(element);
      }
    }
    const auto rank = [](const RunListing& r) {
      return std::pair(r.status != RunStatus::kOpen, r.events);
    };
    if (rank(row) > rank(into)) into = row;
    into.change_versions = std::move(versions);
  }

  // A listing's row and the histories of the same run are one; histories that
  // contradict each other share the row.
  void JoinRuns() {
    JoinRows();
    std::map<std::string_view, const RunListing*> rows;
    for (const RunListing& row : *report_.listing) rows[row.run_id] = &row;
    std::set<std::string_view> with_history;
    for (const FleetRun& run : input_.fleet.runs()) {
      const auto row = rows.find(run.run_id);
      const bool known = !run.run_id.empty() && row != rows.end();
      runs_.push_back({&run, known ? row->second : nullptr});
      if (known) with_history.insert(run.run_id);
    }
    for (const RunListing& row : *report_.listing) {
      if (!row.run_id.empty() && with_history.contains(row.run_id)) continue;
      runs_.push_back({nullptr, &row});
      ++report_.listed_only;
    }
    for (const KnownRun& run : runs_) {
      ++(run.status() == RunStatus::kOpen ? report_.open : report_.closed);
    }
  }

  void FindTrace() {
    for (const KnownRun& run : runs_) {
      if (run.history != nullptr) AddTrace(*run.history);
      if (run.listing != nullptr) AddTrace(*run.listing);
    }
    trace_.versions.erase(kDefaultVersion);
  }

  void AddTrace(const FleetRun& run) {
    for (const FleetAnswer& answer : run.answers) {
      if (answer.change_id != rules_.change_id) continue;
      trace_.found = true;
      trace_.versions.insert(answer.version);
      trace_.dialects.insert(answer.dialect);
      trace_.types.emplace(run.workflow_type);
    }
    for (const std::string_view element : run.listed_unrecorded) {
      if (!VersionInElement(element, rules_.change_id)) continue;
      trace_.found = true;
      trace_.types.emplace(run.workflow_type);
    }
  }

  void AddTrace(const RunListing& run) {
    if (!run.change_versions) return;
    for (const std::string& element : *run.change_versions) {
      const auto version = VersionInElement(element, rules_.change_id);
      if (!version) continue;
      trace_.found = true;
      trace_.versions.insert(*version);
      trace_.types.insert(run.workflow_type);
    }
  }

  // Whether nothing speaks against what the operator says of the listing.
  bool CheckListing() {
    std::int64_t skipped = 0;
    std::int64_t unlisted = 0;
    std::size_t longest = 0;
    for (const KnownRun& run : runs_) {
      if (run.history == nullptr) continue;
      bool missing = false;
      for (const FleetAnswer& answer : run.history->answers) {
        longest = std::max(longest, answer.change_id.size() + 3);
        missing = missing || !answer.upserted;
      }
      skipped += missing ? 1 : 0;
      unlisted += LacksAnAnswer(run) ? 1 : 0;
    }
    std::int64_t full = 0;
    for (const RunListing& row : *report_.listing) {
      if (!row.change_versions || row.change_versions->empty()) continue;
      const std::size_t bytes = ListBytes(*row.change_versions) + longest + 3;
      full += bytes >= kSearchAttributeBytesMax ? 1 : 0;
    }
    Note(
        skipped,
        "recorded a marker without the upsert (skipped from 2,048 bytes on, or "
        "Java without its option)");
    Note(unlisted, "recorded a version that the listing does not name");
    Note(full, "have lists near 2,048 bytes");
    return skipped + unlisted + full == 0;
  }

  // A closed run's length is always listed.
  void NoteUnknownLengths() {
    const auto count =
        std::count_if(runs_.begin(), runs_.end(), [](const KnownRun& run) {
          return run.history != nullptr && run.listing != nullptr &&
                 run.status() == RunStatus::kOpen && run.listing->events == 0;
        });
    if (count == 0) return;
    report_.notes.push_back(fmt::format(
        "the listing does not say how long {} open runs are: whether their "
        "histories are whole rests on when they were fetched",
        count));
  }

  // A misspelt type would make every run one that does not ask.
  bool KnowsAnyType() {
    std::set<std::string_view> types;
    for (const KnownRun& run : runs_) types.insert(run.workflow_type());
    bool knows = false;
    for (const std::string& type : options_.types) {
      const bool known = types.contains(type);
      knows |= known;
      if (known) continue;
      report_.notes.push_back(
          fmt::format("no run is of the workflow type \"{}\"", type));
    }
    if (!knows && !options_.types.empty()) {
      report_.notes.push_back(
          "none of the types that were named has a run: they are not taken for "
          "all that ask for the change");
    }
    return knows;
  }

  static bool LacksAnAnswer(const KnownRun& run) {
    if (run.listing == nullptr || !run.listing->change_versions) return false;
    const std::vector<std::string>& listed = *run.listing->change_versions;
    return std::any_of(
        run.history->answers.begin(), run.history->answers.end(),
        [&](const FleetAnswer& answer) {
          return std::none_of(
              listed.begin(), listed.end(), [&](const std::string& element) {
                return VersionInElement(element, answer.change_id) ==
                       answer.version;
              });
        });
  }

  void Note(std::int64_t count, std::string_view what) {
    if (count == 0) return;
    report_.notes.push_back(fmt::format(
        "the listing is not complete, whatever was said of it: {} runs {}",
        count, what));
  }

  BranchReport JudgeTarget(const RetireTarget& target) {
    BranchReport report;
    report.target = target;
    std::map<EvidenceKind, Evidence> found;
    for (const KnownRun& run : runs_) {
      const Finding finding = Judge(run, target, rules_);
      Evidence& evidence = found[finding.kind];
      ++evidence.count;
      if (RowOf(finding.kind).verdict == RetireVerdict::kSafe) continue;
      evidence.runs.push_back({run, finding.until});
      report.until = std::max(report.until, finding.until);
      if (!finding.ambiguous) continue;
      report.ambiguous.push_back(
          {.name = std::string(run.name()),
           .run_id = std::string(run.run_id()),
           .workflow_id = std::string(run.workflow_id()),
           .workflow_type = std::string(run.workflow_type()),
           .status = run.status(),
           .why = finding.kind});
    }
    if (input_.unreadable > 0) {
      found[EvidenceKind::kUnreadableFile].count = input_.unreadable;
      report.until = absl::InfiniteFuture();
    }
    if (!trace_.found) {
      found[EvidenceKind::kNoTrace];
      report.until = absl::InfiniteFuture();
    }
    for (auto& [kind, evidence] : found) {
      evidence.kind = kind;
      report.verdict = std::max(report.verdict, RowOf(kind).verdict);
      std::stable_sort(evidence.runs.begin(), evidence.runs.end(),
                       [](const EvidenceRun& a, const EvidenceRun& b) {
                         return a.run.started() < b.run.started();
                       });
      report.evidence.push_back(std::move(evidence));
    }
    return report;
  }

  std::vector<BranchReport> Chosen(std::vector<BranchReport> all) {
    if (!options_.target) return all;
    for (BranchReport& branch : all) {
      if (branch.target == *options_.target) return {std::move(branch)};
    }
    return {JudgeTarget(*options_.target)};
  }

  const RetireInput& input_;
  const RetireOptions& options_;
  JudgeRules rules_;
  std::vector<KnownRun> runs_;
  Trace trace_;
  RetireReport report_;
};

}  // namespace

RetireReport JudgeRetirement(const RetireInput& input,
                             std::string_view change_id,
                             const RetireOptions& options) {
  return Judgement(input, change_id, options).Report();
}

}  // namespace cohort
