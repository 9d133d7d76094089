// Where histories come from, beside files.
//
// A source answers for one scheme: `replay embedded:orders.db` asks the source
// of scheme "embedded" for what is at "orders.db". A user's main hands its
// sources to ReplayMain; files and folders need none there, and are a source of
// their own (corpus/folder_source.h) for the tools that list before they read.
//
//   absl::Status listed = source.List("orders.db", [&](RunListing run) {
//     runs.push_back(std::move(run));
//     return absl::OkStatus();
//   });
//
// Threads: Fetch may be called by several at once; List by one.
// Errors: kNotFound, kUnavailable, ... as they are.
#ifndef COHORT_CORPUS_SOURCE_H_
#define COHORT_CORPUS_SOURCE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/corpus/listing.h"
#include "cohort/history/history.h"

namespace cohort {

class HistorySource {
 public:
  virtual ~HistorySource() = default;
  // "embedded", "cluster", ...
  virtual std::string_view scheme() const = 0;
  // Calls `use` for each run at `location`, in a stable order, with one listing
  // in memory at a time. An error of `use` ends the listing and is returned.
  virtual absl::Status List(
      std::string_view location,
      absl::FunctionRef<absl::Status(RunListing)> use) = 0;
  // The history of the run that was listed under `name`.
  virtual absl::StatusOr<History> Fetch(std::string_view name) = 0;
};

using HistorySources = std::vector<std::unique_ptr<HistorySource>>;

}  // namespace cohort

#endif  // COHORT_CORPUS_SOURCE_H_
