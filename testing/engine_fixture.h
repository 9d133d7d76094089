// EngineTest: an engine in virtual time with one driven worker, for the tests
// of the engine itself.
//
//   class Ships : public EngineTest {};
//   TEST_F(Ships, AfterADay) {
//     registry = OrderRegistry();
//     activities.Add("charge", [](std::string) { return "paid"; });
//     Work();
//     EXPECT_EQ(ResultOf<std::string>(Start("Order", "o-17")), "shipped:o-17");
//   }
//
// Threads: one. Errors: a fatal failure of the test.
#ifndef COHORT_TESTING_ENGINE_FIXTURE_H_
#define COHORT_TESTING_ENGINE_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>

#include "cohort/embedded/embedded.h"
#include "cohort/history/event_table.h"
#include "cohort/history/time.h"
#include "cohort/testing/replayer.h"
#include "fmt/core.h"
#include "gtest/gtest.h"

namespace cohort {

class EngineTest : public ::testing::Test {
 protected:
  void Open(const std::string& path = "",
            EngineOptions options = EngineOptions()) {
    auto opened = EmbeddedEngine::Open(path, options.VirtualTime(now_).Seed(1));
    ASSERT_TRUE(opened.ok()) << opened.status();
    engine = *std::move(opened);
  }
  // Everything in memory goes, as at the end of a process.
  void Close() {
    if (engine != nullptr) now_ = engine->Now();
    worker.reset();
    engine.reset();
  }
  Worker& Work(std::size_t cached = 100, const std::string& build_id = "") {
    if (engine == nullptr) Open();
    if (worker != nullptr) engine->Undrive(*worker);
    worker.reset();
    worker = std::make_unique<Worker>(engine->port(),
                                      WorkerOptions("q")
                                          .Workflows(registry)
                                          .Does(activities)
                                          .BuildId(build_id)
                                          .CachedRuns(cached)
                                          .Clock(engine->WorkerClock()));
    engine->Drive(*worker);
    return *worker;
  }
  template <typename... Args>
  RunKey Start(const std::string& type, const Args&... args) {
    auto run = engine->client().Start(
        StartRequest(type, "q").WorkflowId("w").Input(ToPayloads(args...)));
    EXPECT_TRUE(run.ok()) << run.status();
    return run.ok() ? *run : RunKey{};
  }
  template <typename R>
  R ResultOf(const RunKey& run) {
    auto result = engine->client().Result<R>(run);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : R{};
  }
  // Types of the events, a word each, task edges left out.
  std::string EventsOf(const RunKey& run) {
    auto history = engine->client().FetchHistory(run);
    EXPECT_TRUE(history.ok()) << history.status();
    std::string out;
    if (!history.ok()) return out;
    for (const Event& event : history->events()) {
      if (RoleOf(event.type) == Role::kTaskEdge &&
          event.type != EventType::kWorkflowTaskFailed &&
          event.type != EventType::kWorkflowTaskTimedOut) {
        continue;
      }
      const EventRow& row = RowOf(event.type);
      out += (out.empty() ? "" : " ") + std::string(row.camel());
    }
    return out;
  }
  void ExpectReplays(const RunKey& run) {
    auto history = engine->client().FetchHistory(run);
    ASSERT_TRUE(history.ok()) << history.status();
    for (const std::size_t page : {0u, 1u, 3u}) {
      ReplayOptions options;
      options.page_events = page;
      const ReplayReport report = Replayer(registry, options).Replay(*history);
      EXPECT_EQ(report.verdict, Verdict::kClean) << report.ToString();
    }
  }

  Registry registry;
  Activities activities;
  std::unique_ptr<EmbeddedEngine> engine;
  std::unique_ptr<Worker> worker;

 private:
  absl::Time now_ = absl::FromUnixSeconds(1'767'225'600);
};

}  // namespace cohort

#endif  // COHORT_TESTING_ENGINE_FIXTURE_H_
