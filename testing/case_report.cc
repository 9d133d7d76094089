#include "cohort/testing/case_report.h"

#include <set>
#include <utility>

#include "cohort/base/printable.h"
#include "cohort/base/status.h"
#include "cohort/base/text.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/history/json_writer.h"
#include "cohort/history/time.h"
#include "cohort/history/turn.h"

namespace cohort {
namespace {

// The ids of the events with which turns' outputs end.
std::set<std::int64_t> TurnEnds(const History& history,
                                EmptyTasks empty_tasks) {
  std::set<std::int64_t> ends;
  TurnReader reader(empty_tasks);
  if (!reader.Add(history.events(), PageEnd::kLast).ok()) return ends;
  while (true) {
    const auto turn = reader.Next();
    if (!turn.ok() || !turn->has_value()) return ends;
    const Turn& t = **turn;
    if (t.completed == nullptr) continue;
    ends.insert(t.outputs.empty() ? t.completed->id : t.outputs.back().id);
  }
}

PrefixReport Prefixes(const Registry& registry, const History& history,
                      const CaseOptions& options, const ReplayReport& whole) {
  ReplayOptions each = options.replay;
  const Profile& profile =
      each.profile ? *each.profile : DetectProfile(history.events());
  each.profile = &profile;
  each.inspect = nullptr;
  const std::set<std::int64_t> as_read = TurnEnds(history, profile.empty_tasks);
  PrefixReport report;
  std::int64_t turn = 0;
  for (std::int64_t end : TurnEnds(history, EmptyTasks::kApart)) {
    ++report.checked;
    ++turn;
    bool clean = turn <= whole.turns;
    if (!as_read.contains(end)) {
      each.until_event = end;
      clean = ExitCodeOf(Replayer(registry, each).Replay(history).verdict) != 1;
    }
    if (clean) {
      ++report.clean;
    } else if (report.first_bad_event == 0) {
      report.first_bad_event = end;
    }
  }
  return report;
}

}  // namespace

CaseReport Judge(const Registry& registry, const History& history,
                 const CaseOptions& given) {
  CaseReport report;
  CaseOptions options = given;
  report.replay = Replayer(registry, options.replay).Replay(history);
  while (options.allow != nullptr && !report.replay.rule.empty()) {
    const auto rule = FindStrictRule(report.replay.rule);
    const std::string_view line =
        rule ? options.allow->Excuse(*rule, report.replay.versions) : "";
    if (line.empty()) break;
    report.allowed.emplace_back(line);
    if (!report.excused) report.excused = report.replay;
    options.replay.strictness = options.replay.strictness.Without(*rule);
    report.replay = Replayer(registry, options.replay).Replay(history);
  }
  const History judged = options.replay.until_event
                             ? history.Until(*options.replay.until_event)
                             : history;
  if (auto facts = FactsOf(judged); facts.ok()) {
    report.status = facts->status;
    report.stage = facts->Stage();
    report.latest = facts->latest;
    report.replay.run_id = facts->run_id;
  }
  const Verdict verdict = report.replay.verdict;
  if (options.prefixes &&
      (verdict == Verdict::kClean || ExitCodeOf(verdict) == 1)) {
    report.prefixes = Prefixes(registry, judged, options, report.replay);
  }
  if (options.go_on && verdict == Verdict::kClean &&
      report.status == RunStatus::kOpen) {
    const Profile* profile = options.replay.profile;
    report.live_turn =
        GoOn(registry, judged,
             profile != nullptr ? *profile : DetectProfile(judged.events()),
             options.replay.strictness);
  }
  return report;
}

CaseReport UnreadableCase(std::string source, absl::Status why) {
  CaseReport report;
  report.replay.source = std::move(source);
  report.replay.verdict = Verdict::kUnreadable;
  report.replay.status = std::move(why);
  return report;
}

nlohmann::ordered_json AsJson(const CaseReport& report) {
  nlohmann::ordered_json j = report.replay.AsJson();
  if (report.replay.verdict == Verdict::kUnreadable) return j;
  if (!report.allowed.empty()) j["allowed"] = report.allowed;
  if (report.excused) {
    const nlohmann::ordered_json excused = report.excused->AsJson();
    for (const char* member : {"strict_rule", "divergence", "timeline"}) {
      if (excused.contains(member)) j["excused"][member] = excused[member];
    }
  }
  j["status"] = NameOf(report.status);
  j["stage"] = report.stage;
  if (report.latest != absl::InfinitePast()) {
    j["latest"] = TimeText(report.latest);
  }
  if (report.prefixes) {
    j["prefixes"] = {{"checked", report.prefixes->checked},
                     {"clean", report.prefixes->clean},
                     {"first_bad_event", report.prefixes->first_bad_event}};
  }
  if (report.live_turn) {
    const LiveTurn& live = *report.live_turn;
    nlohmann::ordered_json& out = j["live_turn"];
    out["commands"] = live.commands;
    if (!live.status.ok()) out["error"] = ToStd(live.status.message());
    if (!live.versions.empty()) out["versions"] = VersionsJson(live.versions);
    if (live.roll_forward) {
      out["roll_forward"] = NameOf(live.roll_forward->verdict);
    }
  }
  return j;
}

CaseResult ResultOf(const CaseReport& report) {
  std::string text = report.replay.ToString();
  for (const std::string& line : report.allowed) {
    text += "\n  allowed: " + Printable(line);
  }
  if (report.prefixes) {
    text += fmt::format("\n  stages: {} of {} clean", report.prefixes->clean,
                        report.prefixes->checked);
  }
  if (report.live_turn) {
    const LiveTurn& live = *report.live_turn;
    text += fmt::format("\n  next turn: {} command{}", live.commands.size(),
                        live.commands.size() == 1 ? "" : "s");
    for (const std::string& command : live.commands) {
      text += "\n    " + Printable(command);
    }
    if (!live.status.ok()) {
      text += "\n  next turn fails: " +
              PrintableLines(ToStd(live.status.message()));
    } else if (live.roll_forward &&
               live.roll_forward->verdict != Verdict::kClean) {
      text +=
          "\n  the history with that turn: " + live.roll_forward->ToString();
    }
  }
  CaseResult result{.json = AsJson(report),
                    .text = std::move(text),
                    .exit_code = ExitCodeOf(report)};
  if (report.live_turn && report.live_turn->history) {
    result.next_history = WriteHistory(*report.live_turn->history);
  }
  return result;
}

int ExitCodeOf(const CaseReport& report) {
  const int code = ExitCodeOf(report.replay.verdict);
  if (code != 0) return code;
  if (report.prefixes && report.prefixes->first_bad_event != 0) return 1;
  if (!report.live_turn) return 0;
  const LiveTurn& live = *report.live_turn;
  if (!live.status.ok()) return 1;
  return live.roll_forward ? ExitCodeOf(live.roll_forward->verdict) : 0;
}

}  // namespace cohort
