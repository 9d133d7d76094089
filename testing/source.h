// Where histories come from, beside files.
//
// A source answers for one scheme: `replay embedded:orders.db` asks the source
// of scheme "embedded" for what is at "orders.db". A user's main hands its
// sources to ReplayMain; files and folders need none.
//
// Threads: one at a time. Errors: kNotFound, kUnavailable, ... as they are.
#ifndef COHORT_TESTING_SOURCE_H_
#define COHORT_TESTING_SOURCE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/history/history.h"

namespace cohort {

class HistorySource {
 public:
  virtual ~HistorySource() = default;
  // "embedded", "cluster", ...
  virtual std::string_view scheme() const = 0;
  // Names of the histories at `location`, in a stable order.
  virtual absl::StatusOr<std::vector<std::string>> List(
      std::string_view location) = 0;
  virtual absl::StatusOr<History> Fetch(std::string_view name) = 0;
};

// The files that `path` stands for: itself, or all *.json below a folder in the
// order of their names. kNotFound when there is nothing.
absl::StatusOr<std::vector<std::string>> ListHistoryFiles(
    const std::string& path);

}  // namespace cohort

#endif  // COHORT_TESTING_SOURCE_H_
