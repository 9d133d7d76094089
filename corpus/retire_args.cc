#include "cohort/corpus/retire_args.h"

#include <utility>

#include "CLI/CLI.hpp"
#include "absl/time/clock.h"
#include "cohort/base/status.h"
#include "cohort/corpus/dump_source.h"
#include "cohort/corpus/retire_report.h"
#include "cohort/history/time.h"

namespace cohort {

void AddRetireOptions(CLI::App& parser, RetireArgs& args) {
  parser.add_option("CHANGE_ID", args.change_id, "The change")->required();
  parser
      .add_option("PATH", args.paths,
                  "Histories of all runs that are open or still kept: "
                  "files, or folders of them")
      ->required();
  parser
      .add_option("--branch", args.branch,
                  "Only this one: `default`, or a version")
      ->check([](const std::string& word) {
        return ParseBranch(word) ? ""
                                 : word + " is neither `default` nor a version";
      });
  parser
      .add_option("--retention", args.retention,
                  "How long the namespace keeps closed runs: 30d, 72h")
      ->check([](const std::string& word) {
        return std::string(ParsePeriod(word).status().message());
      });
  parser.add_option("--now", args.now,
                    "The time to judge at, RFC 3339; the clock's by default");
  parser
      .add_option("--type", args.types,
                  "Workflow types whose code asks for the change; with it, "
                  "types without a marker do not")
      ->allow_extra_args(false);
  parser
      .add_option("--listing", args.listings,
                  "Which runs there are: a file of `temporal workflow list "
                  "--output json`")
      ->allow_extra_args(false);
  parser.add_flag("--listing-complete", args.listing_complete,
                  "Every worker upserts TemporalChangeVersion, and no list "
                  "ever reached 2,048 bytes");
}

absl::StatusOr<RetireOptions> OptionsOf(const RetireArgs& args) {
  RetireOptions options;
  options.now = absl::Now();
  if (!args.now.empty()) {
    const auto now = ParseTime(args.now);
    if (!now.ok()) return Annotate(now.status(), "--now");
    options.now = *now;
  }
  if (!args.branch.empty()) options.target = ParseBranch(args.branch);
  if (!args.retention.empty()) {
    COHORT_ASSIGN_OR_RETURN(options.retention, ParsePeriod(args.retention));
  }
  options.types = args.types;
  options.listing_complete = args.listing_complete;
  return options;
}

std::vector<RunListing> ReadListings(
    const RetireArgs& args,
    absl::FunctionRef<void(const absl::Status&)> on_unreadable) {
  std::vector<RunListing> listing;
  for (const std::string& file : args.listings) {
    DumpSource source;
    const absl::Status read = source.List(file, [&](RunListing run) {
      listing.push_back(std::move(run));
      return absl::OkStatus();
    });
    if (!read.ok()) on_unreadable(read);
  }
  return listing;
}

}  // namespace cohort
