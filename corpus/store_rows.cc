#include "cohort/corpus/store_rows.h"

#include <array>
#include <cstddef>

#include "cohort/history/time.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 4> kStates = {"wanted", "stored",
                                                     "counted", "missing"};
constexpr std::array<std::string_view, 2> kKeeps = {"each", "one-each-shape"};
template <typename E, std::size_t N>
std::string_view WordIn(const std::array<std::string_view, N>& names, E value) {
  return names[static_cast<std::size_t>(value)];
}

// The first one for a word that is none: only a damaged index has those.
template <typename E, std::size_t N>
E ValueOf(const std::array<std::string_view, N>& names, std::string_view word) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == word) return static_cast<E>(i);
  }
  return static_cast<E>(0);
}

}  // namespace

std::string_view WordOf(FetchState state) { return WordIn(kStates, state); }
FetchState RunStateOf(std::string_view word) {
  return ValueOf<FetchState>(kStates, word);
}
std::string_view WordOf(Keep keep) { return WordIn(kKeeps, keep); }
Keep KeepOf(std::string_view word) { return ValueOf<Keep>(kKeeps, word); }

SqliteValue TimeValue(absl::Time time) {
  const bool known =
      time != absl::InfinitePast() && time != absl::InfiniteFuture();
  return known ? SqliteValue(TimeText(time)) : SqliteValue();
}

absl::Time TimeOf(const SqliteRow& row, int column, absl::Time unknown) {
  if (row.IsNull(column)) return unknown;
  return ParseTime(row.Text(column)).value_or(unknown);
}

std::string ListText(const std::vector<std::string>& list) {
  return Json(list).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<std::string> ListOf(const std::string& text) {
  std::vector<std::string> list;
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) return list;
  for (const Json& element : json) {
    if (element.is_string()) list.push_back(element.get<std::string>());
  }
  return list;
}

CorpusRun RunOfRow(const SqliteRow& row) {
  CorpusRun run;
  run.id = row.Int(0);
  run.listing.run_id = row.Text(1);
  run.listing.name = row.Text(2);
  run.source = row.Text(3);
  run.listing.workflow_id = row.Text(4);
  run.listing.workflow_type = row.Text(5);
  run.listing.status = FindRunStatus(row.Text(6)).value_or(RunStatus::kOpen);
  run.listing.started = TimeOf(row, 7, absl::InfinitePast());
  run.listing.closed = TimeOf(row, 8, absl::InfiniteFuture());
  run.listing.events = row.Int(9);
  run.listing.task_queue = row.Text(10);
  run.listing.build_id = row.Text(11);
  if (!row.IsNull(12)) run.listing.change_versions = ListOf(row.Text(12));
  run.state = RunStateOf(row.Text(13));
  run.problem = row.Text(14);
  run.fetched = TimeOf(row, 15, absl::InfinitePast());
  run.file = row.Text(16);
  run.stratum = row.Text(17);
  run.shape = row.Text(18);
  run.collapsed = row.Text(19);
  return run;
}

}  // namespace cohort
