// What somebody may have meant by a word that is no name.
//
//   const std::vector<std::string> names = {"census", "retire"};
//   return UnknownName("cenus", "command", names);
//   // "cenus" is no command; did you mean "census"?
//
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_BASE_SUGGEST_H_
#define COHORT_BASE_SUGGEST_H_

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cohort/base/printable.h"
#include "fmt/core.h"

namespace cohort {

// How many letters have to be put in, taken out or changed.
inline std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// `kind` is what `names` are: "command".
inline std::string UnknownName(std::string_view word, std::string_view kind,
                               std::span<const std::string> names) {
  constexpr std::size_t kSlips = 2;
  std::string text = fmt::format("\"{}\" is no {}", Printable(word), kind);
  const auto closest = std::min_element(
      names.begin(), names.end(), [&](const auto& a, const auto& b) {
        return EditDistance(word, a) < EditDistance(word, b);
      });
  if (closest != names.end() && EditDistance(word, *closest) <= kSlips) {
    return text + fmt::format("; did you mean \"{}\"?", *closest);
  }
  text += "; there are:";
  for (const std::string& name : names) text += " " + name;
  return text;
}

// Of a parser of CLI11.
template <typename App>
std::string UnknownCommand(const App& app, std::string_view word) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({})) {
    names.push_back(command->get_name());
  }
  return UnknownName(word, "command", names);
}

}  // namespace cohort

#endif  // COHORT_BASE_SUGGEST_H_
