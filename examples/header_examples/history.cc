// The examples of the headers of history.
#include "cohort/history/history.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/base/status.h"
#include "cohort/examples/header_examples/surroundings.h"
#include "cohort/history/base64.h"
#include "cohort/history/command.h"
#include "cohort/history/event_table.h"
#include "cohort/history/json_index.h"
#include "cohort/history/json_validate.h"
#include "cohort/history/json_writer.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/time.h"
#include "cohort/history/turn.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_examples::ShippedOrder;
using cohort_examples::Use;

absl::Status CopyBase64(std::string& json) {
  // snippet: history/base64.h
  std::string bytes;
  if (!DecodeBase64("aGk=", bytes)) return DataLoss("no base64");
  AppendBase64(json, bytes);
  // end of snippet
  EXPECT_EQ(bytes, "hi");
  return absl::OkStatus();
}

TEST(HistoryHeaders, Base64GoesInAndOut) {
  std::string json;
  EXPECT_OK(CopyBase64(json));
  EXPECT_EQ(json, "aGk=");
}

TEST(HistoryHeaders, CommandHasWhatItsEventHas) {
  // snippet: history/command.h
  Command command{.kind = CommandKind::kStartTimer};
  command.text(Text::kId) = "5";
  command.attributes = {{"startToFireTimeout", std::chrono::seconds(1)}};
  // end of snippet
  EXPECT_EQ(command.key(), "5");
}

TEST(HistoryHeaders, EventsSayWhatTheyAre) {
  const History history = ShippedOrder().Build();
  std::string_view type;
  for (const Event& event : history.events()) {
    // snippet: history/event.h
    if (event.type == EventType::kActivityTaskScheduled) type = event.name();
    // end of snippet
  }
  EXPECT_EQ(type, "charge");
  int fired = 0;
  for (const Event& event : history.events()) {
    // snippet: history/event_type.h
    if (event.type == EventType::kTimerFired) ++fired;
    // end of snippet
  }
  EXPECT_EQ(fired, 1);
}

TEST(HistoryHeaders, EventTableAnswersByTypeAndName) {
  // snippet: history/event_table.h
  const EventRow& row = RowOf(EventType::kTimerFired);
  row.role == Role::kOperation;
  row.screaming() == "TIMER_FIRED";
  FindEventType("EVENT_TYPE_TIMER_FIRED") == EventType::kTimerFired;
  // end of snippet
  EXPECT_TRUE(row.role == Role::kOperation);
  EXPECT_EQ(row.screaming(), "TIMER_FIRED");
  EXPECT_TRUE(FindEventType("EVENT_TYPE_TIMER_FIRED") ==
              EventType::kTimerFired);
}

absl::Status ReadOrder() {
  // snippet: history/history.h
  absl::StatusOr<History> history = History::FromFile("order-17.json");
  if (!history.ok()) return history.status();
  for (const Event& event : history->events()) Use(event.type, event.name());
  // end of snippet
  EXPECT_EQ(history->events().front().name(), "Order");
  return absl::OkStatus();
}

TEST(HistoryHeaders, HistoryReadsAFile) { EXPECT_OK(ReadOrder()); }

absl::Status PassObject(std::string_view text) {
  // snippet: history/json_index.h
  JsonIndex index;
  COHORT_RETURN_IF_ERROR(index.Build(text));
  JsonCursor at = index.begin();
  at.ReadObject([&](std::string_view key) { return at.Skip(); });
  // end of snippet
  EXPECT_TRUE(at.at_end());
  return absl::OkStatus();
}

TEST(HistoryHeaders, CursorPassesAnObject) {
  const History history = ShippedOrder().Build();
  EXPECT_OK(PassObject(history.events()[0].json));
}

TEST(HistoryHeaders, ValidateSaysWhereAndWhat) {
  std::string reported;
  const auto Report = [&](const char* expected, std::size_t) {
    reported = expected;
  };
  const std::string text =
      R"({"eventId":"1","eventTime":"yesterday"})" + std::string(64, ' ');
  JsonIndex index;
  EXPECT_OK(index.Build(std::string_view(text).substr(0, text.size() - 64)));
  // snippet: history/json_validate.h
  JsonCursor at = index.begin();
  if (!ValidateJson(at)) Report(at.error(), at.offset());
  // end of snippet
  EXPECT_NE(reported, "");
}

TEST(HistoryHeaders, WriterNamesTheFields) {
  // snippet: history/json_writer.h
  EventDraft draft;
  draft.type = EventType::kTimerStarted;
  draft.id = 5;
  draft.text(Text::kId) = "5";
  draft.attributes = {{"startToFireTimeout", std::chrono::seconds(1)}};
  std::string line = WriteEvent(draft);
  // end of snippet
  EXPECT_NE(line.find(R"("timerId":"5")"), std::string::npos) << line;
  EXPECT_NE(line.find(R"("startToFireTimeout":"1s")"), std::string::npos);
}

TEST(HistoryHeaders, PayloadsAreReadWhenAsked) {
  const History history = ShippedOrder().Build();
  const Event& event = history.events()[0];
  // snippet: history/payload.h
  PayloadReader reader;
  absl::StatusOr<Payloads> input = reader.ReadPayloads(event.input);
  // end of snippet
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_EQ(input->at(0).data, "\"o-17\"");
}

absl::Status ReadFirst(const Event& event, std::string& data) {
  // snippet: history/payload_reader.h
  PayloadReader reader;
  Payload result;
  COHORT_RETURN_IF_ERROR(reader.ReadFirstPayload(event.input, result));
  // end of snippet
  data = result.data;
  return absl::OkStatus();
}

TEST(HistoryHeaders, ReaderReadsTheFirstPayload) {
  const History history = ShippedOrder().Build();
  std::string data;
  EXPECT_OK(ReadFirst(history.events()[0], data));
  EXPECT_EQ(data, "\"o-17\"");
}

TEST(HistoryHeaders, TimesAndDurations) {
  // snippet: history/time.h
  absl::StatusOr<absl::Time> at = ParseTime("2026-11-22T21:24:48.210384519Z");
  DurationText(std::chrono::milliseconds(1500)) == "1.500s";
  // end of snippet
  EXPECT_OK(at.status());
  EXPECT_EQ(DurationText(std::chrono::milliseconds(1500)), "1.500s");
}

absl::Status CutIntoTurns(const History& history, int& turns) {
  const auto Replay = [&](const Turn&) { ++turns; };
  // snippet: history/turn.h
  TurnReader reader;
  COHORT_RETURN_IF_ERROR(reader.Add(history.events(), PageEnd::kLast));
  while (true) {
    COHORT_ASSIGN_OR_RETURN(std::optional<Turn> turn, reader.Next());
    if (!turn) break;
    Replay(*turn);
  }
  // end of snippet
  return absl::OkStatus();
}

TEST(HistoryHeaders, TurnsAreWorkflowTasks) {
  int turns = 0;
  EXPECT_OK(CutIntoTurns(ShippedOrder().Build(), turns));
  EXPECT_EQ(turns, 3);
}

}  // namespace
}  // namespace cohort
