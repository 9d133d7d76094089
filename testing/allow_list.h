// What strict rules may find without failing, by the change that explains it.
//
//   COHORT_ASSIGN_OR_RETURN(AllowList allow, AllowList::FromFile("allow.txt"));
//
//   timer-durations  slow-retries   # the waits were halved in that change
//   inputs           *              # ids are random in this service
//
// A line excuses what that strict rule finds in runs whose code has asked for
// that change id before the place (* for any run). The run is then judged
// without the rule.
//
// Threads: like any value. Errors: kInvalidArgument with the line for an
// unknown rule or a line of another form; as ReadWholeFile for a file that
// cannot be read.
#ifndef COHORT_TESTING_ALLOW_LIST_H_
#define COHORT_TESTING_ALLOW_LIST_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cohort/engine/strictness.h"
#include "cohort/versioning/version_book.h"

namespace cohort {

class AllowList {
 public:
  static absl::StatusOr<AllowList> Parse(std::string_view text,
                                         std::string_view source);
  static absl::StatusOr<AllowList> FromFile(const std::string& path);

  // The line that excuses it, as it stands in the file; "" for none.
  std::string_view Excuse(StrictRule rule,
                          std::span<const AskedVersion> asked) const;

 private:
  struct Entry {
    StrictRule rule;
    std::string change_id;
    std::string line;
  };
  std::vector<Entry> entries_;
};

}  // namespace cohort

#endif  // COHORT_TESTING_ALLOW_LIST_H_
