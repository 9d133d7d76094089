#include "cohort/benchmarks/corpus_scale.h"

#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "cohort/base/status.h"
#include "cohort/benchmarks/full_walk.h"
#include "cohort/benchmarks/stopwatch.h"
#include "cohort/corpus/census.h"
#include "cohort/corpus/fleet.h"
#include "cohort/corpus/history_file.h"
#include "cohort/corpus/in_order.h"
#include "cohort/corpus/sampler.h"
#include "cohort/corpus/shape.h"
#include "cohort/examples/order.h"
#include "cohort/testing/corpus_replay.h"
#include "fmt/format.h"
#include "simdjson.h"

namespace cohort_benchmarks {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBytesMax = 100'000;
constexpr std::int64_t kPerFolder = 1000;
constexpr std::size_t kSlice = 2000;

template <typename T>
T OrEnd(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  fmt::print(stderr, "{}\n", cohort::ToStd(value.status().message()));
  std::exit(2);
}

std::string TextOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (in.good() || in.eof()) return text;
  fmt::print(stderr, "{}: cannot be read\n", path);
  std::exit(2);
}

double PeakMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

struct Recorded {
  std::string text;
  std::string run_id;
};

std::vector<Recorded> ReadRecorded(const std::string& folder) {
  std::vector<Recorded> all;
  for (const std::string& file : OrEnd(cohort::ListHistoryFiles(folder))) {
    if (!file.ends_with(".json")) continue;
    Recorded recorded{TextOf(file), ""};
    if (recorded.text.size() > kBytesMax) continue;
    auto history = cohort::History::FromJson(recorded.text);
    if (!history.ok()) continue;
    auto facts = cohort::FactsOf(*history);
    if (!facts.ok() || facts->run_id.size() != 36) continue;
    recorded.run_id = facts->run_id;
    all.push_back(std::move(recorded));
  }
  return all;
}

// The same history as another run: of the id's last 12 digits a number.
std::string AsRun(const Recorded& recorded, std::int64_t number) {
  std::string id = recorded.run_id;
  id.replace(24, 12, fmt::format("{:012}", number));
  std::string text = recorded.text;
  for (std::size_t at = text.find(recorded.run_id); at != std::string::npos;
       at = text.find(recorded.run_id, at + id.size())) {
    text.replace(at, id.size(), id);
  }
  return text;
}

double WallSeconds(absl::FunctionRef<void()> work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - begin;
  return seconds.count();
}

double ReplaySeconds(const cohort::Registry& registry,
                     const std::vector<cohort::CorpusItem>& items, int jobs,
                     std::int64_t& clean) {
  std::vector<cohort::CaseResult> results;
  const double seconds = WallSeconds([&] {
    results = cohort::CorpusReplay(registry, {.jobs = jobs}).Run(items);
  });
  clean = std::count_if(results.begin(), results.end(),
                        [](const auto& r) { return r.exit_code == 0; });
  return seconds;
}

std::uint64_t ParseOne(simdjson::dom::parser& parser, const std::string& file,
                       std::int64_t& bytes) {
  auto text = simdjson::padded_string::load(file);
  bytes += static_cast<std::int64_t>(text.value().size());
  return parser.parse(text.value()).error() == simdjson::SUCCESS ? 1 : 0;
}

// What the census and a shape are made of.
struct Counted {
  cohort::History history;
  cohort::Snapshot snapshot;
  std::size_t turns = 0;
};

Counted Count(const std::string& file) {
  cohort::History history = OrEnd(cohort::ReadHistoryFile(file));
  cohort::Snapshot snapshot = OrEnd(cohort::SnapshotOf(history, file));
  const std::size_t turns = OrEnd(cohort::ShapeOf(history)).turns.size();
  return {std::move(history), std::move(snapshot), turns};
}

cohort::Fleet EmptyFleet() {
  return cohort::Fleet(
      [](const std::string& name) { return cohort::ReadHistoryFile(name); });
}

// In slices, so that both meet the same noise.
void MeasureWall(std::span<const std::string> files, CensusCost& cost) {
  cost.threads = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  cohort::Fleet fleet = EmptyFleet();
  simdjson::dom::parser parser;
  while (!files.empty()) {
    const auto slice = files.first(std::min(files.size(), kSlice));
    files = files.subspan(slice.size());
    cost.parse_wall += WallSeconds([&] {
      std::int64_t bytes = 0;
      for (const std::string& file : slice) ParseOne(parser, file, bytes);
    });
    cost.census_wall += WallSeconds([&] {
      cohort::InOrder<Counted>(
          slice.size(), cost.threads,
          [&](std::size_t i) { return Count(slice[i]); },
          [&](std::size_t, Counted counted) {
            fleet.Add(counted.snapshot, counted.history);
          });
    });
  }
  cost.census_wall += WallSeconds([&] { cohort::CensusOf(fleet); });
}

}  // namespace

MadeCorpus::MadeCorpus(std::string folder, const std::string& recorded,
                       std::int64_t count)
    : folder_(std::move(folder)) {
  const std::vector<Recorded> all = ReadRecorded(recorded);
  if (all.empty()) {
    fmt::print(stderr, "{}: no histories to make others of\n", recorded);
    std::exit(2);
  }
  // A folder of its own: what is deleted at the end is nobody else's.
  std::error_code error;
  fs::create_directories(folder_, error);
  folder_ += "/made-XXXXXX";
  if (mkdtemp(folder_.data()) == nullptr) {
    fmt::print(stderr, "{}: cannot be made\n", folder_);
    std::exit(2);
  }
  for (std::int64_t i = 0; i < count; ++i) {
    const fs::path sub =
        fs::path(folder_) / fmt::format("{:04}", i / kPerFolder);
    if (i % kPerFolder == 0) fs::create_directories(sub);
    const std::string text =
        AsRun(all[static_cast<std::size_t>(i) % all.size()], i);
    std::ofstream out(sub / fmt::format("{:06}.json", i), std::ios::binary);
    out << text;
    out.close();
    if (!out) {
      fmt::print(stderr, "{}: cannot be written\n", sub.string());
      std::exit(2);
    }
    bytes_ += static_cast<std::int64_t>(text.size());
  }
}

MadeCorpus::~MadeCorpus() {
  std::error_code error;
  fs::remove_all(folder_, error);
}

CensusCost MeasureCensus(const std::string& folder) {
  CensusCost cost;
  const std::vector<std::string> files =
      OrEnd(cohort::ListHistoryFiles(folder));
  cohort::Fleet fleet = EmptyFleet();
  simdjson::dom::parser parser;
  FullWalk walk;
  std::uint64_t sum = 0;
  for (const std::string& file : files) {
    {
      const Stopwatch watch;
      sum += ParseOne(parser, file, cost.bytes);
      cost.parse_seconds += watch.seconds();
    }
    {
      const Stopwatch watch;
      std::string text = TextOf(file);
      text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
      sum += walk.Sum(text);
      cost.walk_seconds += watch.seconds();
    }
    const Stopwatch watch;
    const Counted counted = Count(file);
    fleet.Add(counted.snapshot, counted.history);
    sum += counted.turns;
    cost.census_seconds += watch.seconds();
  }
  const Stopwatch watch;
  cost.rows = static_cast<std::int64_t>(cohort::CensusOf(fleet).size());
  cost.census_seconds += watch.seconds();
  cost.histories = static_cast<std::int64_t>(sum == 0 ? 0 : files.size());
  cost.peak_megabytes = PeakMegabytes();
  MeasureWall(files, cost);
  return cost;
}

SamplingCost MeasureSampling(std::int64_t runs) {
  SamplingCost cost{.runs = runs};
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  const Stopwatch watch;
  cohort::Sampler sampler = OrEnd(cohort::Sampler::Create({.now = now}));
  for (std::int64_t i = 0; i < runs; ++i) {
    cohort::RunListing run;
    run.workflow_type = fmt::format("Type{}", i % 37);
    run.workflow_id = fmt::format("order-{}", i);
    run.run_id = fmt::format("01a20518-0f22-7e73-a8a8-{:012}", i);
    run.name = run.run_id;
    run.status =
        i % 5 == 0 ? cohort::RunStatus::kOpen : cohort::RunStatus::kCompleted;
    run.started = now - absl::Seconds(i % 10'000'000);
    run.events = 10 + i % 5000;
    run.change_versions = {{fmt::format("Step1-{}", i % 3)}};
    const absl::Status added = sampler.Add(run);
    if (!added.ok()) {
      fmt::print(stderr, "{}\n", cohort::ToStd(added.message()));
      std::exit(2);
    }
  }
  const cohort::Sample sample = std::move(sampler).Finish();
  cost.chosen = static_cast<std::int64_t>(sample.runs.size());
  cost.seconds = watch.seconds();
  cost.peak_megabytes = PeakMegabytes();
  return cost;
}

ReplayCost MeasureReplays(const std::string& recorded, std::int64_t count) {
  const cohort::Registry registry =
      cohort_examples::OrderRegistry(cohort_examples::OrderStyle::kGo, "g2");
  std::vector<cohort::CorpusItem> files;
  for (const std::string& file :
       OrEnd(cohort::ListHistoryFiles(recorded + "/go/Order"))) {
    std::int64_t clean = 0;
    ReplaySeconds(registry, {{.name = file}}, 1, clean);
    if (clean == 1) files.push_back({.name = file});
  }
  std::vector<cohort::CorpusItem> items;
  for (std::int64_t i = 0; i < count && !files.empty(); ++i) {
    items.push_back(files[static_cast<std::size_t>(i) % files.size()]);
  }
  ReplayCost cost{.histories = static_cast<std::int64_t>(items.size())};
  cost.one_thread = ReplaySeconds(registry, items, 1, cost.clean);
  cost.two_threads = ReplaySeconds(registry, items, 2, cost.clean);
  return cost;
}

}  // namespace cohort_benchmarks
