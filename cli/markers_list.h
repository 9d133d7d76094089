// `cohort markers`: every marker of a history, one line each.
//
//   MarkerList list = ListMarkers(history);
//   std::cout << MarkersText(list.lines);
//
// Threads: functions of their arguments.
// Errors: a marker with a version's name that cannot be read is listed without
// its answer; why stands in MarkerList::problems.
#ifndef COHORT_CLI_MARKERS_LIST_H_
#define COHORT_CLI_MARKERS_LIST_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cohort/history/history.h"
#include "cohort/markers/codec.h"
#include "nlohmann/json.hpp"

namespace cohort {

struct MarkerLine {
  std::string file;
  std::int64_t event_id = 0;
  std::int64_t turn = 0;  // whose output it is
  std::string name;
  std::optional<VersionMarker> version;
  // Whether the upsert of the search attribute stands right behind.
  bool upserted = false;
};

struct MarkerList {
  std::vector<MarkerLine> lines;
  std::vector<std::string> problems;  // file, event, what
};

MarkerList ListMarkers(const History& history);

// Under a line of titles, with columns as wide as they need.
std::string MarkersText(std::span<const MarkerLine> lines);

nlohmann::ordered_json MarkersJson(std::span<const MarkerLine> lines);

}  // namespace cohort

#endif  // COHORT_CLI_MARKERS_LIST_H_
