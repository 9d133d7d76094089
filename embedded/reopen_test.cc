// What a store says when it is opened anew, with something half done in it.

#include <chrono>
#include <cstdio>
#include <string>

#include "cohort/testing/engine_fixture.h"
#include "gmock/gmock.h"

namespace cohort {
namespace {

using namespace std::chrono_literals;

Task<std::string> Charged(Context& ctx) {
  co_await ctx.Activity<void>("charge");
  co_return "charged";
}

class Reopen : public EngineTest {
 protected:
  Reopen() : path_(::testing::TempDir() + "/reopen.db") {
    for (const char* tail : {"", "-wal", "-shm"}) {
      std::remove((path_ + tail).c_str());
    }
    activities.Add("charge", [this] { ++charged_; });
    registry.Workflow("Order", Charged);
    Open(path_);
  }
  void OpenAnew() {
    Close();
    Open(path_);
  }
  std::int64_t EventsIn(const RunKey& run) {
    return engine->client().Describe(run)->listing.events;
  }
  std::string path_;
  int charged_ = 0;
};

// The end of the activity waits in the buffer of an open workflow task.
TEST_F(Reopen, AnActivityThatEndedWhileATurnWasOpen) {
  Work();
  engine->Undrive(*worker);
  const RunKey run = Start("Order");
  ASSERT_TRUE(*worker->StepWorkflow());
  const Poller other{"q", "other", ""};
  TaskPort& port = engine->port();
  const auto activity = port.PollActivity(other, absl::ZeroDuration());
  ASSERT_TRUE(activity.ok() && activity->has_value());
  ASSERT_TRUE(engine->client().Signal(run, "s").ok());
  const auto turn = port.PollWorkflow(other, absl::ZeroDuration());
  ASSERT_TRUE(turn.ok() && turn->has_value());
  ASSERT_TRUE(port.CompleteActivity((*activity)->token, {}).ok());
  OpenAnew();
  Work();
  EXPECT_EQ(ResultOf<std::string>(run), "charged");
  EXPECT_EQ(charged_, 0);
}

TEST_F(Reopen, ADelayedRunWhoseTaskWasScheduled) {
  auto run = engine->client().Start(
      StartRequest("Order", "q").WorkflowId("w").Delay(absl::Hours(1)));
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(EventsIn(*run), 1);
  OpenAnew();
  EXPECT_EQ(EventsIn(*run), 1);  // the delay is not over
  ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());
  EXPECT_EQ(EventsIn(*run), 2);
  OpenAnew();
  Work();
  EXPECT_EQ(ResultOf<std::string>(*run), "charged");
  const auto events = EventsIn(*run);
  OpenAnew();
  EXPECT_EQ(EventsIn(*run), events);
}

}  // namespace
}  // namespace cohort
