#include "cohort/corpus/store.h"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "cohort/corpus/corpus_source.h"
#include "cohort/corpus/fill.h"
#include "cohort/corpus/history_file.h"
#include "cohort/corpus/whole_file.h"
#include "cohort/history/json_writer.h"
#include "cohort/testing/history_builder.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(2'000'000'000);

// Histories in memory: i-th run has `i % shapes` signals, and a payload of its
// own.
class FleetSource : public HistorySource {
 public:
  explicit FleetSource(int runs, int shapes = 4) {
    for (int i = 0; i < runs; ++i) {
      const std::string name = "run-" + std::to_string(i);
      HistoryBuilder b = Start(name);
      b.Turn().Version("Step1", 1);
      for (int s = 0; s < i % shapes; ++s) b.Signal("go");
      b.Turn().Activity("charge");
      b.ActivityCompleted({JsonPayload(std::to_string(i))});
      histories.emplace(name, b.Build());
    }
  }
  static HistoryBuilder Start(const std::string& run_id) {
    return HistoryBuilder(RunStart{.workflow_type = "Order", .run_id = run_id});
  }
  std::string_view scheme() const override { return "fleet"; }
  absl::Status List(std::string_view,
                    absl::FunctionRef<absl::Status(RunListing)> use) override {
    for (const auto& [name, history] : histories) {
      RunListing run = ListingOf(*FactsOf(history), name);
      run.run_id = name;
      if (longer.contains(name)) run.events += 1;
      if (no_lengths) run.events = 0;
      const absl::Status used = use(std::move(run));
      if (!used.ok()) return used;
    }
    return absl::OkStatus();
  }
  absl::StatusOr<History> Fetch(std::string_view name) override {
    if (down) return absl::UnavailableError("no connection");
    const auto found = histories.find(name);
    if (found == histories.end() || missing.contains(std::string(name))) {
      return why_missing;
    }
    ++fetched[std::string(name)];
    if (down_after > 0 && --down_after == 0) down = true;
    return found->second;
  }

  std::map<std::string, History, std::less<>> histories;
  std::set<std::string> longer;
  std::set<std::string> missing;
  std::map<std::string, int> fetched;
  absl::Status why_missing = absl::NotFoundError("gone");
  bool no_lengths = false;
  bool down = false;
  int down_after = 0;
};

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() : folder_(::testing::TempDir() + "/corpus") {
    fs::remove_all(folder_);
  }

  CorpusStore Open() {
    auto store = CorpusStore::Open(folder_);
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }
  Sample Choose(FleetSource& source, SampleOptions options = {}) {
    options.now = kNow;
    auto sampler = Sampler::Create(std::move(options));
    EXPECT_TRUE(
        source.List("", [&](RunListing run) { return sampler->Add(run); })
            .ok());
    return std::move(*sampler).Finish();
  }
  absl::Status Fill(CorpusStore& store, FleetSource& source,
                    CorpusRound round = {}, SampleOptions options = {}) {
    round.at = kNow;
    round.source = "fleet:";
    options.seed = round.seed;
    const absl::Status begun = store.BeginRound(round, Choose(source, options));
    return begun.ok() ? FillRound(store, source, {.now = kNow}) : begun;
  }
  CorpusRound Last(CorpusStore& store) {
    auto round = store.LastRound();
    EXPECT_TRUE(round.ok()) << round.status();
    EXPECT_TRUE(round->has_value());
    return **round;
  }
  std::map<FetchState, int> States(CorpusStore& store) {
    std::map<FetchState, int> states;
    for (const RoundRun& r : Last(store).runs) ++states[r.run.state];
    return states;
  }
  std::vector<std::string> Files() {
    auto files = ListHistoryFiles(folder_);
    return files.ok() ? *files : std::vector<std::string>();
  }
  int Parts() {
    int parts = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      parts += entry.path().extension() == ".part" ? 1 : 0;
    }
    return parts;
  }

  std::string folder_;
};

TEST_F(StoreTest, AFilledRoundReadsBack) {
  FleetSource source(40);
  CorpusStore store = Open();
  EXPECT_FALSE(store.LastRound()->has_value());
  CorpusRound round{.seed = ~std::uint64_t{0}, .alpha = 0.01};
  round.request = "--budget 12";
  const Sample sample = Choose(source, {.seed = round.seed, .budget = 12});
  ASSERT_TRUE(Fill(store, source, round, {.budget = 12}).ok());
  const CorpusRound last = Last(store);
  EXPECT_EQ(last.seed, round.seed);
  EXPECT_EQ(last.round, 1);
  EXPECT_EQ(last.alpha, 0.01);
  EXPECT_EQ(last.keep, Keep::kEach);
  EXPECT_EQ(last.source, "fleet:");
  EXPECT_EQ(last.request, "--budget 12");
  EXPECT_EQ(last.at, kNow);
  EXPECT_EQ(last.listed, 40);
  EXPECT_EQ(last.population, 40);
  EXPECT_EQ(last.least, sample.least);
  EXPECT_EQ(last.pooled, sample.pooled);
  EXPECT_EQ(last.risk_met, sample.risk_met);
  EXPECT_TRUE(last.finished);
  ASSERT_EQ(last.strata.size(), sample.strata.size());
  for (std::size_t i = 0; i < last.strata.size(); ++i) {
    EXPECT_EQ(last.strata[i].key, sample.strata[i].key);
    EXPECT_EQ(last.strata[i].runs, sample.strata[i].runs);
    EXPECT_EQ(last.strata[i].certain, sample.strata[i].certain);
    EXPECT_EQ(last.strata[i].drawn, sample.strata[i].drawn);
  }
  ASSERT_EQ(last.runs.size(), sample.runs.size());
  for (std::size_t i = 0; i < last.runs.size(); ++i) {
    const RoundRun& r = last.runs[i];
    const RunListing& wanted = sample.runs[i].run;
    EXPECT_EQ(r.stratum, sample.runs[i].stratum);
    EXPECT_EQ(r.kind, sample.runs[i].kind);
    EXPECT_EQ(r.run.listing.run_id, wanted.run_id);
    EXPECT_EQ(r.run.listing.name, wanted.name);
    EXPECT_EQ(r.run.listing.workflow_type, "Order");
    EXPECT_EQ(r.run.listing.workflow_id, wanted.workflow_id);
    EXPECT_EQ(r.run.listing.started, wanted.started);
    EXPECT_EQ(r.run.listing.closed, wanted.closed);
    EXPECT_EQ(r.run.listing.events, wanted.events);
    EXPECT_EQ(r.run.listing.change_versions, wanted.change_versions);
    EXPECT_EQ(r.run.state, FetchState::kStored);
    EXPECT_EQ(r.run.fetched, kNow);
    EXPECT_EQ(r.run.source, "fleet:");
    EXPECT_THAT(r.run.stratum, HasSubstr("Order, open, Step1-1"));
    EXPECT_THAT(r.run.stratum, HasSubstr("nothing outstanding"));
    EXPECT_EQ(r.run.shape.size(), 32u);
    EXPECT_EQ(r.run.collapsed.size(), 32u);
    auto history = ReadHistoryFile(r.run.file);
    ASSERT_TRUE(history.ok()) << history.status();
    const std::string json = WriteHistory(*history);
    EXPECT_EQ(json, WriteHistory(source.histories.at(wanted.name)));
    const std::string sha256 = Sha256Hex(json);
    EXPECT_EQ(r.run.file, folder_ + "/histories/" + sha256.substr(0, 2) + "/" +
                              sha256 + ".json.zst");
  }
  EXPECT_EQ(Files().size(), 12u);
  EXPECT_EQ(source.fetched.size(), 12u);
}

TEST_F(StoreTest, Sha256IsThatOfTheStandard) {
  EXPECT_EQ(Sha256Hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(StoreTest, OneEachShapeCountsTheOthers) {
  FleetSource source(40, 4);
  CorpusStore store = Open();
  ASSERT_TRUE(
      Fill(store, source, {.keep = Keep::kOneEachShape}, {.budget = 30}).ok());
  EXPECT_EQ(Files().size(), 4u);
  EXPECT_EQ(States(store)[FetchState::kStored], 4);
  EXPECT_EQ(States(store)[FetchState::kCounted], 26);
  for (const RoundRun& r : Last(store).runs) {
    EXPECT_EQ(r.run.shape.size(), 32u);
    EXPECT_EQ(r.run.file.empty(), r.run.state == FetchState::kCounted);
  }
  // What is only counted is fetched when each history is wanted.
  ASSERT_TRUE(Fill(store, source, {.seed = 0}, {.budget = 30}).ok());
  EXPECT_EQ(States(store)[FetchState::kStored], 30);
  EXPECT_EQ(Files().size(), 30u);
}

TEST_F(StoreTest, NoRunIsFetchedTwiceUnlessItHasChanged) {
  FleetSource source(20);
  CorpusStore store = Open();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Fill(store, source, {.seed = 5}, {.budget = 50}).ok());
  }
  EXPECT_EQ(Last(store).round, 3);
  EXPECT_EQ(*store.RoundsOf(5), 3);
  ASSERT_TRUE(Fill(store, source, {.seed = 6}, {.budget = 50}).ok());
  EXPECT_EQ(Last(store).round, 1);
  EXPECT_EQ(source.fetched.size(), 20u);
  for (const auto& [name, times] : source.fetched) EXPECT_EQ(times, 1) << name;
  source.longer = {"run-3"};
  ASSERT_TRUE(Fill(store, source, {.seed = 6}, {.budget = 50}).ok());
  EXPECT_EQ(source.fetched["run-3"], 2);
  EXPECT_EQ(source.fetched["run-4"], 1);
}

TEST_F(StoreTest, AnOpenRunOfUnknownLengthIsFetchedAnew) {
  FleetSource source(3);
  source.no_lengths = true;
  source.histories["run-1"] =
      FleetSource::Start("run-1").Turn().Completed().Build();
  CorpusStore store = Open();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Fill(store, source).ok());
  EXPECT_EQ(source.fetched["run-0"], 2);
  EXPECT_EQ(source.fetched["run-1"], 1);
}

TEST_F(StoreTest, ALostFileIsFetchedAndWrittenAgain) {
  FleetSource source(4);
  CorpusStore store = Open();
  ASSERT_TRUE(Fill(store, source).ok());
  const std::string lost = Last(store).runs[2].run.file;
  fs::remove(lost);
  ASSERT_TRUE(Fill(store, source).ok());
  EXPECT_TRUE(ReadHistoryFile(lost).ok());
  EXPECT_EQ(source.fetched[Last(store).runs[2].run.listing.run_id], 2);
  EXPECT_EQ(source.fetched[Last(store).runs[3].run.listing.run_id], 1);
}

TEST_F(StoreTest, WhatIsWrongWithOneHistoryDoesNotStopTheRest) {
  FleetSource source(6);
  source.missing = {"run-2"};
  source.why_missing = absl::ResourceExhaustedError("too long");
  source.histories.at("run-4") = FleetSource::Start("other").Turn().Build();
  CorpusStore store = Open();
  ASSERT_TRUE(Fill(store, source).ok());
  EXPECT_EQ(States(store)[FetchState::kStored], 4);
  EXPECT_EQ(States(store)[FetchState::kMissing], 2);
  std::map<std::string, std::string> problems;
  for (const RoundRun& r : Last(store).runs) {
    problems[r.run.listing.run_id] = r.run.problem;
  }
  EXPECT_EQ(problems["run-2"], "too long");
  EXPECT_THAT(problems["run-4"], HasSubstr("holds run other, not run-4"));
}

TEST_F(StoreTest, AnInterruptedRoundGoesOn) {
  FleetSource source(20);
  source.down_after = 7;
  {
    CorpusStore store = Open();
    EXPECT_TRUE(absl::IsUnavailable(Fill(store, source)));
    EXPECT_FALSE(Last(store).finished);
    EXPECT_EQ(States(store)[FetchState::kStored], 7);
    EXPECT_EQ(States(store)[FetchState::kWanted], 13);
  }
  source.down = false;
  CorpusStore store = Open();
  std::vector<std::int64_t> seen;
  ASSERT_TRUE(FillRound(store, source,
                        {.now = kNow,
                         .progress =
                             [&](std::int64_t done, std::int64_t all) {
                               EXPECT_EQ(all, 20);
                               seen.push_back(done);
                             }})
                  .ok());
  EXPECT_EQ(seen.size(), 13u);
  EXPECT_EQ(seen.back(), 20);
  EXPECT_TRUE(Last(store).finished);
  EXPECT_EQ(States(store)[FetchState::kStored], 20);
  for (const auto& [name, times] : source.fetched) EXPECT_EQ(times, 1) << name;
}

TEST_F(StoreTest, AMissingHistoryIsSaidAndLookedForAgain) {
  FleetSource source(10);
  source.missing = {"run-4"};
  CorpusStore store = Open();
  ASSERT_TRUE(Fill(store, source).ok());
  EXPECT_EQ(States(store)[FetchState::kMissing], 1);
  for (const RoundRun& r : Last(store).runs) {
    if (r.run.state != FetchState::kMissing) continue;
    EXPECT_EQ(r.run.listing.run_id, "run-4");
    EXPECT_EQ(r.run.problem, "gone");
    EXPECT_EQ(r.run.file, "");
  }
  // The round is not over: it is the same sample that is waited for.
  EXPECT_FALSE(Last(store).finished);
  source.missing.clear();
  ASSERT_TRUE(FillRound(store, source, {.now = kNow}).ok());
  EXPECT_TRUE(Last(store).finished);
  EXPECT_EQ(Last(store).round, 1);
  EXPECT_EQ(States(store)[FetchState::kMissing], 0);
  EXPECT_EQ(States(store)[FetchState::kStored], 10);
}

TEST_F(StoreTest, AHistoryThatCannotBeCutIsStoredWithoutAShape) {
  FleetSource source(1);
  source.histories["run-0"] = FleetSource::Start("run-0")
                                  .Add({.type = EventType::kTimerStarted})
                                  .Build();
  CorpusStore store = Open();
  ASSERT_TRUE(Fill(store, source, {.keep = Keep::kOneEachShape}).ok());
  EXPECT_EQ(Last(store).runs[0].run.state, FetchState::kStored);
  EXPECT_EQ(Last(store).runs[0].run.shape, "");
}

// A disk that is full after so many bytes of any one file.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_ = {};
};

TEST_F(StoreTest, AFullDiskLeavesNoPartOfAFile) {
  FleetSource source(1);
  // Larger, packed, than the index is.
  HistoryBuilder large = FleetSource::Start("run-0");
  std::uint32_t x = 1;
  std::string noise = "\"";
  for (int i = 0; i < 600'000; ++i) {
    x = x * 1664525u + 1013904223u;
    noise += static_cast<char>('a' + (x >> 24) % 26);
  }
  large.Turn().Signal("s", {JsonPayload(noise + "\"")});
  source.histories["run-0"] = large.Build();
  CorpusStore store = Open();
  const Sample sample = Choose(source);
  ASSERT_TRUE(store.BeginRound({.at = kNow}, sample).ok());
  {
    const FileSizeLimit limit(200'000);
    const absl::Status full = FillRound(store, source, {.now = kNow});
    EXPECT_TRUE(absl::IsResourceExhausted(full)) << full;
    EXPECT_THAT(std::string(full.message()), HasSubstr("make room"));
  }
  EXPECT_THAT(Files(), IsEmpty());
  EXPECT_EQ(Parts(), 0);
  EXPECT_EQ(States(store)[FetchState::kWanted], 1);
  ASSERT_TRUE(FillRound(store, source, {.now = kNow}).ok());
  ASSERT_EQ(Files().size(), 1u);
  EXPECT_TRUE(ReadHistoryFile(Files()[0]).ok());
}

TEST_F(StoreTest, AFullDiskLeavesTheIndexAsItWas) {
  FleetSource source(400);
  CorpusStore store = Open();
  ASSERT_TRUE(Fill(store, source, {}, {.budget = 3}).ok());
  {
    const FileSizeLimit limit(fs::file_size(folder_ + "/index.sqlite"));
    EXPECT_FALSE(Fill(store, source, {}, {.budget = 400}).ok());
  }
  EXPECT_EQ(Last(store).round, 1);
  EXPECT_EQ(Last(store).runs.size(), 3u);
  ASSERT_TRUE(Fill(store, source, {}, {.budget = 400}).ok());
  EXPECT_EQ(Last(store).runs.size(), 400u);
}

TEST_F(StoreTest, PartsOfADeadProcessAreRemoved) {
  { Open(); }
  fs::create_directories(folder_ + "/histories/ab");
  std::ofstream(folder_ + "/histories/ab/abc.json.zst.77.part") << "half";
  EXPECT_THAT(Files(), IsEmpty());
  { Open(); }
  EXPECT_EQ(Parts(), 0);
}

TEST_F(StoreTest, OneWritesAtATime) {
  CorpusStore store = Open();
  const auto other = CorpusStore::Open(folder_);
  EXPECT_TRUE(absl::IsUnavailable(other.status())) << other.status();
  EXPECT_THAT(std::string(other.status().message()),
              HasSubstr("another process writes"));
}

TEST_F(StoreTest, ForeignAndNewerIndexesAreRefused) {
  fs::create_directories(folder_);
  const std::string index = folder_ + "/index.sqlite";
  const auto open_after = [&](const char* sql) {
    {
      auto db = Sqlite::Open(index, SqliteMode::kWrite);
      EXPECT_TRUE(db->Run(sql).ok());
    }
    return CorpusStore::Open(folder_).status();
  };
  EXPECT_TRUE(absl::IsFailedPrecondition(open_after("CREATE TABLE t (x)")));
  fs::remove(index);
  { Open(); }
  const absl::Status newer = open_after("PRAGMA user_version = 2");
  EXPECT_THAT(std::string(newer.message()), HasSubstr("version 2"));
  std::ofstream(index) << std::string(9000, 'x');
  EXPECT_TRUE(absl::IsDataLoss(CorpusStore::Open(folder_).status()));
  fs::remove(index);
  EXPECT_TRUE(absl::IsNotFound(CorpusStore::OpenToRead(folder_).status()));
}

TEST_F(StoreTest, ListsAsASource) {
  FleetSource source(6);
  source.missing = {"run-2"};
  {
    CorpusStore store = Open();
    ASSERT_TRUE(Fill(store, source).ok());
  }
  CorpusSource corpus;
  EXPECT_EQ(corpus.scheme(), "corpus");
  std::vector<std::string> ids;
  ASSERT_TRUE(corpus
                  .List(folder_ + "/",
                        [&](RunListing run) {
                          ids.push_back(run.run_id);
                          EXPECT_EQ(run.workflow_type, "Order");
                          EXPECT_TRUE(fs::exists(run.name));
                          EXPECT_TRUE(corpus.Fetch(run.name).ok());
                          return absl::OkStatus();
                        })
                  .ok());
  EXPECT_THAT(ids, ElementsAre("run-0", "run-1", "run-3", "run-4", "run-5"));
  EXPECT_TRUE(absl::IsNotFound(corpus.List(
      "absent", [](const RunListing&) { return absl::OkStatus(); })));
}

}  // namespace
}  // namespace cohort
