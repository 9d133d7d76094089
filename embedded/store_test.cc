// What is on disk: runs go on when the store is opened anew; files that are no
// store of ours are left alone.

#include "cohort/embedded/store.h"

#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "cohort/testing/engine_fixture.h"
#include "gmock/gmock.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

std::string FreshPath(const std::string& name) {
  const std::string path = ::testing::TempDir() + "/" + name;
  for (const char* end : {"", "-wal", "-shm", "-journal"}) {
    std::filesystem::remove(path + end);
  }
  return path;
}

std::string BytesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

void Sql(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  char* error = nullptr;
  EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK)
      << error;
  sqlite3_close(db);
}

Task<std::string> Trip(Context& ctx, std::string id) {
  const int a = co_await ctx.Activity<int>("a");
  co_await ctx.Sleep(1h);
  const auto go = co_await ctx.Signals<std::string>("go").Receive();
  const int b = co_await ctx.Activity<int>("b");
  co_return id + go + std::to_string(a + b);
}

class StoreTest : public EngineTest {
 protected:
  StoreTest() {
    registry.Workflow("Trip", Trip);
    activities.Add("a", [this] { return ++calls_; });
    activities.Add("b", [] { return 10; });
  }
  int calls_ = 0;
};

TEST_F(StoreTest, ARunGoesOnWhereverTheStoreIsOpenedAnew) {
  const std::string path = FreshPath("anew.db");
  // The whole life, with the engine closed behind every step.
  Open(path);
  Work();
  const RunKey run = Start("Trip", std::string("x"));
  int steps = 0;
  bool signaled = false;
  while (true) {
    const bool worked = *engine->Step();
    if (!worked && !std::exchange(signaled, true)) {
      ASSERT_TRUE(engine->client().Signal(run, "go", std::string("!")).ok());
    } else if (!worked) {
      if (engine->NextDue() == absl::InfiniteFuture()) break;
      ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());
    }
    Close();
    Open(path);
    Work();
    ASSERT_LT(++steps, 100);
  }
  EXPECT_EQ(ResultOf<std::string>(run), "x!11");
  EXPECT_EQ(calls_, 1);
  ExpectReplays(run);
}

TEST_F(StoreTest, AnAttemptWhoseProcessEndedIsTriedAgain) {
  const std::string path = FreshPath("lost.db");
  Open(path);
  Work();
  const RunKey run = Start("Trip", std::string("x"));
  ASSERT_TRUE(*worker->StepWorkflow());
  auto task =
      engine->port().PollActivity({"q", "ghost", ""}, absl::ZeroDuration());
  ASSERT_TRUE(task.ok() && task->has_value());
  EXPECT_EQ((*task)->attempt, 1);
  const std::string token = (*task)->token;
  Close();
  Open(path);
  Work();
  EXPECT_TRUE(absl::IsNotFound(
      engine->client().CompleteActivity(token, 5)));  // it is over
  ASSERT_TRUE(engine->PassTime(engine->NextDue()).ok());
  auto again =
      engine->port().PollActivity({"q", "ghost", ""}, absl::ZeroDuration());
  ASSERT_TRUE(again.ok() && again->has_value());
  EXPECT_EQ((*again)->attempt, 2);
  ASSERT_TRUE(
      engine->port().CompleteActivity((*again)->token, ToPayloads(7)).ok());
  ASSERT_TRUE(engine->client().Signal(run, "go", std::string("!")).ok());
  EXPECT_EQ(ResultOf<std::string>(run), "x!17");
}

TEST_F(StoreTest, AnActivityThatEndsElsewhereOutlivesTheProcess) {
  const std::string path = FreshPath("elsewhere.db");
  std::string token;
  Activities human;
  human.Add("a", [&](ActivityContext& ctx) {
    token = ctx.task().token;
    ctx.EndsElsewhere();
    return 0;
  });
  human.Add("b", [] { return 10; });
  activities = human;
  Open(path);
  Work();
  const RunKey run = Start("Trip", std::string("x"));
  ASSERT_TRUE(engine->RunReady().ok());
  Close();
  Open(path);
  Work();
  ASSERT_TRUE(engine->client().CompleteActivity(token, 4).ok());
  ASSERT_TRUE(engine->client().Signal(run, "go", std::string("!")).ok());
  EXPECT_EQ(ResultOf<std::string>(run), "x!14");
}

TEST_F(StoreTest, BelongsToOneProcessAtATime) {
  const std::string path = FreshPath("two.db");
  Open(path);
  auto second = EmbeddedEngine::Open(path, EngineOptions().VirtualTime());
  EXPECT_TRUE(absl::IsUnavailable(second.status())) << second.status();
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr("another process has this store open"));
}

TEST_F(StoreTest, OfANewerFormatIsLeftAlone) {
  const std::string path = FreshPath("newer.db");
  Open(path);
  Close();
  Sql(path, "PRAGMA user_version = 99");
  const std::string before = BytesOf(path);
  auto opened = EmbeddedEngine::Open(path, EngineOptions());
  EXPECT_TRUE(absl::IsFailedPrecondition(opened.status())) << opened.status();
  EXPECT_THAT(std::string(opened.status().message()), HasSubstr("format 99"));
  EXPECT_EQ(BytesOf(path), before);
}

TEST_F(StoreTest, FilesOfOthersAreLeftAlone) {
  const std::string foreign = FreshPath("foreign.db");
  Sql(foreign, "CREATE TABLE songs (name TEXT)");
  const std::string text = FreshPath("text.db");
  std::ofstream(text) << std::string(5000, 'x');
  for (const std::string& path : {foreign, text}) {
    const std::string before = BytesOf(path);
    auto opened = EmbeddedEngine::Open(path, EngineOptions());
    EXPECT_FALSE(opened.ok());
    EXPECT_EQ(BytesOf(path), before) << path;
    EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
  }
}

TEST_F(StoreTest, AFileWhoseMakerWasKilledBeforeItsTablesBecomesAStore) {
  const std::string path = FreshPath("begun.db");
  Sql(path, "PRAGMA journal_mode = WAL");
  ASSERT_GT(std::filesystem::file_size(path), 0u);
  EXPECT_TRUE(absl::IsFailedPrecondition(Store::OpenToRead(path).status()));
  Open(path);
  Work();
  const RunKey run = Start("Trip", std::string("x"));
  EXPECT_TRUE(engine->client().Describe(run).ok());
}

TEST_F(StoreTest, DamageIsAnErrorThatNamesTheFile) {
  const std::string path = FreshPath("damaged.db");
  Open(path);
  Work();
  Start("Trip", std::string(20'000, 'y'));
  ASSERT_TRUE(engine->RunReady().ok());
  Close();
  std::string bytes = BytesOf(path);
  // All pages behind the first two.
  for (std::size_t i = 8192; i < bytes.size(); ++i) bytes[i] = '\x5a';
  std::ofstream(path, std::ios::binary) << bytes;
  auto opened = EmbeddedEngine::Open(path, EngineOptions().VirtualTime());
  EXPECT_TRUE(absl::IsDataLoss(opened.status())) << opened.status();
  EXPECT_THAT(std::string(opened.status().message()), HasSubstr(path));
}

TEST_F(StoreTest, RunIdsAreMadeOfTheSeed) {
  Open();
  const RunKey first = Start("Trip", std::string("x"));
  Close();
  Open();
  EXPECT_EQ(Start("Trip", std::string("x")).run_id, first.run_id);
  EXPECT_THAT(first.run_id, ::testing::MatchesRegex(
                                "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]"
                                "[0-9a-f]{3}-[0-9a-f]{12}"));
}

}  // namespace
}  // namespace cohort
