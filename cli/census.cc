#include "cohort/cli/census.h"

#include <memory>
#include <ostream>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"
#include "cohort/cli/columns.h"
#include "cohort/cli/inputs.h"
#include "cohort/history/time.h"

namespace cohort {
namespace {

using Json = nlohmann::ordered_json;

Json TimeJson(const FleetRun& run) {
  if (run.started == absl::InfinitePast()) return nullptr;
  return TimeText(run.started);
}

Json RowJson(const CensusRow& row) {
  Json json = {{"workflow_type", row.workflow_type}};
  json["change_id"] = row.change_id ? Json(*row.change_id) : Json();
  json["version"] = row.version ? Json(*row.version) : Json();
  json["deprecated"] = row.deprecated;
  json["status"] = NameOf(row.status);
  json["stage"] = row.stage;
  json["count"] = row.count;
  json["oldest"] = TimeJson(*row.oldest);
  json["newest"] = TimeJson(*row.newest);
  json["oldest_run"] = row.oldest->Label();
  json["newest_run"] = row.newest->Label();
  return json;
}

// To the second: tables are for people.
std::string SecondText(const FleetRun& run) {
  if (run.started == absl::InfinitePast()) return "-";
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%SZ", run.started,
                          absl::UTCTimeZone());
}

// A cell of a table: null is empty.
std::string CellText(const Json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : JsonText(value, -1);
}

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string VersionText(const CensusRow& row) {
  if (!row.version) return "-";
  return fmt::format("{}{}", *row.version,
                     row.deprecated ? " (deprecated)" : "");
}

struct Args {
  std::vector<std::string> paths;
  bool json = false;
  bool csv = false;
  std::size_t jobs = DefaultJobs();
};

int RunCensus(const Args& args, const Terminal& io) {
  Inputs inputs(io);
  Fleet fleet(InputReader(io));
  inputs.Gather(args.paths, args.jobs, fleet);
  const std::vector<CensusRow> rows = CensusOf(fleet);
  if (args.json) {
    io.out << JsonText(CensusJson(rows), 2) << "\n";
  } else if (args.csv) {
    io.out << CensusCsv(rows);
  } else if (!rows.empty()) {
    io.out << CensusText(rows);
    const std::size_t runs = fleet.runs().size();
    io.out << fmt::format("\n{} run{} in {} {}", runs, runs == 1 ? "" : "s",
                          fleet.histories(),
                          fleet.histories() == 1 ? "history" : "histories");
    if (fleet.earlier() > 0) {
      io.out << fmt::format(", {} of them earlier snapshots of a run",
                            fleet.earlier());
    }
    io.out << "\n";
  }
  return inputs.ExitCode(rows.size());
}

}  // namespace

std::string CensusText(std::span<const CensusRow> rows) {
  Columns columns({"workflow type", "change id", "version", "status", "runs",
                   "oldest", "newest", "stage"});
  for (const CensusRow& row : rows) {
    columns.Add({std::string(row.workflow_type),
                 std::string(row.change_id.value_or("-")), VersionText(row),
                 std::string(NameOf(row.status)), std::to_string(row.count),
                 SecondText(*row.oldest), SecondText(*row.newest),
                 std::string(row.stage)});
  }
  return columns.Text();
}

std::string CensusCsv(std::span<const CensusRow> rows) {
  std::string text =
      "workflow_type,change_id,version,deprecated,status,stage,count,oldest,"
      "newest,oldest_run,newest_run\r\n";
  for (const CensusRow& row : rows) {
    std::string line;
    const Json json = RowJson(row);
    for (const Json& value : json) {
      if (!line.empty() || &value != &json.front()) line += ',';
      line += CsvCell(CellText(value));
    }
    text += line + "\r\n";
  }
  return text;
}

nlohmann::ordered_json CensusJson(std::span<const CensusRow> rows) {
  Json json = Json::array();
  for (const CensusRow& row : rows) json.push_back(RowJson(row));
  return json;
}

Subcommand AddCensus(CLI::App& app) {
  auto args = std::make_shared<Args>();
  CLI::App* parser = app.add_subcommand(
      "census",
      "Who runs which versions: runs by type, change, version, status, stage");
  parser->add_option("PATH", args->paths, "History files, or folders of them")
      ->required();
  CLI::Option* json =
      parser->add_flag("--json", args->json, "An array of objects");
  parser->add_flag("--csv", args->csv, "The same as comma-separated values")
      ->excludes(json);
  parser->add_option("--jobs", args->jobs, "Files that are read at once")
      ->check(CLI::Range(1, 256));
  return {parser, [args](const Terminal& io) { return RunCensus(*args, io); }};
}

}  // namespace cohort
