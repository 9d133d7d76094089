#include "cohort/corpus/dump_source.h"

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include "cohort/base/limits.h"
#include "cohort/base/status.h"
#include "cohort/corpus/history_file.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/corpus/whole_file.h"
#include "cohort/history/base64.h"
#include "cohort/history/time.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// One execution of a listing; the server's limit for a message is 4 MB.
constexpr std::size_t kExecutionBytesMax = 64u * 1024 * 1024;

// Cuts a stream into its outermost objects: those of arrays, or one after the
// other.
class JsonObjects {
 public:
  JsonObjects(std::istream& in, std::string_view source)
      : in_(in), source_(source), block_(kBlock) {}

  // The next object's text; false behind the last one.
  absl::StatusOr<bool> Next(std::string& text) {
    text.clear();
    int depth = 0;
    bool quoted = false;
    bool escaped = false;
    for (char c; Get(c);) {
      if (depth == 0) {
        if (IsBetween(c)) continue;
        if (c != '{') {
          return DataLoss(
              "{}: byte {}: no listing; it is an array of executions, or one "
              "object after the other",
              source_, byte_);
        }
      }
      text += c;
      if (text.size() > kExecutionBytesMax) {
        return ResourceExhausted("{}: byte {}: an object of more than {} bytes",
                                 source_, byte_, kExecutionBytesMax);
      }
      if (escaped) {
        escaped = false;
      } else if (quoted) {
        escaped = c == '\\';
        quoted = c != '"';
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{') {
        ++depth;
      } else if (c == '}' && --depth == 0) {
        return true;
      }
    }
    if (in_.bad()) return DataLoss("{}: could not be read", source_);
    if (depth > 0 || in_array_) {
      return DataLoss("{}: ends at byte {} inside an {}; fetch it again",
                      source_, byte_, depth > 0 ? "object" : "array");
    }
    return false;
  }

  std::int64_t byte() const { return byte_; }

 private:
  static constexpr std::size_t kBlock = 1u << 16;

  // Also notes whether an array is open.
  bool IsBetween(char c) {
    const bool bracket = c == (in_array_ ? ']' : '[');
    if (bracket) in_array_ = !in_array_;
    return bracket || c == ' ' || c == '\n' || c == '\r' || c == '\t' ||
           c == ',';
  }

  bool Get(char& c) {
    if (at_ == end_) {
      in_.read(block_.data(), static_cast<std::streamsize>(block_.size()));
      end_ = static_cast<std::size_t>(in_.gcount());
      at_ = 0;
      if (end_ == 0) return false;
    }
    c = block_[at_++];
    ++byte_;
    return true;
  }

  std::istream& in_;
  std::string_view source_;
  std::vector<char> block_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::int64_t byte_ = 0;  // of the last character, from 1
  bool in_array_ = false;
};

// The member by its path; null where there is none.
const Json& Find(const Json& json, std::initializer_list<const char*> path) {
  static const Json kNull;
  const Json* at = &json;
  for (const char* key : path) {
    if (!at->is_object()) return kNull;
    const auto it = at->find(key);
    if (it == at->end()) return kNull;
    at = &*it;
  }
  return *at;
}

// A text, or a number's digits; "" for everything else.
std::string TextOf(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  return json.is_number_integer() ? json.dump() : "";
}

absl::StatusOr<std::int64_t> NumberOf(const Json& json, const char* field) {
  const std::string text = TextOf(json);
  std::int64_t number = 0;
  if (text.empty()) return number;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec == std::errc() && read.ptr == end && number >= 0) return number;
  return DataLoss("{}: \"{}\" is no number", field, text);
}

absl::StatusOr<absl::Time> TimeOf(const Json& json, const char* field,
                                  absl::Time absent) {
  const std::string text = TextOf(json);
  if (text.empty()) return absent;
  auto time = ParseTime(text);
  if (!time.ok()) return Annotate(time.status(), field);
  return time;
}

// A list of keywords: a payload of JSON, or that JSON itself; a single one may
// stand without brackets.
absl::StatusOr<std::vector<std::string>> KeywordsOf(const Json& attribute,
                                                    const char* field) {
  Json parsed;
  const Json* value = &attribute;
  if (const Json& data = Find(attribute, {"data"}); data.is_string()) {
    std::string bytes;
    if (!DecodeBase64(data.get<std::string>(), bytes)) {
      return DataLoss("{}: its data is not base64", field);
    }
    parsed = Json::parse(bytes, nullptr, /*allow_exceptions=*/false);
    value = &parsed;
  }
  std::vector<std::string> keywords;
  if (value->is_null()) return keywords;
  if (value->is_string()) {
    keywords.push_back(value->get<std::string>());
    return keywords;
  }
  if (!value->is_array()) return DataLoss("{}: is no list of keywords", field);
  for (const Json& keyword : *value) {
    if (!keyword.is_string()) {
      return DataLoss("{}: is no list of keywords", field);
    }
    keywords.push_back(keyword.get<std::string>());
  }
  return keywords;
}

// The build that the run was last worked on by, as far as BuildIds tells:
// elements are "current:b7", "assigned:b7", "pinned:deployment:b7",
// "versioned:b7", "unversioned:b7", "unversioned"; later ones come last.
std::string BuildOf(const std::vector<std::string>& build_ids) {
  constexpr std::array<std::string_view, 5> kBest = {
      "current:", "assigned:", "pinned:", "versioned:", "unversioned:"};
  for (std::string_view prefix : kBest) {
    for (auto id = build_ids.rbegin(); id != build_ids.rend(); ++id) {
      if (!id->starts_with(prefix)) continue;
      return id->substr(id->rfind(':') + 1);
    }
  }
  return "";
}

absl::StatusOr<std::string> BuildIdOf(const Json& execution) {
  for (const Json* stated :
       {&Find(execution, {"versioningInfo", "deploymentVersion", "buildId"}),
        &Find(execution, {"assignedBuildId"}),
        &Find(execution, {"mostRecentWorkerVersionStamp", "buildId"})}) {
    if (std::string id = TextOf(*stated); !id.empty()) return id;
  }
  COHORT_ASSIGN_OR_RETURN(
      const std::vector<std::string> ids,
      KeywordsOf(
          Find(execution, {"searchAttributes", "indexedFields", "BuildIds"}),
          "BuildIds"));
  return BuildOf(ids);
}

std::string FolderOf(std::string_view path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

absl::StatusOr<RunListing> ListingOfExecution(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return DataLoss("not JSON");
  RunListing run;
  run.workflow_id = TextOf(Find(json, {"execution", "workflowId"}));
  run.run_id = TextOf(Find(json, {"execution", "runId"}));
  if (run.workflow_id.empty() || run.run_id.empty()) {
    return DataLoss(
        "no execution.workflowId and execution.runId; is it a listing "
        "(`temporal workflow list --output json`)?");
  }
  run.workflow_type = TextOf(Find(json, {"type", "name"}));
  const std::string word = TextOf(Find(json, {"status"}));
  const auto status = FindRunStatus(word);
  if (!status) return DataLoss("status \"{}\" is not known", word);
  run.status = *status;
  COHORT_ASSIGN_OR_RETURN(
      run.started,
      TimeOf(Find(json, {"startTime"}), "startTime", absl::InfinitePast()));
  if (run.status != RunStatus::kOpen) {
    COHORT_ASSIGN_OR_RETURN(
        run.closed,
        TimeOf(Find(json, {"closeTime"}), "closeTime", absl::InfiniteFuture()));
  }
  COHORT_ASSIGN_OR_RETURN(
      run.events, NumberOf(Find(json, {"historyLength"}), "historyLength"));
  run.task_queue = TextOf(Find(json, {"taskQueue"}));
  COHORT_ASSIGN_OR_RETURN(run.build_id, BuildIdOf(json));
  constexpr const char* kChanges = "TemporalChangeVersion";
  COHORT_ASSIGN_OR_RETURN(
      run.change_versions,
      KeywordsOf(Find(json, {"searchAttributes", "indexedFields", kChanges}),
                 kChanges));
  return run;
}

absl::Status DumpSource::List(std::string_view location,
                              absl::FunctionRef<absl::Status(RunListing)> use) {
  const std::string path(location);
  std::error_code error;
  if (!fs::exists(path, error)) return NotFound("{}: no such file", path);
  auto file = std::make_unique<std::ifstream>(path, std::ios::binary);
  std::istringstream unpacked;
  std::istream* in = file.get();
  if (path.ends_with(".gz") || path.ends_with(".zst")) {
    COHORT_ASSIGN_OR_RETURN(std::string bytes, ReadWholeFile(path));
    COHORT_ASSIGN_OR_RETURN(std::string text,
                            Unpacked(std::move(bytes), path, kHistoryBytesMax));
    unpacked.str(std::move(text));
    in = &unpacked;
  }
  if (!*in) return NotFound("{}: cannot be opened", path);
  const std::string folder = FolderOf(path);
  JsonObjects objects(*in, path);
  std::string text;
  while (true) {
    COHORT_ASSIGN_OR_RETURN(const bool found, objects.Next(text));
    if (!found) return absl::OkStatus();
    auto run = ListingOfExecution(text);
    if (!run.ok()) {
      return Annotate(run.status(),
                      fmt::format("{}: the execution that ends at byte {}",
                                  path, objects.byte()));
    }
    run->name = fmt::format("{}/{}", folder, run->run_id);
    COHORT_RETURN_IF_ERROR(use(*std::move(run)));
  }
}

std::string DumpSource::FileOf(const std::string& folder,
                               std::string_view run_id) {
  const std::lock_guard lock(mutex_);
  auto found = folders_.find(folder);
  if (found == folders_.end()) {
    found = folders_.emplace(folder, HistoryByRun()).first;
    // What is no history (the listing itself) is nobody's history.
    const auto files = ListHistoryFiles(folder);
    for (const std::string& file :
         files.ok() ? *files : std::vector<std::string>()) {
      const auto history = ReadHistoryFile(file);
      if (!history.ok()) continue;
      const auto facts = FactsOf(*history);
      if (!facts.ok()) continue;
      // Of several snapshots the longest is the one that was listed.
      HistoryOfRun& known = found->second[facts->run_id];
      if (facts->events > known.events) known = {file, facts->events};
    }
  }
  const auto file = found->second.find(run_id);
  return file == found->second.end() ? "" : file->second.file;
}

absl::StatusOr<History> DumpSource::Fetch(std::string_view name) {
  const std::string stem(name);
  for (std::string_view ending : kJsonEndings) {
    const std::string path = stem + std::string(ending);
    std::error_code error;
    if (fs::is_regular_file(path, error)) return ReadHistoryFile(path);
  }
  const std::string folder = FolderOf(name);
  const std::string run_id = fs::path(name).filename().string();
  const std::string file = FileOf(folder, run_id);
  if (!file.empty()) return ReadHistoryFile(file);
  return NotFound(
      "{}: no history of run {} in this folder; write it by `temporal workflow "
      "show --run-id {} --output json > {}.json`",
      folder, run_id, run_id, stem);
}

}  // namespace cohort
