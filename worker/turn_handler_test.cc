#include "cohort/worker/turn_handler.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cohort/base/status.h"
#include "cohort/engine/record.h"
#include "cohort/history/json_writer.h"
#include "cohort/workflow/workflow.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Holds the history of one run, hands out its tasks, and notes what it is told.
class OneRun : public TaskPort {
 public:
  OneRun() {
    EventDraft start;
    start.type = EventType::kWorkflowExecutionStarted;
    start.text(Text::kName) = "Order";
    start.text(Text::kId) = "w";
    start.text(Text::kControl) = "r";
    Add(std::move(start));
  }

  // The next task, with all events or with those since the last task.
  WorkflowTask Task(bool whole) {
    EventDraft scheduled;
    scheduled.type = EventType::kWorkflowTaskScheduled;
    EventDraft started;
    started.type = EventType::kWorkflowTaskStarted;
    started.subject = Add(std::move(scheduled));
    const std::size_t from = whole ? 0 : sent_;
    started_ = Add(std::move(started));
    sent_ = events_.size();
    WorkflowTask task;
    task.token = "t";
    task.workflow_id = "w";
    task.run_id = "r";
    task.workflow_type = "Order";
    task.whole = whole;
    task.pages = {Page(from)};
    return task;
  }
  void Signal(std::string name) {
    EventDraft signal;
    signal.type = EventType::kWorkflowExecutionSignaled;
    signal.text(Text::kName) = std::move(name);
    Add(std::move(signal));
  }

  absl::StatusOr<TurnReceipt> CompleteTurn(const std::string&,
                                           TurnCompletion completion) override {
    completions.push_back(completion);
    COHORT_RETURN_IF_ERROR(answer);
    EventDraft completed = CompletionOf(completion.emission, "");
    completed.subject = started_;
    const std::int64_t id = Add(std::move(completed));
    for (const Command& command : completion.emission.commands) {
      Add(EventOf(command, id));
    }
    return receipt;
  }
  absl::Status FailTurn(const std::string&, TurnFailure failure) override {
    failures.push_back(std::move(failure));
    return answer;
  }
  void AnswerQueries(const std::string&,
                     std::vector<QueryAnswer> answers) override {
    answered = std::move(answers);
  }
  absl::StatusOr<std::vector<History>> FetchWhole(const std::string&) override {
    ++fetched;
    return std::vector<History>{Page(0)};
  }

  void Join(const Poller&) override {}
  void Leave(const Poller&) override {}
  absl::StatusOr<std::optional<WorkflowTask>> PollWorkflow(
      const Poller&, absl::Duration) override {
    return std::nullopt;
  }
  absl::StatusOr<std::optional<ActivityTask>> PollActivity(
      const Poller&, absl::Duration) override {
    return std::nullopt;
  }
  absl::Status CompleteActivity(const std::string&, Payloads) override {
    return absl::OkStatus();
  }
  absl::Status FailActivity(const std::string&, Failure) override {
    return absl::OkStatus();
  }
  absl::Status CancelActivity(const std::string&, Payloads) override {
    return absl::OkStatus();
  }
  void LeaveOpen(const std::string&) override {}
  absl::StatusOr<bool> Heartbeat(const std::string&, Payloads) override {
    return false;
  }

  absl::Status answer;  // to what comes in
  TurnReceipt receipt;
  std::vector<TurnCompletion> completions;
  std::vector<TurnFailure> failures;
  std::vector<QueryAnswer> answered;
  int fetched = 0;

 private:
  std::int64_t Add(EventDraft draft) {
    draft.id = static_cast<std::int64_t>(events_.size()) + 1;
    events_.push_back(WriteEvent(draft));
    return draft.id;
  }
  History Page(std::size_t from) const {
    std::string text;
    for (std::size_t i = from; i < events_.size(); ++i) {
      text += (text.empty() ? "" : ",\n") + events_[i];
    }
    return *History::FromJson("{\"events\":[" + text + "]}");
  }

  std::vector<std::string> events_;
  std::size_t sent_ = 0;
  std::int64_t started_ = 0;
};

class Watcher : public Observer {
 public:
  void TurnCompleted(const TurnNote& turn, std::size_t commands) override {
    notes.push_back((turn.cached ? "cached " : "") + std::to_string(commands));
  }
  void TurnFailed(const TurnNote& turn, const absl::Status&) override {
    notes.push_back("failed " + std::to_string(turn.attempt));
  }
  std::vector<std::string> notes;
};

Task<void> Order(Context& ctx) {
  auto seen = std::make_shared<int>(0);
  ctx.OnQuery("seen", [seen] { return *seen; });
  while (true) {
    co_await ctx.Signals<void>("go").Receive();
    ++*seen;
    co_await ctx.Activity<void>("charge");
  }
}

class TurnHandlerTest : public ::testing::Test {
 protected:
  TurnHandlerTest() { registry_.Workflow("Order", Order); }
  TurnHandler& Handler(
      std::size_t runs_max = 10,
      OnNondeterminism on_nondeterminism = OnNondeterminism::kBlock) {
    TurnHandler::Options options;
    options.run.registry = &registry_;
    options.clock.now = [] { return absl::UnixEpoch(); };
    options.on_nondeterminism = on_nondeterminism;
    options.runs_max = runs_max;
    options.observer = &watcher_;
    handler_ = std::make_unique<TurnHandler>(std::move(options));
    return *handler_;
  }
  // A history whose first turn put out a timer, which Order does not.
  WorkflowTask TaskOfOtherCode() {
    Registry other;
    other.Workflow("Order", [](Context& ctx) -> Task<void> {
      co_await ctx.Sleep(std::chrono::hours(1));
    });
    TurnHandler::Options options;
    options.run.registry = &other;
    TurnHandler before(std::move(options));
    EXPECT_TRUE(before.Handle(port_, port_.Task(true)).ok());
    port_.Signal("go");
    port_.completions.clear();
    return port_.Task(true);
  }

  Registry registry_;
  OneRun port_;
  Watcher watcher_;
  std::unique_ptr<TurnHandler> handler_;
};

TEST_F(TurnHandlerTest, ACachedRunNeedsItsNewEventsOnly) {
  TurnHandler& handler = Handler();
  port_.Signal("go");
  ASSERT_TRUE(handler.Handle(port_, port_.Task(true)).ok());
  EXPECT_EQ(handler.cache().size(), 1u);
  port_.Signal("go");
  ASSERT_TRUE(handler.Handle(port_, port_.Task(false)).ok());
  EXPECT_THAT(watcher_.notes, ElementsAre("1", "cached 0"));
  EXPECT_TRUE(port_.completions[0].keeps_run);
  EXPECT_EQ(port_.fetched, 0);
}

TEST_F(TurnHandlerTest, WithoutACacheTheWholeHistoryIsFetched) {
  TurnHandler& handler = Handler(0);
  port_.Signal("go");
  ASSERT_TRUE(handler.Handle(port_, port_.Task(true)).ok());
  ASSERT_TRUE(handler.Handle(port_, port_.Task(false)).ok());
  EXPECT_THAT(watcher_.notes, ElementsAre("1", "0"));
  EXPECT_FALSE(port_.completions[0].keeps_run);
  EXPECT_EQ(port_.fetched, 1);
}

// Memory is never ahead of history.
TEST_F(TurnHandlerTest, ARunWhoseTurnIsNotRecordedIsDropped) {
  TurnHandler& handler = Handler();
  port_.answer = FailedPrecondition("something came in before");
  EXPECT_TRUE(handler.Handle(port_, port_.Task(true)).ok());
  EXPECT_EQ(handler.cache().size(), 0u);
  port_.answer = NotFound("it timed out");
  EXPECT_TRUE(handler.Handle(port_, port_.Task(true)).ok());
  EXPECT_EQ(handler.cache().size(), 0u);
  port_.answer = absl::OkStatus();
  port_.receipt.recorded = false;
  EXPECT_TRUE(handler.Handle(port_, port_.Task(true)).ok());
  EXPECT_EQ(handler.cache().size(), 0u);
}

TEST_F(TurnHandlerTest, AnErrorOfThePortIsTheWorkers) {
  port_.answer = Internal("the disk is gone");
  EXPECT_TRUE(absl::IsInternal(Handler().Handle(port_, port_.Task(true))));
  EXPECT_EQ(handler_->cache().size(), 0u);
}

TEST_F(TurnHandlerTest, CodeThatDisagreesFailsTheTaskAndTheRunWaits) {
  WorkflowTask task = TaskOfOtherCode();
  ASSERT_TRUE(Handler().Handle(port_, std::move(task)).ok());
  EXPECT_THAT(port_.completions, IsEmpty());
  ASSERT_EQ(port_.failures.size(), 1u);
  EXPECT_EQ(port_.failures[0].cause, TaskFailure::kNondeterminism);
  EXPECT_THAT(port_.failures[0].failure.message, HasSubstr("TimerStarted"));
  EXPECT_THAT(watcher_.notes, ElementsAre("failed 1"));
  EXPECT_EQ(handler_->cache().size(), 0u);
}

TEST_F(TurnHandlerTest, OrClosesTheRunWhereThePolicySaysSo) {
  WorkflowTask task = TaskOfOtherCode();
  TurnHandler& handler = Handler(10, OnNondeterminism::kFail);
  ASSERT_TRUE(handler.Handle(port_, std::move(task)).ok());
  EXPECT_THAT(port_.failures, IsEmpty());
  ASSERT_EQ(port_.completions.size(), 1u);
  const Emission& emission = port_.completions[0].emission;
  ASSERT_EQ(emission.commands.size(), 1u);
  EXPECT_TRUE(emission.closed);
  EXPECT_EQ(emission.commands[0].kind, CommandKind::kFailWorkflow);
  EXPECT_EQ(emission.commands[0].failure->type, "NonDeterministicError");
}

// What is no divergence is never a reason to close a run.
TEST_F(TurnHandlerTest, ABugOfTheCodeFailsTheTaskWhateverThePolicy) {
  registry_ = Registry();
  registry_.Workflow("Order", [](Context&) -> Task<void> {
    throw std::runtime_error("bug");
    co_return;
  });
  TurnHandler& handler = Handler(10, OnNondeterminism::kFail);
  ASSERT_TRUE(handler.Handle(port_, port_.Task(true)).ok());
  ASSERT_EQ(port_.failures.size(), 1u);
  EXPECT_EQ(port_.failures[0].cause, TaskFailure::kWorkerFailure);
  EXPECT_THAT(port_.failures[0].failure.message, HasSubstr("bug"));
}

TEST_F(TurnHandlerTest, AQueryIsAnsweredAndChangesNothing) {
  TurnHandler& handler = Handler();
  port_.Signal("go");
  ASSERT_TRUE(handler.Handle(port_, port_.Task(true)).ok());
  WorkflowTask ask;
  ask.run_id = "r";
  ask.whole = false;
  ask.queries = {{"1", "seen", {}}, {"2", "none", {}}};
  ASSERT_TRUE(handler.Handle(port_, std::move(ask)).ok());
  ASSERT_EQ(port_.answered.size(), 2u);
  EXPECT_EQ(port_.answered[0].result, ToPayloads(1));
  EXPECT_TRUE(absl::IsNotFound(port_.answered[1].status));
  EXPECT_EQ(port_.completions.size(), 1u);
  EXPECT_EQ(handler.cache().size(), 1u);
}

}  // namespace
}  // namespace cohort
