#include "cohort/cli/markers_list.h"

#include "cohort/base/status.h"
#include "cohort/cli/columns.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/history/payload_reader.h"

namespace cohort {
namespace {

Columns::Cells CellsOf(const MarkerLine& line) {
  Columns::Cells cells = {line.file,
                          std::to_string(line.event_id),
                          std::to_string(line.turn),
                          line.name,
                          "-",
                          "-",
                          "-",
                          "-"};
  if (line.version) {
    cells[4] = RowOf(line.version->dialect).family_name;
    cells[5] = line.version->change_id;
    cells[6] = VersionWord(*line.version);
    cells[7] = line.upserted ? "upserted" : "no";
  }
  return cells;
}

}  // namespace

MarkerList ListMarkers(const History& history) {
  MarkerList list;
  PayloadReader reader;
  std::int64_t turn = 0;
  const std::span<const Event> events = history.events();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& event = events[i];
    if (event.type == EventType::kWorkflowTaskCompleted) ++turn;
    if (event.type != EventType::kMarkerRecorded) continue;
    MarkerLine& line = list.lines.emplace_back();
    line.file = history.source();
    line.event_id = event.id;
    line.turn = turn;
    line.name = event.name();
    auto marker = DecodeVersionMarker(event, reader);
    if (!marker.ok()) {
      list.problems.push_back(fmt::format("{}: event {}: {}", history.source(),
                                          event.id,
                                          ToStd(marker.status().message())));
      continue;
    }
    line.version = *std::move(marker);
    line.upserted = line.version.has_value() && i + 1 < events.size() &&
                    IsChangeVersionUpsert(events[i + 1]);
  }
  return list;
}

std::string MarkersText(std::span<const MarkerLine> lines) {
  Columns columns({"file", "event", "turn", "marker", "dialect", "change id",
                   "version", "search attribute"});
  for (const MarkerLine& line : lines) columns.Add(CellsOf(line));
  return columns.Text();
}

nlohmann::ordered_json MarkersJson(std::span<const MarkerLine> lines) {
  auto json = nlohmann::ordered_json::array();
  for (const MarkerLine& line : lines) {
    nlohmann::ordered_json entry = {{"file", line.file},
                                    {"event_id", line.event_id},
                                    {"turn", line.turn},
                                    {"marker", line.name}};
    if (line.version) {
      const VersionMarker& v = *line.version;
      entry["dialect"] = RowOf(v.dialect).family_name;
      entry["change_id"] = v.change_id;
      entry["version"] = v.version;
      entry["deprecated"] = v.deprecated;
      entry["upserted"] = line.upserted;
      // What the marker itself says of it; null where its dialect does not.
      entry["marker_says_upserted"] = nullptr;
      if (v.upserted) entry["marker_says_upserted"] = *v.upserted;
    }
    json.push_back(std::move(entry));
  }
  return json;
}

}  // namespace cohort
