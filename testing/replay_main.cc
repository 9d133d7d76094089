#include "cohort/testing/replay_main.h"

#include <fstream>
#include <iostream>
#include <optional>
#include <string>

#include "CLI/CLI.hpp"
#include "cohort/base/status.h"
#include "cohort/base/version.h"
#include "cohort/corpus/history_file.h"
#include "cohort/testing/replayer.h"
#include "cohort/testing/report.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

constexpr int kUsage = 2;

struct ReplayArgs {
  std::vector<std::string> paths;
  std::string json;
  std::string profile;
  std::optional<std::int64_t> until_event;
  bool validate = false;
};

class CommandLine {
 public:
  CommandLine(const Registry& registry, const HistorySources& sources,
              std::ostream& out, std::ostream& err)
      : registry_(registry), sources_(sources), out_(out), err_(err) {}

  int Replay(const ReplayArgs& args) {
    ReplayOptions options;
    options.until_event = args.until_event;
    if (args.validate) options.validation = Validation::kEverything;
    if (!args.profile.empty()) {
      options.profile = FindProfile(args.profile);
      if (options.profile == nullptr) {
        return Usage(
            fmt::format("--profile {}: no such profile", args.profile));
      }
    }
    const Replayer replayer(registry_, options);
    std::vector<ReplayReport> reports;
    for (const std::string& path : args.paths) {
      ReplayAll(replayer, path, reports);
    }
    if (args.json.empty()) {
      for (const ReplayReport& r : reports) out_ << r.ToString() << "\n";
      out_ << Summary(reports) << "\n";
    } else if (int failed = Write(args.json, ToJson(reports))) {
      return failed;
    }
    return ExitCodeOf(reports);
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
  void ReplayAll(const Replayer& replayer, const std::string& path,
                 std::vector<ReplayReport>& reports) {
    const std::size_t colon = path.find(':');
    for (const auto& source : sources_) {
      if (colon != std::string::npos &&
          source->scheme() == std::string_view(path).substr(0, colon)) {
        return ReplaySource(replayer, *source, path, colon + 1, reports);
      }
    }
    auto files = ListHistoryFiles(path);
    if (!files.ok()) return AddUnreadable(path, files.status(), reports);
    for (const std::string& file : *files) {
      reports.push_back(replayer.ReplayFile(file));
    }
  }

  void ReplaySource(const Replayer& replayer, HistorySource& source,
                    const std::string& path, std::size_t location,
                    std::vector<ReplayReport>& reports) {
    std::vector<std::string> names;
    absl::Status listed = source.List(std::string_view(path).substr(location),
                                      [&](const RunListing& run) {
                                        names.push_back(run.name);
                                        return absl::OkStatus();
                                      });
    if (!listed.ok()) AddUnreadable(path, listed, reports);
    for (const std::string& name : names) {
      auto history = source.Fetch(name);
      if (history.ok()) {
        reports.push_back(replayer.Replay(*history));
      } else {
        AddUnreadable(name, history.status(), reports);
      }
    }
  }

  static void AddUnreadable(const std::string& path, const absl::Status& why,
                            std::vector<ReplayReport>& reports) {
    ReplayReport report;
    report.source = path;
    report.verdict = Verdict::kUnreadable;
    report.status = why;
    reports.push_back(std::move(report));
  }

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

}  // namespace

int ReplayMain(int argc, const char* const* argv, const Registry& registry,
               const HistorySources& sources, std::ostream& out,
               std::ostream& err) {
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
  ReplayArgs args;
  CLI::App* replay = app.add_subcommand(
      "replay", "Does this program still make the recorded decisions?");
  replay->add_option("PATH", args.paths, "History files, or folders of *.json")
      ->required();
  replay->add_option("--json", args.json, "Write the reports there; - is here");
  replay->add_option("--until-event", args.until_event,
                     "Judge the events up to this one");
  replay->add_option("--profile", args.profile,
                     "Read by the rules of cohort, go, java, python, "
                     "typescript, dotnet or cadence, not by the history's own "
                     "evidence");
  replay->add_flag("--validate", args.validate,
                   "Check every value of the file, not only what is read");
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

int ReplayMain(int argc, const char* const* argv, const Registry& registry,
               const HistorySources& sources) {
  return ReplayMain(argc, argv, registry, sources, std::cout, std::cerr);
}

}  // namespace cohort
