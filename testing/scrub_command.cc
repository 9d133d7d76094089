#include "cohort/testing/scrub_command.h"

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/base/printable.h"
#include "cohort/base/status.h"
#include "cohort/testing/corpus_replay.h"
#include "cohort/testing/report.h"

namespace cohort {
namespace {

// What the code decided, a line for each decision; the same text for the same
// decisions.
std::vector<std::string> Decisions(const CaseReport& report) {
  const ReplayReport& replay = report.replay;
  std::vector<std::string> lines = {
      fmt::format("verdict {}", NameOf(replay.verdict))};
  if (replay.divergence) {
    const Divergence& d = *replay.divergence;
    lines.push_back(fmt::format("turn {}, event {}: {} {}", d.turn, d.event_id,
                                NameOf(d.cause), d.code));
  }
  const auto add_versions = [&](const std::vector<AskedVersion>& versions) {
    for (const AskedVersion& v : versions) {
      lines.push_back(fmt::format("version {} of {}", v.version, v.change_id));
    }
  };
  add_versions(replay.versions);
  for (const std::string& command : replay.unconfirmed) {
    lines.push_back("the last turn issues " + command);
  }
  if (!report.live_turn) return lines;
  lines.push_back(report.live_turn->status.ok() ? "goes on" : "cannot go on");
  add_versions(report.live_turn->versions);
  for (const std::string& command : report.live_turn->commands) {
    lines.push_back("the next turn issues " + command);
  }
  return lines;
}

// The first line in which the two differ; "" where there is none.
std::string Difference(const std::vector<std::string>& plain,
                       const std::vector<std::string>& scrubbed) {
  const auto line = [](const std::vector<std::string>& lines, std::size_t i) {
    return i < lines.size() ? std::string_view(lines[i]) : "nothing more";
  };
  for (std::size_t i = 0; i < plain.size() || i < scrubbed.size(); ++i) {
    if (line(plain, i) == line(scrubbed, i)) continue;
    return fmt::format("as it is: {}; scrubbed: {}", line(plain, i),
                       line(scrubbed, i));
  }
  return "";
}

class Proof {
 public:
  Proof(const CommandHost& host, const ScrubOptions& options)
      : host_(host), scrubber_(options) {}

  // What differs is added to `text`.
  absl::Status Check(const CorpusItem& item, std::string& text) {
    COHORT_ASSIGN_OR_RETURN(const History plain, host_.Read(item));
    COHORT_ASSIGN_OR_RETURN(std::string json, scrubber_.Scrub(plain));
    COHORT_ASSIGN_OR_RETURN(
        const History scrubbed,
        History::FromJson(std::move(json), {}, item.name + " (scrubbed)"));
    const CaseOptions options = {.go_on = true};
    const CaseReport before = Judge(host_.registry, plain, options);
    if (ExitCodeOf(before.replay.verdict) == 2) return before.replay.status;
    if (before.replay.verdict == Verdict::kNotJudged) {
      host_.err << before.replay.ToString() << "\n";
      return absl::OkStatus();
    }
    const CaseReport after = Judge(host_.registry, scrubbed, options);
    ++judged_;
    const std::string difference =
        Difference(Decisions(before), Decisions(after));
    Note(item.name, difference);
    if (difference.empty()) return absl::OkStatus();
    ++branching_;
    text += fmt::format("{}: the code branches on a value: {}\n",
                        Printable(item.name), Printable(difference));
    if (after.replay.verdict != Verdict::kClean) {
      text += after.replay.ToString() + "\n";
    }
    return absl::OkStatus();
  }

  int judged() const { return judged_; }
  int branching() const { return branching_; }
  const nlohmann::ordered_json& json() const { return json_; }

 private:
  void Note(const std::string& name, const std::string& difference) {
    json_.push_back({{"source", name},
                     {"same", difference.empty()},
                     {"difference", difference}});
  }

  const CommandHost& host_;
  Scrubber scrubber_;
  nlohmann::ordered_json json_ = nlohmann::ordered_json::array();
  int judged_ = 0;
  int branching_ = 0;
};

}  // namespace

int ScrubCommand(const CommandHost& host, const CorpusArgs& args,
                 const ScrubOptions& options) {
  std::vector<CaseResult> unreadable;
  Proof proof(host, options);
  std::string text;
  for (const CorpusItem& item :
       GatherItems(args.paths, host.sources, unreadable)) {
    const absl::Status checked = proof.Check(item, text);
    if (checked.ok()) continue;
    unreadable.push_back(ResultOf(UnreadableCase(item.name, checked)));
  }
  int code = proof.judged() == 0 ? 3 : proof.branching() > 0 ? 1 : 0;
  for (const CaseResult& result : unreadable) {
    host.err << result.text << "\n";
    code = WinningExitCode(code, result.exit_code);
  }
  if (!args.json.empty()) {
    return WinningExitCode(code, host.WriteJson(args.json, proof.json()));
  }
  host.out << text
           << fmt::format(
                  "{} of {} histories replay the same when they are scrubbed\n",
                  proof.judged() - proof.branching(), proof.judged());
  return code;
}

}  // namespace cohort
