#include "cohort/testing/corpus_commands.h"

#include <filesystem>
#include <fstream>
#include <ostream>

#include "cohort/base/status.h"
#include "cohort/base/text.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/corpus/whole_file.h"
#include "cohort/testing/coverage.h"
#include "cohort/testing/report.h"
#include "cohort/testing/reset_points.h"

namespace cohort {

absl::StatusOr<History> CommandHost::Read(const CorpusItem& item) const {
  COHORT_ASSIGN_OR_RETURN(History history, ReadItem(item));
  if (!decode) return history;
  return Decoded(history, decode);
}

int CommandHost::WriteFile(std::string_view option, const std::string& file,
                           const std::string& text) const {
  std::error_code error;
  const auto type = std::filesystem::symlink_status(file, error).type();
  absl::Status written;
  if (type == std::filesystem::file_type::regular ||
      type == std::filesystem::file_type::not_found) {
    written = WriteWholeFile(file, text);
  } else {  // a device or a link has to stay what it is
    std::ofstream stream(file, std::ios::binary);
    stream << text << std::flush;
    if (!stream) written = Internal("{}: cannot be written", file);
  }
  if (written.ok()) return 0;
  err << fmt::format("{} {}\n", option, ToStd(written.message()));
  return 2;
}

int CommandHost::WriteJson(const std::string& file,
                           const nlohmann::ordered_json& json) const {
  if (file == "-") {
    out << JsonText(json) << "\n";
    return 0;
  }
  return WriteFile("--json", file, JsonText(json) + "\n");
}

int ChangesCommand(const CommandHost& host, const std::string& json) {
  auto all = nlohmann::ordered_json::array();
  for (const auto& [name, workflow] : host.registry.workflows()) {
    for (const Change& c : workflow.changes) {
      all.push_back({{"workflow_type", name},
                     {"change_id", c.id},
                     {"min", c.min},
                     {"max", c.max}});
      if (json.empty()) {
        host.out << fmt::format("{}  {}  [{}, {}]\n", name, c.id, c.min, c.max);
      }
    }
  }
  if (all.empty()) host.err << "no workflow here declares a change\n";
  return json.empty() ? 0 : host.WriteJson(json, all);
}

int CoverageCommand(const CommandHost& host, const CorpusArgs& args) {
  std::vector<CaseResult> results;
  const std::vector<CorpusItem> items =
      GatherItems(args.paths, host.sources, results);
  CorpusReplayOptions options{.jobs = args.jobs};
  options.each.go_on = args.go_on;
  options.decode = host.decode;
  for (CaseResult& result :
       CorpusReplay(host.registry, std::move(options)).Run(items)) {
    results.push_back(std::move(result));
  }
  Coverage coverage(host.registry);
  int code = 3;  // while no history has replayed, nothing is known
  for (const CaseResult& result : results) {
    coverage.Add(result.json);
    if (result.exit_code == 0) code = 0;
  }
  for (const CaseResult& result : results) {
    if (result.exit_code == 0) continue;
    // A history that does not replay covers nothing; whose fault that is, is
    // `replay`'s business.
    host.err << result.text << "\n";
    if (result.exit_code > 1) code = WinningExitCode(code, result.exit_code);
  }
  if (args.json.empty()) {
    host.out << coverage.ToString();
  } else {
    code = WinningExitCode(code, host.WriteJson(args.json, coverage.AsJson()));
  }
  for (const std::string& gap : coverage.Gaps()) {
    host.err << "uncovered: " << gap << "\n";
    code = WinningExitCode(code, 3);
  }
  return code;
}

int ResetPointsCommand(const CommandHost& host, const CorpusArgs& args) {
  std::vector<CaseResult> unjudged;
  const std::vector<CorpusItem> items =
      GatherItems(args.paths, host.sources, unjudged);
  const Replayer replayer(host.registry);
  auto all = nlohmann::ordered_json::array();
  int code = items.empty() ? 3 : 0;
  for (const CorpusItem& item : items) {
    auto history = host.Read(item);
    if (!history.ok()) {
      unjudged.push_back(ResultOf(UnreadableCase(item.name, history.status())));
      continue;
    }
    const ReplayReport report = replayer.Replay(*history);
    const int judged = ExitCodeOf(report.verdict);
    if (judged > 1) {
      unjudged.push_back({.text = report.ToString(), .exit_code = judged});
    }
    if (judged != 1) continue;
    auto facts = FactsOf(*history);
    const auto point = FindResetPoint(host.registry, *history);
    if (!facts.ok() || !point) {
      host.err << fmt::format(
          "{}: cannot go on, and no reset helps: what it recorded first does "
          "not replay\n",
          item.name);
      code = WinningExitCode(code, 3);
      continue;
    }
    code = 1;
    const std::string command = ResetCommand(*facts, *point);
    all.push_back({{"source", item.name},
                   {"workflow_id", facts->workflow_id},
                   {"run_id", facts->run_id},
                   {"status", NameOf(facts->status)},
                   {"event_id", point->event_id},
                   {"turns_kept", point->turns_kept},
                   {"events_dropped", point->events_dropped},
                   {"why", point->why},
                   {"command", command}});
    if (args.json.empty()) {
      host.out << fmt::format(
          "# {}: keeps {} turns, drops {} events ({})\n{}\n", item.name,
          point->turns_kept, point->events_dropped, NameOf(facts->status),
          command);
    }
  }
  for (const CaseResult& result : unjudged) {
    host.err << result.text << "\n";
    code = WinningExitCode(code, result.exit_code);
  }
  if (code == 0 && all.empty()) {
    host.err << "every run can go on: there is nothing to reset\n";
  }
  if (args.json.empty()) return code;
  return WinningExitCode(code, host.WriteJson(args.json, all));
}

}  // namespace cohort
