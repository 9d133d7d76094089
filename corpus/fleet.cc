#include "cohort/corpus/fleet.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/time.h"

namespace cohort {
namespace {

// Events before the workflow task that is not completed at the end.
std::int64_t SettledEvents(std::span<const Event> events) {
  std::size_t end = events.size();
  while (end > 0 &&
         (events[end - 1].type == EventType::kWorkflowTaskStarted ||
          events[end - 1].type == EventType::kWorkflowTaskScheduled)) {
    --end;
  }
  return static_cast<std::int64_t>(end);
}

// What keeps a history from being a run's whole story so far, or "".
std::string WhatIsMissing(std::span<const Event> events) {
  if (events.front().type != EventType::kWorkflowExecutionStarted) {
    return fmt::format("event {}: the history does not begin with the run's",
                       events.front().id);
  }
  for (std::size_t i = 1; i < events.size(); ++i) {
    if (events[i].id == events[i - 1].id + 1) continue;
    return fmt::format("event {}: stands behind event {}", events[i].id,
                       events[i - 1].id);
  }
  return "";
}

absl::StatusOr<absl::Time> EndsBy(const Event& start, PayloadReader& reader) {
  absl::Time ends = absl::InfiniteFuture();
  if (start.type != EventType::kWorkflowExecutionStarted) return ends;
  COHORT_ASSIGN_OR_RETURN(
      const std::string expires,
      reader.ReadAttributeText(start, "workflowExecutionExpirationTime"));
  if (!expires.empty()) {
    COHORT_ASSIGN_OR_RETURN(const absl::Time at, ParseTime(expires));
    // Servers write the year 0 or 1970 for "never".
    if (at > absl::UnixEpoch()) ends = at;
  }
  COHORT_ASSIGN_OR_RETURN(
      const std::string timeout,
      reader.ReadAttributeText(start, "workflowRunTimeout"));
  if (!timeout.empty() && !start.time.empty()) {
    COHORT_ASSIGN_OR_RETURN(const Nanoseconds run, ParseDuration(timeout));
    COHORT_ASSIGN_OR_RETURN(const absl::Time started, ParseTime(start.time));
    if (run.count() > 0) ends = std::min(ends, started + absl::FromChrono(run));
  }
  return ends;
}

// "Step1-2", core's "split-charge": as the marker's dialect lists it.
std::string ElementOf(const VersionMarker& marker) {
  if (RowOf(marker.dialect).element == Element::kId) return marker.change_id;
  return fmt::format("{}-{}", marker.change_id, marker.version);
}

bool IsRecorded(const RunFacts& facts, std::string_view element) {
  for (const RecordedChange& change : facts.changes) {
    for (const VersionMarker& answer : change.answers) {
      if (ElementOf(answer) == element) return true;
    }
  }
  return false;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", word);
  }
  return text;
}

}  // namespace

std::optional<Version> VersionInElement(std::string_view element,
                                        std::string_view change_id) {
  if (!element.starts_with(change_id)) return std::nullopt;
  element.remove_prefix(change_id.size());
  if (element.empty()) return 1;
  if (element[0] != '-' || element.size() == 1) return std::nullopt;
  element.remove_prefix(1);
  Version version = 0;
  const auto [end, error] =
      std::from_chars(element.data(), element.data() + element.size(), version);
  const bool whole = end == element.data() + element.size();
  if (error != std::errc() || !whole) return std::nullopt;
  return version;
}

bool FleetRun::Explains(std::string_view element) const {
  const auto is_element = [&](std::string_view e) { return e == element; };
  return std::any_of(inherited.begin(), inherited.end(), is_element) ||
         std::any_of(listed_unrecorded.begin(), listed_unrecorded.end(),
                     is_element) ||
         std::any_of(answers.begin(), answers.end(),
                     [&](const FleetAnswer& answer) {
                       return VersionInElement(element, answer.change_id) ==
                              answer.version;
                     });
}

std::string_view FleetRun::Label() const {
  return run_id.empty() ? std::string_view(name) : run_id;
}

absl::StatusOr<Snapshot> SnapshotOf(const History& history, std::string name) {
  Snapshot snapshot;
  COHORT_ASSIGN_OR_RETURN(snapshot.facts, FactsOf(history));
  snapshot.name = std::move(name);
  PayloadReader reader;
  auto ends_by = EndsBy(history.events().front(), reader);
  if (ends_by.ok()) {
    snapshot.ends_by = *ends_by;
  } else {
    snapshot.facts.problems.push_back(
        fmt::format("event 1: {}", ToStd(ends_by.status().message())));
  }
  if (std::string what = WhatIsMissing(history.events()); !what.empty()) {
    snapshot.facts.problems.push_back(std::move(what));
  }
  snapshot.settled = SettledEvents(history.events());
  snapshot.digest = EventsDigest(history, snapshot.settled);
  return snapshot;
}

std::string_view Fleet::Kept(std::string_view text) {
  auto it = texts_.find(text);
  if (it == texts_.end()) it = texts_.emplace(text).first;
  return *it;
}

FleetRun Fleet::RunOf(const Snapshot& snapshot) {
  const RunFacts& facts = snapshot.facts;
  FleetRun run;
  run.name = snapshot.name;
  run.run_id = Kept(facts.run_id);
  run.workflow_id = facts.workflow_id;
  run.workflow_type = Kept(facts.workflow_type);
  run.stage = Kept(facts.Stage());
  run.sdk = Kept(Joined(facts.sdk));
  run.status = facts.status;
  run.started = facts.started;
  run.latest = facts.latest;
  run.ends_by = snapshot.ends_by;
  run.events = facts.events;
  run.turns = facts.turns;
  for (const RecordedChange& change : facts.changes) {
    for (const VersionMarker& answer : change.answers) {
      run.answers.push_back({.change_id = Kept(change.change_id),
                             .version = answer.version,
                             .deprecated = answer.deprecated,
                             .upserted = change.upserted,
                             .dialect = answer.dialect,
                             .turn = change.turn});
    }
  }
  for (const std::string& element : facts.listed) {
    if (IsRecorded(facts, element)) continue;
    run.listed_unrecorded.push_back(Kept(element));
  }
  for (const std::string& element : facts.inherited) {
    run.inherited.push_back(Kept(element));
  }
  if (!facts.problems.empty()) run.problem = Kept(facts.problems.front());
  return run;
}

bool Fleet::Merge(const Snapshot& snapshot, const History& history,
                  std::vector<Settled>& known) {
  for (Settled& other : known) {
    if (other.events <= snapshot.settled) {
      if (EventsDigest(history, other.events) != other.digest) continue;
      // Of equal ones the one that was there first, or has more at its end.
      const FleetRun& there = runs_[other.run];
      if (other.events < snapshot.settled ||
          there.events < snapshot.facts.events) {
        runs_[other.run] = RunOf(snapshot);
        other.events = snapshot.settled;
        other.digest = snapshot.digest;
      }
      return true;
    }
    auto longer = read_again_(runs_[other.run].name);
    if (!longer.ok()) {
      notes_.push_back(fmt::format("{}: could not be read again: {}",
                                   runs_[other.run].name,
                                   ToStd(longer.status().message())));
      continue;
    }
    if (EventsDigest(*longer, snapshot.settled) == snapshot.digest) return true;
  }
  return false;
}

void Fleet::Add(const Snapshot& snapshot, const History& history) {
  ++histories_;
  for (const std::string& problem : snapshot.facts.problems) {
    notes_.push_back(fmt::format("{}: {}", snapshot.name, problem));
  }
  if (snapshot.facts.run_id.empty()) {
    runs_.push_back(RunOf(snapshot));
    return;
  }
  std::vector<Settled>& known = by_id_[Kept(snapshot.facts.run_id)];
  if (Merge(snapshot, history, known)) {
    ++earlier_;
    return;
  }
  if (!known.empty()) {
    notes_.push_back(fmt::format(
        "{}: tells another story of run {} than {}; both count", snapshot.name,
        snapshot.facts.run_id, runs_[known.front().run].name));
  }
  known.push_back({.run = runs_.size(),
                   .events = snapshot.settled,
                   .digest = snapshot.digest});
  runs_.push_back(RunOf(snapshot));
}

}  // namespace cohort
