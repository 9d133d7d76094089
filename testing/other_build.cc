// The histories that one build goes on with, replayed by another build: roll
// forward, roll back, and fleets of both.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <ostream>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/corpus/history_file.h"
#include "cohort/corpus/whole_file.h"
#include "cohort/testing/replay_command.h"
#include "cohort/testing/report.h"
#include "cohort/testing/subprocess.h"

namespace cohort {
namespace {

namespace fs = std::filesystem;

// A folder that goes with its object.
class TemporaryFolder {
 public:
  static absl::StatusOr<TemporaryFolder> Make() {
    std::error_code error;
    std::string name =
        (fs::temp_directory_path(error) / "cohort-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      return ResourceExhausted("{}: cannot make a folder", name);
    }
    return TemporaryFolder(std::move(name));
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept
      : path_(std::exchange(other.path_, "")) {}
  ~TemporaryFolder() {
    std::error_code error;
    if (!path_.empty()) fs::remove_all(path_, error);
  }
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// "a" of "folder/a.json.zst".
std::string NameIn(const std::string& source) {
  std::string name = fs::path(source).filename().string();
  for (const std::string_view ending : kJsonEndings) {
    if (name.ends_with(ending)) {
      return name.substr(0, name.size() - ending.size());
    }
  }
  return name;
}

// "clean 12, divergent 1".
std::string Counts(const nlohmann::ordered_json& cases) {
  std::map<std::string, int> counts;
  for (const auto& one : cases) ++counts[one.at("verdict").get<std::string>()];
  return SummaryText(counts);
}

// Of a verdict's name in another build's report.
int ExitCodeOfVerdict(std::string_view name) {
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    const auto verdict = static_cast<Verdict>(i);
    if (NameOf(verdict) == name) return ExitCodeOf(verdict);
  }
  return ExitCodeOf(Verdict::kUnreadable);
}

// The sources of the runs that go on, in the order in which WriteNext numbers
// them.
std::vector<std::string> GoingOn(const nlohmann::ordered_json& reports) {
  std::vector<std::string> sources;
  for (const auto& report : reports) {
    const auto next = report.find("live_turn");
    if (next == report.end() || next->contains("error")) continue;
    sources.push_back(report.value("source", ""));
  }
  return sources;
}

// Whose next turn the report of a file of WriteNext is about.
std::string SourceOf(const nlohmann::ordered_json& report,
                     const std::vector<std::string>& sources) {
  const std::string file = report.value("source", "");
  const std::size_t number =
      std::strtoull(fs::path(file).filename().c_str(), nullptr, /*base=*/10);
  return number < 1 || number > sources.size() ? file : sources[number - 1];
}

// What a build says of a run that the other one goes on with; nothing where it
// goes on, too.
struct Objection {
  int exit_code = 0;
  std::string text;
};
Objection ObjectionOf(const nlohmann::ordered_json* report) {
  if (report == nullptr) return {2, "the other build says nothing of it"};
  const std::string verdict = report->value("verdict", "");
  if (verdict != NameOf(Verdict::kClean)) {
    return {ExitCodeOfVerdict(verdict),
            fmt::format("the other build finds it {}: {}", verdict,
                        report->value("error", ""))};
  }
  const auto next = report->find("live_turn");
  if (next == report->end()) return {2, "the other build does not go on"};
  if (!next->contains("error")) return {};
  return {1, fmt::format("the other build cannot go on: {}",
                         next->value("error", ""))};
}

}  // namespace

absl::Status ReplayCommand::WriteNext(const std::string& folder) {
  int number = 0;
  for (const CaseResult& result : results_) {
    if (result.next_history.empty()) continue;
    const auto source = result.json.at("source").get<std::string>();
    COHORT_RETURN_IF_ERROR(WriteWholeFile(
        fmt::format("{}/{:06}_{}.json", folder, ++number, NameIn(source)),
        result.next_history));
  }
  return absl::OkStatus();
}

absl::StatusOr<nlohmann::ordered_json> ReplayCommand::ReportsOf(
    const std::string& program, const ReplayArgs& args, Handed handed,
    std::vector<std::string> options, const std::vector<std::string>& paths) {
  options.insert(options.end(), {"--json", "-"});
  COHORT_ASSIGN_OR_RETURN(
      const ProcessEnd end,
      RunProcess(ReplayCommandLine(program, args, handed, options, paths), {}));
  auto reports = nlohmann::ordered_json::parse(end.output, nullptr, false);
  if (!reports.is_array() || end.exit_code < 0 || end.exit_code > 3) {
    return InvalidArgument(
        "{}: exit code {}, and no reports; is it a build of this program that "
        "knows these options?",
        program, end.exit_code);
  }
  return reports;
}

void ReplayCommand::CompareNextTurns(const nlohmann::ordered_json& theirs) {
  std::map<std::string, const nlohmann::ordered_json*> by_source;
  for (const auto& report : theirs) {
    by_source[report.value("source", "")] = &report;
  }
  for (const CaseResult& result : results_) {
    if (result.next_history.empty()) continue;
    const auto source = result.json.at("source").get<std::string>();
    const auto found = by_source.find(source);
    const Objection objection =
        ObjectionOf(found == by_source.end() ? nullptr : found->second);
    if (objection.exit_code == 0) continue;
    Note(objection.exit_code, fmt::format("  {}: {}", source, objection.text));
  }
}

void ReplayCommand::NoteNextTurn(const std::string& source, const char* member,
                                 const nlohmann::ordered_json& report) {
  const std::string verdict = report.value("verdict", "");
  const int code = ExitCodeOfVerdict(verdict);
  for (CaseResult& result : results_) {
    if (result.json.at("source") != source) continue;
    result.json["live_turn"][member] = verdict;
    result.exit_code = WinningExitCode(result.exit_code, code);
  }
  if (code == 0) return;
  Note(code,
       fmt::format("  {}: {}: {}", source, verdict, report.value("error", "")));
}

absl::Status ReplayCommand::CheckOther(const ReplayArgs& args) {
  COHORT_ASSIGN_OR_RETURN(const TemporaryFolder ours, TemporaryFolder::Make());
  COHORT_ASSIGN_OR_RETURN(const TemporaryFolder theirs,
                          TemporaryFolder::Make());
  auto our_reports = nlohmann::ordered_json::array();
  for (const CaseResult& result : results_) our_reports.push_back(result.json);
  COHORT_RETURN_IF_ERROR(WriteNext(ours.path()));
  const auto their_reports =
      ReportsOf(args.other, args, Handed::kOwnHistories,
                {"--write-next", theirs.path()}, args.paths);
  if (Interrupted("the other build was not asked")) return absl::OkStatus();
  COHORT_RETURN_IF_ERROR(their_reports.status());
  CompareNextTurns(*their_reports);

  struct Side {
    std::string_view histories;
    std::string_view code;
    std::string program;
    const std::string& folder;
    std::vector<std::string> sources;
    const char* member;  // of the report's live turn
  };
  for (const Side& side :
       {Side{"this build", "the other", args.other, ours.path(),
             GoingOn(our_reports), "roll_back"},
        Side{"the other build", "this one", OwnProgram(), theirs.path(),
             GoingOn(*their_reports), "from_other"}}) {
    if (!ListHistoryFiles(side.folder).ok()) {
      host_.err << fmt::format("{} goes on with no open run\n", side.histories);
      continue;
    }
    const auto cases = ReportsOf(side.program, args, Handed::kOtherHistories,
                                 {}, {side.folder});
    if (Interrupted("the runs of both builds were not all replayed")) break;
    COHORT_RETURN_IF_ERROR(cases.status());
    host_.err << fmt::format("runs that {} goes on with, replayed by {}: {}\n",
                             side.histories, side.code, Counts(*cases));
    for (const auto& one : *cases) {
      NoteNextTurn(SourceOf(one, side.sources), side.member, one);
    }
  }
  return absl::OkStatus();
}

}  // namespace cohort
