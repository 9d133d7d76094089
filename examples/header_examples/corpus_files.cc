// The examples of the headers of corpus that read and keep histories. Paths are
// those of main.cc's folder.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/base/status.h"
#include "cohort/corpus/corpus_source.h"
#include "cohort/corpus/digest.h"
#include "cohort/corpus/draw.h"
#include "cohort/corpus/fill.h"
#include "cohort/corpus/fleet.h"
#include "cohort/corpus/folder_source.h"
#include "cohort/corpus/history_file.h"
#include "cohort/corpus/in_order.h"
#include "cohort/corpus/listing.h"
#include "cohort/corpus/query_token.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/corpus/run_status.h"
#include "cohort/corpus/sampler.h"
#include "cohort/corpus/sqlite.h"
#include "cohort/corpus/store.h"
#include "cohort/corpus/store_rows.h"
#include "cohort/corpus/stratum.h"
#include "cohort/corpus/whole_file.h"
#include "cohort/examples/header_examples/surroundings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_examples::ShippedOrder;
using ::testing::ElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

absl::Status ReadFiles(std::vector<std::string>& read) {
  const auto Use = [&](const absl::StatusOr<History>& history) {
    if (history.ok()) read.emplace_back(history->source());
  };
  // snippet: corpus/history_file.h
  COHORT_ASSIGN_OR_RETURN(auto files, ListHistoryFiles("histories/"));
  for (const std::string& file : files) Use(ReadHistoryFile(file));
  // end of snippet
  return absl::OkStatus();
}

TEST(CorpusFileHeaders, FilesOfAFolderAreRead) {
  std::vector<std::string> read;
  EXPECT_OK(ReadFiles(read));
  EXPECT_THAT(read, ElementsAre("histories/order-17.json"));
}

absl::Status WriteAndRead(std::string_view bytes) {
  // snippet: corpus/whole_file.h
  COHORT_RETURN_IF_ERROR(WriteWholeFile("corpus/ab/abc.json.zst", bytes));
  COHORT_ASSIGN_OR_RETURN(std::string text, ReadWholeFile("allow.txt"));
  // end of snippet
  EXPECT_EQ(*ReadWholeFile("corpus/ab/abc.json.zst"), bytes);
  return absl::OkStatus();
}

TEST(CorpusFileHeaders, FilesAreWrittenWhole) {
  std::filesystem::create_directories("corpus/ab");
  EXPECT_OK(WriteWholeFile("allow.txt", ""));
  EXPECT_OK(WriteAndRead("{}"));
}

absl::Status Fill(CorpusStore& store, HistorySource& source,
                  const Sample& sample, absl::Time now) {
  // snippet: corpus/fill.h
  COHORT_RETURN_IF_ERROR(store.BeginRound({.seed = 7, .at = now}, sample));
  COHORT_RETURN_IF_ERROR(FillRound(store, source, {.now = now}));
  // end of snippet
  return absl::OkStatus();
}

absl::Status ListCorpus(std::vector<std::string>& names) {
  // snippet: corpus/corpus_source.h
  CorpusSource source;
  COHORT_RETURN_IF_ERROR(source.List("corpus/", [&](RunListing run) {
    names.push_back(run.name);
    return absl::OkStatus();
  }));
  // end of snippet
  return absl::OkStatus();
}

absl::Status FillAndList(std::vector<std::string>& names) {
  FolderSource source;
  COHORT_ASSIGN_OR_RETURN(Sampler sampler, Sampler::Create({.seed = 7}));
  COHORT_RETURN_IF_ERROR(source.List(
      "histories/", [&](RunListing run) { return sampler.Add(run); }));
  {
    COHORT_ASSIGN_OR_RETURN(CorpusStore store, CorpusStore::Open("corpus"));
    COHORT_RETURN_IF_ERROR(
        Fill(store, source, std::move(sampler).Finish(), kNow));
  }
  return ListCorpus(names);
}

TEST(CorpusFileHeaders, FilledCorpusIsASource) {
  std::vector<std::string> names;
  EXPECT_OK(FillAndList(names));
  EXPECT_FALSE(names.empty());
}

void AddInOrder(const std::vector<std::string>& files, std::size_t jobs,
                std::vector<std::string>& added) {
  const auto Read = [](const std::string& file) {
    return *ReadHistoryFile(file);
  };
  const auto Add = [&](const History& history) {
    added.emplace_back(history.source());
  };
  // snippet: corpus/in_order.h
  InOrder<History>(
      files.size(), jobs, [&](std::size_t i) { return Read(files[i]); },
      [&](std::size_t i, History history) { Add(history); });
  // end of snippet
}

TEST(CorpusFileHeaders, SeveralReadAndOneAddsInOrder) {
  std::vector<std::string> added;
  AddInOrder({"order-17.json", "fleet/run-1.json"}, 2, added);
  EXPECT_THAT(added, ElementsAre("order-17.json", "fleet/run-1.json"));
}

absl::Status UseRows(std::vector<std::string>& words) {
  const auto Use = [&](std::int64_t n, const std::string& word) {
    words.push_back(word + std::to_string(n));
  };
  COHORT_ASSIGN_OR_RETURN(Sqlite fresh,
                          Sqlite::Open("index.sqlite", SqliteMode::kWrite));
  COHORT_RETURN_IF_ERROR(fresh.Run("CREATE TABLE t (n, word)"));
  { const Sqlite closed = std::move(fresh); }
  // snippet: corpus/sqlite.h
  COHORT_ASSIGN_OR_RETURN(Sqlite db,
                          Sqlite::Open("index.sqlite", SqliteMode::kWrite));
  COHORT_RETURN_IF_ERROR(db.Run("INSERT INTO t VALUES (?, ?)", {7, "seven"}));
  COHORT_RETURN_IF_ERROR(
      db.ForEach("SELECT n, word FROM t", {}, [&](const SqliteRow& row) {
        Use(row.Int(0), row.Text(1));
        return absl::OkStatus();
      }));
  // end of snippet
  return absl::OkStatus();
}

absl::Status NoteFetched(Sqlite& db, absl::Time now) {
  // snippet: corpus/store_rows.h
  return db.Run("UPDATE runs SET fetched = ?", {TimeValue(now)});
  // end of snippet
}

TEST(CorpusFileHeaders, SqliteAnswersWithStatuses) {
  std::vector<std::string> words;
  EXPECT_OK(UseRows(words));
  EXPECT_THAT(words, ElementsAre("seven7"));
  Sqlite db = *Sqlite::Open("corpus/index.sqlite", SqliteMode::kWrite);
  EXPECT_OK(NoteFetched(db, kNow));
}

TEST(CorpusFileHeaders, DigestsAreChained) {
  // snippet: corpus/digest.h
  Digest chain;                     // of nothing: all zero
  chain = Chained(chain, "bytes");  // of what came before, then these
  chain.Hex();                      // 32 digits
  // end of snippet
  EXPECT_EQ(chain.Hex().size(), 32u);
}

TEST(CorpusFileHeaders, ListingsAreDrawnAndParted) {
  const absl::Time now = kNow;
  const RunFacts facts = *FactsOf(ShippedOrder().Build());
  // snippet: corpus/listing.h
  RunListing run = ListingOf(facts, "orders/17.json");
  run.status == RunStatus::kOpen;
  run.change_versions;
  // end of snippet
  EXPECT_EQ(run.status, RunStatus::kCompleted);
  RunListing other = run;
  other.run_id = "another";
  // snippet: corpus/draw.h
  DrawHash(7, run) < DrawHash(7, other);  // `run` is drawn before `other`
  NameOf(DrawKind::kOldest) == "oldest";
  // end of snippet
  EXPECT_NE(DrawHash(7, run), DrawHash(7, other));
  EXPECT_EQ(NameOf(DrawKind::kOldest), "oldest");
  // snippet: corpus/stratum.h
  StratumKey listed = StratumOf(run, now);  // phase 1: a listing's row
  StratumKey read = StratumOf(facts, now);  // phase 2: with the stage
  listed.Text();  // "Order, open, Step1-2, 16-31 events, under 1 day old"
  // end of snippet
  EXPECT_THAT(listed.Text(), testing::HasSubstr("Order, completed"));
  EXPECT_EQ(listed.stage, "");
  EXPECT_NE(read.stage, "");
}

absl::Status Tokenize() {
  // snippet: corpus/query_token.h
  COHORT_ASSIGN_OR_RETURN(auto tokens, QueryTokens("RunId != 'r-1'"));
  tokens[2].kind == QueryTokenKind::kText;
  tokens[2].text == "r-1";
  // end of snippet
  EXPECT_EQ(tokens[2].kind, QueryTokenKind::kText);
  EXPECT_EQ(tokens[2].text, "r-1");
  return absl::OkStatus();
}

TEST(CorpusFileHeaders, QueriesAreTokens) { EXPECT_OK(Tokenize()); }

TEST(CorpusFileHeaders, StatusesHaveNames) {
  // snippet: corpus/run_status.h
  FindRunStatus("WORKFLOW_EXECUTION_STATUS_TIMED_OUT") == RunStatus::kTimedOut;
  NameOf(RunStatus::kTimedOut) == "timed-out";
  // end of snippet
  EXPECT_TRUE(FindRunStatus("WORKFLOW_EXECUTION_STATUS_TIMED_OUT") ==
              RunStatus::kTimedOut);
  EXPECT_EQ(NameOf(RunStatus::kTimedOut), "timed-out");
}

}  // namespace
}  // namespace cohort
