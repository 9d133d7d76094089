#include "cohort/testing/conformance/live_sequences.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/engine/profile.h"
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
  Words(const Sdk& sdk, const History& history)
      : ids_(cohort::FindProfile(sdk.name)->ids), history_(history) {}

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
        return Named(
            event, WithValues(std::string(event.name()) + IdOf(event), event));
      case EventType::kWorkflowExecutionSignaled:
      case EventType::kWorkflowExecutionUpdateAccepted:
        return Named(event, WithValues(event.name(), event));
      case EventType::kStartChildWorkflowExecutionInitiated:
        return Named(event, WithValues(fmt::format("{} {}", event.name(),
                                                   OwnId(event.key())),
                                       event));
      case EventType::kTimerStarted:
        return Timer(event);
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

  std::string IdOf(const Event& event) const {
    const bool known = ids_ != cohort::IdScheme::kOpaque;
    return known ? fmt::format(" #{}", event.key()) : "";
  }

  absl::StatusOr<std::string> Timer(const Event& event) {
    COHORT_ASSIGN_OR_RETURN(
        const std::string wait,
        reader_.ReadAttributeText(event, "startToFireTimeout"));
    return Named(event, wait + IdOf(event));
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

  cohort::IdScheme ids_;
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

constexpr std::array<MeantDifference, 3> kMeant = {{
    {"version-upsert", "java",
     "Java upserts `TemporalChangeVersion` only where a worker option asks for "
     "it; we always do: without it nobody sees which versions are alive",
     RemoveUpserts},
    {"cancel-behind-results", "typescript",
     "TypeScript hands a request to cancel to the code behind the results that "
     "came in with it; we go by the order of the events",
     RemoveBeforeCancel},
    {"update-end-behind-tasks", "typescript",
     "TypeScript records the end of an update that does not wait behind all "
     "that the turn issues; we do right behind its acceptance",
     MoveUpdateEnds},
}};

}  // namespace

absl::StatusOr<std::vector<std::string>> SequenceOf(const Sdk& sdk,
                                                    const History& history) {
  return Words(sdk, history).All();
}

cohort::RunOptions DialectsOf(const Sdk& sdk) {
  cohort::RunOptions options;
  options.ids = cohort::FindProfile(sdk.name)->ids;
  if (sdk.name == "java") options.version_dialect = cohort::Dialect::kJava;
  if (sdk.style == cohort_examples::OrderStyle::kPython) {
    options.version_dialect = cohort::Dialect::kCore;
  }
  return options;
}

std::span<const MeantDifference> MeantDifferences() { return kMeant; }

std::string DifferenceTable() {
  std::string out =
      "| Difference | Beside | Why |\n"
      "|---|---|---|\n";
  for (const MeantDifference& row : kMeant) {
    out += fmt::format("| `{}` | `{}` | {} |\n", row.name, row.sdk, row.reason);
  }
  return out;
}

Comparison Compare(const Sdk& sdk, Lines theirs, Lines ours) {
  Comparison comparison;
  for (const MeantDifference& row : kMeant) {
    if (row.sdk != sdk.name || theirs == ours) continue;
    const auto before = std::pair(theirs, ours);
    row.remove(theirs, ours);
    if (before != std::pair(theirs, ours)) comparison.met.push_back(row.name);
  }
  if (theirs == ours) return comparison;
  constexpr std::ptrdiff_t kLines = 6;
  const auto [t, o] =
      std::mismatch(theirs.begin(), theirs.end(), ours.begin(), ours.end());
  const auto show = [&](std::string_view whose, auto from, auto to) {
    for (; from != to; ++from) {
      comparison.left += fmt::format("  {:8} {}\n", whose, *from);
    }
  };
  show("both", t - std::min(t - theirs.begin(), kLines), t);
  show("recorded", t, t + std::min(theirs.end() - t, kLines));
  show("live", o, o + std::min(ours.end() - o, kLines));
  return comparison;
}

}  // namespace cohort_testing
