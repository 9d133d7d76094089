// The examples of the headers of engine.
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/engine/divergence.h"
#include "cohort/engine/emission.h"
#include "cohort/engine/flags.h"
#include "cohort/engine/lifecycle.h"
#include "cohort/engine/profile.h"
#include "cohort/engine/record.h"
#include "cohort/engine/run.h"
#include "cohort/engine/strictness.h"
#include "cohort/examples/header_examples/surroundings.h"
#include "cohort/history/turn.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_examples::OrderRegistry;
using cohort_examples::ShippedOrder;

std::vector<Turn> TurnsOf(const History& history) {
  TurnReader reader;
  EXPECT_OK(reader.Add(history.events(), PageEnd::kLast));
  std::vector<Turn> turns;
  while (true) {
    absl::StatusOr<std::optional<Turn>> turn = reader.Next();
    EXPECT_OK(turn.status());
    if (!turn.ok() || !*turn) return turns;
    turns.push_back(*std::move(*turn));
  }
}

absl::Status ReplayOrder(const Registry& registry, const History& history) {
  const Profile profile = DetectProfile(history.events());
  const std::vector<Turn> turns = TurnsOf(history);
  // snippet: engine/run.h
  Run run(RunOptions{.registry = &registry, .profile = &profile});
  for (const Turn& turn : turns) {
    absl::Status status = run.Replay(turn);  // the turn is completed
    if (!status.ok()) return status;         // run.divergence() says more
  }
  // end of snippet
  EXPECT_TRUE(run.closed());
  return absl::OkStatus();
}

TEST(EngineHeaders, RunReplaysTurnByTurn) {
  const Registry registry = OrderRegistry();
  EXPECT_OK(ReplayOrder(registry, ShippedOrder().Build()));
  const History other =
      HistoryBuilder("Order").Turn().Activity("refund").Build();
  EXPECT_EQ(ReplayOrder(registry, other).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(EngineHeaders, DivergenceSaysWhereAndWhat) {
  const Registry registry = OrderRegistry();
  const History history =
      HistoryBuilder("Order").Turn().Activity("refund").Build();
  cohort::Run run(RunOptions{.registry = &registry});
  EXPECT_FALSE(run.Replay(TurnsOf(history).at(0)).ok());
  testing::internal::CaptureStderr();
  // snippet: engine/divergence.h
  if (run.divergence()) std::cerr << run.divergence()->ToString();
  // end of snippet
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("history has ActivityTaskScheduled"), std::string::npos)
      << text;
}

TEST(EngineHeaders, LiveTurnAsksForCommands) {
  const Registry registry = OrderRegistry();
  const History history =
      HistoryBuilder("Order", ToPayloads("o-1")).StartedTask().Build();
  const Turn turn = TurnsOf(history).at(0);
  cohort::Run run(RunOptions{.registry = &registry});
  std::vector<Command> sent;
  const auto Send = [&](const std::vector<Command>& commands) {
    sent = commands;
  };
  // snippet: engine/emission.h
  absl::StatusOr<Emission> emission = run.Advance(turn);
  if (emission.ok()) Send(emission->commands);
  // end of snippet
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].name(), "charge");
}

// snippet: engine/flags.h
static_assert(FindEngineFlag(1001)->flag == EngineFlag::kScopes);
// end of snippet

TEST(EngineHeaders, LifecycleAnswersStateAndInput) {
  // snippet: engine/lifecycle.h
  const LifecycleRow* row = Step(State::kRecorded, Input::kSettled);
  // end of snippet
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->to, State::kSettled);
}

TEST(EngineHeaders, ProfileIsTheWriters) {
  const History history =
      HistoryBuilder("Order").Sdk("temporal-java").Turn().Build();
  // snippet: engine/profile.h
  const Profile& profile = DetectProfile(history.events());
  // end of snippet
  EXPECT_EQ(profile.name, "java");
}

TEST(EngineHeaders, CommandsBecomeEvents) {
  const Emission emission;
  const std::int64_t completed_id = 4;
  Command command{.kind = CommandKind::kStartTimer};
  command.text(Text::kId) = "5";
  // snippet: engine/record.h
  EventDraft completed = CompletionOf(emission, "build-7");
  EventDraft event = EventOf(command, completed_id);
  // end of snippet
  EXPECT_EQ(completed.type, EventType::kWorkflowTaskCompleted);
  EXPECT_EQ(event.type, EventType::kTimerStarted);
  EXPECT_EQ(event.text(Text::kId), "5");
}

TEST(EngineHeaders, StrictnessIsASetOfRules) {
  // snippet: engine/strictness.h
  Strictness all;                      // the default
  Strictness sdk = Strictness::Sdk();  // the official verdict
  Strictness but = all.Without(StrictRule::kExtraCommand);
  Strictness one = sdk.With(StrictRule::kExtraCommand);
  std::optional<Strictness> asked = ParseStrictness("go-tail-started");
  // end of snippet
  EXPECT_TRUE(all.Has(StrictRule::kExtraCommand));
  EXPECT_FALSE(sdk.Has(StrictRule::kExtraCommand));
  EXPECT_FALSE(but.Has(StrictRule::kExtraCommand));
  EXPECT_TRUE(one.Has(StrictRule::kExtraCommand));
  ASSERT_TRUE(asked.has_value());
  EXPECT_TRUE(asked->Has(StrictRule::kGoTailStarted));
}

}  // namespace
}  // namespace cohort
