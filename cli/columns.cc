#include "cohort/cli/columns.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "cohort/base/printable.h"
#include "fmt/core.h"

namespace cohort {

void Columns::Add(Cells cells) {
  for (std::string& cell : cells) cell = Printable(cell);
  rows_.push_back(std::move(cells));
}

std::string Columns::Text() const {
  const std::size_t columns = rows_.front().size();
  std::vector<std::size_t> widths(columns);
  for (const Cells& row : rows_) {
    for (std::size_t c = 0; c < columns; ++c) {
      widths[c] = std::max(widths[c], row[c].size());
    }
  }
  std::string text;
  for (const Cells& row : rows_) {
    for (std::size_t c = 0; c + 1 < columns; ++c) {
      text += fmt::format("{:<{}}  ", row[c], widths[c]);
    }
    text += row.back() + "\n";
  }
  return text;
}

std::string JsonText(const nlohmann::ordered_json& json, int indent) {
  return PrintableLines(json.dump(
      indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace cohort
