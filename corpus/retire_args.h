// The words in which `retire` is asked on a command line, the same for
// histories alone and for histories with code.
//
//   RetireArgs args;
//   AddRetireOptions(*app.add_subcommand("retire"), args);
//   app.parse(line);
//   COHORT_ASSIGN_OR_RETURN(const RetireOptions options, OptionsOf(args));
//
// Threads: one. Errors: CLI11's while the line is parsed; kInvalidArgument.
#ifndef COHORT_CORPUS_RETIRE_ARGS_H_
#define COHORT_CORPUS_RETIRE_ARGS_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/corpus/listing.h"
#include "cohort/corpus/retire.h"

namespace CLI {
class App;
}

namespace cohort {

struct RetireArgs {
  std::string change_id;
  std::vector<std::string> paths;
  std::string branch;
  std::string retention;
  std::string now;
  std::vector<std::string> types;
  std::vector<std::string> listings;  // files
  bool listing_complete = false;
};

void AddRetireOptions(CLI::App& parser, RetireArgs& args);

absl::StatusOr<RetireOptions> OptionsOf(const RetireArgs& args);

// The rows of all listings; files that cannot be read are handed out.
std::vector<RunListing> ReadListings(
    const RetireArgs& args,
    absl::FunctionRef<void(const absl::Status&)> on_unreadable);

}  // namespace cohort

#endif  // COHORT_CORPUS_RETIRE_ARGS_H_
