// Every recorded history, where they are: COHORT_SHARED names ../shared.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "cohort/history/event_table.h"
#include "cohort/history/history.h"
#include "cohort/history/json_writer.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/time.h"
#include "cohort/history/turn.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

namespace fs = std::filesystem;

class RecordedHistories : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* shared = std::getenv("COHORT_SHARED");
    if (shared != nullptr) root_ = fs::path(shared) / "histories";
    if (!root_.empty() && fs::is_directory(root_)) return;
    std::cout << "skipped: ../shared/histories not present\n";
    GTEST_SKIP();
  }

  // All of them, or those of at most so many bytes.
  std::vector<fs::path> Files(std::uintmax_t bytes_max = UINTMAX_MAX) const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      const fs::path& path = entry.path();
      if (path.extension() != ".json" || path.filename() == "EXPECTED.json" ||
          entry.file_size() > bytes_max) {
        continue;
      }
      files.push_back(path);
    }
    EXPECT_GT(files.size(), 100u);
    return files;
  }

  fs::path root_;
  std::size_t files_read_ = 0;
};

bool SameEvent(const Event& a, const Event& b) {
  return a.id == b.id && a.type == b.type && a.subject == b.subject &&
         a.worker_may_ignore == b.worker_may_ignore && a.texts == b.texts &&
         a.time == b.time && a.input.text == b.input.text &&
         a.failure.text == b.failure.text && a.details.text == b.details.text &&
         a.json == b.json;
}

struct Figures {
  std::int64_t turns = 0;
  std::vector<std::size_t> outputs;
  std::vector<std::int64_t> ids;  // of the first and last event of each part
  absl::Status status;
};

Figures Cut(std::span<const Event> events, std::size_t page_size) {
  Figures figures;
  TurnReader reader;
  for (std::size_t i = 0; i < events.size() && figures.status.ok();) {
    const std::size_t size = std::min(page_size, events.size() - i);
    const auto page = events.subspan(i, size);
    i += size;
    figures.status =
        reader.Add(page, i == events.size() ? PageEnd::kLast : PageEnd::kMore);
    while (figures.status.ok()) {
      const auto turn = reader.Next();
      figures.status = turn.status();
      if (!turn.ok() || !*turn) break;
      figures.ids.push_back(
          (*turn)->inbound.empty() ? 0 : (*turn)->inbound.front().id);
      figures.ids.push_back((*turn)->started ? (*turn)->started->id : 0);
      figures.ids.push_back((*turn)->number);
      figures.ids.push_back((*turn)->failures);
      if ((*turn)->completed == nullptr) continue;
      figures.ids.push_back((*turn)->completed->id);
      ++figures.turns;
      figures.outputs.push_back((*turn)->outputs.size());
    }
  }
  return figures;
}

TEST_F(RecordedHistories, ReadBackEqual) {
  for (const fs::path& path : Files()) {
    const auto history = History::FromFile(
        path.string(), {.validation = Validation::kEverything});
    ASSERT_TRUE(history.ok()) << history.status();
    const auto again = History::FromJson(WriteHistory(*history));
    ASSERT_TRUE(again.ok()) << path << again.status();
    ASSERT_EQ(again->events().size(), history->events().size());
    for (std::size_t i = 0; i < history->events().size(); ++i) {
      const Event& a = history->events()[i];
      const Event& b = again->events()[i];
      ASSERT_TRUE(SameEvent(a, b)) << path << " event " << a.id;
    }
  }
}

// Where the parts end that a text is indexed in says nothing about it.
TEST_F(RecordedHistories, PartsReadTheSame) {
  for (const fs::path& path : Files(30'000)) {
    const auto whole = History::FromFile(path.string());
    const auto parts = History::FromFile(
        path.string(), {.part_bytes = 1 + files_read_++ % 900});
    ASSERT_EQ(whole.ok(), parts.ok()) << path << parts.status();
    ASSERT_EQ(whole->events().size(), parts->events().size()) << path;
    for (std::size_t i = 0; i < whole->events().size(); ++i) {
      ASSERT_TRUE(SameEvent(whole->events()[i], parts->events()[i]))
          << path << " event " << i;
    }
  }
}

// nlohmann's objects are sorted: in its text the attributes of most types stand
// before the type.
TEST_F(RecordedHistories, SortedKeysReadTheSame) {
  const auto json = [](JsonView view) {
    return view.empty() ? nlohmann::json() : nlohmann::json::parse(view.text);
  };
  for (const fs::path& path : Files(30'000)) {
    const auto history = History::FromFile(path.string());
    ASSERT_TRUE(history.ok()) << history.status();
    std::ifstream in(path);
    const auto sorted = History::FromJson(nlohmann::json::parse(in).dump());
    ASSERT_TRUE(sorted.ok()) << path << sorted.status();
    ASSERT_EQ(sorted->events().size(), history->events().size());
    for (std::size_t i = 0; i < history->events().size(); ++i) {
      const Event& a = history->events()[i];
      const Event& b = sorted->events()[i];
      ASSERT_TRUE(a.id == b.id && a.type == b.type && a.subject == b.subject &&
                  a.worker_may_ignore == b.worker_may_ignore &&
                  a.texts == b.texts && a.time == b.time &&
                  json(a.input) == json(b.input) &&
                  json(a.failure) == json(b.failure) &&
                  json(a.details) == json(b.details))
          << path << " event " << a.id;
    }
  }
}

TEST_F(RecordedHistories, PayloadsCanBeRead) {
  PayloadReader reader;
  Payload first;
  for (const fs::path& path : Files(2'000'000)) {
    const auto history = History::FromFile(path.string());
    ASSERT_TRUE(history.ok()) << history.status();
    for (const Event& event : history->events()) {
      EXPECT_TRUE(ParseTime(event.time).ok() || event.time.empty()) << path;
      const auto input = reader.ReadPayloads(event.input);
      ASSERT_TRUE(input.ok()) << path << event.id << input.status();
      ASSERT_TRUE(reader.ReadFirstPayload(event.input, first).ok());
      EXPECT_EQ(first, input->empty() ? Payload() : input->front());
      EXPECT_TRUE(reader.ReadFailure(event.failure).ok()) << path << event.id;
      if (event.type == EventType::kMarkerRecorded) {
        EXPECT_TRUE(reader.ReadPayloadsMap(event.details).ok()) << path;
      } else if (event.type == EventType::kUpsertWorkflowSearchAttributes) {
        EXPECT_TRUE(reader.ReadPayloadMap(event.details).ok()) << path;
      } else if (event.type == EventType::kWorkflowTaskCompleted) {
        EXPECT_TRUE(reader.ReadSdkMetadata(event.details).ok()) << path;
      }
    }
  }
}

TEST_F(RecordedHistories, FiguresAreTheExpectedOnes) {
  int compared = 0;
  for (const char* kind : {"official", "recorded"}) {
    std::ifstream in(root_ / kind / "EXPECTED.json");
    const nlohmann::json all = nlohmann::json::parse(in);
    for (const auto& [name, expected] : all.items()) {
      const fs::path path = root_ / kind / name;
      if (path.extension() != ".json" || !fs::exists(path)) continue;
      const auto history = History::FromFile(path.string());
      ASSERT_TRUE(history.ok()) << history.status();
      EXPECT_EQ(history->events().size(), expected["events"]) << name;
      std::map<std::string, int> types;
      for (const Event& event : history->events()) {
        if (event.type == EventType::kUnknown) continue;
        ++types[std::string(RowOf(event.type).screaming())];
      }
      for (const auto& [type, count] : types) {
        EXPECT_EQ(expected["event_types"].value(type, 0), count)
            << name << " " << type;
      }
      const Figures figures = Cut(history->events(), history->events().size());
      ++compared;
      if (name == "sdk-java/testUnknownHistoryEventMayNotIgnore.json") {
        EXPECT_EQ(figures.status.code(), absl::StatusCode::kUnimplemented);
        continue;
      }
      ASSERT_TRUE(figures.status.ok()) << name << figures.status;
      EXPECT_EQ(figures.turns, expected["turns"]) << name;
      if (expected.contains("commands_per_turn")) {
        EXPECT_EQ(nlohmann::json(figures.outputs),
                  expected["commands_per_turn"])
            << name;
      }
    }
  }
  EXPECT_GT(compared, 400);
  std::cout << compared << " histories compared\n";
}

TEST_F(RecordedHistories, PagesDoNotChangeTurns) {
  for (const fs::path& path : Files(30'000)) {
    const auto history = History::FromFile(path.string());
    ASSERT_TRUE(history.ok()) << history.status();
    const auto events = history->events();
    const Figures whole = Cut(events, events.size());
    if (!whole.status.ok()) continue;
    for (std::size_t size = 1; size <= events.size(); ++size) {
      const Figures paged = Cut(events, size);
      ASSERT_TRUE(paged.status.ok()) << path << size << paged.status;
      ASSERT_EQ(paged.ids, whole.ids) << path << " pages of " << size;
      ASSERT_EQ(paged.outputs, whole.outputs) << path << " pages of " << size;
    }
  }
}

}  // namespace
}  // namespace cohort
