#include "cohort/corpus/life_steps.h"

#include <algorithm>

#include "fmt/core.h"

namespace cohort {
namespace {

LifeStep NeverAgain() {
  return {.name = "use the id again",
          .verdict = std::nullopt,
          .needs = "never: its markers stay in old histories"};
}

// GetVersion: Go, Java, Cadence.
void AddVersionSteps(std::span<const BranchReport> branches,
                     std::vector<LifeStep>& steps) {
  RetireVerdict below_newest = RetireVerdict::kSafe;
  const BranchReport* blocking = nullptr;
  for (const BranchReport& branch : branches.first(branches.size() - 1)) {
    below_newest = std::max(below_newest, branch.verdict);
    if (blocking == nullptr && branch.verdict != RetireVerdict::kSafe) {
      blocking = &branch;
    }
  }
  const RetireTarget& newest = branches.back().target;
  LifeStep raise{.name = "raise min", .verdict = below_newest, .needs = ""};
  if (blocking == nullptr) {
    raise.needs = fmt::format(
        "min may be {}: nothing needs the branches below it; delete them",
        newest.version);
  } else if (blocking->target.kind == RetireTarget::Kind::kDefault) {
    raise.needs =
        fmt::format("min stays {}: the default branch has to be safe first",
                    kDefaultVersion);
  } else {
    raise.needs = fmt::format(
        "min may be {0}, and the branches below it go; {0} itself has to be "
        "safe before it is raised further",
        blocking->target.version);
  }
  steps.push_back(std::move(raise));
  steps.push_back(
      {.name = "remove the call",
       .verdict = below_newest,
       .needs = "only the newest branch may be left; then at any time, as a "
                "marker without a call is passed over. The guard goes with "
                "it: a forgotten run diverges instead of failing clearly"});
}

// Patched, DeprecatePatch: the SDKs on the core.
void AddPatchSteps(std::span<const BranchReport> branches, RetireVerdict call,
                   std::vector<LifeStep>& steps) {
  const RetireVerdict old_branch = branches.front().verdict;
  steps.push_back(
      {.name = "DeprecatePatch instead of Patched",
       .verdict = old_branch,
       .needs = "the default branch has to be safe: it is deleted with this "
                "step, which may not be left out"});
  steps.push_back(
      {.name = "remove the call",
       .verdict = std::max(old_branch, call),
       .needs = "no run may be left with a marker that is not deprecated: "
                "without its call such a marker is nondeterminism"});
}

}  // namespace

std::vector<LifeStep> LifeSteps(
    std::span<const BranchReport> branches, std::span<const Dialect> dialects,
    absl::FunctionRef<RetireVerdict()> judge_patch_call) {
  const auto has = [&](Family family) {
    return std::any_of(dialects.begin(), dialects.end(),
                       [&](Dialect d) { return RowOf(d).family == family; });
  };
  std::vector<LifeStep> steps;
  if (has(Family::kVersion) && branches.size() > 1) {
    AddVersionSteps(branches, steps);
  }
  if (has(Family::kPatch)) AddPatchSteps(branches, judge_patch_call(), steps);
  if (!steps.empty()) steps.push_back(NeverAgain());
  return steps;
}

}  // namespace cohort
