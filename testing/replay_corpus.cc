#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "cohort/testing/corpus_replay.h"
#include "cohort/testing/coverage.h"
#include "cohort/testing/replay_test.h"

namespace cohort_testing {
namespace {

// Of a file in the folder `root`: its path from there, as GoogleTest takes it.
std::string TestName(const std::string& root, const std::string& file) {
  const bool below = file.size() > root.size() && file.starts_with(root);
  std::string name =
      below ? file.substr(root.size()) : file.substr(file.rfind('/') + 1);
  name.erase(0, name.find_first_not_of('/'));
  for (const std::string_view ending : {".gz", ".zst", ".json"}) {
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  }
  for (char& c : name) {
    const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                      (c >= 'A' && c <= 'Z');
    if (!word) c = '_';
  }
  return name;
}

}  // namespace

std::vector<CorpusHistory> CorpusHistories(const std::string& path) {
  const auto files = cohort::ListHistoryFiles(path);
  if (!files.ok()) return {{"", "NoHistories"}};
  std::vector<CorpusHistory> histories;
  std::set<std::string> taken;
  for (const std::string& file : *files) {
    const std::string name = TestName(path, file);
    std::string unique = name;
    for (int n = 2; !taken.insert(unique).second; ++n) {
      unique = name + "_" + std::to_string(n);
    }
    histories.push_back({file, unique});
  }
  return histories;
}

std::vector<std::string> UncoveredBranches(const cohort::Registry& registry,
                                           const std::string& path) {
  std::vector<cohort::CaseResult> results;
  const std::vector<std::string> paths = {path};
  const std::vector<cohort::CorpusItem> items =
      cohort::GatherItems(paths, {}, results);
  for (cohort::CaseResult& result :
       cohort::CorpusReplay(registry, {}).Run(items)) {
    results.push_back(std::move(result));
  }
  cohort::Coverage coverage(registry);
  std::vector<std::string> gaps;
  for (const cohort::CaseResult& result : results) {
    coverage.Add(result.json);
    if (result.exit_code != 0) gaps.push_back(result.text);
  }
  if (results.empty()) gaps.push_back("no histories in " + path);
  for (std::string& gap : coverage.Gaps()) gaps.push_back(std::move(gap));
  return gaps;
}

}  // namespace cohort_testing
