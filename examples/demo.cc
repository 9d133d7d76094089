// The demo: recorded histories of four SDKs against the right code and against
// a careless change.
//
//   demo [FOLDER]    default: the committed histories
//
// Exit code 0 if all are clean under the right code and some diverge under the
// careless change; 1 otherwise.
#include <string>
#include <string_view>
#include <vector>

#include "cohort/examples/loop.h"
#include "cohort/examples/order.h"
#include "cohort/examples/recorded.h"
#include "cohort/testing/replayer.h"
#include "fmt/core.h"

namespace cohort_examples {
namespace {

using cohort::ReplayReport;
using cohort::Verdict;

struct Line {
  std::string name;  // the file, below the root
  std::string_view sdk;
  std::string_view code;
  ReplayReport report;
};

// The generation of Order that is deployed. g2 has every path that runs in
// flight may be on, up to those that began when its guards were already gone.
constexpr std::string_view kRightOrder = "g2";
constexpr std::string_view kCarelessOrder = "g5";

std::string_view RightOrderFor(std::string_view file) {
  return file.starts_with("g5") ? "g5" : kRightOrder;
}

std::string_view FileName(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::vector<Line> Replay(std::string_view root, Build build) {
  std::vector<Line> lines;
  for (const RecordedSdk& sdk : kRecordedSdks) {
    const cohort::Registry loop = LoopRegistry(sdk.family, build);
    for (const std::string& path : RecordedFiles(root, sdk, "Order")) {
      const std::string_view generation = build == Build::kGood
                                              ? RightOrderFor(FileName(path))
                                              : kCarelessOrder;
      const cohort::Registry order = OrderRegistry(sdk.style, generation);
      lines.push_back({path.substr(root.size() + 1), sdk.name, generation,
                       cohort::Replayer(order).ReplayFile(path)});
    }
    for (const std::string& path : RecordedFiles(root, sdk, "Loop")) {
      lines.push_back({path.substr(root.size() + 1), sdk.name,
                       build == Build::kGood ? "Loop" : "Loop + audit",
                       cohort::Replayer(loop).ReplayFile(path)});
    }
  }
  return lines;
}

int Count(const std::vector<Line>& lines, Verdict verdict) {
  int count = 0;
  for (const Line& line : lines) count += line.report.verdict == verdict;
  return count;
}

void PrintTable(const std::vector<Line>& lines) {
  fmt::print("{:<42} {:<10} {:>6} {:>5}  {:<12} {}\n", "history", "sdk",
             "events", "turns", "code", "verdict");
  for (const Line& line : lines) {
    fmt::print("{:<42} {:<10} {:>6} {:>5}  {:<12} {}\n", line.name, line.sdk,
               line.report.events, line.report.turns, line.code,
               NameOf(line.report.verdict));
  }
}

int Demo(std::string_view root) {
  fmt::print(
      "1. The code of today: Order keeps every path that a run in flight may\n"
      "   be on; each asks for its version.\n\n");
  const std::vector<Line> right = Replay(root, Build::kGood);
  PrintTable(right);

  fmt::print(
      "\n2. A careless change: the old paths of Order and their version calls\n"
      "   are removed while runs still need them (g5), and Loop has one more\n"
      "   activity without a version call. What one run would meet:\n\n");
  const std::vector<Line> careless = Replay(root, Build::kCareless);
  for (const Line& line : careless) {
    if (line.report.verdict != Verdict::kDivergent) continue;
    fmt::print("{}\n", line.report.ToString());
    break;
  }
  fmt::print("\n");
  PrintTable(careless);

  const int clean = Count(right, Verdict::kClean);
  const int diverge = Count(careless, Verdict::kDivergent);
  fmt::print(
      "\ndemo: {} histories clean, {} diverge under the careless change\n",
      clean, diverge);
  const bool all = !right.empty() && clean == static_cast<int>(right.size());
  return all && diverge > 0 ? 0 : 1;
}

}  // namespace
}  // namespace cohort_examples

int main(int argc, char** argv) {
  return cohort_examples::Demo(argc > 1 ? std::string_view(argv[1])
                                        : cohort_examples::kCommittedHistories);
}
