#include "cohort/temporal/proto_source.h"

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

// Hands out the runs of one file.
absl::Status ListFile(const std::string& file,
                      absl::FunctionRef<absl::Status(RunListing)> use) {
  COHORT_ASSIGN_OR_RETURN(const std::string bytes, BytesOf(file));
  return ForEachProtoHistory(
      bytes, file, {}, [&](History history) -> absl::Status {
        COHORT_ASSIGN_OR_RETURN(const RunFacts facts, FactsOf(history));
        return use(ListingOf(facts, std::string(history.source())));
      });
}

}  // namespace

absl::Status ProtoSource::List(
    std::string_view location,
    absl::FunctionRef<absl::Status(RunListing)> use) {
  COHORT_ASSIGN_OR_RETURN(
      const std::vector<std::string> files,
      ListHistoryFiles(std::string(location), kProtoEndings));
  absl::Status first;
  absl::Status refused;  // by `use`, which ends the listing
  int bad = 0;
  for (const std::string& file : files) {
    const absl::Status read = ListFile(
        file, [&](RunListing run) { return refused = use(std::move(run)); });
    if (!refused.ok()) return refused;
    if (read.ok()) continue;
    if (++bad == 1) first = read;
  }
  if (bad < 2) return first;
  return absl::Status(first.code(),
                      fmt::format("{}; nor could {} more be read",
                                  ToStd(first.message()), bad - 1));
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
