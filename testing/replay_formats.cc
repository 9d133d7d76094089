// What a replay writes for others to read.
#include <cstdlib>
#include <fstream>
#include <map>
#include <ostream>

#include "cohort/base/version.h"
#include "cohort/testing/coverage.h"
#include "cohort/testing/formats/github.h"
#include "cohort/testing/formats/html.h"
#include "cohort/testing/formats/junit.h"
#include "cohort/testing/formats/sarif.h"
#include "cohort/testing/replay_command.h"
#include "cohort/testing/report.h"
#include "cohort/testing/subprocess.h"
#include "fmt/core.h"

namespace cohort {

nlohmann::ordered_json ReplayCommand::WholeReplay() const {
  Coverage coverage(host_.registry);
  std::map<std::string, int> summary;
  auto reports = nlohmann::ordered_json::array();
  for (const CaseResult& result : results_) {
    coverage.Add(result.json);
    ++summary[result.json.at("verdict").get<std::string>()];
    reports.push_back(result.json);
  }
  const std::string program = OwnProgram();
  nlohmann::ordered_json whole{
      {"program", program.substr(program.rfind('/') + 1)},
      {"version", kSdkVersion},
      {"summary", summary},
      {"exit_code", exit_code_},
      {"reports", std::move(reports)},
      {"coverage", coverage.AsJson()}};
  if (!proof_.json.is_null()) whole["proof"] = proof_.json;
  return whole;
}

int ReplayCommand::WriteFormats(const ReplayArgs& args) {
  using Format = std::string (*)(const nlohmann::ordered_json&);
  struct Row {
    const char* option;
    const std::string& file;
    Format format;
  };
  const Row rows[] = {{"--junit", args.junit, ToJunit},
                      {"--sarif", args.sarif, ToSarif},
                      {"--html", args.html, ToHtml}};
  int code = 0;
  const nlohmann::ordered_json replay = WholeReplay();
  for (const Row& row : rows) {
    if (row.file.empty()) continue;
    code = WinningExitCode(
        code, host_.WriteFile(row.option, row.file, row.format(replay)));
  }
  if (!args.github) return code;
  host_.out << ToGithub(replay);
  // Where GitHub Actions wants the summary; elsewhere there is none.
  if (const char* file = std::getenv("GITHUB_STEP_SUMMARY")) {
    std::ofstream summary(file, std::ios::app);
    summary << ToGithubSummary(replay) << std::flush;
    if (!summary) {
      host_.err << fmt::format("GITHUB_STEP_SUMMARY {}: cannot be written\n",
                               file);
      code = WinningExitCode(code, 2);
    }
  }
  return code;
}

}  // namespace cohort
