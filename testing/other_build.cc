// The histories that one build goes on with, replayed by another build: roll
// forward, roll back, and fleets of both.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <ostream>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/corpus/history_file.h"
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

// "clean 12, divergent 1".
std::string Counts(const nlohmann::ordered_json& cases) {
  std::map<std::string, int> counts;
  for (const auto& one : cases) ++counts[one.at("verdict").get<std::string>()];
  return SummaryText(counts);
}

}  // namespace

absl::Status ReplayCommand::WriteNext(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  int number = 0;
  for (const CaseResult& result : results_) {
    if (result.next_history.empty()) continue;
    const std::string name =
        fs::path(result.json.at("source").get<std::string>())
            .filename()
            .string();
    const std::string path =
        fmt::format("{}/{:06}_{}.json", folder, ++number, name);
    std::ofstream out(path, std::ios::binary);
    out << result.next_history;
    out.close();
    if (!out) return Internal("{}: cannot be written", path);
  }
  return absl::OkStatus();
}

absl::Status ReplayCommand::CheckOther(const ReplayArgs& args) {
  COHORT_ASSIGN_OR_RETURN(const TemporaryFolder ours, TemporaryFolder::Make());
  COHORT_ASSIGN_OR_RETURN(const TemporaryFolder theirs,
                          TemporaryFolder::Make());
  COHORT_RETURN_IF_ERROR(WriteNext(ours.path()));

  std::vector<std::string> go_on = {
      args.other, "replay", "--json", "-", "--write-next", theirs.path(), "--"};
  go_on.insert(go_on.end(), args.paths.begin(), args.paths.end());
  COHORT_RETURN_IF_ERROR(RunProcess(go_on, {}).status());

  struct Side {
    std::string_view histories;
    std::string_view code;
    std::string program;
    const std::string& folder;
  };
  for (const Side& side :
       {Side{"this build", "the other", args.other, ours.path()},
        Side{"the other build", "this one", OwnProgram(), theirs.path()}}) {
    if (!ListHistoryFiles(side.folder).ok()) {
      host_.err << fmt::format("{} goes on with no open run\n", side.histories);
      continue;
    }
    COHORT_ASSIGN_OR_RETURN(
        const ProcessEnd end,
        RunProcess({side.program, "replay", "--json", "-", "--", side.folder},
                   {}));
    const auto cases =
        nlohmann::ordered_json::parse(end.output, nullptr, false);
    if (!cases.is_array()) {
      return Internal("{}: wrote no reports; is it a build of this program?",
                      side.program);
    }
    host_.err << fmt::format("runs that {} goes on with, replayed by {}: {}\n",
                             side.histories, side.code, Counts(cases));
    for (const auto& one : cases) {
      if (one.at("verdict") == NameOf(Verdict::kClean)) continue;
      Note(1, fmt::format("  {}: {}: {}", one.at("source").get<std::string>(),
                          one.at("verdict").get<std::string>(),
                          one.value("error", "")));
    }
  }
  return absl::OkStatus();
}

}  // namespace cohort
