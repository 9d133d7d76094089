// Input of the sizes that servers allow, and beyond what is read.
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/history/history.h"
#include "cohort/history/turn.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace {

// The largest single piece of memory that was asked for.
std::size_t g_largest = 0;

}  // namespace

void* operator new(std::size_t bytes) {
  if (bytes > g_largest) g_largest = bytes;
  void* memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace cohort {
namespace {

using ::testing::HasSubstr;

// The server ends a run here.
constexpr int kServerEvents = 51'200;
constexpr std::size_t kServerBytes = 50'000'000;

std::string Message(const absl::Status& status) {
  return std::string(ToStd(status.message()));
}

// Workflow tasks that record two timers each, and `padding` in every event.
std::string MakeHistory(int events, std::string_view padding = "") {
  static constexpr std::string_view kTypes[] = {
      "WorkflowTaskScheduled", "WorkflowTaskStarted", "WorkflowTaskCompleted",
      "TimerStarted", "TimerStarted"};
  std::string text =
      "[{\"eventId\":1,\"eventType\":\"WorkflowExecutionStarted\"}";
  for (int id = 2; id <= events; ++id) {
    fmt::format_to(std::back_inserter(text),
                   ",\n{{\"eventId\":{},\"eventType\":\"{}\",\"x\":\"{}\"}}",
                   id, kTypes[(id - 2) % 5], padding);
  }
  return text + "]";
}

int CountTurns(const History& history) {
  TurnReader reader;
  EXPECT_TRUE(reader.Add(history.events(), PageEnd::kLast).ok());
  for (int turns = 0;; ++turns) {
    const auto turn = reader.Next();
    EXPECT_TRUE(turn.ok()) << turn.status();
    if (!turn.ok() || !turn->has_value()) return turns;
  }
}

TEST(HistoryLimits, AsManyEventsAsAServerAllows) {
  const std::string text = MakeHistory(kServerEvents);
  const auto history = History::FromJson(text);
  ASSERT_TRUE(history.ok()) << history.status();
  ASSERT_EQ(history->events().size(), std::size_t{kServerEvents});
  EXPECT_EQ(history->events().back().id, kServerEvents);
  EXPECT_EQ(CountTurns(*history), (kServerEvents + 3) / 5);
}

TEST(HistoryLimits, MoreEventsThanAreRead) {
  EXPECT_EQ(ReadOptions().events_max, kHistoryEventsMax);
  const std::string text = MakeHistory(1000);
  EXPECT_TRUE(History::FromJson(text, {.events_max = 1000}).ok());
  const auto history = History::FromJson(text, {.events_max = 999});
  EXPECT_EQ(history.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(history.status()),
              HasSubstr("<memory>: more than 999 events"));
}

TEST(HistoryLimits, FileLongerThanAServerAllows) {
  const std::string path = ::testing::TempDir() + "/long.json";
  const std::string text = MakeHistory(kServerEvents, std::string(1000, 'x'));
  ASSERT_GT(text.size(), kServerBytes);
  std::ofstream(path, std::ios::binary) << text;
  const auto history = History::FromFile(path);
  ASSERT_TRUE(history.ok()) << history.status();
  EXPECT_EQ(history->events().size(), std::size_t{kServerEvents});
  EXPECT_EQ(history->events().back().id, kServerEvents);
  const auto small = History::FromFile(path, {.bytes_max = kServerBytes});
  EXPECT_EQ(small.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(Message(small.status()), HasSubstr("longer than 50000000 bytes"));
  std::remove(path.c_str());
}

// The first events say little of the others: no reason to take memory for more
// events than the text can hold.
TEST(HistoryLimits, MemoryIsInProportionToTheText) {
  std::string text = MakeHistory(65);
  text.insert(text.size() - 2, ",\"y\":[" + std::string(2'000'000, '[') + "1" +
                                   std::string(2'000'000, ']') + "]");
  g_largest = 0;
  const auto history = History::FromJson(text);
  EXPECT_TRUE(history.ok()) << history.status();
  EXPECT_GT(g_largest, text.size());
  EXPECT_LE(g_largest, text.size() / 27 * sizeof(Event) + text.size());
  EXPECT_LE(g_largest, text.size() * 8);
}

// A text is indexed in parts that end with a line; wherever that is, the same
// is read, and the same is refused.
TEST(HistoryLimits, PartsOfAnySizeReadTheSame) {
  const std::string text = "{\"a\":\n[1,\n2],\n\"events\":\n" +
                           MakeHistory(20, "a\\nb") + ",\n\"b\":\n{\n}\n}\n\n";
  const auto whole = History::FromJson(text);
  ASSERT_TRUE(whole.ok()) << whole.status();
  for (std::size_t bytes = 0; bytes <= text.size(); ++bytes) {
    const auto parts = History::FromJson(text, {.part_bytes = bytes});
    ASSERT_TRUE(parts.ok()) << bytes << parts.status();
    ASSERT_EQ(parts->events().size(), 20u) << bytes;
    for (std::size_t i = 0; i < 20; ++i) {
      ASSERT_EQ(parts->events()[i].json, whole->events()[i].json) << bytes;
    }
  }
  const std::string bad[] = {
      text.substr(0, text.size() - 5),
      text + "\n,",
      text + "\n\"",
      text + "\n\xff",
      "[{\"eventId\":1,\n\"eventType\":\"a\nb\"}\n]",
      "[{\"eventId\":1,\n\"eventType\":1}\n\n\n,\n{\"eventId\":\nx}]",
      "{\n\"events\":\n[\n{\n\"eventId\":1\n}\n]\n}\n",
  };
  for (const std::string& broken : bad) {
    const auto one = History::FromJson(broken);
    ASSERT_FALSE(one.ok()) << broken;
    for (std::size_t bytes = 0; bytes <= broken.size(); ++bytes) {
      const auto parts = History::FromJson(broken, {.part_bytes = bytes});
      ASSERT_EQ(parts.status(), one.status()) << bytes;
    }
  }
}

// A pipe that another thread fills.
class Pipe {
 public:
  explicit Pipe(std::string text) : path_(::testing::TempDir() + "/pipe") {
    std::signal(SIGPIPE, SIG_IGN);  // the reader may go early
    std::remove(path_.c_str());
    EXPECT_EQ(mkfifo(path_.c_str(), 0600), 0);
    writer_ = std::thread([this, data = std::move(text)] {
      std::ofstream(path_, std::ios::binary) << data;
    });
  }
  Pipe(const Pipe&) = delete;
  ~Pipe() {
    writer_.join();
    std::remove(path_.c_str());
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::thread writer_;
};

TEST(HistoryLimits, PipesAreReadToTheirEnd) {
  const std::string text = MakeHistory(5000);
  ASSERT_GT(text.size(), 200'000u);
  {
    const Pipe pipe(text);
    const auto history = History::FromFile(pipe.path());
    ASSERT_TRUE(history.ok()) << history.status();
    EXPECT_EQ(history->events().size(), 5000u);
    EXPECT_EQ(history->source(), pipe.path());
  }
  {
    const Pipe pipe(text);
    const auto history = History::FromFile(pipe.path(), {.bytes_max = 100'000});
    EXPECT_EQ(history.status().code(), absl::StatusCode::kResourceExhausted);
    EXPECT_THAT(Message(history.status()),
                HasSubstr("pipe: longer than 100000 bytes"));
  }
  {
    const Pipe pipe("");
    EXPECT_THAT(Message(History::FromFile(pipe.path()).status()),
                HasSubstr("empty"));
  }
}

TEST(HistoryLimits, FilesWithoutASizeAreReadUpToTheLimit) {
  const auto history = History::FromFile("/dev/zero", {.bytes_max = 1'000'000});
  EXPECT_EQ(history.status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace cohort
