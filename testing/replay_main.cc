#include "cohort/testing/replay_main.h"

#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include "CLI/CLI.hpp"
#include "cohort/base/status.h"
#include "cohort/base/suggest.h"
#include "cohort/base/version.h"
#include "cohort/testing/corpus_commands.h"
#include "cohort/testing/replay_args.h"
#include "cohort/testing/replay_command.h"
#include "cohort/testing/retire_command.h"
#include "cohort/testing/scrub_command.h"

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

struct OtherArgs {
  std::string changes_json;
  CorpusArgs corpus;
  RetireArgs retire;
  bool prove = false;
  ScrubOptions scrub;
};

// The commands beside `replay`; nullopt if none of them is meant.
class OtherCommands {
 public:
  explicit OtherCommands(CLI::App& app) {
    changes_ =
        app.add_subcommand("changes", "The changes that the workflows declare");
    changes_->add_option("--json", args_.changes_json,
                         "Write them there; - is here");
    CLI::App* coverage = AddCorpusCommand(
        app, "coverage", "Which histories take which branch of a change",
        args_.corpus);
    coverage->add_flag("--continue", args_.corpus.go_on,
                       "Count what open runs take when they go on live");
    coverage->add_option("--jobs", args_.corpus.jobs, "Histories at once")
        ->check(CLI::Range(1, 1024));
    coverage_ = coverage;
    reset_points_ = AddCorpusCommand(
        app, "reset-points",
        "Where to reset the runs that cannot go on: commands to look at, "
        "nothing is done",
        args_.corpus);
    AddRetire(app);
    AddScrub(app);
  }

  std::optional<int> Run(const CommandHost& host) const {
    if (coverage_->parsed()) return CoverageCommand(host, args_.corpus);
    if (reset_points_->parsed()) return ResetPointsCommand(host, args_.corpus);
    if (changes_->parsed()) return ChangesCommand(host, args_.changes_json);
    if (retire_->parsed()) {
      return RetireCommand(host, args_.retire, args_.corpus.json);
    }
    if (scrub_->parsed()) return ScrubCommand(host, args_.corpus, args_.scrub);
    return std::nullopt;
  }

 private:
  void AddRetire(CLI::App& app) {
    CLI::App* retire = app.add_subcommand(
        "retire",
        "May a branch of a change be deleted? What histories leave open is "
        "settled by replay");
    AddRetireOptions(*retire, args_.retire);
    retire->add_option("--json", args_.corpus.json,
                       "Write it as JSON there; - is here");
    retire_ = retire;
  }

  void AddScrub(CLI::App& app) {
    CLI::App* scrub = AddCorpusCommand(
        app, "scrub",
        "Does scrubbing change what the code decides? `cohort scrub` writes",
        args_.corpus);
    scrub
        ->add_flag("--prove", args_.prove,
                   "Replay each history as it is and scrubbed")
        ->required();
    scrub->add_flag_callback(
        "--keep-keys", [this] { args_.scrub.keys = Treatment::kKept; },
        "Keys of objects stay: for code that reads fields by name");
    scrub_ = scrub;
  }

  OtherArgs args_;
  CLI::App* changes_ = nullptr;
  const CLI::App* coverage_ = nullptr;
  const CLI::App* reset_points_ = nullptr;
  const CLI::App* retire_ = nullptr;
  const CLI::App* scrub_ = nullptr;
};

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
      "not provable (nothing to judge, or incomplete).");
  app.set_version_flag("--version", std::string(kSdkVersion));
  app.require_subcommand(1);
  CLI::App* replay = app.add_subcommand(
      "replay", "Does this program still make the recorded decisions?");
  AddReplayOptions(*replay, args);
  OtherCommands others(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (argc > 1 && argv[1][0] != '-' && app.get_subcommands().empty()) {
      host.err << UnknownCommand(app, argv[1]) << "\n";
      return kUsage;
    }
    return app.exit(e, host.out, host.err) == 0 ? 0 : kUsage;
  }
  if (const std::optional<int> code = others.Run(host)) return *code;
  return ReplayCommand(host).Run(args);
}

}  // namespace

int ReplayMain(int argc, const char* const* argv, const Registry& registry,
               const HistorySources& sources, std::ostream& out,
               std::ostream& err, PayloadDecoder decode) {
  return RunMain(argc, argv, {registry, sources, out, err, std::move(decode)},
                 {});
}

int ReplayMain(int argc, const char* const* argv, const Registry& registry,
               const HistorySources& sources, PayloadDecoder decode) {
  ReplayArgs args;
  args.progress = true;
  return RunMain(argc, argv,
                 {registry, sources, std::cout, std::cerr, std::move(decode)},
                 args);
}

}  // namespace cohort
