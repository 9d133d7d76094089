#include "cohort/corpus/folder_source.h"

#include <vector>

#include "cohort/base/status.h"
#include "cohort/corpus/history_file.h"
#include "cohort/corpus/run_facts.h"

namespace cohort {

absl::Status FolderSource::List(
    std::string_view location,
    absl::FunctionRef<absl::Status(RunListing)> use) {
  const auto files = ListHistoryFiles(std::string(location));
  // A population of nobody.
  if (absl::IsFailedPrecondition(files.status())) return absl::OkStatus();
  COHORT_RETURN_IF_ERROR(files.status());
  for (const std::string& file : *files) {
    auto history = ReadHistoryFile(file);
    absl::Status why = history.status();
    if (history.ok()) {
      auto facts = FactsOf(*history);
      if (facts.ok()) {
        COHORT_RETURN_IF_ERROR(use(ListingOf(*facts, file)));
        continue;
      }
      why = facts.status();
    }
    if (on_unreadable_) on_unreadable_(file, why);
  }
  return absl::OkStatus();
}

absl::StatusOr<History> FolderSource::Fetch(std::string_view name) {
  return ReadHistoryFile(std::string(name));
}

}  // namespace cohort
