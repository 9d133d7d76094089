#include "cohort/cli/command_line.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "cohort/base/printable.h"
#include "cohort/base/status.h"
#include "cohort/base/version.h"
#include "cohort/cli/inspect.h"
#include "cohort/cli/markers_list.h"
#include "cohort/cli/sample.h"
#include "cohort/cli/sample_command.h"
#include "cohort/cli/tables.h"
#include "cohort/cli/turns.h"
#include "cohort/corpus/history_file.h"

namespace cohort {
namespace {

constexpr const char* kAbout =
    "Shows what recorded workflow histories say, of any Temporal SDK or "
    "Cadence.\nNo user code and no server are needed.";

constexpr const char* kFooter =
    "Exit codes:\n"
    "  0  ok\n"
    "  2  usage, or an input that could not be read (the others are shown)\n"
    "  3  nothing found: no histories in the folders, no markers in them, no "
    "runs\n     to sample\n"
    "\n"
    "A history is proto JSON, as `temporal workflow show --output json` and "
    "the\nweb UI write it: {\"events\": [...]} or the bare array.\n"
    "Colours are used on a terminal, and not if NO_COLOR is set.";

struct Args {
  std::vector<std::string> paths;
  std::string file;
  std::string table;
  std::string document;
  SampleArgs sample;
  bool json = false;
  bool mermaid = false;
  bool names = false;
};

// The commands, and what went wrong so far.
class Commands {
 public:
  explicit Commands(const Terminal& terminal) : io_(terminal) {}

  int Inspect(const Args& args) {
    std::vector<nlohmann::ordered_json> found;
    int count = 0;
    ForEachHistory(args.paths, [&](const History& history) {
      auto figures = cohort::Inspect(history);
      if (!figures.ok()) return Complain(figures.status());
      if (args.json) {
        found.push_back(InspectJson(*figures));
      } else {
        io_.out << (count > 0 ? "\n" : "") << InspectText(*figures, io_.paint);
      }
      ++count;
    });
    if (args.json) PrintFound(args.paths, std::move(found));
    return ExitCode(count);
  }

  int Turns(const Args& args) {
    int count = 0;
    ForEachHistory({args.file}, [&](const History& history) {
      const TurnList list = ListTurns(history);
      if (args.json) {
        Print(TurnsJson(list));
      } else {
        io_.out << TurnsText(list);
      }
      ++count;
      if (!list.status.ok()) Complain(list.status);
    });
    return ExitCode(count);
  }

  int Markers(const Args& args) {
    std::vector<MarkerLine> lines;
    ForEachHistory(args.paths, [&](const History& history) {
      MarkerList list = ListMarkers(history);
      lines.insert(lines.end(), std::make_move_iterator(list.lines.begin()),
                   std::make_move_iterator(list.lines.end()));
      for (const std::string& problem : list.problems) Complain(problem);
    });
    if (args.json) {
      Print(MarkersJson(lines));
    } else if (!lines.empty()) {
      io_.out << MarkersText(lines);
    } else if (!bad_) {
      Say("no markers in these histories");
    }
    return ExitCode(static_cast<int>(lines.size()));
  }

  int Sample(const Args& args) {
    const auto report = TakeSample(args.sample);
    if (!report.ok()) {
      Complain(report.status());
      return ExitCode(0);
    }
    for (const std::string& why : report->unreadable) Complain(why);
    if (report->proof.population == 0) {
      Say(fmt::format("no run of {} listed ones is meant: nothing to sample",
                      report->round.listed));
      return ExitCode(0);
    }
    if (args.json) {
      Print(SampleJson(*report));
    } else {
      io_.out << SampleText(*report);
    }
    for (const RoundRun& r : report->round.runs) {
      if (!r.run.problem.empty()) Complain(r.run.problem);
    }
    return ExitCode(report->proof.stored > 0 ? 1 : 0);
  }

  int Tables(const Args& args) {
    if (!args.document.empty()) return WriteDocument(args.document);
    if (args.mermaid) {
      io_.out << LifecycleDiagram();
      return kExitOk;
    }
    if (!args.table.empty() && FindTable(args.table) == nullptr) {
      Complain(fmt::format(
          "there is no table \"{}\"; `cohort tables --names` lists them",
          args.table));
    }
    for (const Table& table : cohort::Tables()) {
      if (args.names) {
        io_.out << fmt::format("{:<10} {}\n", table.name, table.title);
      } else if (args.table.empty()) {
        const std::string title =
            fmt::format("{}: {}", table.name, table.title);
        io_.out << (&table == &cohort::Tables().front() ? "" : "\n")
                << Bold(title, io_.paint) << "\n\n"
                << table.print();
      } else if (args.table == table.name) {
        io_.out << table.print();
      }
    }
    return ExitCode(1);
  }

 private:
  // Calls `use` for each history that can be read, one in memory at a time.
  template <typename Use>
  void ForEachHistory(const std::vector<std::string>& paths, Use&& use) {
    for (const std::string& path : paths) {
      auto files = ListHistoryFiles(path);
      if (!files.ok()) {
        ComplainOfList(path, files.status());
        continue;
      }
      for (const std::string& file : *files) {
        auto history = ReadHistoryFile(file);
        if (history.ok()) {
          use(*history);
        } else {
          Complain(history.status());
        }
      }
    }
  }

  // A folder that can be read and holds nothing is no error.
  void ComplainOfList(const std::string& path, const absl::Status& why) {
    namespace fs = std::filesystem;
    std::error_code error;
    fs::recursive_directory_iterator it(path, error);
    while (!error && it != fs::recursive_directory_iterator()) {
      it.increment(error);
    }
    if (!error) return Say(ToStd(why.message()));
    Complain(fmt::format("{}; give a history's file or a folder of them",
                         ToStd(why.message())));
  }

  void Say(std::string_view message) {
    io_.err << "cohort: " << Printable(message) << "\n";
  }
  void Complain(std::string_view message) {
    Say(message);
    bad_ = true;
  }
  void Complain(const absl::Status& why) { Complain(ToStd(why.message())); }

  void Print(const nlohmann::ordered_json& json) {
    // Names in a history may hold anything: what is not UTF-8 is replaced.
    io_.out << PrintableLines(
                   json.dump(2, ' ', false,
                             nlohmann::ordered_json::error_handler_t::replace))
            << "\n";
  }

  // One object for one file, an array for everything else.
  void PrintFound(const std::vector<std::string>& paths,
                  std::vector<nlohmann::ordered_json> found) {
    std::error_code error;
    const bool one_file = paths.size() == 1 &&
                          !std::filesystem::is_directory(paths.front(), error);
    if (!one_file) return Print(nlohmann::ordered_json(std::move(found)));
    if (!found.empty()) Print(found.front());
  }

  int WriteDocument(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)),
                     std::istreambuf_iterator<char>());
    if (!in) {
      Complain(fmt::format("{}: cannot be read; does it exist?", path));
      return kExitUnreadable;
    }
    auto with_tables = WithTables(text);
    if (!with_tables.ok()) {
      Complain(Annotate(with_tables.status(), path));
      return kExitUnreadable;
    }
    in.close();
    std::ofstream out(path, std::ios::binary);
    out << *with_tables;
    out.close();
    if (!out) Complain(fmt::format("{}: cannot be written", path));
    return ExitCode(static_cast<int>(TableBlocks(text).size()));
  }

  int ExitCode(int found) const {
    if (bad_) return kExitUnreadable;
    return found > 0 ? kExitOk : kExitNothing;
  }

  Terminal io_;
  bool bad_ = false;
};

CLI::App* AddInspect(CLI::App& app, Args& args) {
  CLI::App* command = app.add_subcommand(
      "inspect", "What each history is: type, stage, markers, versions, flags");
  command->add_option("PATH", args.paths, "History files, or folders of *.json")
      ->required();
  command->add_flag("--json", args.json,
                    "One object for one file; an array for several or a "
                    "folder");
  return command;
}

CLI::App* AddTurns(CLI::App& app, Args& args) {
  CLI::App* command = app.add_subcommand(
      "turns",
      "A line per turn: what came in, the workflow task's events, "
      "what was put out");
  command->add_option("FILE", args.file, "A history file")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_flag("--json", args.json, "The same as JSON");
  return command;
}

CLI::App* AddMarkers(CLI::App& app, Args& args) {
  CLI::App* command = app.add_subcommand(
      "markers", "A line per marker, with the version that it records");
  command->add_option("PATH", args.paths, "History files, or folders of *.json")
      ->required();
  command->add_flag("--json", args.json, "The same as a JSON array");
  return command;
}

CLI::App* AddTables(CLI::App& app, Args& args) {
  CLI::App* command = app.add_subcommand(
      "tables", "The tables by which histories are read, as Markdown");
  command->add_option("NAME", args.table, "Only this one");
  command->add_flag("--names", args.names, "Their names only");
  command->add_flag("--mermaid", args.mermaid,
                    "The lifecycle as a Mermaid state diagram");
  command->add_option("--write-docs", args.document,
                      "Put the tables into this document, between its lines "
                      "<!-- table:NAME --> and <!-- end -->");
  return command;
}

}  // namespace

int CohortMain(int argc, const char* const* argv, const Terminal& terminal) {
  CLI::App app(kAbout, "cohort");
  app.footer(kFooter);
  app.set_version_flag("--version", "cohort " + std::string(kSdkVersion));
  app.require_subcommand(1);
  Args args;
  const CLI::App* inspect = AddInspect(app, args);
  const CLI::App* turns = AddTurns(app, args);
  const CLI::App* markers = AddMarkers(app, args);
  const CLI::App* sample = AddSampleCommand(app, args.sample, args.json);
  AddTables(app, args);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const bool fine = app.exit(e, terminal.out, terminal.err) == 0;
    return fine ? kExitOk : kExitUnreadable;
  }
  Commands commands(terminal);
  if (inspect->parsed()) return commands.Inspect(args);
  if (turns->parsed()) return commands.Turns(args);
  if (markers->parsed()) return commands.Markers(args);
  if (sample->parsed()) return commands.Sample(args);
  return commands.Tables(args);
}

}  // namespace cohort
