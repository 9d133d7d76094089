// Files that are there whole or not at all.
//
//   COHORT_RETURN_IF_ERROR(WriteWholeFile("corpus/ab/abc.json.zst", bytes));
//   COHORT_ASSIGN_OR_RETURN(std::string text, ReadWholeFile("allow.txt"));
//
// Written is a file of another name beside it, ending in ".part", which gets
// its name when all bytes are on the disk. If something fails it is removed; if
// the process dies it stays, and no tool takes it for a history.
// Threads: functions of their arguments; of two that write the same path the
// last wins.
// Errors: kResourceExhausted when there is no room, kNotFound for a file that
// is not there, kInternal for everything else that the system says.
#ifndef COHORT_CORPUS_WHOLE_FILE_H_
#define COHORT_CORPUS_WHOLE_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cohort {

// Folders above it are made.
absl::Status WriteWholeFile(const std::string& path, std::string_view bytes);

absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

// 64 digits.
std::string Sha256Hex(std::string_view bytes);

}  // namespace cohort

#endif  // COHORT_CORPUS_WHOLE_FILE_H_
