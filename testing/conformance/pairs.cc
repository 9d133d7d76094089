#include "cohort/testing/conformance/pairs.h"

#include <charconv>
#include <fstream>
#include <string_view>
#include <utility>

#include "cohort/base/status.h"

namespace cohort_testing {
namespace {

std::optional<Official> OfficialOf(std::string_view word) {
  if (word == "ok" || word == ".") return Official::kOk;
  if (word == "nondeterminism" || word == "N") return Official::kNondeterminism;
  if (word == "other-error" || word == "E") return Official::kOtherError;
  return std::nullopt;
}

std::vector<std::string> Cells(std::string_view line) {
  std::vector<std::string> cells;
  while (true) {
    const std::size_t tab = line.find('\t');
    cells.emplace_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return cells;
    line.remove_prefix(tab + 1);
  }
}

// Where a table of lines has what.
struct Columns {
  std::size_t history = 0;
  std::optional<std::size_t> events;
  std::size_t generation = 1;
  std::size_t verdict = 2;
};

// The columns that a first line names; nullopt where it is no such line.
std::optional<Columns> NamedColumns(const std::vector<std::string>& cells) {
  std::optional<Columns> columns;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i] == "generation") columns.emplace().generation = i;
  }
  if (!columns) return columns;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i] == "history" || cells[i] == "file") columns->history = i;
    if (cells[i] == "events") columns->events = i;
    if (cells[i] == "verdict") columns->verdict = i;
  }
  return columns;
}

class PairReader {
 public:
  absl::Status Add(const std::string& line) {
    ++line_number_;
    if (line.empty()) return absl::OkStatus();
    if (line.find('\t') != std::string::npos) return AddRow(Cells(line));
    return AddOfBlock(line);
  }
  std::vector<Pair> Take() { return std::move(pairs_); }

 private:
  absl::Status AddRow(const std::vector<std::string>& cells) {
    if (line_number_ == 1) {
      if (const auto named = NamedColumns(cells)) {
        columns_ = *named;
        return absl::OkStatus();
      }
    }
    const auto cell = [&](std::size_t i) {
      return i < cells.size() ? std::string_view(cells[i]) : "";
    };
    const auto official = OfficialOf(cell(columns_.verdict));
    if (!official) return Bad();
    Pair pair{std::string(cell(columns_.history)), std::nullopt,
              std::string(cell(columns_.generation)), *official};
    if (columns_.events) {
      const std::string_view text = cell(*columns_.events);
      std::size_t events = 0;
      const auto read =
          std::from_chars(text.data(), text.data() + text.size(), events);
      if (read.ec != std::errc() || events == 0) return Bad();
      pair.events = events;
    }
    pairs_.push_back(std::move(pair));
    return absl::OkStatus();
  }

  // A title; below it the events' letters, which the history itself says
  // better; then the generations.
  absl::Status AddOfBlock(const std::string& line) {
    constexpr std::string_view kTitle = "== ";
    if (line.starts_with(kTitle)) {
      history_ = line.substr(kTitle.size());
      return absl::OkStatus();
    }
    if (history_.empty() || line.starts_with(' ')) return absl::OkStatus();
    const std::size_t blank = line.find(' ');
    if (blank == std::string::npos) return Bad();
    for (std::size_t i = blank + 1; i < line.size(); ++i) {
      const auto official = OfficialOf(std::string_view(line).substr(i, 1));
      if (!official) return Bad();
      pairs_.push_back({history_, i - blank, line.substr(0, blank), *official});
    }
    return absl::OkStatus();
  }

  absl::Status Bad() const {
    return cohort::DataLoss("line {}: no pair of history and generation",
                            line_number_);
  }

  Columns columns_;
  std::string history_;
  int line_number_ = 0;
  std::vector<Pair> pairs_;
};

}  // namespace

std::string_view NameOf(Official verdict) {
  switch (verdict) {
    case Official::kOk:
      return "ok";
    case Official::kNondeterminism:
      return "nondeterminism";
    case Official::kOtherError:
      return "other-error";
  }
  return "";
}

absl::StatusOr<std::vector<Pair>> ReadPairs(std::istream& in) {
  PairReader reader;
  std::string line;
  while (std::getline(in, line)) {
    COHORT_RETURN_IF_ERROR(reader.Add(line));
  }
  return reader.Take();
}

absl::StatusOr<std::vector<Pair>> ReadPairs(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return cohort::NotFound("{}: cannot be opened", path);
  auto pairs = ReadPairs(in);
  if (!pairs.ok()) return cohort::Annotate(pairs.status(), path);
  return pairs;
}

}  // namespace cohort_testing
