#include "cohort/testing/replay_test.h"

namespace cohort_testing {

std::vector<std::string> CorpusFiles(const std::string& path) {
  auto files = cohort::ListHistoryFiles(path);
  return files.ok() ? *std::move(files) : std::vector<std::string>{""};
}

std::string CorpusTestName(const std::string& file) {
  std::string name = file.substr(file.rfind('/') + 1);
  if (name.ends_with(".json")) name.resize(name.size() - 5);
  for (char& c : name) {
    const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                      (c >= 'A' && c <= 'Z');
    if (!word) c = '_';
  }
  return name.empty() ? "NoHistories" : name;
}

}  // namespace cohort_testing
