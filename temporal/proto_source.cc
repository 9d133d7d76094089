#include "cohort/temporal/proto_source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cohort/base/status.h"
#include "cohort/corpus/history_file.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/temporal/proto_history.h"

namespace cohort {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::string> BytesOf(const std::string& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return NotFound("{}: no such file", path);
  }
  const auto size = fs::file_size(path, error);
  if (size > kHistoryBytesMax) {
    return ResourceExhausted("{}: longer than {} bytes, the most that is read",
                             path, kHistoryBytesMax);
  }
  std::ifstream in(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  if (in.bad() || !in.is_open()) {
    return NotFound("{}: {}", path, std::strerror(errno));
  }
  return Unpacked(std::move(bytes), path, kHistoryBytesMax);
}

absl::StatusOr<std::vector<std::string>> FilesOf(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  for (fs::recursive_directory_iterator it(path, error), end;
       !error && it != end; it.increment(error)) {
    const std::string name = it->path().string();
    if (it->is_regular_file(error) && EndsInOneOf(name, kProtoEndings)) {
      files.push_back(name);
    }
  }
  if (error) return NotFound("{}: {}", path, error.message());
  if (files.empty()) {
    return NotFound("{}: no *.bin, *.pb or *.proto in this folder", path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

absl::Status ProtoSource::List(
    std::string_view location,
    absl::FunctionRef<absl::Status(RunListing)> use) {
  COHORT_ASSIGN_OR_RETURN(const std::vector<std::string> files,
                          FilesOf(std::string(location)));
  for (const std::string& file : files) {
    COHORT_ASSIGN_OR_RETURN(const std::string bytes, BytesOf(file));
    COHORT_RETURN_IF_ERROR(ForEachProtoHistory(
        bytes, file, {}, [&](History history) -> absl::Status {
          COHORT_ASSIGN_OR_RETURN(const RunFacts facts, FactsOf(history));
          return use(ListingOf(facts, std::string(history.source())));
        }));
  }
  return absl::OkStatus();
}

absl::StatusOr<History> ProtoSource::Fetch(std::string_view name) {
  const std::size_t hash = name.rfind('#');
  std::error_code error;
  const bool numbered =
      hash != std::string_view::npos && !fs::exists(fs::path(name), error);
  const std::string file(name.substr(0, numbered ? hash : name.size()));
  COHORT_ASSIGN_OR_RETURN(const std::string bytes, BytesOf(file));
  if (!numbered) return ReadProtoHistory(bytes, file);
  std::optional<History> found;
  COHORT_RETURN_IF_ERROR(
      ForEachProtoHistory(bytes, file, {}, [&](History history) {
        if (history.source() == name) found = std::move(history);
        return absl::OkStatus();
      }));
  if (!found) return NotFound("{}: no history of this number", name);
  return *std::move(found);
}

}  // namespace cohort
