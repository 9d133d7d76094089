// The figures of report.h that are not about one history's stages.

#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "cohort/base/check.h"
#include "cohort/benchmarks/measure.h"
#include "cohort/benchmarks/programs.h"
#include "cohort/benchmarks/report.h"
#include "cohort/examples/loop.h"
#include "cohort/history/history.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replayer.h"
#include "fmt/format.h"

namespace cohort_benchmarks {
namespace {

using cohort::History;
using cohort::Recorder;
using cohort::Replayer;
using cohort::Verdict;

void ReplayClean(const Replayer& replayer, const History& history, int times) {
  for (int i = 0; i < times; ++i) {
    COHORT_CHECK(replayer.Replay(history).verdict == Verdict::kClean,
                 "the history replays clean");
  }
}

template <typename F>
double WallSeconds(F&& call) {
  const auto start = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

// "VmHWM:     1234 kB"
double PeakBytes() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) * 1024;
  }
  return 0;
}

}  // namespace

double MemoisedCallNanoseconds(int ids, int calls, int rounds) {
  const cohort::Registry registry = AskingProgram();
  std::vector<double> nanoseconds;
  for (int i = 0; i < rounds; ++i) {
    Recorder recorder({.registry = &registry}, "Ask",
                      cohort::ToPayloads(ids, calls));
    COHORT_CHECK(recorder.RunTurn().ok() && recorder.closed(),
                 "the run closes in its first turn");
    const std::string& result = recorder.commands().back().input.at(0).data;
    nanoseconds.push_back(std::stod(result) / calls);
  }
  return Median(std::move(nanoseconds));
}

double SpeedupOfTwoThreads(const std::string& text, int count) {
  const cohort::Registry registry =
      cohort_examples::LoopRegistry(cohort::Family::kVersion);
  const Replayer replayer(registry);
  const absl::StatusOr<History> history = History::FromJson(text);
  COHORT_CHECK(history.ok(), "the history can be read");
  const auto work = [&](int times) { ReplayClean(replayer, *history, times); };
  std::vector<double> speedups;
  for (int round = 0; round < 5; ++round) {
    const double one = WallSeconds([&] { work(2 * count); });
    const double two = WallSeconds([&] {
      std::thread other([&] { work(count); });
      work(count);
      other.join();
    });
    speedups.push_back(one / two);
  }
  return Median(std::move(speedups));
}

double PeakPerByte(const std::string& path) {
  const cohort::Registry registry =
      cohort_examples::LoopRegistry(cohort::Family::kVersion);
  const absl::StatusOr<History> history = History::FromFile(path);
  COHORT_CHECK(history.ok(), "the history can be read");
  ReplayClean(Replayer(registry), *history, 1);
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  return PeakBytes() / static_cast<double>(file.tellg());
}

double PeakOfChild(const std::string& program, const std::string& path) {
  const std::string command = fmt::format("'{}' --peak-of '{}'", program, path);
  std::FILE* child = popen(command.c_str(), "r");
  COHORT_CHECK(child != nullptr, "a process can be started");
  double peak = 0;
  const int read = std::fscanf(child, "%lf", &peak);
  COHORT_CHECK(pclose(child) == 0 && read == 1, "the child answers");
  return peak;
}

}  // namespace cohort_benchmarks
