// Listings in files, as `temporal workflow list --output json` or `jsonl`
// writes them.
//
//   COHORT_ASSIGN_OR_RETURN(const std::vector<RunListing> runs,
//                           ReadListingFile("runs.json"));
//
// Read are an array of WorkflowExecutionInfo as proto JSON, an object that
// holds it under "executions", or one object after the other; plain, gzip or
// zstd. Search attributes may be payloads or bare values.
// Threads: functions of their arguments.
// Errors: kNotFound for a file that cannot be opened, kDataLoss for text that
// is no listing, naming the row.
#ifndef COHORT_CORPUS_LISTING_FILE_H_
#define COHORT_CORPUS_LISTING_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/corpus/listing.h"

namespace cohort {

// `source` is for messages.
absl::StatusOr<std::vector<RunListing>> ReadListing(std::string_view text,
                                                    std::string_view source);

absl::StatusOr<std::vector<RunListing>> ReadListingFile(
    const std::string& path);

}  // namespace cohort

#endif  // COHORT_CORPUS_LISTING_FILE_H_
