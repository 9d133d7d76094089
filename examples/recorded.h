// Where recorded histories are, for the examples' tests and the demo.
//
//   for (const RecordedSdk& sdk : kRecordedSdks) {
//     for (const std::string& file : RecordedFiles(root, sdk, "Order")) ...
//   }
//
// A root holds one folder for each SDK, and in it one for each workflow.
#ifndef COHORT_EXAMPLES_RECORDED_H_
#define COHORT_EXAMPLES_RECORDED_H_

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/corpus/history_file.h"
#include "cohort/examples/order.h"
#include "cohort/versioning/version.h"

namespace cohort_examples {

// Which calls an SDK has decides which program replays its histories.
struct RecordedSdk {
  std::string_view name;
  cohort::Family family;
  OrderStyle style;
};

inline constexpr std::array<RecordedSdk, 4> kRecordedSdks = {{
    {"go", cohort::Family::kVersion, OrderStyle::kGo},
    {"java", cohort::Family::kVersion, OrderStyle::kJava},
    {"python", cohort::Family::kPatch, OrderStyle::kPython},
    {"typescript", cohort::Family::kPatch, OrderStyle::kPython},
}};

// The committed ones, from the workspace's root or a target's runfiles.
inline constexpr std::string_view kCommittedHistories =
    "testing/testdata/recorded";

// The large collection beside the project, "" where it is not there.
inline std::string SharedHistories() {
  const char* shared = std::getenv("COHORT_SHARED");
  return shared == nullptr ? "" : std::string(shared) + "/histories/recorded";
}

// In the order of their names; none where the folder is missing.
inline std::vector<std::string> RecordedFiles(std::string_view root,
                                              const RecordedSdk& sdk,
                                              std::string_view workflow) {
  std::string folder(root);
  folder.append("/").append(sdk.name).append("/").append(workflow);
  auto files = cohort::ListHistoryFiles(folder);
  return files.ok() ? *files : std::vector<std::string>();
}

}  // namespace cohort_examples

#endif  // COHORT_EXAMPLES_RECORDED_H_
