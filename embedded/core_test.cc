// Core behind its lock: clients that find a run evicted, stores with many runs.

#include "cohort/embedded/core.h"

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

Task<void> Picky(Context& ctx) {
  ctx.OnUpdate(
      "put", [](int) {}, [](int) { throw ApplicationError("too much"); });
  co_await ctx.Signals<void>("end").Receive();
}

class CoreTest : public ::testing::Test {
 protected:
  void Open(CoreOptions options = {}) {
    core_ = std::make_unique<Core>(*Store::Open("", {}), clock_, options);
    ASSERT_TRUE(core_->Start().ok());
    registry_.Workflow("Picky", Picky);
    worker_ = std::make_unique<Worker>(*core_,
                                       WorkerOptions("q").Workflows(registry_));
  }
  RunKey Start(std::string id) {
    auto run = core_->StartRun(StartRequest("Picky", "q").WorkflowId(id));
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
  while (*worker_->StepWorkflow()) continue;
  int looks = 0;
  Client client(*core_, [&](absl::FunctionRef<bool()> done, absl::Time) {
    while (!done()) {
      while (*worker_->StepWorkflow()) continue;
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

}  // namespace
}  // namespace cohort
