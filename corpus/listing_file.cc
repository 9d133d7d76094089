#include "cohort/corpus/listing_file.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <utility>

#include "cohort/base/limits.h"
#include "cohort/base/status.h"
#include "cohort/corpus/history_file.h"
#include "cohort/history/base64.h"
#include "cohort/history/time.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

using Json = nlohmann::json;

// The value at the path; null where there is none.
const Json& At(const Json& row, std::initializer_list<const char*> path) {
  static const Json kNull;
  const Json* at = &row;
  for (const char* key : path) {
    if (!at->is_object()) return kNull;
    const auto it = at->find(key);
    if (it == at->end()) return kNull;
    at = &*it;
  }
  return *at;
}

std::string TextAt(const Json& row, std::initializer_list<const char*> path) {
  const Json& value = At(row, path);
  return value.is_string() ? value.get<std::string>() : "";
}

absl::StatusOr<absl::Time> TimeAt(const Json& row, const char* key,
                                  absl::Time otherwise) {
  const std::string text = TextAt(row, {key});
  if (text.empty()) return otherwise;
  return ParseTime(text);
}

// int64 in proto JSON: a string, or a number.
std::int64_t CountAt(const Json& row, const char* key) {
  const Json& value = At(row, {key});
  if (value.is_number_integer()) return value.get<std::int64_t>();
  const std::string text = TextAt(row, {key});
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

// A payload with the list, or the list itself.
std::vector<std::string> ChangeVersions(const Json& row) {
  for (const std::string_view key :
       {kChangeVersionAttribute, kCadenceVersionAttribute}) {
    const Json& value =
        At(row, {"searchAttributes", "indexedFields", key.data()});
    if (value.is_null()) continue;
    Payload list;
    if (value.is_object()) {
      DecodeBase64(TextAt(value, {"data"}), list.data);
    } else {
      list.data = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    return ListElements(list);
  }
  return {};
}

absl::StatusOr<RunListing> RunOf(const Json& row) {
  RunListing run;
  run.workflow_id = TextAt(row, {"execution", "workflowId"});
  run.run_id = TextAt(row, {"execution", "runId"});
  run.name = run.run_id;
  run.workflow_type = TextAt(row, {"type", "name"});
  if (run.run_id.empty() || run.workflow_type.empty()) {
    return DataLoss("no \"execution.runId\" or no \"type.name\"");
  }
  const std::string status = TextAt(row, {"status"});
  const auto found = FindRunStatus(status);
  if (!found) return DataLoss("unknown status \"{}\"", status.substr(0, 60));
  run.status = *found;
  COHORT_ASSIGN_OR_RETURN(run.started,
                          TimeAt(row, "startTime", absl::InfinitePast()));
  COHORT_ASSIGN_OR_RETURN(run.closed,
                          TimeAt(row, "closeTime", absl::InfiniteFuture()));
  run.events = CountAt(row, "historyLength");
  run.task_queue = TextAt(row, {"taskQueue"});
  run.build_id = TextAt(row, {"mostRecentWorkerVersionStamp", "buildId"});
  run.change_versions = ChangeVersions(row);
  return run;
}

// The rows of one JSON document.
absl::Status AddRows(const Json& document, std::vector<RunListing>& runs) {
  const Json& inner = At(document, {"executions"});
  const Json& list = inner.is_null() ? document : inner;
  if (list.is_object()) {
    COHORT_ASSIGN_OR_RETURN(RunListing run, RunOf(list));
    runs.push_back(std::move(run));
    return absl::OkStatus();
  }
  if (!list.is_array()) return DataLoss("neither an array nor an object");
  for (const Json& row : list) {
    auto run = RunOf(row);
    if (!run.ok()) {
      return Annotate(run.status(), fmt::format("row {}", runs.size() + 1));
    }
    runs.push_back(*std::move(run));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<RunListing>> ReadListing(std::string_view text,
                                                    std::string_view source) {
  std::vector<RunListing> runs;
  const Json whole = Json::parse(text, nullptr, false);
  if (!whole.is_discarded()) {
    COHORT_RETURN_IF_ERROR(Annotate(AddRows(whole, runs), source));
    return runs;
  }
  // One object on each line.
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.find_first_not_of(" \r\t") == line.npos) continue;
    const Json row = Json::parse(line, nullptr, false);
    const absl::Status added =
        row.is_discarded()
            ? DataLoss(
                  "no JSON; `temporal workflow list --output json` "
                  "writes a listing")
            : AddRows(row, runs);
    COHORT_RETURN_IF_ERROR(
        Annotate(added, fmt::format("{}: line {}", source, number)));
  }
  return runs;
}

absl::StatusOr<std::vector<RunListing>> ReadListingFile(
    const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return NotFound("{}: cannot be opened", path);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  COHORT_ASSIGN_OR_RETURN(const std::string text,
                          Unpacked(std::move(bytes), path, kHistoryBytesMax));
  return ReadListing(text, path);
}

}  // namespace cohort
