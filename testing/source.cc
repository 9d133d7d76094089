#include "cohort/testing/source.h"

#include <algorithm>
#include <filesystem>

#include "cohort/base/status.h"

namespace cohort {

absl::StatusOr<std::vector<std::string>> ListHistoryFiles(
    const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    return NotFound("{}: no such file or folder", path);
  }
  if (!fs::is_directory(status)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  for (fs::recursive_directory_iterator it(path, error), end;
       !error && it != end; it.increment(error)) {
    if (it->is_regular_file(error) && it->path().extension() == ".json") {
      files.push_back(it->path().string());
    }
  }
  if (error) return NotFound("{}: {}", path, error.message());
  if (files.empty()) return NotFound("{}: no *.json in this folder", path);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace cohort
