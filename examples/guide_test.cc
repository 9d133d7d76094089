// The code of docs/workflows.md, each function run live and replayed.
#include "cohort/examples/snippets.h"
#include "cohort/testing/live_replay.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replay_test.h"
// snippet: includes
#include <chrono>
#include <string>
#include <vector>

#include "cohort/workflow/workflow.h"

using namespace std::chrono_literals;
// end of snippet
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace cohort_examples {
namespace {

// snippet: tasks
cohort::Task<int> Price(cohort::Context& ctx, std::string item) {
  co_return co_await ctx.Activity<int>("price", item);
}

cohort::Task<int> Basket(cohort::Context& ctx) {
  cohort::Future<int> freight = ctx.Activity<int>("freight");  // issued now
  const int tea = co_await Price(ctx, "tea");  // begins here, ends here
  cohort::Future<int> mug = ctx.Spawn(Price(ctx, "mug"));  // runs beside
  co_return tea + co_await mug + co_await freight;
}
// end of snippet

// snippet: all
cohort::Task<int> Total(cohort::Context& ctx, std::vector<std::string> items) {
  std::vector<cohort::Future<int>> prices;
  for (const std::string& item : items) {
    prices.push_back(ctx.Activity<int>("price", item));
  }
  const std::vector<int> all = co_await WhenAll(std::move(prices));
  int total = 0;
  for (int price : all) total += price;
  co_return total;
}
// end of snippet

// snippet: options
struct Order {
  std::string id;
  int cents = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Order, id, cents)

cohort::Task<std::string> Charge(cohort::Context& ctx, Order order) {
  ctx.SetActivityOptions(cohort::ActivityOptions().StartToClose(30s));
  co_await ctx.Activity<void>("reserve", order);
  co_return co_await ctx.Activity<std::string>(
      cohort::ActivityOptions()
          .StartToClose(10s)
          .ScheduleToClose(5min)
          .Heartbeat(2s)
          .Retry(cohort::RetryPolicy()
                     .MaximumAttempts(5)
                     .Backoff(1s, 2.0, 1min)
                     .NonRetryable({"card-declined"})),
      "charge", order);
}
// end of snippet

// snippet: local
cohort::Task<int> Quote(cohort::Context& ctx, std::string item) {
  co_return co_await ctx.LocalActivity<int>(
      cohort::LocalActivityOptions().StartToClose(2s), "look-up", item);
}
// end of snippet

// snippet: timer
cohort::Task<std::string> Approve(cohort::Context& ctx, std::string who) {
  cohort::Future<void> answer = ctx.Activity<void>("ask", who);
  cohort::Future<void> deadline = ctx.Timer(48h);
  if (co_await WhenAny(answer, deadline) == 1) co_return "too late";
  deadline.Cancel();
  co_await answer;  // throws what it failed with
  co_return "approved";
}
// end of snippet

// snippet: child
cohort::Task<std::string> Ship(cohort::Context& ctx, std::string id) {
  cohort::ChildWorkflow<std::string> parcel = ctx.StartChild<std::string>(
      cohort::ChildOptions()
          .WorkflowId("parcel-" + id)
          .OnParentClose(cohort::ParentClosePolicy::kAbandon),
      "Parcel", id);
  const cohort::ExternalWorkflow run = co_await parcel.started();
  co_await ctx.SignalExternal(run, "express", true);
  co_return co_await parcel.result();
}
// end of snippet

// snippet: external
cohort::Task<bool> StopOther(cohort::Context& ctx, std::string workflow_id) {
  const cohort::ExternalWorkflow other{workflow_id, ""};  // its latest run
  const cohort::Result<void> arrived =
      co_await AsResult(ctx.CancelExternal(other));
  co_return arrived.ok();
}
// end of snippet

// snippet: nexus
cohort::Task<std::string> Translate(cohort::Context& ctx, std::string text) {
  cohort::NexusOperation<std::string> call = ctx.Nexus<std::string>(
      cohort::NexusOptions("languages", "translator").ScheduleToClose(1h),
      "translate", text);
  const std::string token = co_await call.started();
  ctx.Log("translated under token " + token);
  co_return co_await call.result();
}
// end of snippet

// snippet: scope
cohort::Task<std::string> Faster(cohort::Context& ctx) {
  cohort::CancelScope both(ctx);
  cohort::Future<std::string> a = both.ctx().Activity<std::string>("route-a");
  cohort::Future<std::string> b = both.ctx().Activity<std::string>("route-b");
  const bool a_is_first = co_await WhenAny(a, b) == 0;
  both.Cancel();  // cancels the one that is still open
  if (a_is_first) co_return co_await a;
  co_return co_await b;
}
// end of snippet

// snippet: detached
cohort::Task<void> Rent(cohort::Context& ctx) {
  const std::string car = co_await ctx.Activity<std::string>("rent");
  const cohort::Result<void> drive =
      co_await AsResult(ctx.Activity<void>("drive"));
  cohort::CancelScope cleanup(ctx, cohort::ScopeLink::kDetached);
  co_await cleanup.ctx().Activity<void>("return", car);
  drive.Rethrow();  // if the run was canceled, it closes as canceled
}
// end of snippet

// snippet: cancellation-type
cohort::Task<std::string> Halt(cohort::Context& ctx) {
  cohort::Future<int> work = ctx.Activity<int>(
      cohort::ActivityOptions().Cancellation(cohort::CancellationType::kWait),
      "work");
  co_await ctx.Sleep(1min);
  work.Cancel();
  const cohort::Result<int> end = co_await AsResult(work);  // its answer
  if (end.ok()) co_return "it was done already";
  co_return end.Is<cohort::CanceledError>() ? "canceled" : "failed";
}
// end of snippet

// snippet: side-effects
cohort::Task<std::string> Upload(cohort::Context& ctx) {
  const std::string host = ctx.SideEffect([] {
    const char* name = std::getenv("HOSTNAME");
    return std::string(name != nullptr ? name : "unknown");
  });
  for (int part = 0; part < 3; ++part) {
    const int speed = ctx.MutableSideEffect("speed", [] {
      const char* limit = std::getenv("UPLOAD_SPEED");
      return limit != nullptr ? std::atoi(limit) : 10;
    });
    co_await ctx.Activity<void>("send", part, speed);
  }
  co_return host;
}
// end of snippet

// snippet: memo
cohort::Task<void> Tagged(cohort::Context& ctx, std::string customer) {
  ctx.UpsertMemo({{"note", cohort::ToPayload("call back")}});
  ctx.UpsertSearchAttributes({{"Customer", cohort::ToPayload(customer)}});
  co_await ctx.Activity<void>("call", customer);
}
// end of snippet

// snippet: continue-as-new
cohort::Task<void> Poll(cohort::Context& ctx, int day) {
  for (int hour = 0; hour < 24; ++hour) {
    co_await ctx.Activity<void>("poll", day, hour);
    co_await ctx.Sleep(1h);
  }
  ctx.ContinueAsNew(day + 1);  // never returns
}
// end of snippet

// snippet: errors
cohort::Task<std::string> Pay(cohort::Context& ctx) {
  try {
    co_await ctx.Activity<void>("charge");
  } catch (const cohort::ActivityError& e) {
    if (e.failure().type != "card-declined") throw;
    throw cohort::ApplicationError("declined: " + e.message(), "payment");
  }
  co_return "paid";
}
// end of snippet

// snippet: compensation
cohort::Task<std::string> Trip(cohort::Context& ctx, std::string who) {
  const std::string flight =
      co_await ctx.Activity<std::string>("book-flight", who);
  cohort::Result<std::string> hotel =
      co_await AsResult(ctx.Activity<std::string>("book-hotel", who));
  if (!hotel.ok()) {
    cohort::CancelScope undo(ctx, cohort::ScopeLink::kDetached);
    co_await undo.ctx().Activity<void>("cancel-flight", flight);
  }
  co_return flight + " " + hotel.value();  // throws where there is no hotel
}
// end of snippet

// snippet: build-id
cohort::Task<std::string> Invoice(cohort::Context& ctx) {
  // Build 7 summed wrongly; the turns that it completed stay as they are.
  const bool wrong = ctx.CurrentBuildId() == "build-7";
  co_return co_await ctx.Activity<std::string>(wrong ? "sum" : "exact-sum");
}
// end of snippet

// snippet: testing
TEST(Guide, BasketRunsAndReplays) {
  cohort::Registry registry;
  registry.Workflow("Basket", Basket);
  cohort::Recorder recorder({.registry = &registry}, "Basket", {});
  while (!recorder.closed()) {
    ASSERT_TRUE(recorder.RunTurn().ok()) << recorder.status();
    if (!recorder.Open().empty()) {
      recorder.Complete(recorder.Open().back(), cohort::ToPayloads(5));
    }
  }
  EXPECT_EQ(recorder.commands().back().input, cohort::ToPayloads(15));
  EXPECT_THAT(*recorder.history(), cohort_testing::ReplaysCleanly(registry));
}
// end of snippet

using cohort::EventType;
using cohort::Payloads;
using cohort::Recorder;
using cohort::ToPayloads;
using cohort_testing::LiveRun;
using cohort_testing::Script;

template <typename F>
LiveRun RunOf(F* workflow, const Payloads& input, const Script& script,
              cohort::RunOptions options = {}) {
  cohort::Registry registry;
  registry.Workflow("W", workflow);
  return cohort_testing::LiveThenReplay(registry, "W", input, script,
                                        std::move(options));
}

// Runs to the end; all that opens is completed with this.
Script Completing(Payloads with) {
  return [with](Recorder& r) {
    do {
      EXPECT_OK(r.RunTurn());
      if (!r.closed() && !r.Open().empty()) {
        r.Complete(r.Open().front(), with);
      }
    } while (r.status().ok() && !r.closed());
  };
}

const Recorder::OpenOperation& OpenNamed(Recorder& r, std::string_view name) {
  for (const Recorder::OpenOperation& open : r.Open()) {
    if (open.name == name) return open;
  }
  ADD_FAILURE() << name << " is not open";
  return r.Open().front();
}

EventType LastOf(const LiveRun& run) {
  return run.history.events().back().type;
}

TEST(Guide, Operations) {
  const LiveRun total = RunOf(Total, ToPayloads(std::vector{"tea", "mug"}),
                              Completing(ToPayloads(4)));
  EXPECT_EQ(total.result, "8");
  const LiveRun charge = RunOf(Charge, ToPayloads(Order{"o-1", 5}),
                               Completing(ToPayloads("receipt")));
  EXPECT_EQ(charge.result, "\"receipt\"");
  const LiveRun quote = RunOf(Quote, ToPayloads("tea"), [](Recorder& r) {
    r.SetLocalRunner([](const cohort::LocalCall&) {
      cohort::LocalOutcome outcome;
      outcome.result = ToPayloads(9);
      return outcome;
    });
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(quote.result, "9");
  const LiveRun stop =
      RunOf(StopOther, ToPayloads("other"), Completing(Payloads{}));
  EXPECT_EQ(stop.result, "true");
}

TEST(Guide, TimerAgainstActivity) {
  EXPECT_EQ(RunOf(Approve, ToPayloads("ada"), Completing({})).result,
            "\"approved\"");
  const LiveRun late = RunOf(Approve, ToPayloads("ada"), [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open().back());
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(late.result, "\"too late\"");
}

TEST(Guide, ChildAndNexus) {
  const LiveRun ship = RunOf(Ship, ToPayloads("7"), [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    EXPECT_EQ(r.Open()[0].id, "parcel-7");
    r.Start(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
    r.Complete(OpenNamed(r, "express"));
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open()[0], ToPayloads("there"));
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(ship.result, "\"there\"");
  const LiveRun text =
      RunOf(Translate, ToPayloads("hi"), Completing(ToPayloads("salut")));
  EXPECT_EQ(text.result, "\"salut\"");
}

TEST(Guide, Cancellation) {
  EXPECT_EQ(RunOf(Faster, {}, Completing(ToPayloads("a"))).result, "\"a\"");
  const LiveRun rent = RunOf(Rent, {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open()[0], ToPayloads("car-3"));
    EXPECT_OK(r.RunTurn());
    r.RequestCancel();
    EXPECT_OK(r.RunTurn());
    r.Complete(OpenNamed(r, "return"));
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(LastOf(rent), EventType::kWorkflowExecutionCanceled);
  const LiveRun halt = RunOf(Halt, {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Complete(r.Open().back());
    EXPECT_OK(r.RunTurn());
    EXPECT_FALSE(r.closed());
    r.AcknowledgeCancel(r.Open().front());
    EXPECT_OK(r.RunTurn());
  });
  EXPECT_EQ(halt.result, "\"canceled\"");
}

TEST(Guide, WhatHistoryRemembers) {
  EXPECT_NE(RunOf(Upload, {}, Completing({})).result, "");
  EXPECT_EQ(LastOf(RunOf(Tagged, ToPayloads("ada"), Completing({}))),
            EventType::kWorkflowExecutionCompleted);
  const LiveRun poll = RunOf(Poll, ToPayloads(1), Completing({}));
  EXPECT_EQ(LastOf(poll), EventType::kWorkflowExecutionContinuedAsNew);
  EXPECT_EQ(poll.result, "2");
  cohort::RunOptions seven;
  seven.build_id = "build-7";
  const LiveRun invoice = RunOf(
      Invoice, {},
      [](Recorder& r) {
        EXPECT_OK(r.RunTurn());
        r.Complete(OpenNamed(r, "sum"), ToPayloads("1"));
        EXPECT_OK(r.RunTurn());
      },
      seven);
  EXPECT_EQ(invoice.result, "\"1\"");
}

TEST(Guide, Errors) {
  const auto failing = [](std::string name, std::string type) {
    return [=](Recorder& r) {
      EXPECT_OK(r.RunTurn());
      while (r.Open()[0].name != name) {
        r.Complete(r.Open()[0], ToPayloads(r.Open()[0].name));
        EXPECT_OK(r.RunTurn());
      }
      r.Fail(r.Open()[0], cohort::ApplicationError("no", type).failure());
      EXPECT_OK(r.RunTurn());
      if (!r.Open().empty()) {
        r.Complete(OpenNamed(r, "cancel-flight"));
        EXPECT_OK(r.RunTurn());
      }
    };
  };
  EXPECT_EQ(RunOf(Pay, {}, Completing({})).result, "\"paid\"");
  const LiveRun declined = RunOf(Pay, {}, failing("charge", "card-declined"));
  EXPECT_EQ(LastOf(declined), EventType::kWorkflowExecutionFailed);
  EXPECT_NE(declined.json.find("declined: no"), std::string::npos);
  const LiveRun trip =
      RunOf(Trip, ToPayloads("ada"), failing("book-hotel", ""));
  EXPECT_EQ(LastOf(trip), EventType::kWorkflowExecutionFailed);
  EXPECT_NE(trip.json.find("cancel-flight"), std::string::npos);
}

std::string FileText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Snippets, DocumentsShowTheCodeThatIsCompiledHere) {
  const auto snippets =
      SnippetsOf({FileText("examples/guide_test.cc"),
                  FileText("examples/guide_handlers_test.cc"),
                  FileText("examples/guide_versions_test.cc")});
  std::string documents;
  for (const char* path : {"docs/workflows.md", "docs/versioning.md"}) {
    const std::string text = FileText(path);
    EXPECT_THAT(CheckSnippets(text, snippets), testing::IsEmpty()) << path;
    documents += text;
  }
  for (const auto& [name, code] : snippets) {
    EXPECT_NE(documents.find("<!-- snippet: " + name + " -->"),
              std::string::npos)
        << name << " stands in no document";
  }
}

TEST(Snippets, AlarmsRing) {
  const auto snippets =
      SnippetsOf({"x\n// snippet: one\nint a;\n// end of snippet\n"
                  "// snippet: two\nint b;\n// end of snippet\n"});
  ASSERT_EQ(snippets.size(), 2u);
  const auto findings = [&](const std::string& mark, const std::string& code) {
    return CheckSnippets(mark + "```cpp\n" + code + "```\n", snippets).size();
  };
  EXPECT_EQ(findings("<!-- snippet: one -->\n", "int a;\n"), 0u);
  EXPECT_EQ(findings("<!-- snippet: two -->\n", "int b;\n"), 0u);
  EXPECT_EQ(findings("<!-- snippet: one -->\n", "int b;\n"), 1u);
  EXPECT_EQ(findings("<!-- snippet: three -->\n", "int a;\n"), 1u);
  EXPECT_EQ(findings("", "int a;\n"), 1u);
  EXPECT_EQ(findings("<!-- snippet: one -->\n\n", "int a;\n"), 1u);
}

}  // namespace
}  // namespace cohort_examples
