#include "cohort/history/event_table.h"

#include <string>

#include "gtest/gtest.h"

namespace cohort {
namespace {

TEST(EventTable, EverySpellingOfEveryTypeIsFound) {
  for (std::size_t n = 1; n <= kEventTypeMax; ++n) {
    const auto type = static_cast<EventType>(n);
    const EventRow& row = RowOf(type);
    EXPECT_EQ(FindEventType(row.camel()), type) << n;
    EXPECT_EQ(FindEventType(row.screaming()), type) << n;
    EXPECT_EQ(FindEventType("EVENT_TYPE_" + std::string(row.screaming())), type)
        << n;
    EXPECT_EQ(EventTypeOf(static_cast<std::int64_t>(n)), type);
  }
  EXPECT_EQ(FindEventType("DecisionTaskTimedOut"),
            EventType::kWorkflowTaskTimedOut);
}

TEST(EventTable, OtherNamesAreUnknown) {
  for (const char* name :
       {"", "EVENT_TYPE_", "Unknown", "Unspecified", "EVENT_TYPE_UNSPECIFIED",
        "timerFired", "TimerFire", "TimerFiredd", "TIMER-FIRED", "x",
        "DecisionTaskPaused"}) {
    EXPECT_EQ(FindEventType(name), EventType::kUnknown) << name;
  }
  EXPECT_EQ(EventTypeOf(0), EventType::kUnknown);
  EXPECT_EQ(EventTypeOf(-1), EventType::kUnknown);
  EXPECT_EQ(EventTypeOf(61), EventType::kUnknown);
  EXPECT_EQ(EventTypeOf(257), EventType::kUnknown);
}

TEST(EventTable, NamesAreDerivedAsTheProtosSpellThem) {
  const EventRow& row =
      RowOf(EventType::kRequestCancelExternalWorkflowExecutionInitiated);
  EXPECT_EQ(row.screaming(),
            "REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED");
  EXPECT_EQ(row.attributes(),
            "requestCancelExternalWorkflowExecutionInitiatedEventAttributes");
  EXPECT_EQ(RowOf(EventType::kUnknown).role, Role::kIgnorable);
}

TEST(EventTable, ClosingEventsAreOutputs) {
  int closing = 0;
  for (std::size_t n = 0; n <= kEventTypeMax; ++n) {
    const auto type = static_cast<EventType>(n);
    if (!IsClosing(type)) continue;
    ++closing;
    EXPECT_EQ(RoleOf(type), Role::kOutput);
  }
  EXPECT_EQ(closing, 4);
}

}  // namespace
}  // namespace cohort
