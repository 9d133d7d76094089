#include "cohort/corpus/run_facts.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/history/event_table.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/time.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

template <typename T>
void AddOnce(std::vector<T>& list, T value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) {
    list.push_back(std::move(value));
  }
}

class Collector {
 public:
  explicit Collector(RunFacts& facts) : facts_(facts) {}

  void Add(const Event& event) {
    ++facts_.events;
    open_.Add(event);
    AddUpsert(event);
    AddTaskEdge(event);
    switch (event.type) {
      case EventType::kWorkflowExecutionStarted:
        AddStart(event);
        break;
      case EventType::kMarkerRecorded:
        AddMarker(event);
        break;
      default:
        if (auto ended = EndedBy(event.type)) facts_.status = *ended;
    }
  }

  void Finish(std::span<const Event> events) {
    SettleMarker(false);
    facts_.last_event = events.back().type;
    facts_.started = TimeOf(events.front());
    facts_.latest = TimeOf(events.back());
    facts_.lang_used_flags.assign(lang_flags_.begin(), lang_flags_.end());
    facts_.core_used_flags.assign(core_flags_.begin(), core_flags_.end());
    if (facts_.status == RunStatus::kOpen) facts_.open = open_.List();
  }

 private:
  void AddStart(const Event& event) {
    facts_.workflow_type = event.name();
    facts_.workflow_id = event.key();
    facts_.first_run_id = event.text(Text::kControl);
    facts_.run_id = facts_.first_run_id;
    auto queue = reader_.ReadAttributeText(event, "taskQueue.name");
    if (!queue.ok()) return AddProblem(event, queue.status());
    facts_.task_queue = *std::move(queue);
    AddInherited(event);
  }

  // Continue-as-new hands the list on.
  void AddInherited(const Event& event) {
    if (event.json.find("ChangeVersion") == event.json.npos) return;
    auto view = reader_.FindAttribute(event, "searchAttributes.indexedFields");
    if (!view.ok()) return AddProblem(event, view.status());
    facts_.inherited = ReadList(event, *view);
  }

  void AddTaskEdge(const Event& event) {
    if (RoleOf(event.type) != Role::kTaskEdge) return;
    facts_.last_task = event.type;
    switch (event.type) {
      case EventType::kWorkflowTaskScheduled:
        ++facts_.tasks_scheduled;
        break;
      case EventType::kWorkflowTaskStarted:
        ++facts_.tasks_started;
        break;
      case EventType::kWorkflowTaskCompleted:
        ++facts_.turns;
        AddBuildId(event);
        AddMetadata(event);
        break;
      case EventType::kWorkflowTaskFailed:
        ++facts_.tasks_failed;
        facts_.last_task_cause = event.text(Text::kControl);
        // A reset: what follows is the new run's.
        if (!event.key().empty()) facts_.run_id = event.key();
        break;
      default:
        ++facts_.tasks_timed_out;
    }
  }

  // Of every event: what stands behind a marker, if not its upsert, says that
  // there is none.
  void AddUpsert(const Event& event) {
    const bool upsert =
        event.type == EventType::kUpsertWorkflowSearchAttributes;
    const bool of_versions = upsert && IsChangeVersionUpsert(event);
    if (upsert) ++facts_.upserts;
    if (of_versions) {
      ++facts_.change_version_upserts;
      AddListed(event);
    }
    SettleMarker(of_versions);
  }

  void SettleMarker(bool upserted) {
    if (!marker_of_) return;
    RecordedChange& change = facts_.changes[*marker_of_];
    change.upserted = change.upserted && upserted;
    marker_of_.reset();
  }

  void AddListed(const Event& event) {
    facts_.listed = ReadList(event, event.details);
  }

  std::vector<std::string> ReadList(const Event& event, JsonView view) {
    std::vector<std::string> elements;
    auto attributes = reader_.ReadPayloadMap(view);
    if (!attributes.ok()) {
      AddProblem(event, attributes.status());
      return elements;
    }
    for (std::string_view key :
         {kChangeVersionAttribute, kCadenceVersionAttribute}) {
      const auto it = attributes->find(key);
      if (it != attributes->end()) elements = ListElements(it->second);
    }
    return elements;
  }

  // A deployment's build id counts more than the older worker's one, and that
  // more than a checksum.
  void AddBuildId(const Event& event) {
    for (Text t : {Text::kScope, Text::kId, Text::kName}) {
      if (event.text(t).empty()) continue;
      facts_.build_id = event.text(t);
      return;
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
    AddOnce(facts_.sdk, fmt::format("{} {}", sdk_name_, sdk_version_));
  }

  void AddMarker(const Event& event) {
    auto count = facts_.markers.find(event.name());
    if (count == facts_.markers.end()) {
      count = facts_.markers.emplace(event.name(), 0).first;
    }
    ++count->second;
    auto marker = DecodeVersionMarker(event, reader_);
    if (!marker.ok()) return AddProblem(event, marker.status());
    if (!marker->has_value()) return;
    AddOnce(facts_.dialects, (*marker)->dialect);
    const auto [it, added] =
        change_at_.try_emplace((*marker)->change_id, facts_.changes.size());
    if (added) {
      facts_.changes.push_back({.change_id = (*marker)->change_id,
                                .answers = {},
                                .turn = facts_.turns});
    }
    marker_of_ = it->second;
    std::vector<VersionMarker>& answers = facts_.changes[it->second].answers;
    const bool known =
        std::any_of(answers.begin(), answers.end(), [&](const auto& answer) {
          return answer.version == (*marker)->version &&
                 answer.deprecated == (*marker)->deprecated &&
                 answer.dialect == (*marker)->dialect;
        });
    if (!known) answers.push_back(*std::move(*marker));
  }

  absl::Time TimeOf(const Event& event) {
    if (event.time.empty()) return absl::InfinitePast();
    auto time = ParseTime(event.time);
    if (time.ok()) return *time;
    AddProblem(event, time.status());
    return absl::InfinitePast();
  }

  void AddProblem(const Event& event, const absl::Status& why) {
    facts_.problems.push_back(
        fmt::format("event {}: {}", event.id, ToStd(why.message())));
  }

  RunFacts& facts_;
  PayloadReader reader_;
  OpenOperations open_;
  std::set<std::int64_t> lang_flags_;
  std::set<std::int64_t> core_flags_;
  std::map<std::string, std::size_t> change_at_;
  // The change whose marker was the event before.
  std::optional<std::size_t> marker_of_;
  std::string sdk_name_;
  std::string sdk_version_;
};

// As this machine has it: compared in one process only.
void AppendNumber(std::string& words, std::int64_t number) {
  words.append(reinterpret_cast<const char*>(&number), sizeof number);
}

}  // namespace

absl::StatusOr<RunFacts> FactsOf(const History& history) {
  const std::span<const Event> events = history.events();
  if (events.empty()) {
    return InvalidArgument("{}: no events; read a history first",
                           history.source());
  }
  RunFacts facts;
  facts.source = history.source();
  Collector collector(facts);
  for (const Event& event : events) collector.Add(event);
  collector.Finish(events);
  return facts;
}

std::string RunFacts::Stage() const {
  if (status != RunStatus::kOpen) return "closed";
  if (turns == 0) return "nothing run yet";
  std::set<std::string> waits;
  for (const OpenOperation& operation : open) {
    waits.insert(operation.name.empty()
                     ? std::string(operation.kind)
                     : fmt::format("{} {}", operation.kind, operation.name));
  }
  std::string stage;
  for (const std::string& wait : waits) {
    stage += fmt::format("{}{}", stage.empty() ? "" : " + ", wait);
  }
  return stage.empty() ? "nothing outstanding" : stage;
}

const RecordedChange* RunFacts::FindChange(std::string_view change_id) const {
  for (const RecordedChange& change : changes) {
    if (change.change_id == change_id) return &change;
  }
  return nullptr;
}

std::vector<std::string> ListElements(const Payload& list) {
  const auto json = nlohmann::json::parse(list.data, nullptr, false);
  std::vector<std::string> elements;
  if (json.is_string()) elements.push_back(json.get<std::string>());
  if (!json.is_array()) return elements;
  for (const auto& element : json) {
    if (element.is_string()) elements.push_back(element.get<std::string>());
  }
  return elements;
}

Digest EventsDigest(const History& history, std::int64_t events) {
  std::string words;
  std::int64_t left = events;
  for (const Event& event : history.events()) {
    if (left-- <= 0) break;
    AppendNumber(words, event.id);
    AppendNumber(words, static_cast<std::int64_t>(event.type));
    AppendNumber(words, event.subject);
    for (std::string_view text : event.texts) {
      AppendNumber(words, static_cast<std::int64_t>(text.size()));
      words += text;
    }
  }
  return Chained(Digest(), words);
}

std::string VersionWord(const VersionMarker& marker) {
  if (RowOf(marker.dialect).family == Family::kVersion) {
    return fmt::format("{}", marker.version);
  }
  return marker.deprecated ? "deprecated" : "patched";
}

}  // namespace cohort
