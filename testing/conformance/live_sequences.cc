#include "cohort/testing/conformance/live_sequences.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/engine/kinds.h"
#include "cohort/history/event_table.h"
#include "cohort/history/payload_reader.h"
#include "cohort/markers/codec.h"
#include "cohort/markers/value_markers.h"
#include "fmt/core.h"
#include "nlohmann/json.hpp"

namespace cohort_testing {
namespace {

using cohort::Event;
using cohort::EventType;
using cohort::History;
using cohort::Text;

// What an event is about, for people and for comparison.
class Words {
 public:
  explicit Words(const History& history) : history_(history) {}

  absl::StatusOr<std::vector<std::string>> All() {
    std::vector<std::string> lines;
    for (const Event& event : history_.events()) {
      COHORT_ASSIGN_OR_RETURN(const std::string about, About(event));
      const std::string_view type = RowOf(event.type).camel();
      lines.push_back(about.empty() ? std::string(type)
                                    : fmt::format("{} {}", type, about));
    }
    return lines;
  }

 private:
  absl::StatusOr<std::string> About(const Event& event) {
    switch (event.type) {
      case EventType::kWorkflowExecutionStarted:
        workflow_id_ = event.key();
        return WithValues(event.name(), event);
      case EventType::kActivityTaskScheduled:
      case EventType::kWorkflowExecutionSignaled:
      case EventType::kWorkflowExecutionUpdateAccepted:
        return Named(event, WithValues(event.name(), event));
      case EventType::kStartChildWorkflowExecutionInitiated:
        return Named(event, WithValues(fmt::format("{} {}", event.name(),
                                                   OwnId(event.key())),
                                       event));
      case EventType::kTimerStarted:
        return Named(event,
                     reader_.ReadAttributeText(event, "startToFireTimeout"));
      case EventType::kMarkerRecorded:
        return Marker(event);
      case EventType::kUpsertWorkflowSearchAttributes:
        return Versions(event);
      case EventType::kWorkflowExecutionFailed:
        return RootOf(event);
      case EventType::kWorkflowTaskTimedOut:
      case EventType::kWorkflowTaskFailed:
        return std::string();
      default:
        break;
    }
    const auto named = names_.find(event.subject);
    return WithValues(named == names_.end() ? "" : named->second, event);
  }

  // Later events about this one have its name.
  absl::StatusOr<std::string> Named(const Event& event,
                                    absl::StatusOr<std::string> name) {
    if (name.ok()) names_[event.id] = *name;
    return name;
  }

  absl::StatusOr<std::string> WithValues(std::string_view about,
                                         const Event& event) {
    std::string out(about);
    if (event.input.empty()) return out;
    COHORT_ASSIGN_OR_RETURN(const cohort::Payloads values,
                            reader_.ReadPayloads(event.input));
    for (const cohort::Payload& value : values) {
      if (value.data.empty()) continue;
      const auto json = nlohmann::json::parse(value.data, nullptr, false);
      out += (out.empty() ? "" : " ") +
             (json.is_discarded() ? value.data : json.dump());
    }
    return out;
  }

  // Ids that are made of the run's own.
  std::string OwnId(std::string_view id) const {
    return id.starts_with(workflow_id_)
               ? "$" + std::string(id.substr(workflow_id_.size()))
               : std::string(id);
  }

  absl::StatusOr<std::string> Marker(const Event& event) {
    COHORT_ASSIGN_OR_RETURN(std::optional<cohort::VersionMarker> version,
                            DecodeVersionMarker(event, reader_));
    if (version) {
      return fmt::format("{} {}={}{}",
                         cohort::RowOf(version->dialect).family_name,
                         version->change_id, version->version,
                         version->deprecated ? " deprecated" : "");
    }
    COHORT_ASSIGN_OR_RETURN(std::optional<cohort::LocalActivityMarker> local,
                            DecodeLocalActivity(event, reader_));
    if (!local) return std::string(event.name());
    return fmt::format("{} {} {} {}", event.name(), local->type,
                       local->failure ? "failed" : "ok",
                       local->result.empty() ? "" : local->result[0].data);
  }

  absl::StatusOr<std::string> Versions(const Event& event) {
    COHORT_ASSIGN_OR_RETURN(const cohort::PayloadMap attributes,
                            reader_.ReadPayloadMap(event.details));
    std::string out;
    for (const auto& [name, value] : attributes) {
      auto list = nlohmann::json::parse(value.data, nullptr, false);
      // Go lists all but the new one in any order.
      if (list.is_array()) std::sort(list.begin(), list.end());
      out += (out.empty() ? "" : " ") + name + " " + list.dump();
    }
    return out;
  }

  absl::StatusOr<std::string> RootOf(const Event& event) {
    COHORT_ASSIGN_OR_RETURN(const cohort::Failure failure,
                            reader_.ReadFailure(event.failure));
    const cohort::Failure* root = &failure;
    while (root->cause) root = root->cause.get();
    return root->type;
  }

  const History& history_;
  cohort::PayloadReader reader_;
  std::string workflow_id_;
  std::map<std::int64_t, std::string> names_;
};

using Lines = std::vector<std::string>;

bool IsOf(const std::string& line, EventType type) {
  const std::string_view name = RowOf(type).camel();
  return line.starts_with(name) &&
         (line.size() == name.size() || line[name.size()] == ' ');
}

// Ours go: those right behind a version marker.
void RemoveUpserts(Lines&, Lines& ours) {
  Lines left;
  for (const std::string& line : ours) {
    const bool goes = !left.empty() &&
                      IsOf(left.back(), EventType::kMarkerRecorded) &&
                      IsOf(line, EventType::kUpsertWorkflowSearchAttributes);
    if (!goes) left.push_back(line);
  }
  ours = std::move(left);
}

// Theirs go to where ours are: right behind the acceptance.
void MoveUpdateEnds(Lines& theirs, Lines&) {
  auto accepted = theirs.end();
  for (auto it = theirs.begin(); it != theirs.end(); ++it) {
    if (IsOf(*it, EventType::kWorkflowTaskCompleted)) accepted = theirs.end();
    if (IsOf(*it, EventType::kWorkflowExecutionUpdateAccepted)) accepted = it;
    if (!IsOf(*it, EventType::kWorkflowExecutionUpdateCompleted)) continue;
    if (accepted != theirs.end()) std::rotate(accepted + 1, it, it + 1);
  }
}

// Theirs go: what the last turn put out before it was canceled.
void RemoveBeforeCancel(Lines& theirs, Lines&) {
  if (!IsOf(theirs.back(), EventType::kWorkflowExecutionCanceled)) return;
  auto last = theirs.end() - 1;
  while (!IsOf(*(last - 1), EventType::kWorkflowTaskCompleted)) --last;
  theirs.erase(last, theirs.end() - 1);
}

constexpr std::array<MeantDifference, 4> kMeant = {{
    {"version-upsert", "java",
     "Java upserts TemporalChangeVersion only where a worker option says so, "
     "and so counts no versions in the fleet by default; we always do",
     RemoveUpserts},
    {"cancel-behind-results", "java",
     "Java hands a request to cancel to the code behind the results that came "
     "into the same turn; we go by the order of the events",
     RemoveBeforeCancel},
    {"cancel-behind-results", "typescript", "TypeScript does the same",
     RemoveBeforeCancel},
    {"update-end-behind-tasks", "typescript",
     "TypeScript records the end of an update that does not wait behind all "
     "that the turn issues; we do behind its acceptance",
     MoveUpdateEnds},
}};

}  // namespace

absl::StatusOr<std::vector<std::string>> SequenceOf(const History& history) {
  return Words(history).All();
}

cohort::RunOptions DialectsOf(const Sdk& sdk) {
  cohort::RunOptions options;
  if (sdk.name == "java") options.version_dialect = cohort::Dialect::kJava;
  if (sdk.style == cohort_examples::OrderStyle::kPython) {
    options.version_dialect = cohort::Dialect::kCore;
  }
  return options;
}

std::span<const MeantDifference> MeantDifferences() { return kMeant; }

std::string Compare(const Sdk& sdk, std::vector<std::string> theirs,
                    std::vector<std::string> ours,
                    std::vector<std::string_view>* met) {
  for (const MeantDifference& row : MeantDifferences()) {
    if (row.sdk != sdk.name || theirs == ours) continue;
    const auto before = std::pair(theirs, ours);
    row.remove(theirs, ours);
    if (before != std::pair(theirs, ours)) met->push_back(row.name);
  }
  if (theirs == ours) return "";
  const auto [t, o] =
      std::mismatch(theirs.begin(), theirs.end(), ours.begin(), ours.end());
  std::string out;
  for (auto it = t - std::min<std::ptrdiff_t>(t - theirs.begin(), 6); it != t;
       ++it) {
    out += "  both: " + *it + "\n";
  }
  for (auto it = t; it != theirs.end() && it - t < 6; ++it) {
    out += "  recorded: " + *it + "\n";
  }
  for (auto it = o; it != ours.end() && it - o < 6; ++it) {
    out += "  live: " + *it + "\n";
  }
  return out;
}

}  // namespace cohort_testing
