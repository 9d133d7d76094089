#include "cohort/testing/layers.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/testing/source_tree.h"
#include "fmt/core.h"

namespace cohort_testing {
namespace {

struct Room {
  std::string_view name;
  // Rooms named directly, separated by blanks; those behind them follow. A
  // room stands below every room that it names.
  std::string_view includes;
};

constexpr std::string_view kAllRooms =
    "base history versioning markers workflow engine corpus worker embedded "
    "temporal testing";

constexpr std::array kRooms = {
    Room{"base", ""},
    Room{"history", "base"},
    Room{"versioning", "base"},
    Room{"markers", "history versioning"},
    Room{"workflow", "history versioning"},
    Room{"engine", "markers workflow"},
    Room{"corpus", "markers"},
    Room{"worker", "engine"},
    Room{"embedded", "worker corpus"},
    Room{"temporal", "worker corpus"},
    // A leaf of its own: JSON in, text out, and no need of anything behind it.
    Room{"testing/formats", "base"},
    Room{"testing", "embedded testing/formats"},
    // A leaf of its own: it holds the programs among the examples, which users
    // read, against recorded histories; testing itself may not know them.
    Room{"testing/conformance",
         "base history versioning markers workflow engine corpus worker "
         "embedded temporal testing examples"},
    Room{"testing/upstream", "testing"},
    Room{"cli", kAllRooms},
    Room{"examples", kAllRooms},
    // It measures the examples' programs: the same as were recorded.
    Room{"benchmarks",
         "base history versioning markers workflow engine corpus worker "
         "embedded temporal testing examples"},
    Room{"docs", kAllRooms},
    Room{"third_party", ""},
    Room{"build", ""},
};

// The one foreign header that has no folder before its name.
constexpr std::string_view kForeignHeader = "simdjson.h";

const Room* FindRoom(std::string_view name) {
  const auto* it = std::find_if(kRooms.begin(), kRooms.end(),
                                [&](const Room& r) { return r.name == name; });
  return it == kRooms.end() ? nullptr : it;
}

// Of the rooms that the path lies in, the innermost; where it lies in none,
// what stands in a room's place.
std::string_view InnermostRoomOf(std::string_view path) {
  std::string_view found = RoomOf(path);
  for (const Room& room : kRooms) {
    if (room.name.size() > found.size() && path.size() > room.name.size() &&
        path.starts_with(room.name) && path[room.name.size()] == '/') {
      found = room.name;
    }
  }
  return found;
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

bool Contains(const std::vector<std::string_view>& words,
              std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void AddWithAllBehind(std::string_view room,
                      std::vector<std::string_view>& found) {
  const Room* row = FindRoom(room);
  if (row == nullptr) return;
  for (std::string_view next : Words(row->includes)) {
    if (Contains(found, next)) continue;
    found.push_back(next);
    AddWithAllBehind(next, found);
  }
}

// What stands between the quotes of an #include line; "" for other lines.
std::string_view QuotedInclude(std::string_view line) {
  const auto trim = [&] {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  };
  trim();
  if (!line.starts_with('#')) return "";
  line.remove_prefix(1);
  trim();
  if (!line.starts_with("include")) return "";
  line.remove_prefix(std::string_view("include").size());
  trim();
  if (!line.starts_with('"')) return "";
  line.remove_prefix(1);
  return line.substr(0, std::min(line.find('"'), line.size()));
}

// What is wrong with one include, or "".
std::string IncludeProblem(std::string_view room, bool test_source,
                           std::string_view include) {
  constexpr std::string_view kPrefix = "cohort/";
  if (!include.starts_with(kPrefix)) {
    const std::string_view first = RoomOf(include);
    if (include == kForeignHeader) return "";
    // The one room that knows the server's generated messages.
    const bool message =
        include.starts_with("temporal/api/") && include.ends_with(".pb.h");
    if (message && room == "temporal") return "";
    if (!first.empty() && FindRoom(first) == nullptr) return "";
    return fmt::format("\"{}\": own files are included as \"cohort/...\"",
                       include);
  }
  const std::string_view target =
      InnermostRoomOf(include.substr(kPrefix.size()));
  if (FindRoom(target) == nullptr) {
    return fmt::format("\"{}\": unknown room \"{}\"", include, target);
  }
  if (target == room || Contains(MayInclude(room), target)) return "";
  if (test_source && target == "testing") return "";
  return fmt::format("\"{}\": {} may not include {}", include, room, target);
}

}  // namespace

std::vector<std::string_view> MayInclude(std::string_view room) {
  std::vector<std::string_view> found;
  AddWithAllBehind(room, found);
  std::vector<std::string_view> ordered;
  for (const Room& row : kRooms) {
    if (Contains(found, row.name)) ordered.push_back(row.name);
  }
  return ordered;
}

std::vector<Finding> CheckLayers(const SourceFile& file) {
  const std::string_view room = InnermostRoomOf(file.path);
  if (room.empty()) {
    if (!IsCpp(file.path)) return {};
    return {{file.path, 0, "C++ files stand in a room"}};
  }
  if (FindRoom(room) == nullptr) {
    return {{file.path, 0, fmt::format("unknown room \"{}\"", room)}};
  }
  std::vector<Finding> findings;
  if (!IsCpp(file.path)) return findings;
  int number = 0;
  for (std::string_view line : Lines(file.text)) {
    ++number;
    const std::string_view include = QuotedInclude(line);
    if (include.empty()) continue;
    std::string problem =
        IncludeProblem(room, IsTestSource(file.path), include);
    if (!problem.empty()) {
      findings.push_back({file.path, number, std::move(problem)});
    }
  }
  return findings;
}

std::string PrintLayers() {
  std::string text = "| Room | May include |\n|---|---|\n";
  for (const Room& row : kRooms) {
    std::string names;
    for (std::string_view name : MayInclude(row.name)) {
      names += fmt::format("{}`{}`", names.empty() ? "" : ", ", name);
    }
    text += fmt::format("| `{}` | {} |\n", row.name,
                        names.empty() ? "nothing" : names);
  }
  return text;
}

}  // namespace cohort_testing
