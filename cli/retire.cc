#include "cohort/cli/retire.h"

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/functional/function_ref.h"
#include "cohort/cli/columns.h"
#include "cohort/cli/inputs.h"
#include "cohort/cli/origin.h"
#include "cohort/corpus/retire_args.h"
#include "cohort/corpus/retire_report.h"

namespace cohort {
namespace {

struct Args {
  RetireArgs asked;
  bool json = false;
  std::size_t jobs = DefaultJobs();
};

// A cluster's own listing tells of runs whose histories could not be read.
void AddClusterListings(
    const std::vector<std::string>& paths, const Terminal& io,
    std::vector<RunListing>& listing,
    absl::FunctionRef<void(const absl::Status&)> on_unreadable) {
  for (const std::string& path : paths) {
    const auto origin = FindOrigin(io.sources, path);
    if (!origin || origin->source->scheme() != "cluster") continue;
    const absl::Status read =
        origin->source->List(origin->location, [&](RunListing run) {
          listing.push_back(std::move(run));
          return absl::OkStatus();
        });
    if (!read.ok()) on_unreadable(read);
  }
}

int RunRetire(const Args& args, const Terminal& io) {
  Inputs inputs(io);
  const auto options = OptionsOf(args.asked);
  if (!options.ok()) {
    inputs.Complain(options.status());
    return kExitUnreadable;
  }
  Fleet fleet(InputReader(io));
  inputs.Gather(args.asked.paths, args.jobs, fleet);
  // Whoever names an empty folder thinks that runs are in it.
  std::int64_t unreadable = inputs.unreadable() + inputs.empty();
  const auto complain = [&](const absl::Status& why) {
    inputs.Complain(why);
    ++unreadable;
  };
  std::vector<RunListing> listing = ReadListings(args.asked, complain);
  AddClusterListings(args.asked.paths, io, listing, complain);
  const RetireReport report = JudgeRetirement(
      {.fleet = fleet, .listing = listing, .unreadable = unreadable},
      args.asked.change_id, *options);
  if (args.json) {
    io.out << JsonText(RetireJson(report, *options), 2) << "\n";
  } else {
    io.out << RetireText(report, *options, io.paint);
  }
  return RetireExit(report.verdict);
}

}  // namespace

Subcommand AddRetire(CLI::App& app) {
  auto args = std::make_shared<Args>();
  CLI::App* parser = app.add_subcommand(
      "retire",
      "May a branch of a change be deleted? 0 safe, 1 unsafe, 3 not "
      "provable");
  AddRetireOptions(*parser, args->asked);
  parser->add_flag("--json", args->json, "The same as JSON");
  parser->add_option("--jobs", args->jobs, "Files that are read at once")
      ->check(CLI::Range(1, 256));
  return {parser, [args](const Terminal& io) { return RunRetire(*args, io); }};
}

}  // namespace cohort
