#include "cohort/benchmarks/report.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "cohort/base/check.h"
#include "cohort/benchmarks/live_history.h"
#include "cohort/benchmarks/made_history.h"
#include "cohort/benchmarks/official_figures.h"
#include "cohort/benchmarks/programs.h"
#include "cohort/examples/loop.h"
#include "cohort/examples/order.h"
#include "cohort/examples/recorded.h"
#include "fmt/format.h"

namespace cohort_benchmarks {
namespace {

namespace fs = std::filesystem;

// The shortest history is measured in as many events as the longest.
constexpr std::size_t kEventsPerRound = 45'000;
constexpr std::size_t kRoundsMoreMax = 100;

// Which code replays Order.
constexpr std::string_view kOrderGeneration = "g2";

std::string ReadText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

double Millions(double per_second) { return per_second / 1e6; }

double Ratio(const SpeedOf& speed, Stage stage) {
  return speed.at(Stage::kWalk) / speed.at(stage);
}

double Nanoseconds(const SpeedOf& speed, Stage stage) {
  return 1e9 / speed.events_per_second(stage);
}

// A file that is gone when its name is.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_(fs::temp_directory_path() /
              fmt::format("cohort-benchmark-{}.json", getpid())) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  ~TemporaryFile() { fs::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

void PrintFigure(std::string_view name, double value) {
  fmt::print("{}: {:.2f}\n", name, value);
}

// What an event costs in a long history beside one in a short one. A short
// history stays in the processor's cache, a long one does not: what that alone
// costs for each pass over the bytes is what memcpy needs more.
void PrintGrowth(const SpeedOf& shortest, const SpeedOf& longest) {
  constexpr std::pair<std::string_view, Stage> kStages[] = {
      {"memcpy", Stage::kCopy},
      {"walk", Stage::kWalk},
      {"replay_parsed", Stage::kReplayParsed},
      {"replay_bytes", Stage::kReplayBytes}};
  for (const auto& [name, stage] : kStages) {
    const double before = Nanoseconds(shortest, stage);
    const double after = Nanoseconds(longest, stage);
    PrintFigure(fmt::format("{}_cost_per_event_longest_vs_shortest", name),
                after / before);
    PrintFigure(fmt::format("{}_ns_per_event_more_in_longest", name),
                after - before);
  }
}

// The lines at the end, for programs to read.
void PrintFigures(const std::string& program, const std::vector<SpeedOf>& made,
                  const std::string& longest, int calls, int rounds) {
  const auto [low, high] = std::minmax_element(
      made.begin(), made.end(), [](const SpeedOf& a, const SpeedOf& b) {
        return Ratio(a, Stage::kReplayBytes) < Ratio(b, Stage::kReplayBytes);
      });
  const SpeedOf& first = made.front();
  const auto last = std::max_element(
      made.begin(), made.end(),
      [](const SpeedOf& a, const SpeedOf& b) { return a.events < b.events; });
  const auto slowest = std::min_element(
      made.begin(), made.end(), [](const SpeedOf& a, const SpeedOf& b) {
        return a.events_per_second(Stage::kReplayParsed) <
               b.events_per_second(Stage::kReplayParsed);
      });
  // "made Loop": by program, the slowest of each.
  std::map<std::string, double> ratios;
  for (const SpeedOf& s : made) {
    const std::string key =
        fmt::format("replay_from_bytes_vs_simdjson_walk_{}",
                    static_cast<char>(s.name[5] | 0x20) + s.name.substr(6));
    const double ratio = Ratio(s, Stage::kReplayBytes);
    const auto [it, is_new] = ratios.try_emplace(key, ratio);
    if (!is_new) it->second = std::min(it->second, ratio);
  }
  fmt::print("\nBy program, the slowest of each:\n");
  for (const auto& [name, ratio] : ratios) PrintFigure(name, ratio);
  fmt::print("The slowest of the made histories decides:\n");
  PrintFigure("replay_from_bytes_vs_simdjson_walk",
              Ratio(*low, Stage::kReplayBytes));
  PrintFigure("replay_from_bytes_vs_simdjson_walk_best",
              Ratio(*high, Stage::kReplayBytes));
  fmt::print("replay_parsed_events_per_second: {:.0f}\n",
             slowest->events_per_second(Stage::kReplayParsed));
  fmt::print("replay_bytes_events_per_second: {:.0f}\n",
             low->events_per_second(Stage::kReplayBytes));
  PrintGrowth(first, *last);
  for (int ids : {8, 2000}) {
    PrintFigure(fmt::format("get_version_memoised_{}_ids_ns", ids),
                MemoisedCallNanoseconds(ids, calls, rounds));
  }
  const TemporaryFile file(longest);
  PrintFigure("peak_memory_per_history_byte",
              PeakOfChild(program, file.path()));
  PrintFigure("two_threads_vs_one", SpeedupOfTwoThreads(longest, rounds));
}

}  // namespace

std::vector<Input> MadeInputs(const Sizes& sizes) {
  const auto loops = cohort_examples::LoopRegistry(cohort::Family::kVersion);
  std::vector<Input> inputs;
  for (int n : sizes.loops) inputs.push_back({"made Loop", MakeLoop(n), loops});
  for (int n : sizes.fanouts) {
    inputs.push_back({"made Fanout", MakeFanout(n), loops});
  }
  inputs.push_back({"made Order", RunOrder(),
                    cohort_examples::OrderRegistry(
                        cohort_examples::OrderStyle::kGo, kOrderGeneration)});
  for (int n : sizes.mixed) {
    inputs.push_back({"made Mixed", RunMixed(n), MixedProgram()});
  }
  return inputs;
}

std::vector<Input> RecordedInputs(const std::string& directory) {
  std::vector<Input> inputs;
  for (const cohort_examples::RecordedSdk& sdk :
       cohort_examples::kRecordedSdks) {
    const auto add = [&](std::string_view program, const fs::path& file,
                         const cohort::Registry& registry) {
      inputs.push_back({fmt::format("recorded {} {}", sdk.name, program),
                        ReadText(file), registry});
    };
    const auto loops = cohort_examples::LoopRegistry(sdk.family);
    for (const char* program : {"Loop", "Fanout"}) {
      std::vector<std::string> files =
          cohort_examples::RecordedFiles(directory, sdk, program);
      std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
        return fs::file_size(a) < fs::file_size(b);
      });
      for (const std::string& file : files) add(program, file, loops);
    }
    const fs::path order = fs::path(directory) / sdk.name / "Order" /
                           fmt::format("{}_plain.json", kOrderGeneration);
    if (!fs::exists(order)) continue;
    add("Order", order,
        cohort_examples::OrderRegistry(sdk.style, kOrderGeneration));
  }
  return inputs;
}

std::vector<SpeedOf> MeasureAll(const std::vector<Input>& inputs, int rounds) {
  std::vector<SpeedOf> speeds;
  for (const Input& input : inputs) {
    const auto events = static_cast<std::size_t>(std::count(
                            input.text.begin(), input.text.end(), '\n')) /
                        24;
    const auto more = std::clamp(kEventsPerRound / (events + 1), std::size_t{1},
                                 kRoundsMoreMax);
    speeds.push_back(
        MeasureReplay(input.name, input.text, input.program,
                      rounds == 1 ? 1 : rounds * static_cast<int>(more)));
  }
  return speeds;
}

void PrintSpeeds(const std::vector<SpeedOf>& speeds) {
  fmt::print(
      "Millions of events per second, processor time of one thread, medians "
      "of rounds in turns.\n\"walk\": simdjson visits every value of the same "
      "bytes once, its parser and memory used again.\n\n"
      "{:26}{:>7}{:>10}{:>8}{:>7}{:>7}{:>8}{:>8}{:>7}{:>8}  {}\n",
      "history", "events", "bytes", "memcpy", "walk", "parse", "turns",
      "parsed", "bytes", "/ walk", "checksums");
  for (const SpeedOf& s : speeds) {
    fmt::print("{:26}{:7}{:10}", s.name, s.events, s.bytes);
    for (std::size_t i = 0; i < kStageCount; ++i) {
      fmt::print("{:{}.2f}", Millions(s.events_per_second(Stage(i))),
                 i == 0 || i == 3 || i == 4 ? 8 : 7);
    }
    fmt::print("{:8.2f}  ", Ratio(s, Stage::kReplayBytes));
    for (Stage stage :
         {Stage::kWalk, Stage::kParse, Stage::kTurns, Stage::kReplayBytes}) {
      fmt::print("{:08x} ", s.checksum(stage) & 0xffffffff);
    }
    fmt::print("\n");
  }
}

void PrintOfficial(const std::vector<SpeedOf>& speeds) {
  fmt::print(
      "\nAgainst the official replayers (their figures were measured earlier, "
      "see\nofficial_figures.h), events per second from bytes and from a "
      "parsed history.\nMade histories stand beside Go's.\n\n"
      "{:26}{:>7}{:>12}{:>12}{:>9}{:>12}{:>12}{:>9}\n",
      "history", "events", "theirs", "here", "times", "theirs", "here",
      "times");
  for (const SpeedOf& s : speeds) {
    const auto events = static_cast<double>(s.events);
    const std::string_view name = s.name;
    for (const OfficialFigure& f : kOfficialFigures) {
      const bool same_sdk = name.starts_with("made")
                                ? f.sdk == "go"
                                : name.find(f.sdk) != std::string_view::npos;
      if (!same_sdk || !name.ends_with(f.program) ||
          std::abs(events / f.events - 1) > 0.1) {
        continue;
      }
      const double bytes = s.events_per_second(Stage::kReplayBytes);
      const double parsed = s.events_per_second(Stage::kReplayParsed);
      fmt::print("{:26}{:7}{:12.0f}{:12.0f}{:9.0f}{:12.0f}{:12.0f}{:9.0f}\n",
                 s.name, s.events, f.bytes_events_per_second, bytes,
                 bytes / f.bytes_events_per_second, f.parsed_events_per_second,
                 parsed, parsed / f.parsed_events_per_second);
    }
  }
}

void PrintReport(const std::string& program, const std::string& directory) {
  const std::vector<Input> made = MadeInputs({});
  std::vector<SpeedOf> speeds = MeasureAll(made, 9);
  std::vector<SpeedOf> all = speeds;
  if (directory.empty() || !fs::exists(directory)) {
    fmt::print("No recorded histories: give --histories DIR for them.\n\n");
  } else {
    for (SpeedOf& s : MeasureAll(RecordedInputs(directory), 3)) {
      all.push_back(std::move(s));
    }
  }
  PrintSpeeds(all);
  PrintOfficial(all);
  PrintFigures(program, speeds, made[2].text, 10'000'000, 5);
}

void PrintSmoke(const std::string& program) {
  const std::vector<Input> made = MadeInputs({{10, 20}, {7}, {2}});
  const std::vector<SpeedOf> speeds = MeasureAll(made, 1);
  PrintSpeeds(speeds);
  PrintOfficial(speeds);
  PrintFigures(program, speeds, made[1].text, 1000, 1);
}

}  // namespace cohort_benchmarks
