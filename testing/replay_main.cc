#include "cohort/testing/replay_main.h"

#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "cohort/base/status.h"
#include "cohort/base/version.h"
#include "cohort/testing/corpus_commands.h"
#include "cohort/testing/replay_args.h"
#include "cohort/testing/replay_command.h"

namespace cohort {
namespace {

constexpr int kUsage = 2;

// A subcommand over a corpus that takes what CorpusArgs holds.
CLI::App* AddCorpusCommand(CLI::App& app, const char* name, const char* about,
                           CorpusArgs& args) {
  CLI::App* command = app.add_subcommand(name, about);
  command
      ->add_option("PATH", args.paths,
                   "History files, or folders of *.json, packed as .gz or "
                   ".zst, too")
      ->required();
  command->add_option("--json", args.json, "Write it as JSON there; - is here");
  return command;
}

// `args` holds what the line does not say.
int RunMain(int argc, const char* const* argv, const CommandHost& host,
            ReplayArgs args) {
  if (!host.registry.status().ok()) {
    host.err << fmt::format("the registry is wrong: {}\n",
                            ToStd(host.registry.status().message()));
    return kUsage;
  }
  CLI::App app(
      "Replays recorded histories against the workflows of this program.\n"
      "Exit codes: 0 clean, 1 divergence, 2 usage or unreadable input, 3 "
      "nothing to judge or incomplete.");
  app.set_version_flag("--version", std::string(kSdkVersion));
  app.require_subcommand(1);
  CLI::App* replay = app.add_subcommand(
      "replay", "Does this program still make the recorded decisions?");
  AddReplayOptions(*replay, args);
  std::string changes_json;
  CLI::App* changes =
      app.add_subcommand("changes", "The changes that the workflows declare");
  changes->add_option("--json", changes_json, "Write them there; - is here");
  CorpusArgs corpus;
  CLI::App* coverage = AddCorpusCommand(
      app, "coverage", "Which histories take which branch of a change", corpus);
  coverage->add_flag("--continue", corpus.go_on,
                     "Count what open runs take when they go on live");
  coverage->add_option("--jobs", corpus.jobs, "Histories at once")
      ->check(CLI::Range(1, 1024));
  const CLI::App* reset_points = AddCorpusCommand(
      app, "reset-points",
      "Where to reset the runs that cannot go on: commands to look at, nothing "
      "is done",
      corpus);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e, host.out, host.err) == 0 ? 0 : kUsage;
  }
  if (coverage->parsed()) return CoverageCommand(host, corpus);
  if (reset_points->parsed()) return ResetPointsCommand(host, corpus);
  if (changes->parsed()) return ChangesCommand(host, changes_json);
  return ReplayCommand(host).Run(args);
}

}  // namespace

int ReplayMain(int argc, const char* const* argv, const Registry& registry,
               const HistorySources& sources, std::ostream& out,
               std::ostream& err) {
  return RunMain(argc, argv, {registry, sources, out, err}, {});
}

int ReplayMain(int argc, const char* const* argv, const Registry& registry,
               const HistorySources& sources) {
  ReplayArgs args;
  args.progress = true;
  return RunMain(argc, argv, {registry, sources, std::cout, std::cerr}, args);
}

}  // namespace cohort
