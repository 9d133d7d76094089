// Console blocks: the commands of a document, and what they print.
//
//   for (const ConsoleCommand& command : ConsoleCommandsOf(document)) {
//     EXPECT_TRUE(Prints(command.wanted, LinesOf(output)));
//   }
//
//   ```console
//   $ cohort census histories
//   Order  fraud-check  ...
//   ...
//   [exit 1]
//   ```
//
// A line of three dots stands for any number of lines.
// Threads and errors: functions of their arguments; none.
#ifndef COHORT_TESTING_CONSOLE_BLOCKS_H_
#define COHORT_TESTING_CONSOLE_BLOCKS_H_

#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

namespace cohort_testing {

struct ConsoleCommand {
  std::string line;  // behind "$ "
  std::vector<std::string> wanted;
};

inline std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

inline std::vector<ConsoleCommand> ConsoleCommandsOf(
    const std::string& document) {
  std::vector<ConsoleCommand> commands;
  bool inside = false;
  for (const std::string& line : LinesOf(document)) {
    if (line == "```console") {
      inside = true;
    } else if (line == "```") {
      inside = false;
    } else if (inside && line.starts_with("$ ")) {
      commands.push_back({line.substr(2), {}});
    } else if (inside && !commands.empty()) {
      commands.back().wanted.push_back(line);
    }
  }
  return commands;
}

// From line `w` of the wanted ones and line `g` of those that came on.
inline bool Prints(const std::vector<std::string>& wanted,
                   const std::vector<std::string>& got, std::size_t w = 0,
                   std::size_t g = 0) {
  if (w == wanted.size()) return g == got.size();
  if (wanted[w] == "...") {
    for (std::size_t skip = g; skip <= got.size(); ++skip) {
      if (Prints(wanted, got, w + 1, skip)) return true;
    }
    return false;
  }
  return g < got.size() && wanted[w] == got[g] &&
         Prints(wanted, got, w + 1, g + 1);
}

}  // namespace cohort_testing

#endif  // COHORT_TESTING_CONSOLE_BLOCKS_H_
