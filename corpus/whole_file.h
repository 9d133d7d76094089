// Files that are there whole, or not at all.
//
//   COHORT_RETURN_IF_ERROR(WriteWholeFile("out/order.json", text));
//
// Threads: one for each path.
// Errors: kUnavailable with the path and the system's reason; then a file that
// was there before is as it was.
#ifndef COHORT_CORPUS_WHOLE_FILE_H_
#define COHORT_CORPUS_WHOLE_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace cohort {

// Writes beside the path and renames; makes folders that are missing.
absl::Status WriteWholeFile(const std::string& path, std::string_view bytes);

}  // namespace cohort

#endif  // COHORT_CORPUS_WHOLE_FILE_H_
