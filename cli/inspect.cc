#include "cohort/cli/inspect.h"

#include <algorithm>
#include <set>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/engine/profile.h"
#include "cohort/history/event_table.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/turn.h"

namespace cohort {
namespace {

// Of how many open operations the stage names each one.
constexpr std::size_t kNamedMax = 3;

template <typename T>
void AddOnce(std::vector<T>& list, T value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) {
    list.push_back(std::move(value));
  }
}

// How the run ended by this event; "" if it did not.
std::string_view EndWord(EventType type) {
  switch (type) {
    case EventType::kWorkflowExecutionCompleted:
      return "completed";
    case EventType::kWorkflowExecutionFailed:
      return "failed";
    case EventType::kWorkflowExecutionCanceled:
      return "canceled";
    case EventType::kWorkflowExecutionContinuedAsNew:
      return "continued-as-new";
    case EventType::kWorkflowExecutionTimedOut:
      return "timed-out";
    case EventType::kWorkflowExecutionTerminated:
      return "terminated";
    default:
      return "";
  }
}

class Collector {
 public:
  explicit Collector(HistoryFigures& figures) : figures_(figures) {}

  void Add(const Event& event) {
    ++figures_.events;
    open_.Add(event);
    AddTaskEdge(event);
    switch (event.type) {
      case EventType::kWorkflowExecutionStarted:
        figures_.workflow_type = event.name();
        figures_.workflow_id = event.key();
        figures_.run_id = event.text(Text::kControl);
        break;
      case EventType::kMarkerRecorded:
        AddMarker(event);
        break;
      case EventType::kUpsertWorkflowSearchAttributes:
        ++figures_.upserts;
        if (IsChangeVersionUpsert(event)) ++figures_.change_version_upserts;
        break;
      default:
        if (std::string_view word = EndWord(event.type); !word.empty()) {
          figures_.status = word;
        }
    }
  }

  void Finish(const Event& last) {
    figures_.last_event = last.type == EventType::kUnknown
                              ? "UNKNOWN"
                              : RowOf(last.type).screaming();
    figures_.lang_used_flags.assign(lang_flags_.begin(), lang_flags_.end());
    figures_.core_used_flags.assign(core_flags_.begin(), core_flags_.end());
    if (figures_.status.empty()) {
      figures_.status = "open";
      figures_.open = open_.List();
    }
    figures_.stage = Stage();
  }

 private:
  void AddTaskEdge(const Event& event) {
    if (RoleOf(event.type) != Role::kTaskEdge) return;
    task_ = event.type;
    switch (event.type) {
      case EventType::kWorkflowTaskScheduled:
        ++figures_.tasks_scheduled;
        break;
      case EventType::kWorkflowTaskStarted:
        ++figures_.tasks_started;
        break;
      case EventType::kWorkflowTaskCompleted:
        ++figures_.turns;
        AddMetadata(event);
        break;
      case EventType::kWorkflowTaskFailed:
        ++figures_.tasks_failed;
        task_cause_ = event.text(Text::kControl);
        break;
      default:
        ++figures_.tasks_timed_out;
    }
  }

  void AddMetadata(const Event& event) {
    if (event.details.empty()) return;
    auto metadata = reader_.ReadSdkMetadata(event.details);
    if (!metadata.ok()) return AddProblem(event, metadata.status());
    lang_flags_.insert(metadata->lang_used_flags.begin(),
                       metadata->lang_used_flags.end());
    core_flags_.insert(metadata->core_used_flags.begin(),
                       metadata->core_used_flags.end());
    // Each of the two is recorded only when it changes.
    if (metadata->sdk_name.empty() && metadata->sdk_version.empty()) return;
    if (!metadata->sdk_name.empty()) sdk_name_ = metadata->sdk_name;
    if (!metadata->sdk_version.empty()) sdk_version_ = metadata->sdk_version;
    AddOnce(figures_.sdk, fmt::format("{} {}", sdk_name_, sdk_version_));
  }

  void AddMarker(const Event& event) {
    ++figures_.markers[std::string(event.name())];
    auto marker = DecodeVersionMarker(event, reader_);
    if (!marker.ok()) return AddProblem(event, marker.status());
    if (!marker->has_value()) return;
    AddOnce(figures_.dialects, (*marker)->dialect);
    const auto [it, added] =
        change_at_.try_emplace((*marker)->change_id, figures_.versions.size());
    if (added) figures_.versions.push_back({(*marker)->change_id, {}});
    std::vector<VersionMarker>& answers = figures_.versions[it->second].answers;
    const bool known =
        std::any_of(answers.begin(), answers.end(), [&](const auto& answer) {
          return answer.version == (*marker)->version &&
                 answer.deprecated == (*marker)->deprecated &&
                 answer.dialect == (*marker)->dialect;
        });
    if (!known) answers.push_back(*std::move(*marker));
  }

  void AddProblem(const Event& event, const absl::Status& why) {
    figures_.problems.push_back(
        fmt::format("event {}: {}", event.id, ToStd(why.message())));
  }

  std::string Stage() const {
    const std::string after =
        fmt::format("{} after {} turn{}", figures_.status, figures_.turns,
                    figures_.turns == 1 ? "" : "s");
    if (figures_.status != "open") return after;
    switch (task_) {
      case EventType::kUnspecified:
        return after + ": the first workflow task is not scheduled";
      case EventType::kWorkflowTaskScheduled:
        return after + ": a workflow task waits for a worker";
      case EventType::kWorkflowTaskStarted:
        return after + ": a worker has the workflow task";
      case EventType::kWorkflowTaskFailed:
        return fmt::format("{}: the workflow task failed{}{}", after,
                           task_cause_.empty() ? "" : ", ", task_cause_);
      case EventType::kWorkflowTaskTimedOut:
        return after + ": the workflow task timed out";
      default:
        return fmt::format("{}: waiting for {}", after, Waits());
    }
  }

  std::string Waits() const {
    if (figures_.open.empty()) {
      return "what is not in a history (a signal, an update, a cancellation)";
    }
    std::string text;
    if (figures_.open.size() <= kNamedMax) {
      for (const OpenOperation& o : figures_.open) {
        text += fmt::format("{}{} of event {}{}{}", text.empty() ? "" : ", ",
                            o.waits_for, o.event_id, o.name.empty() ? "" : " ",
                            o.name);
      }
      return text;
    }
    std::map<std::string_view, int> counts;
    for (const OpenOperation& o : figures_.open) ++counts[o.waits_for];
    for (const auto& [word, count] : counts) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
    }
    return text;
  }

  HistoryFigures& figures_;
  PayloadReader reader_;
  OpenOperations open_;
  std::set<std::int64_t> lang_flags_;
  std::set<std::int64_t> core_flags_;
  std::map<std::string, std::size_t> change_at_;
  std::string sdk_name_;
  std::string sdk_version_;
  EventType task_ = EventType::kUnspecified;
  std::string_view task_cause_;
};

// What would keep a replay from reading the events.
absl::Status CheckTurns(std::span<const Event> events) {
  TurnReader reader;
  COHORT_RETURN_IF_ERROR(reader.Add(events, PageEnd::kLast));
  while (true) {
    COHORT_ASSIGN_OR_RETURN(std::optional<Turn> turn, reader.Next());
    if (!turn) return absl::OkStatus();
  }
}

}  // namespace

absl::StatusOr<HistoryFigures> Inspect(const History& history) {
  const std::span<const Event> events = history.events();
  if (events.empty()) {
    return InvalidArgument("{}: no events; read a history first",
                           history.source());
  }
  HistoryFigures figures;
  figures.source = history.source();
  figures.profile = DetectProfile(events).name;
  Collector collector(figures);
  for (const Event& event : events) collector.Add(event);
  collector.Finish(events.back());
  if (absl::Status checked = CheckTurns(events); !checked.ok()) {
    figures.problems.emplace_back(ToStd(checked.message()));
  }
  return figures;
}

std::string VersionWord(const VersionMarker& marker) {
  if (RowOf(marker.dialect).family == Family::kVersion) {
    return fmt::format("{}", marker.version);
  }
  return marker.deprecated ? "deprecated" : "patched";
}

}  // namespace cohort
