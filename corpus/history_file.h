// Histories in files: plain JSON, gzip or zstd, told apart by their first
// bytes.
//
//   COHORT_ASSIGN_OR_RETURN(auto files, ListHistoryFiles("histories/"));
//   for (const std::string& file : files) Use(ReadHistoryFile(file));
//
// Threads: functions of their arguments.
// Errors: as History::FromFile; kDataLoss for a damaged or truncated archive;
// kResourceExhausted for one that unpacks to more than `bytes_max`.
#ifndef COHORT_CORPUS_HISTORY_FILE_H_
#define COHORT_CORPUS_HISTORY_FILE_H_

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/history/history.h"

namespace cohort {

// How the names of files of histories end: those in JSON, packed or not, and
// those in protobuf's wire form (temporal/proto_source.h reads them).
inline constexpr std::array<std::string_view, 3> kJsonEndings = {
    ".json", ".json.gz", ".json.zst"};
inline constexpr std::array<std::string_view, 3> kProtoEndings = {".bin", ".pb",
                                                                  ".proto"};
bool EndsInOneOf(std::string_view name,
                 std::span<const std::string_view> endings);

// The files that `path` stands for: itself, or all of the endings below a
// folder in the order of their names. Links are followed, each folder once; one
// that leads nowhere is in the list, so that who reads it says so. kNotFound
// when there is nothing, kFailedPrecondition for a folder that holds none.
absl::StatusOr<std::vector<std::string>> ListHistoryFiles(
    const std::string& path,
    std::span<const std::string_view> endings = kJsonEndings);

absl::StatusOr<History> ReadHistoryFile(const std::string& path,
                                        ReadOptions options = {});

// The bytes as they are, or unpacked if they begin like gzip or zstd. `source`
// is for messages.
absl::StatusOr<std::string> Unpacked(std::string bytes, std::string_view source,
                                     std::size_t bytes_max);

// A zstd frame with a checksum. `level` 1 (fast) to 19 (small).
std::string PackedZstd(std::string_view bytes, int level);

}  // namespace cohort

#endif  // COHORT_CORPUS_HISTORY_FILE_H_
