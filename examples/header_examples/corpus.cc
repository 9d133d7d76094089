// The examples of the headers of corpus. Paths are those of main.cc's folder.
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/base/status.h"
#include "cohort/corpus/census.h"
#include "cohort/corpus/decode.h"
#include "cohort/corpus/diff.h"
#include "cohort/corpus/dump_source.h"
#include "cohort/corpus/fill.h"
#include "cohort/corpus/fleet.h"
#include "cohort/corpus/folder_source.h"
#include "cohort/corpus/proof.h"
#include "cohort/corpus/query.h"
#include "cohort/corpus/retire.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/corpus/sampler.h"
#include "cohort/corpus/scrub.h"
#include "cohort/corpus/shape.h"
#include "cohort/corpus/source.h"
#include "cohort/corpus/statistics.h"
#include "cohort/corpus/store.h"
#include "cohort/examples/header_examples/surroundings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_examples::ShippedOrder;
using cohort_examples::Use;
using ::testing::ElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

absl::StatusOr<Sample> SampleFleet(HistorySource& source,
                                   std::vector<std::string>& fetched) {
  const auto Fetch = [&](const std::string& name) { fetched.push_back(name); };
  // snippet: corpus/sampler.h
  COHORT_ASSIGN_OR_RETURN(Sampler sampler, Sampler::Create({.seed = 7}));
  COHORT_RETURN_IF_ERROR(
      source.List("fleet", [&](RunListing run) { return sampler.Add(run); }));
  Sample sample = std::move(sampler).Finish();
  for (const SampledRun& chosen : sample.runs) Fetch(chosen.run.name);
  // end of snippet
  return sample;
}

absl::Status Store(HistorySource& source, const Sample& sample,
                   absl::Time now) {
  // snippet: corpus/store.h
  COHORT_ASSIGN_OR_RETURN(CorpusStore store, CorpusStore::Open("corpus"));
  COHORT_RETURN_IF_ERROR(store.BeginRound({.seed = 7, .at = now}, sample));
  COHORT_RETURN_IF_ERROR(FillRound(store, source, {.now = now}));
  // end of snippet
  return absl::OkStatus();
}

absl::Status Prove(CorpusStore store, const std::vector<std::string>& broken) {
  const auto replays_clean = [&](const std::string& file) {
    return std::find(broken.begin(), broken.end(), file) == broken.end();
  };
  // snippet: corpus/proof.h
  COHORT_ASSIGN_OR_RETURN(std::optional<CorpusRound> round, store.LastRound());
  COHORT_ASSIGN_OR_RETURN(
      SampleProof proof, ProofOf(*round, [&](const CorpusRun& run) {
        return replays_clean(run.file) ? RunVerdict::kClean
                                       : RunVerdict::kBroken;
      }));
  for (const std::string& line : ProofWords(proof)) std::cout << line << "\n";
  // end of snippet
  EXPECT_EQ(proof.broken_at_most(), 0);
  return absl::OkStatus();
}

TEST(CorpusHeaders, FleetIsSampledStoredAndProved) {
  FolderSource source;
  std::vector<std::string> fetched;
  const absl::StatusOr<Sample> sample = SampleFleet(source, fetched);
  ASSERT_TRUE(sample.ok()) << sample.status();
  EXPECT_THAT(fetched, ElementsAre("fleet/run-1.json"));
  EXPECT_OK(Store(source, *sample, kNow));
  absl::StatusOr<CorpusStore> store = CorpusStore::Open("corpus");
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_OK(Prove(*std::move(store), {}));
}

absl::Status Shapes(const History& history, const Shape& other) {
  // snippet: corpus/shape.h
  COHORT_ASSIGN_OR_RETURN(Shape shape, ShapeOf(history));
  shape.turns.back().chain.Hex();  // two runs alike up to here: equal
  IsPrefix(shape, other);          // one comparison
  LoopCollapsed(shape).Hex();      // equal however often a loop was passed
  // end of snippet
  EXPECT_TRUE(IsPrefix(shape, other));
  return absl::OkStatus();
}

absl::Status Facts(const History& history) {
  // snippet: corpus/run_facts.h
  COHORT_ASSIGN_OR_RETURN(RunFacts facts, FactsOf(history));
  facts.workflow_type;
  facts.status;
  facts.Stage();
  for (const RecordedChange& change : facts.changes) Use(change.change_id);
  // end of snippet
  EXPECT_EQ(facts.workflow_type, "Order");
  EXPECT_EQ(facts.status, RunStatus::kCompleted);
  return absl::OkStatus();
}

absl::Status Scrub(const History& history) {
  // snippet: corpus/scrub.h
  Scrubber scrubber({});
  COHORT_ASSIGN_OR_RETURN(const std::string json, scrubber.Scrub(history));
  // end of snippet
  EXPECT_NE(history.events()[0].json.find("Im8tMTci"), std::string::npos);
  EXPECT_EQ(json.find("Im8tMTci"), std::string::npos);  // "o-17"
  return absl::OkStatus();
}

absl::Status Diff(const History& a, const History& b) {
  // snippet: corpus/diff.h
  COHORT_ASSIGN_OR_RETURN(const HistoryDiff diff, DiffHistories(a, b));
  diff.equal;
  diff.cause;
  // end of snippet
  EXPECT_FALSE(diff.equal);
  EXPECT_NE(diff.cause, "");
  return absl::OkStatus();
}

Payload Decrypted(const Payload& payload) {
  Payload plain = JsonPayload(payload.data);
  return plain;
}

absl::Status Decode(const History& history) {
  // snippet: corpus/decode.h
  const PayloadDecoder decode = [&](const Payload& payload) {
    return payload.encoding() == "binary/encrypted" ? Decrypted(payload)
                                                    : payload;
  };
  COHORT_ASSIGN_OR_RETURN(const History plain, Decoded(history, decode));
  // end of snippet
  PayloadReader reader;
  COHORT_ASSIGN_OR_RETURN(const Payloads input,
                          reader.ReadPayloads(plain.events()[0].input));
  EXPECT_EQ(input.at(0), JsonPayload("\"o-17\""));
  return absl::OkStatus();
}

TEST(CorpusHeaders, HistoriesAreData) {
  const History history = ShippedOrder().Build();
  EXPECT_OK(Shapes(history, *ShapeOf(history)));
  EXPECT_OK(Facts(history));
  EXPECT_OK(Scrub(history));
  EXPECT_OK(Diff(history, HistoryBuilder("Order").Turn().Timer().Build()));
  const Payload encrypted{{{"encoding", "binary/encrypted"}}, "\"o-17\""};
  EXPECT_OK(Decode(HistoryBuilder("Order", {encrypted}).Build()));
}

absl::Status ListSource(HistorySource& source, std::vector<RunListing>& runs) {
  // snippet: corpus/source.h
  absl::Status listed = source.List("orders.db", [&](RunListing run) {
    runs.push_back(std::move(run));
    return absl::OkStatus();
  });
  // end of snippet
  return listed;
}

absl::Status ListFolder(std::vector<std::string>& names) {
  // snippet: corpus/folder_source.h
  FolderSource source;
  COHORT_RETURN_IF_ERROR(source.List("histories/", [&](RunListing run) {
    names.push_back(run.name);
    return absl::OkStatus();
  }));
  // end of snippet
  return absl::OkStatus();
}

absl::Status ListDump(std::vector<std::string>& names) {
  // snippet: corpus/dump_source.h
  DumpSource source;
  COHORT_RETURN_IF_ERROR(source.List("fleet/list.json", [&](RunListing run) {
    names.push_back(run.run_id);
    return absl::OkStatus();
  }));
  // end of snippet
  return absl::OkStatus();
}

TEST(CorpusHeaders, SourcesListRuns) {
  FolderSource nowhere;
  std::vector<RunListing> runs;
  EXPECT_TRUE(absl::IsNotFound(ListSource(nowhere, runs)));
  std::vector<std::string> names;
  EXPECT_OK(ListFolder(names));
  EXPECT_THAT(names, ElementsAre("histories/order-17.json"));
  names.clear();
  EXPECT_OK(ListDump(names));
  EXPECT_THAT(names, ElementsAre("run-1"));
}

TEST(CorpusHeaders, StatisticsBoundWhatWasNotSeen) {
  // snippet: corpus/statistics.h
  StratumCount open{.runs = 10240, .judged = 412, .broken = 0};
  *BrokenAtMost(open, 0.05);               // 72 may break, with 95 % confidence
  BoundOfFleet({{open}}, 0.05)->together;  // the same for several strata
  // end of snippet
  EXPECT_EQ(*BrokenAtMost(open, 0.05), 72);
  EXPECT_EQ(BoundOfFleet({{open}}, 0.05)->together, 72);
}

absl::Status Match(const RunListing& run) {
  // snippet: corpus/query.h
  COHORT_ASSIGN_OR_RETURN(Query query,
                          Query::Parse("WorkflowType = 'Order' AND "
                                       "(ExecutionStatus = 'Running' OR "
                                       "CloseTime > '2026-01-01T00:00:00Z')"));
  COHORT_ASSIGN_OR_RETURN(bool meant, query.Matches(run));
  // end of snippet
  EXPECT_TRUE(meant);
  return absl::OkStatus();
}

TEST(CorpusHeaders, QueryMeansOpenOrders) {
  RunListing run;
  run.workflow_type = "Order";
  EXPECT_OK(Match(run));
}

absl::StatusOr<History> ReadAgain(const std::string& file) {
  return History::FromFile(file);
}

absl::Status Gather(const History& history, const std::string& file) {
  // snippet: corpus/fleet.h
  Fleet fleet(ReadAgain);
  COHORT_ASSIGN_OR_RETURN(const Snapshot seen, SnapshotOf(history, file));
  fleet.Add(seen, history);
  for (const FleetRun& run : fleet.runs()) Use(run.workflow_type);
  // end of snippet
  EXPECT_EQ(fleet.runs().size(), 1u);
  // snippet: corpus/census.h
  for (const CensusRow& row : CensusOf(fleet)) Use(row.version, row.count);
  // end of snippet
  EXPECT_EQ(CensusOf(fleet).at(0).version, 2);
  EXPECT_EQ(CensusOf(fleet).at(0).count, 1);
  const absl::Time now = kNow;
  // snippet: corpus/retire.h
  RetireOptions options{.now = now, .retention = absl::Hours(24 * 30)};
  const RetireReport report =
      JudgeRetirement({.fleet = fleet}, "Step1", options);
  report.verdict == RetireVerdict::kSafe;
  // end of snippet
  EXPECT_EQ(report.closed, 1);
  return absl::OkStatus();
}

TEST(CorpusHeaders, FleetIsCountedAndJudged) {
  const History history =
      HistoryBuilder("Order").Turn().Version("Step1", 2).Completed().Build();
  EXPECT_OK(Gather(history, "order-17.json"));
}

}  // namespace
}  // namespace cohort
