// Disks that fail and power that goes, at every write and every sync: nothing
// acknowledged is lost, and the store opens each time.

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "cohort/embedded/check.h"
#include "cohort/embedded/fault_vfs.h"
#include "cohort/testing/engine_fixture.h"

namespace cohort {
namespace {

using namespace std::chrono_literals;

Task<int> Adds(Context& ctx) {
  int sum = 0;
  for (int i = 0; i < 3; ++i) {
    sum += co_await ctx.Signals<int>("add").Receive();
    sum += co_await ctx.Activity<int>("one");
    co_await ctx.Sleep(1min);
  }
  co_return sum;
}

enum class Fault { kNone, kShortWrite, kFailedSync, kFullDisk };

class Faults : public EngineTest {
 protected:
  Faults() {
    registry.Workflow("Adds", Adds);
    activities.Add("one", [] { return 1; });
  }

  // A few runs, until the engine says no; what it acknowledged is noted.
  void Live(Synchronous synchronous) {
    acknowledged_.clear();
    auto opened = EmbeddedEngine::Open(
        "faulty.db", EngineOptions().VirtualTime().Seed(1).Sync(synchronous));
    if (!opened.ok()) return;
    engine = *std::move(opened);
    Work();
    for (int n = 0; n < 3; ++n) {
      const std::string id = "w" + std::to_string(n);
      auto run =
          engine->client().Start(StartRequest("Adds", "q").WorkflowId(id));
      if (!run.ok()) continue;
      acknowledged_.push_back(id);
      for (int i = 0; i < 3; ++i) {
        if (engine->client().Signal(*run, "add", i).ok()) {
          acknowledged_.push_back(id + "/" + std::to_string(i));
        }
        engine->RunFor(absl::Minutes(1)).IgnoreError();
      }
      if (engine->client().End(*run).ok()) acknowledged_.push_back(id + "!");
    }
  }

  // How many of the acknowledged things are not in the store.
  int Lost() {
    auto store = Store::Open("faulty.db", {});
    EXPECT_TRUE(store.ok()) << store.status();
    if (!store.ok()) return 1000;
    auto report = CheckStore(**store);
    EXPECT_TRUE(report.ok()) << report.status();
    for (const std::string& problem : report->problems)
      ADD_FAILURE() << problem;
    std::set<std::string> there;
    PayloadReader reader;
    EXPECT_TRUE((*store)
                    ->ForEachRun([&](const RunRow& run) {
                      there.insert(run.workflow_id);
                      const auto history =
                          History::FromJson(*(*store)->ReadHistory(run.row));
                      for (const Event& e : history->events()) {
                        if (e.type == EventType::kWorkflowExecutionSignaled) {
                          there.insert(
                              run.workflow_id + "/" +
                              reader.ReadPayloads(e.input)->at(0).data);
                        }
                        if (IsClosing(e.type))
                          there.insert(run.workflow_id + "!");
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    int lost = 0;
    for (const std::string& a : acknowledged_)
      lost += there.contains(a) ? 0 : 1;
    return lost;
  }

  // One life with a fault at the n-th write or sync, and the power cut behind
  // it. False: the life was over before.
  bool LiveWith(Fault fault, std::int64_t n, Synchronous synchronous,
                int* lost) {
    vfs.Boot({});
    vfs.Mend();
    const std::int64_t writes = vfs.writes();
    const std::int64_t syncs = vfs.syncs();
    if (fault == Fault::kShortWrite) vfs.ShortWrite(n);
    if (fault == Fault::kFailedSync) vfs.FailSync(n);
    if (fault == Fault::kFullDisk) vfs.FillDisk(n);
    Live(synchronous);
    const bool reached = fault == Fault::kFailedSync
                             ? vfs.syncs() - syncs >= n
                             : vfs.writes() - writes >= n;
    vfs.Mend();
    auto left = vfs.AfterPowerCut(n % 2 == 1, static_cast<std::uint64_t>(n));
    Close();
    vfs.Boot(std::move(left));
    *lost += Lost();
    return reached;
  }

  FaultVfs vfs;
  std::vector<std::string> acknowledged_;
};

TEST_F(Faults, NothingAcknowledgedIsLostWhereverItHappens) {
  for (const Fault fault :
       {Fault::kShortWrite, Fault::kFailedSync, Fault::kFullDisk}) {
    int lost = 0;
    std::int64_t n = 1;
    // Every place at first, then every fifth.
    while (LiveWith(fault, n, Synchronous::kFull, &lost)) n += n < 20 ? 1 : 5;
    EXPECT_GT(n, 20);
    EXPECT_EQ(lost, 0) << static_cast<int>(fault);
  }
}

// The engine goes on by itself, whatever was under way.
TEST_F(Faults, WhenTheDiskHasRoomAgainAllRunsGoOn) {
  bool reached = true;
  for (std::int64_t n = 1; reached; n += 2) {
    vfs.Boot({});
    vfs.Mend();
    auto opened = EmbeddedEngine::Open("faulty.db",
                                       EngineOptions().VirtualTime().Seed(1));
    ASSERT_TRUE(opened.ok()) << opened.status();
    engine = *std::move(opened);
    Work();
    std::vector<RunKey> runs;
    for (const char* id : {"a", "b"}) {
      runs.push_back(
          *engine->client().Start(StartRequest("Adds", "q").WorkflowId(id)));
    }
    const std::int64_t last = vfs.writes() + n;
    vfs.FillDisk(n);
    for (int i = 0; i < 3; ++i) {
      for (const RunKey& run : runs) {
        if (engine->client().Signal(run, "add", 1).ok()) continue;
        vfs.Mend();
        ASSERT_TRUE(engine->client().Signal(run, "add", 1).ok()) << n;
      }
      engine->RunFor(absl::Minutes(1)).IgnoreError();
    }
    reached = vfs.writes() >= last;
    vfs.Mend();
    for (const RunKey& run : runs) {
      const auto sum = engine->client().Result<int>(run);
      ASSERT_TRUE(sum.ok()) << n << ": " << sum.status();
      EXPECT_EQ(*sum, 6) << n;
      ExpectReplays(run);
    }
    Close();
    if (!reached) EXPECT_GT(n, 100);
  }
}

// The write-ahead log grows until it goes into the file, which takes syncs of
// its own.
TEST_F(Faults, ASyncThatFailsOnTheWayIntoTheFileIsToldToo) {
  const std::string large(40'000, 'x');
  // The signal that brings more than the one sync of its commit, and how many.
  int bringer = 0;
  std::int64_t most = 0;
  const auto live = [&](std::int64_t fault) {
    vfs.Boot({});
    vfs.Mend();
    acknowledged_.clear();
    auto opened = EmbeddedEngine::Open("faulty.db",
                                       EngineOptions().VirtualTime().Seed(1));
    ASSERT_TRUE(opened.ok()) << opened.status();
    engine = *std::move(opened);
    const RunKey run =
        *engine->client().Start(StartRequest("Adds", "q").WorkflowId("w"));
    for (int i = 0; i < 150; ++i) {
      if (fault > 0 && i == bringer) vfs.FailSync(fault);
      const std::int64_t before = vfs.syncs();
      if (engine->client().Signal(run, "add", i, large).ok()) {
        acknowledged_.push_back("w/" + std::to_string(i));
      }
      if (fault > 0 || vfs.syncs() - before <= most) continue;
      most = vfs.syncs() - before;
      bringer = i;
    }
  };
  live(0);
  Close();
  ASSERT_GT(most, 1);
  for (std::int64_t fault = 1; fault <= most; ++fault) {
    live(fault);
    EXPECT_EQ(acknowledged_.size(), static_cast<std::size_t>(bringer)) << fault;
    vfs.Mend();
    auto left = vfs.AfterPowerCut(false, 1);
    Close();
    vfs.Boot(std::move(left));
    EXPECT_EQ(Lost(), 0) << fault;
  }
}

// Else the tests above would prove nothing.
TEST_F(Faults, WithoutSyncsAPowerCutLosesWhatWasAcknowledged) {
  vfs.Boot({});
  Live(Synchronous::kOff);
  EXPECT_GT(acknowledged_.size(), 10u);
  auto left = vfs.AfterPowerCut(false, 1);
  Close();
  vfs.Boot(std::move(left));
  EXPECT_GT(Lost(), 0);
}

}  // namespace
}  // namespace cohort
