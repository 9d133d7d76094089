#include "cohort/testing/replay_main.h"

#include <fstream>
#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "cohort/base/status.h"
#include "cohort/base/version.h"
#include "cohort/testing/replay_args.h"
#include "cohort/testing/replay_command.h"
#include "cohort/testing/report.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

constexpr int kUsage = 2;

class CommandLine {
 public:
  CommandLine(const Registry& registry, const HistorySources& sources,
              std::ostream& out, std::ostream& err)
      : registry_(registry), sources_(sources), out_(out), err_(err) {}

  int Replay(const ReplayArgs& args) {
    return ReplayCommand(registry_, sources_, out_, err_).Run(args);
  }

  int Changes(const std::string& json) {
    auto all = nlohmann::ordered_json::array();
    for (const auto& [name, workflow] : registry_.workflows()) {
      for (const Change& c : workflow.changes) {
        all.push_back({{"workflow_type", name},
                       {"change_id", c.id},
                       {"min", c.min},
                       {"max", c.max}});
        if (json.empty()) {
          out_ << fmt::format("{}  {}  [{}, {}]\n", name, c.id, c.min, c.max);
        }
      }
    }
    if (json.empty()) return 0;
    return Write(json, all.dump(2));
  }

  int Usage(std::string_view message) {
    err_ << message << "\n";
    return kUsage;
  }

 private:
  int Write(const std::string& file, const std::string& text) {
    if (file == "-") {
      out_ << text << "\n";
      return 0;
    }
    std::ofstream stream(file);
    stream << text << "\n";
    stream.close();
    return stream ? 0 : Usage(fmt::format("--json {}: cannot write", file));
  }

  const Registry& registry_;
  const HistorySources& sources_;
  std::ostream& out_;
  std::ostream& err_;
};

// `args` holds what the line does not say.
int RunMain(int argc, const char* const* argv, const Registry& registry,
            const HistorySources& sources, std::ostream& out, std::ostream& err,
            ReplayArgs args) {
  CommandLine command(registry, sources, out, err);
  if (!registry.status().ok()) {
    return command.Usage(fmt::format("the registry is wrong: {}",
                                     ToStd(registry.status().message())));
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
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e, out, err) == 0 ? 0 : kUsage;
  }
  return replay->parsed() ? command.Replay(args)
                          : command.Changes(changes_json);
}

}  // namespace

int ReplayMain(int argc, const char* const* argv, const Registry& registry,
               const HistorySources& sources, std::ostream& out,
               std::ostream& err) {
  return RunMain(argc, argv, registry, sources, out, err, {});
}

int ReplayMain(int argc, const char* const* argv, const Registry& registry,
               const HistorySources& sources) {
  ReplayArgs args;
  args.progress = true;
  return RunMain(argc, argv, registry, sources, std::cout, std::cerr, args);
}

}  // namespace cohort
