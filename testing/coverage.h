// Coverage: which branches of the code's changes a corpus takes.
//
//   Coverage coverage(registry);
//   for (const CaseResult& c : cases) coverage.Add(c.json);
//   for (const std::string& gap : coverage.Gaps()) std::cerr << gap << "\n";
//
// Rows are the changes that the registry declares and those that the code asked
// for in a replay. A branch is one version that today's code supports; it is
// covered by a history whose replay was answered with it, or that took it when
// it went on live (testing/go_on.h).
//
// Threads: one. Errors: none.
#ifndef COHORT_TESTING_COVERAGE_H_
#define COHORT_TESTING_COVERAGE_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cohort/versioning/version_book.h"
#include "cohort/workflow/registry.h"
#include "nlohmann/json.hpp"

namespace cohort {

struct ChangeCoverage {
  std::string workflow_type;
  std::string change_id;
  Family family = Family::kVersion;
  Version min = kDefaultVersion;
  Version max = kDefaultVersion;
  std::string site;  // of the call; "" if no replay reached it
  // Histories by the version that they took, versions outside of [min, max]
  // included.
  std::map<Version, std::int64_t> took;
  // Histories of open runs that end before the call, and would reach it live.
  std::int64_t not_yet = 0;
  // Histories of closed runs that never reach it.
  std::int64_t never = 0;

  // What [min, max] holds: Patched has two, GetVersion no version 0.
  std::vector<Version> Branches() const;
};

class Coverage {
 public:
  explicit Coverage(const Registry& registry);

  // The JSON of a case (testing/case_report.h). Histories that cannot be
  // judged, or whose replay is not clean, do not count.
  void Add(const nlohmann::ordered_json& case_json);

  // By workflow type and change id.
  std::vector<ChangeCoverage> Changes() const;
  // For each branch without a history: what is missing, and where to get it.
  std::vector<std::string> Gaps() const;
  nlohmann::ordered_json AsJson() const;
  std::string ToString() const;

 private:
  struct Seen {
    bool open = false;
    std::vector<std::string> asked;  // change ids
  };

  void AddCalls(const std::string& type, const nlohmann::ordered_json& from,
                Seen& seen);
  ChangeCoverage& Row(const std::string& type, const std::string& change_id);

  std::map<std::pair<std::string, std::string>, ChangeCoverage> rows_;
  // What each clean history of a type asked for, to count those that did not.
  std::map<std::string, std::vector<Seen>> seen_;
};

}  // namespace cohort

#endif  // COHORT_TESTING_COVERAGE_H_
