#include "cohort/history/turn.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/base/status.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;

// One letter an event: S(cheduled) B(egun) C(ompleted) F(ailed) X(timed out) of
// a workflow task, m(arker) t(imer) o(utput) e(nding output), * a signal,
// ! terminated, ? unknown that may be skipped, # unknown that may not.
std::vector<Event> Events(std::string_view letters, std::int64_t id = 1) {
  std::vector<Event> events;
  for (char c : letters) {
    if (c == ' ') continue;
    Event& event = events.emplace_back();
    event.id = id++;
    event.type = c == 'S'   ? EventType::kWorkflowTaskScheduled
                 : c == 'B' ? EventType::kWorkflowTaskStarted
                 : c == 'C' ? EventType::kWorkflowTaskCompleted
                 : c == 'F' ? EventType::kWorkflowTaskFailed
                 : c == 'X' ? EventType::kWorkflowTaskTimedOut
                 : c == 'm' ? EventType::kMarkerRecorded
                 : c == 't' ? EventType::kTimerStarted
                 : c == 'e' ? EventType::kWorkflowExecutionCompleted
                 : c == '*' ? EventType::kWorkflowExecutionSignaled
                 : c == '!' ? EventType::kWorkflowExecutionTerminated
                            : EventType::kUnknown;
    event.worker_may_ignore = c == '?';
    if (c == '#') event.texts[0] = "NEW";
  }
  return events;
}

// "inbound size, id of started | id of completed | outputs size, + if
// whole, f for each failure;" for each turn; then the error's code.
std::string Cut(std::vector<Event> events, std::size_t page_size = 1000) {
  std::string out;
  TurnReader reader;
  std::vector<Event> page;
  for (std::size_t i = 0; i < events.size();) {
    const std::size_t size = std::min(page_size, events.size() - i);
    page.assign(events.begin() + static_cast<std::ptrdiff_t>(i),
                events.begin() + static_cast<std::ptrdiff_t>(i + size));
    i += size;
    const absl::Status added =
        reader.Add(page, i == events.size() ? PageEnd::kLast : PageEnd::kMore);
    if (!added.ok()) return out + std::string(ToStd(added.message()));
    while (true) {
      const auto turn = reader.Next();
      if (!turn.ok()) return out + std::string(ToStd(turn.status().message()));
      if (!*turn) break;
      const Turn& t = **turn;
      out += fmt::format(
          "{}:{},{}|{}|{}{}{};", t.number, t.inbound.size(),
          t.started ? t.started->id : 0, t.completed ? t.completed->id : 0,
          t.outputs.size(), t.outputs_whole ? "+" : "",
          std::string(static_cast<std::size_t>(t.failures), 'f'));
    }
  }
  return out;
}

TEST(TurnReader, CutsByPosition) {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""},
      {"*SB", "1:3,3|0|0;"},
      {"*SBC", "1:3,3|4|0;"},
      {"*SBCmt", "1:3,3|4|2;"},
      {"*SBCmt *SBCe", "1:3,3|4|2+;2:3,9|10|1+;"},
      {"*SBF SBX SBCe", "1:9,9|10|1+ff;"},
      {"*SBF", "1:4,0|0|0f;"},
      {"*SBC !", "1:3,3|4|0+;2:1,0|0|0;"},
      {"CmSB", "1:0,0|1|1+;2:2,4|0|0;"},
      {"CC", "1:0,0|1|0+;2:0,0|2|0;"},
      {"*?SBCm?t?", "1:4,4|5|3;2:1,0|0|0;"},
      {"*SBC?*", "1:3,3|4|0+;2:2,0|0|0;"},
      {"*SBCe??", "1:3,3|4|1+;2:2,0|0|0;"},
  };
  for (const auto& [letters, turns] : rows) {
    const auto events = Events(letters);
    EXPECT_EQ(Cut(events), turns) << letters;
    for (std::size_t size = 1; size <= events.size(); ++size) {
      EXPECT_EQ(Cut(events, size), turns) << letters << " by " << size;
    }
  }
}

TEST(TurnReader, RefusesWhatIsNoHistory) {
  const std::pair<const char*, const char*> rows[] = {
      {"*SBm", "event 4 (MARKER_RECORDED) is the output"},
      {"*SBC*m", "event 6 (MARKER_RECORDED) is the output"},
      {"m", "event 1 (MARKER_RECORDED) is the output"},
      {"*SBCe*", "event 6 (WORKFLOW_EXECUTION_SIGNALED) stands behind event 5"},
      {"*!S", "event 3 (WORKFLOW_TASK_SCHEDULED) stands behind event 2"},
      {"*#", "event 2: the type \"NEW\" is not known"},
  };
  for (const auto& [letters, message] : rows) {
    EXPECT_THAT(Cut(Events(letters)), HasSubstr(message)) << letters;
    EXPECT_THAT(Cut(Events(letters), 1), HasSubstr(message)) << letters;
  }
}

TEST(TurnReader, IdsMustBeConsecutive) {
  const std::pair<std::vector<std::int64_t>, const char*> rows[] = {
      {{1, 3}, "event 3 stands behind event 1: events are missing"},
      {{1, 1}, "event 1 stands behind event 1: events are out of order"},
      {{5, 4}, "event 4 stands behind event 5: events are out of order"},
  };
  for (const auto& [ids, message] : rows) {
    std::vector<Event> events = Events("**");
    events[0].id = ids[0];
    events[1].id = ids[1];
    EXPECT_THAT(Cut(events), HasSubstr(message));
    EXPECT_THAT(Cut(events, 1), HasSubstr(message));
  }
  EXPECT_EQ(Cut(Events("CmSB", 40)), "1:0,0|40|1+;2:2,43|0|0;");
}

TEST(TurnReader, AnOpenTurnAndItsCompletionHaveOneNumber) {
  TurnReader reader(7);
  const auto first = Events("*SB");
  ASSERT_TRUE(reader.Add(first, PageEnd::kLast).ok());
  const auto open = reader.Next();
  ASSERT_TRUE(open.ok() && *open);
  EXPECT_EQ((*open)->number, 7);
  EXPECT_EQ((*open)->inbound.data(), first.data());  // nothing was copied
  const auto second = Events("Cm*SB", 4);
  ASSERT_TRUE(reader.Add(second, PageEnd::kLast).ok());
  const auto completed = reader.Next();
  ASSERT_TRUE(completed.ok() && *completed);
  EXPECT_EQ((*completed)->number, 7);
  EXPECT_TRUE((*completed)->inbound.empty());
  EXPECT_EQ((*completed)->outputs.size(), 1u);
  const auto next = reader.Next();
  ASSERT_TRUE(next.ok() && *next);
  EXPECT_EQ((*next)->number, 8);
}

TEST(TurnReader, KeepsItsFirstError) {
  TurnReader reader;
  const auto bad = Events("*#");
  const absl::Status first = reader.Add(bad, PageEnd::kLast);
  EXPECT_EQ(first.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(reader.Next().status(), first);
  EXPECT_EQ(reader.Add(Events("*", 3), PageEnd::kLast), first);
}

}  // namespace
}  // namespace cohort
