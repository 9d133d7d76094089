// A folder of history files, as a source of runs.
//
//   FolderSource source;
//   COHORT_RETURN_IF_ERROR(source.List("histories/", [&](RunListing run) {
//     names.push_back(run.name);
//     return absl::OkStatus();
//   }));
//
// Every file is read to list it; its run's name is the file's path.
// Threads: List by one; Fetch by several.
// Errors: kNotFound for an empty or missing folder. Files that cannot be read
// are left out and handed to `on_unreadable`.
#ifndef COHORT_CORPUS_FOLDER_SOURCE_H_
#define COHORT_CORPUS_FOLDER_SOURCE_H_

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/corpus/source.h"

namespace cohort {

class FolderSource : public HistorySource {
 public:
  using OnUnreadable =
      std::function<void(const std::string& file, const absl::Status& why)>;

  FolderSource() = default;
  explicit FolderSource(OnUnreadable on_unreadable)
      : on_unreadable_(std::move(on_unreadable)) {}

  std::string_view scheme() const override { return "folder"; }
  absl::Status List(std::string_view location,
                    absl::FunctionRef<absl::Status(RunListing)> use) override;
  absl::StatusOr<History> Fetch(std::string_view name) override;

 private:
  OnUnreadable on_unreadable_;
};

}  // namespace cohort

#endif  // COHORT_CORPUS_FOLDER_SOURCE_H_
