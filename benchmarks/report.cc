#include "cohort/benchmarks/report.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "cohort/base/check.h"
#include "cohort/benchmarks/made_history.h"
#include "cohort/benchmarks/official_figures.h"
#include "cohort/benchmarks/programs.h"
#include "fmt/format.h"

namespace cohort_benchmarks {
namespace {

namespace fs = std::filesystem;

// The shortest history is measured in as many events as the longest.
constexpr std::size_t kEventsPerRound = 45'000;

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
  fmt::print("\nThe slowest of the made histories decides:\n");
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
  std::vector<Input> inputs;
  for (int n : sizes.loops) inputs.push_back({"made Loop", MakeLoop(n)});
  for (int n : sizes.fanouts) inputs.push_back({"made Fanout", MakeFanout(n)});
  return inputs;
}

std::vector<Input> RecordedInputs(const std::string& directory) {
  std::vector<Input> inputs;
  for (const char* sdk : {"go", "java", "python", "typescript"}) {
    const bool core = sdk[0] == 'p' || sdk[0] == 't';
    for (const char* program : {"Loop", "Fanout"}) {
      const fs::path folder = fs::path(directory) / sdk / program;
      std::error_code ignored;
      std::vector<fs::path> files;
      for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        if (entry.path().extension() == ".json") files.push_back(entry.path());
      }
      std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
        return fs::file_size(a) < fs::file_size(b);
      });
      for (const fs::path& file : files) {
        inputs.push_back(
            {fmt::format("recorded {} {}", sdk, program), ReadText(file),
             core ? cohort::Family::kPatch : cohort::Family::kVersion});
      }
    }
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
                                 std::size_t{20});
    const cohort::Registry registry = ReplayedPrograms(input.family);
    speeds.push_back(
        MeasureReplay(input.name, input.text, registry,
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
  const std::vector<Input> made =
      MadeInputs({.loops = {10, 20}, .fanouts = {7}});
  const std::vector<SpeedOf> speeds = MeasureAll(made, 1);
  PrintSpeeds(speeds);
  PrintOfficial(speeds);
  PrintFigures(program, speeds, made[1].text, 1000, 1);
}

}  // namespace cohort_benchmarks
