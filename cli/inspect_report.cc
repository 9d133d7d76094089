#include <utility>

#include "cohort/base/printable.h"
#include "cohort/cli/inspect.h"
#include "cohort/history/event_table.h"

namespace cohort {
namespace {

class Block {
 public:
  Block(std::string_view title, Paint paint)
      : paint_(paint), text_(Bold(Printable(title), paint) + "\n") {}

  void Line(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    text_ += fmt::format("  {:<9} {}\n", name, Printable(value));
  }
  void Problem(std::string_view what) {
    text_ +=
        fmt::format("  {} {}\n", Red("problem  ", paint_), Printable(what));
  }
  std::string Take() { return std::move(text_); }

 private:
  Paint paint_;
  std::string text_;
};

template <typename List, typename Format>
std::string Join(const List& list, std::string_view separator, Format format) {
  std::string text;
  for (const auto& item : list) {
    if (!text.empty()) text += separator;
    text += format(item);
  }
  return text;
}

std::string Number(std::int64_t n) { return std::to_string(n); }

std::string WorkflowLine(const RunFacts& figures) {
  std::string line = figures.workflow_type;
  if (line.empty()) line = "? (the history does not begin with its start)";
  if (!figures.workflow_id.empty()) line += ", id " + figures.workflow_id;
  if (!figures.run_id.empty()) line += ", run " + figures.run_id;
  if (figures.run_id != figures.first_run_id) {
    line += ", reset from run " + figures.first_run_id;
  }
  return line;
}

std::string ChangeText(const RecordedChange& change) {
  return Join(change.answers, ", ", [&](const VersionMarker& answer) {
    return fmt::format("{} = {} ({})", change.change_id, VersionWord(answer),
                       RowOf(answer.dialect).family_name);
  });
}

std::string FlagsLine(const RunFacts& figures) {
  const std::string lang = Join(figures.lang_used_flags, " ", Number);
  const std::string core = Join(figures.core_used_flags, " ", Number);
  if (lang.empty() && core.empty()) return "";
  return fmt::format("language {}, core {}", lang.empty() ? "-" : lang,
                     core.empty() ? "-" : core);
}

std::string_view LastEvent(const RunFacts& facts) {
  return facts.last_event == EventType::kUnknown
             ? "UNKNOWN"
             : RowOf(facts.last_event).screaming();
}

}  // namespace

std::string InspectText(const HistoryFigures& figures, Paint paint) {
  const RunFacts& f = figures.facts;
  Block block(f.source, paint);
  block.Line("workflow", WorkflowLine(f));
  const std::string sdk =
      Join(f.sdk, ", ", [](const std::string& s) { return s; });
  block.Line("sdk",
             fmt::format("{}, read by the rules of: {}",
                         sdk.empty() ? "not recorded" : sdk, figures.profile));
  block.Line("stage", figures.stage);
  block.Line("events", fmt::format("{}, the last {}", f.events, LastEvent(f)));
  block.Line("tasks",
             fmt::format("{} scheduled, {} started, {} completed (turns), {} "
                         "failed, {} timed out",
                         f.tasks_scheduled, f.tasks_started, f.turns,
                         f.tasks_failed, f.tasks_timed_out));
  block.Line("markers", Join(f.markers, ", ", [](const auto& entry) {
               return fmt::format("{} {}", entry.first, entry.second);
             }));
  block.Line("versions", Join(f.changes, ", ", ChangeText));
  if (f.upserts > 0) {
    block.Line("upserts", fmt::format("{}, of change versions {}", f.upserts,
                                      f.change_version_upserts));
  }
  block.Line("flags", FlagsLine(f));
  for (const std::string& problem : f.problems) block.Problem(problem);
  return block.Take();
}

nlohmann::ordered_json InspectJson(const HistoryFigures& figures) {
  const RunFacts& f = figures.facts;
  using Json = nlohmann::ordered_json;
  Json versions = Json::object();
  for (const RecordedChange& change : f.changes) {
    Json& answers = versions[change.change_id] = Json::array();
    for (const VersionMarker& answer : change.answers) {
      if (RowOf(answer.dialect).family == Family::kVersion) {
        answers.push_back(answer.version);
      } else {
        answers.push_back(VersionWord(answer));
      }
    }
  }
  Json families = Json::array();
  for (Dialect d : f.dialects) families.push_back(RowOf(d).family_name);
  Json open = Json::array();
  for (const OpenOperation& o : f.open) {
    open.push_back({{"event_id", o.event_id},
                    {"waits_for", o.waits_for},
                    {"name", o.name},
                    {"id", o.id},
                    {"started", o.started}});
  }
  return {{"file", f.source},
          {"workflow_type", f.workflow_type},
          {"workflow_id", f.workflow_id},
          {"run_id", f.run_id},
          {"first_run_id", f.first_run_id},
          {"sdk", f.sdk},
          {"profile", figures.profile},
          {"status", NameOf(f.status)},
          {"stage", figures.stage},
          {"open_operations", open},
          {"events", f.events},
          {"last_event", LastEvent(f)},
          {"turns", f.turns},
          {"tasks_scheduled", f.tasks_scheduled},
          {"tasks_started", f.tasks_started},
          {"tasks_failed", f.tasks_failed},
          {"tasks_timed_out", f.tasks_timed_out},
          {"markers", Json(f.markers)},
          {"versions", versions},
          {"version_family", families},
          {"upserts", f.upserts},
          {"change_version_upserts", f.change_version_upserts},
          {"lang_used_flags", f.lang_used_flags},
          {"core_used_flags", f.core_used_flags},
          {"problems", f.problems}};
}

}  // namespace cohort
