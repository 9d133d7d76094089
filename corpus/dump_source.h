// A listing that `temporal workflow list --output json` wrote, with the
// histories beside it.
//
//   DumpSource source;
//   COHORT_RETURN_IF_ERROR(source.List("fleet/list.json", [&](RunListing run) {
//     names.push_back(run.run_id);
//     return absl::OkStatus();
//   }));
//
//   temporal workflow list --output json > fleet/list.json
//   temporal workflow show -w W -r R --output json > fleet/R.json
//
// Read is an array of executions, or one object after the other (jsonl, older
// tools), plain or packed; in pieces, whatever its size when it is plain. Of
// search attributes TemporalChangeVersion and BuildIds count, as payloads or in
// the tool's shorthand; a run without the former has no changes.
// A run's history is the file named by its run id in the listing's folder
// (<run id>.json, .json.gz, .json.zst), else the one whose history has this run
// id: to find it, all files of the folder are read once.
// Threads: List by one; Fetch by several.
// Errors: kNotFound for a missing file, and of Fetch for a run without a
// history; kDataLoss with the byte for what is no listing.
#ifndef COHORT_CORPUS_DUMP_SOURCE_H_
#define COHORT_CORPUS_DUMP_SOURCE_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/corpus/source.h"

namespace cohort {

class DumpSource : public HistorySource {
 public:
  std::string_view scheme() const override { return "dump"; }
  // The runs' names are "<folder of location>/<run id>".
  absl::Status List(std::string_view location,
                    absl::FunctionRef<absl::Status(RunListing)> use) override;
  absl::StatusOr<History> Fetch(std::string_view name) override;

 private:
  struct HistoryOfRun {
    std::string file;
    std::int64_t events = 0;
  };
  using HistoryByRun = std::map<std::string, HistoryOfRun, std::less<>>;

  // Of a folder's histories; read at the first call.
  std::string FileOf(const std::string& folder, std::string_view run_id);

  std::mutex mutex_;
  std::map<std::string, HistoryByRun, std::less<>> folders_;  // under mutex_
};

// One execution of such a listing; `name` is left empty.
absl::StatusOr<RunListing> ListingOfExecution(std::string_view json);

}  // namespace cohort

#endif  // COHORT_CORPUS_DUMP_SOURCE_H_
