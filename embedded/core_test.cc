// Core behind its lock: runs that are evicted, that cannot be read, and many.

#include "cohort/embedded/core.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "cohort/embedded/client.h"
#include "cohort/worker/worker.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;

using namespace std::chrono_literals;

Task<void> Sleeper(Context& ctx) { co_await ctx.Sleep(1h); }

// A child in another queue, which has a child itself and signals this run.
Task<void> Elder(Context& ctx) {
  ctx.StartChild<void>(ChildOptions().WorkflowId("parent").TaskQueue("q"),
                       "Parent");
  co_await ctx.Signals<void>("end").Receive();
}
Task<void> Parent(Context& ctx) {
  ctx.StartChild<void>(ChildOptions().WorkflowId("child"), "Sleeper");
  co_await ctx.Signals<void>("go").Receive();
  co_await ctx.SignalExternal({"elder", ""}, "one more");
}

Task<void> Picky(Context& ctx) {
  ctx.OnUpdate(
      "put", [](int) {}, [](int) { throw ApplicationError("too much"); });
  co_await ctx.Signals<void>("end").Receive();
}

class CoreTest : public ::testing::Test {
 protected:
  CoreTest() {
    registry_.Workflow("Picky", Picky)
        .Workflow("Sleeper", Sleeper)
        .Workflow("Elder", Elder)
        .Workflow("Parent", Parent);
  }
  void Open(CoreOptions options = {}, const std::string& path = "") {
    worker_.reset();
    core_.reset();
    core_ = std::make_unique<Core>(*Store::Open(path, {}), clock_, options);
    ASSERT_TRUE(core_->Start().ok());
    worker_ = std::make_unique<Worker>(*core_,
                                       WorkerOptions("q").Workflows(registry_));
  }
  // All workflow tasks that there are.
  void Work() {
    while (*worker_->StepWorkflow()) continue;
  }
  // Its history can be read no more.
  void Damage(const RunKey& run) {
    const auto row = core_->store().FindRun(run.run_id);
    ASSERT_TRUE(row.ok() && row->has_value());
    ASSERT_TRUE(core_->store().Append((*row)->row, 999, "no event").ok());
  }
  RunDescription Listed(const RunKey& run) {
    RunDescription found;
    EXPECT_TRUE(core_
                    ->List(Query(),
                           [&](const RunDescription& listed) {
                             if (listed.listing.run_id == run.run_id) {
                               found = listed;
                             }
                             return absl::OkStatus();
                           })
                    .ok());
    return found;
  }
  RunKey Start(std::string id, std::string type = "Picky",
               std::string queue = "q") {
    auto run = core_->StartRun(StartRequest(type, queue).WorkflowId(id));
    EXPECT_TRUE(run.ok()) << run.status();
    return run.ok() ? *run : RunKey{};
  }

  VirtualClock clock_;
  Registry registry_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<Worker> worker_;
};

// A rejection leaves no event: it goes with the run's state in memory.
TEST_F(CoreTest, AnUpdateWhoseRejectionWasForgottenIsAskedAgain) {
  Open({.ledgers_max = 1});
  const RunKey run = Start("picky");
  const RunKey other = Start("other");
  Work();
  int looks = 0;
  Client client(*core_, [&](absl::FunctionRef<bool()> done, absl::Time) {
    while (!done()) {
      Work();
      // Puts the run out of memory.
      if (++looks == 1) EXPECT_TRUE(core_->Signal(other, "x", {}).ok());
    }
    return true;
  });
  const auto end = client.UpdateById(run, "u", "put", ToPayloads(1));
  ASSERT_TRUE(end.ok()) << end.status();
  EXPECT_TRUE(end->rejected);
  EXPECT_THAT(end->failure->message, HasSubstr("too much"));
  EXPECT_EQ(looks, 2);
  // Of a closed run nobody asks anything.
  ASSERT_TRUE(core_->Terminate(other, "").ok());
  EXPECT_TRUE(absl::IsNotFound(
      client.UpdateById(other, "u", "put", ToPayloads(1)).status()));
}

TEST_F(CoreTest, AListHasEachRunOnceHoweverManyThereAre) {
  Open();
  constexpr int kRuns = 1234;
  for (int n = 0; n < kRuns; ++n) Start("w" + std::to_string(n));
  int seen = 0;
  ASSERT_TRUE(core_
                  ->List(Query(),
                         [&](const RunDescription& run) {
                           const std::string id = "w" + std::to_string(seen++);
                           EXPECT_EQ(run.listing.workflow_id, id);
                           // Others come between.
                           return core_->Signal({id, ""}, "x", {});
                         })
                  .ok());
  EXPECT_EQ(seen, kRuns);
}

TEST_F(CoreTest, AWorkerThatHasLeftHasNoTaskBeforeItJoinsAgain) {
  Open();
  const Poller poller{"q", "one", ""};
  const auto workflows = [&] {
    return core_->PollWorkflow(poller, absl::ZeroDuration()).status();
  };
  const auto activities = [&] {
    return core_->PollActivity(poller, absl::ZeroDuration()).status();
  };
  core_->Join(poller);
  EXPECT_TRUE(workflows().ok());
  core_->Leave(poller);
  // Also of a poll that comes late, and of each one behind it.
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(absl::IsCancelled(workflows()));
    EXPECT_TRUE(absl::IsCancelled(activities()));
  }
  core_->Join(poller);
  EXPECT_TRUE(activities().ok());
  EXPECT_TRUE(workflows().ok());
}

TEST_F(CoreTest, TimersOfOthersFireBesideARunThatCannotBeRead) {
  Open({.ledgers_max = 0});
  const RunKey a = Start("a", "Sleeper");
  const RunKey b = Start("b", "Sleeper");
  const RunKey c = Start("c", "Sleeper");
  Work();
  Damage(b);
  clock_.AdvanceTo(core_->NextDue());
  const absl::Status fired = core_->FireDue();
  EXPECT_TRUE(absl::IsDataLoss(fired)) << fired;
  Work();
  EXPECT_TRUE((*core_->FindEnd(a)).has_value());
  EXPECT_TRUE((*core_->FindEnd(c)).has_value());
  // It waits for somebody who asks for it, and says why.
  EXPECT_EQ(Listed(b).listing.status, RunStatus::kOpen);
  EXPECT_EQ(Listed(b).stuck, fired.message());
  clock_.AdvanceTo(core_->NextDue());  // of tasks that are over
  EXPECT_TRUE(core_->FireDue().ok());
  EXPECT_EQ(core_->NextDue(), absl::InfiniteFuture());
  EXPECT_TRUE(absl::IsDataLoss(core_->Signal(b, "x", {})));
}

TEST_F(CoreTest, AStoreOpensBesideARunThatCannotBeRead) {
  const std::string path = ::testing::TempDir() + "/core.db";
  for (const char* end : {"", "-wal"}) std::filesystem::remove(path + end);
  Open({}, path);
  const RunKey a = Start("a", "Sleeper");
  const RunKey b = Start("b", "Sleeper");
  Damage(a);
  Open({}, path);
  EXPECT_NE(Listed(a).stuck, "");
  Work();
  clock_.AdvanceTo(core_->NextDue());
  EXPECT_TRUE(core_->FireDue().ok());
  Work();
  EXPECT_TRUE((*core_->FindEnd(b)).has_value());
}

// A signal of the parent is one event too many for the elder, whose end ends
// the parent, whose end ends the child: all in one unit.
TEST_F(CoreTest, WhatARunHasToSayIsHeardHoweverLateInTheUnit) {
  Open({.limits = {.events_max = 20}});
  const RunKey elder = Start("elder", "Elder", "other");
  Worker other(*core_, WorkerOptions("other").Workflows(registry_));
  while (*other.StepWorkflow()) continue;
  Work();
  while (*other.StepWorkflow()) continue;
  while (Listed(elder).listing.events < 20) {
    ASSERT_TRUE(core_->Signal(elder, "x", {}).ok());
  }
  EXPECT_EQ(Listed(elder).listing.status, RunStatus::kOpen);
  ASSERT_TRUE(core_->Signal({"parent", ""}, "go", {}).ok());
  Work();
  for (const char* id : {"elder", "parent", "child"}) {
    const auto end = core_->FindEnd({id, ""});
    ASSERT_TRUE(end.ok() && end->has_value()) << id;
    EXPECT_EQ((*end)->status, RunStatus::kTerminated) << id;
  }
}

}  // namespace
}  // namespace cohort
