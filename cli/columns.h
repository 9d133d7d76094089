// Text in columns, as wide as they need, and JSON of names that may hold
// anything.
//
//   Columns columns({"file", "event"});
//   columns.Add({"a.json", "7"});
//   out << columns.Text();
//
// Threads: one at a time. Errors: none.
#ifndef COHORT_CLI_COLUMNS_H_
#define COHORT_CLI_COLUMNS_H_

#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace cohort {

class Columns {
 public:
  using Cells = std::vector<std::string>;

  explicit Columns(Cells titles) { Add(std::move(titles)); }

  // As many cells as there are titles.
  void Add(Cells cells);
  // A line for each row, the titles' first. What is not printable is escaped.
  std::string Text() const;

 private:
  std::vector<Cells> rows_;
};

// `indent` -1: on one line. What is not UTF-8 is replaced, what would steer a
// terminal escaped.
std::string JsonText(const nlohmann::ordered_json& json, int indent);

}  // namespace cohort

#endif  // COHORT_CLI_COLUMNS_H_
