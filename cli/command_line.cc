#include "cohort/cli/command_line.h"

#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "cohort/base/status.h"
#include "cohort/base/suggest.h"
#include "cohort/base/version.h"
#include "cohort/cli/census.h"
#include "cohort/cli/columns.h"
#include "cohort/cli/diff.h"
#include "cohort/cli/engine_commands.h"
#include "cohort/cli/inputs.h"
#include "cohort/cli/inspect.h"
#include "cohort/cli/markers_list.h"
#include "cohort/cli/retire.h"
#include "cohort/cli/sample.h"
#include "cohort/cli/sample_command.h"
#include "cohort/cli/scrub.h"
#include "cohort/cli/show.h"
#include "cohort/cli/tables.h"
#include "cohort/cli/turns.h"
#include "cohort/corpus/whole_file.h"

namespace cohort {
namespace {

constexpr const char* kAbout =
    "Shows what recorded workflow histories say, of any Temporal SDK or "
    "Cadence.\nNo user code and no server are needed.";

constexpr const char* kFooter =
    "Exit codes:\n"
    "  0  ok, equal, safe\n"
    "  1  different, unsafe\n"
    "  2  usage, or an input that could not be read (the others are shown)\n"
    "  3  nothing found: no histories in the folders, no markers in them, no "
    "runs\n     to sample; or not provable\n"
    "\n"
    "A history is proto JSON, plain, gzip or zstd, as `temporal workflow show\n"
    "--output json` and the web UI write it: {\"events\": [...]} or the bare "
    "array.\n"
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
  explicit Commands(const Terminal& terminal)
      : io_(terminal), inputs_(terminal) {}

  int Inspect(const Args& args) {
    std::vector<nlohmann::ordered_json> found;
    std::size_t count = 0;
    inputs_.ForEach(args.paths, [&](const History& history) {
      auto figures = cohort::Inspect(history);
      if (!figures.ok()) return inputs_.Complain(figures.status());
      if (args.json) {
        found.push_back(InspectJson(*figures));
      } else {
        io_.out << (count > 0 ? "\n" : "") << InspectText(*figures, io_.paint);
      }
      ++count;
    });
    if (args.json) PrintFound(args.paths, std::move(found));
    return inputs_.ExitCode(count);
  }

  int Turns(const Args& args) {
    std::size_t count = 0;
    inputs_.ForEach({args.file}, [&](const History& history) {
      const TurnList list = ListTurns(history);
      if (args.json) {
        Print(TurnsJson(list));
      } else {
        io_.out << TurnsText(list);
      }
      ++count;
      if (!list.status.ok()) inputs_.Complain(list.status);
    });
    return inputs_.ExitCode(count);
  }

  int Markers(const Args& args) {
    std::vector<MarkerLine> lines;
    inputs_.ForEach(args.paths, [&](const History& history) {
      MarkerList list = ListMarkers(history);
      lines.insert(lines.end(), std::make_move_iterator(list.lines.begin()),
                   std::make_move_iterator(list.lines.end()));
      for (const std::string& problem : list.problems)
        inputs_.Complain(problem);
    });
    if (args.json) {
      Print(MarkersJson(lines));
    } else if (!lines.empty()) {
      io_.out << MarkersText(lines);
    } else if (inputs_.complaints() == 0) {
      inputs_.Say("no markers in these histories");
    }
    return inputs_.ExitCode(lines.size());
  }

  int Sample(const Args& args) {
    const auto report = TakeSample(args.sample, io_.sources);
    if (!report.ok()) {
      inputs_.Complain(report.status());
      return inputs_.ExitCode(0);
    }
    for (const std::string& why : report->unreadable) inputs_.Complain(why);
    if (report->proof.population == 0) {
      inputs_.Say(
          fmt::format("no run of {} listed ones is meant: nothing to sample",
                      report->round.listed));
      return inputs_.ExitCode(0);
    }
    if (args.json) {
      Print(SampleJson(*report));
    } else {
      io_.out << SampleText(*report);
    }
    for (const RoundRun& r : report->round.runs) {
      if (!r.run.problem.empty()) inputs_.Complain(r.run.problem);
    }
    return inputs_.ExitCode(report->proof.stored > 0 ? 1 : 0);
  }

  int Tables(const Args& args) {
    if (!args.document.empty()) return WriteDocument(args.document);
    if (args.mermaid) {
      io_.out << LifecycleDiagram();
      return kExitOk;
    }
    if (!args.table.empty() && FindTable(args.table) == nullptr) {
      inputs_.Complain(fmt::format(
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
    return inputs_.ExitCode(1);
  }

 private:
  void Print(const nlohmann::ordered_json& json) {
    io_.out << JsonText(json, 2) << "\n";
  }

  // One object for one file, an array for everything else.
  void PrintFound(const std::vector<std::string>& paths,
                  std::vector<nlohmann::ordered_json> found) {
    std::error_code error;
    const bool one_file =
        paths.size() == 1 &&
        !std::filesystem::is_directory(paths.front(), error) &&
        found.size() <= 1;
    if (!one_file) return Print(nlohmann::ordered_json(std::move(found)));
    if (!found.empty()) Print(found.front());
  }

  int WriteDocument(const std::string& path) {
    const auto text = ReadWholeFile(path);
    if (!text.ok()) {
      inputs_.Complain(text.status());
      return kExitUnreadable;
    }
    auto with_tables = WithTables(*text);
    if (!with_tables.ok()) {
      inputs_.Complain(Annotate(with_tables.status(), path));
      return kExitUnreadable;
    }
    const absl::Status written = WriteWholeFile(path, *with_tables);
    if (!written.ok()) inputs_.Complain(written);
    return inputs_.ExitCode(TableBlocks(*text).size());
  }

  Terminal io_;
  Inputs inputs_;
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
  if (terminal.add_options) {
    app.fallthrough();
    terminal.add_options(app);
  }
  Args args;
  const CLI::App* inspect = AddInspect(app, args);
  const CLI::App* turns = AddTurns(app, args);
  const CLI::App* markers = AddMarkers(app, args);
  const CLI::App* sample = AddSampleCommand(app, args.sample, args.json);
  AddTables(app, args);
  const std::vector<Subcommand> others = {
      AddShow(app),  AddDiff(app),  AddCensus(app),  AddRetire(app),
      AddScrub(app), AddList(app),  AddDrained(app), AddHistory(app),
      AddReset(app), AddEngine(app)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    // Else the message would only be that a command is required.
    if (argc > 1 && argv[1][0] != '-' && app.get_subcommands().empty()) {
      terminal.err << UnknownCommand(app, argv[1]) << "\n";
      return kExitUnreadable;
    }
    const bool fine = app.exit(e, terminal.out, terminal.err) == 0;
    return fine ? kExitOk : kExitUnreadable;
  }
  for (const Subcommand& command : others) {
    if (command.parser->parsed()) return command.run(terminal);
  }
  Commands commands(terminal);
  if (inspect->parsed()) return commands.Inspect(args);
  if (turns->parsed()) return commands.Turns(args);
  if (markers->parsed()) return commands.Markers(args);
  if (sample->parsed()) return commands.Sample(args);
  return commands.Tables(args);
}

}  // namespace cohort
