#include "cohort/cli/engine_commands.h"

#include <chrono>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "cohort/cli/command_line.h"
#include "cohort/embedded/embedded.h"
#include "cohort/embedded/history_source.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;

Task<int> Good(Context& ctx) {
  co_await ctx.Activity<void>("charge");
  co_await ctx.Sleep(std::chrono::hours(1));
  co_return 1;
}
Task<int> Bad(Context& ctx) {
  co_await ctx.Activity<void>("refund");
  co_await ctx.Sleep(std::chrono::hours(1));
  co_return 1;
}

// A store with one run that is stuck and one that is not.
class EngineCommands : public ::testing::Test {
 protected:
  EngineCommands() : path_(::testing::TempDir() + "/commands.db") {
    std::filesystem::remove(path_);
    Registry good;
    good.Workflow("Order", Good);
    Registry bad;
    bad.Workflow("Order", Bad);
    Activities activities;
    activities.Add("charge", [] {});
    auto engine = *EmbeddedEngine::Open(path_, EngineOptions().VirtualTime());
    Run(*engine, good, activities, "stuck-1");
    EXPECT_TRUE(engine->PassTime(engine->NextDue()).ok());
    Run(*engine, bad, activities, "");
    Run(*engine, good, activities, "fine-1", "other");
  }
  static void Run(EmbeddedEngine& engine, const Registry& registry,
                  const Activities& activities, const std::string& id,
                  const std::string& queue = "q") {
    Worker worker(engine.port(),
                  WorkerOptions(queue).Workflows(registry).Does(activities));
    engine.Drive(worker);
    if (!id.empty()) {
      EXPECT_TRUE(engine.client()
                      .Start(StartRequest("Order", queue).WorkflowId(id))
                      .ok());
    }
    EXPECT_TRUE(engine.RunReady().ok());
    engine.Undrive(worker);
  }
  int Cohort(std::vector<std::string> args) {
    std::vector<const char*> argv{"cohort"};
    for (const std::string& arg : args) argv.push_back(arg.c_str());
    out_.str("");
    err_.str("");
    return CohortMain(static_cast<int>(argv.size()), argv.data(), {out_, err_});
  }

  std::string path_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(EngineCommands, ListTheRunsAndWhichAreStuck) {
  EXPECT_EQ(Cohort({"list", "--store", path_}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("fine-1"));
  EXPECT_THAT(out_.str(), HasSubstr("stuck-1"));
  EXPECT_EQ(Cohort({"list", "--store", path_, "--stuck"}), 0);
  EXPECT_THAT(out_.str(), ::testing::Not(HasSubstr("fine-1")));
  EXPECT_THAT(out_.str(), HasSubstr("the code issued ScheduleActivity"));
  EXPECT_EQ(Cohort({"list", "--store", path_, "--json", "--query",
                    "TaskQueue = 'other'"}),
            0);
  EXPECT_THAT(out_.str(), HasSubstr("\"workflowId\": \"fine-1\""));
  EXPECT_EQ(
      Cohort({"list", "--store", path_, "--query", "WorkflowId = 'none'"}), 3);
  EXPECT_EQ(Cohort({"list", "--store", path_, "--query", "what"}), 2);
}

TEST_F(EngineCommands, SayWhetherAQueueIsDrained) {
  EXPECT_EQ(Cohort({"drained", "q", "--store", path_}), 1) << err_.str();
  EXPECT_EQ(out_.str(), "q is not drained: 1 of 1 runs are open\n");
  {
    auto engine = *EmbeddedEngine::Open(path_, EngineOptions());
    ASSERT_TRUE(engine->client().Terminate({"stuck-1", ""}).ok());
  }
  EXPECT_EQ(Cohort({"drained", "q", "--store", path_}), 0);
  EXPECT_EQ(out_.str(), "q is drained: 1 runs, none is open\n");
  EXPECT_EQ(Cohort({"drained", "other", "--store", path_}), 1);
  EXPECT_EQ(Cohort({"drained", "othr", "--store", path_}), 3);
  EXPECT_THAT(err_.str(), HasSubstr("no run has ever been on"));
}

TEST_F(EngineCommands, ShowAHistoryAndGiveItAway) {
  EXPECT_EQ(Cohort({"history", "--store", path_, "stuck-1"}), 0) << err_.str();
  EXPECT_TRUE(History::FromJson(out_.str()).ok());
  EXPECT_EQ(Cohort({"show", "--store", path_, "stuck-1"}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("charge"));
  EXPECT_EQ(Cohort({"history", "--store", path_, "nobody"}), 3);
  EXPECT_THAT(err_.str(), HasSubstr("no workflow \"nobody\""));
}

TEST_F(EngineCommands, ResetARun) {
  EXPECT_EQ(Cohort({"reset", "--store", path_, "stuck-1", "--event", "4"}), 0)
      << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("stuck-1 goes on as run "));
  EXPECT_EQ(Cohort({"list", "--store", path_, "--query",
                    "WorkflowId = 'stuck-1' AND ExecutionStatus = 'Running'"}),
            0);
  EXPECT_EQ(Cohort({"reset", "--store", path_, "stuck-1", "--event", "1"}), 2);
}

TEST_F(EngineCommands, CheckAStore) {
  EXPECT_EQ(Cohort({"engine", "check", path_}), 0) << out_.str() << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("2 runs (2 open)"));
  EXPECT_THAT(out_.str(), HasSubstr("0 problems"));
  {
    auto store = *Store::Open(path_, {});
    ASSERT_TRUE(store->db()
                    .Run("DELETE FROM events WHERE key IN "
                         "(SELECT max(key) FROM events)")
                    .ok());
  }
  EXPECT_EQ(Cohort({"engine", "check", path_}), 1);
  EXPECT_THAT(out_.str(), HasSubstr("its row says"));
  EXPECT_EQ(Cohort({"engine", "check", path_ + ".none"}), 2);
}

TEST_F(EngineCommands, AStoreIsASourceOfHistories) {
  EmbeddedSource source;
  std::vector<std::string> names;
  ASSERT_TRUE(source
                  .List(path_,
                        [&](RunListing run) {
                          names.push_back(run.name);
                          return absl::OkStatus();
                        })
                  .ok());
  ASSERT_EQ(names.size(), 2u);
  EXPECT_TRUE(source.Fetch(names[0]).ok());
  EXPECT_FALSE(source.Fetch(path_ + "?no-run").ok());
}

}  // namespace
}  // namespace cohort
