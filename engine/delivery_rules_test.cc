// In which order one turn delivers what came in, and who wins: each profile's
// rule, rung by histories in which the next activity names it.
#include <string>
#include <string_view>
#include <vector>

#include "cohort/testing/history_builder.h"
#include "cohort/testing/replayer.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

// The next activity names what came first.
Task<void> FirstOf(Context& ctx) {
  Future<int> a = ctx.Activity<int>("a");
  Future<int> s = ctx.Signals<int>("s").Receive();
  constexpr std::string_view kNames[] = {"activity", "cancel", "signal"};
  std::size_t first = 1;
  try {
    first = co_await WhenAny(a, ctx.CancelRequested(), s);
  } catch (const CanceledError&) {
  }
  CancelScope rest(ctx, ScopeLink::kDetached);
  co_await rest.ctx().Activity<void>(kNames[first]);
}

// The same by a Selector: of what is ready, the case that was added first.
Task<void> FirstCaseOf(Context& ctx) {
  std::string first = "cancel";
  Selector next(ctx);
  next.OnSettled(ctx.Activity<int>("a"), [&first] { first = "activity"; })
      .OnReceive(ctx.Signals<int>("s"), [&first](int) { first = "signal"; });
  try {
    co_await next.Select();
  } catch (const CanceledError&) {
  }
  CancelScope rest(ctx, ScopeLink::kDetached);
  co_await rest.ctx().Activity<void>(first);
}

// "clean", or the verdict; for a divergence its cause.
std::string VerdictAs(const Profile& profile, const HistoryBuilder& b) {
  Registry registry;
  registry.Workflow("FirstCaseOf", FirstCaseOf).Workflow("FirstOf", FirstOf);
  const ReplayReport report =
      Replayer(registry, {.profile = &profile}).Replay(b.Build());
  return std::string(report.divergence ? NameOf(report.divergence->cause)
                                       : NameOf(report.verdict));
}

HistoryBuilder Together(const Profile& p, std::vector<std::int64_t> flags,
                        const char* first, const char* workflow = "FirstOf") {
  HistoryBuilder b(workflow);
  b.Sdk(std::string(p.sdk_name), std::move(flags));
  b.Turn().Activity("a").ActivityCompleted(ToPayloads(1));
  b.CancelRequested().Signal("s", ToPayloads(1));
  b.Turn().Activity(first).ActivityCompleted().Turn().Completed();
  return b;
}

HistoryBuilder CancelThenActivity(const Profile& p,
                                  std::vector<std::int64_t> flags,
                                  const char* first) {
  HistoryBuilder b("FirstOf");
  b.Sdk(std::string(p.sdk_name), std::move(flags));
  b.Turn().Activity("a").CancelRequested().ActivityCompleted(ToPayloads(1));
  b.Turn().Activity(first).ActivityCompleted().Turn().Completed();
  return b;
}

std::vector<std::int64_t> FlagsOf(const Profile& p) {
  if (p.cancel_race_flag == 0) return {};
  return {p.cancel_race_flag};
}

TEST(DeliveryTest, OrderInOneTurn) {
  for (const Profile& p : kProfiles) {
    const bool in_order = p.delivery == Delivery::kEventOrder;
    const char* first = p.cancel_race == CancelRace::kCancelWins ? "cancel"
                        : in_order                               ? "activity"
                                                                 : "signal";
    for (const char* other : {"activity", "cancel", "signal"}) {
      EXPECT_EQ(VerdictAs(p, Together(p, FlagsOf(p), other)),
                std::string_view(other) == first ? "clean" : "fields")
          << p.name << " " << other;
    }
    const bool last = p.delivery == Delivery::kSignalsFirstCancelLast;
    EXPECT_EQ(VerdictAs(p, CancelThenActivity(p, FlagsOf(p),
                                              last ? "activity" : "cancel")),
              "clean")
        << p.name;
  }
  // Without its flag, Python's cancel is lost where an activity ended.
  const Profile& python = *FindProfile("python");
  EXPECT_EQ(VerdictAs(python, CancelThenActivity(python, {}, "activity")),
            "clean");
  EXPECT_EQ(VerdictAs(python, Together(python, {}, "signal")), "clean");
  EXPECT_EQ(FindProfile("go")->delivery, Delivery::kEventOrder);
  EXPECT_EQ(FindProfile("java")->delivery, Delivery::kSignalsFirstCancelLast);
  EXPECT_EQ(FindProfile("python")->delivery, Delivery::kSignalsFirst);
}

TEST(DeliveryTest, ASelectorLosesToACancelAsEveryAwaitDoes) {
  for (const Profile& p : kProfiles) {
    const bool cancel = p.cancel_race == CancelRace::kCancelWins;
    for (const std::string_view first : {"activity", "cancel", "signal"}) {
      const bool right = first == (cancel ? "cancel" : "activity");
      EXPECT_EQ(
          VerdictAs(p, Together(p, FlagsOf(p), first.data(), "FirstCaseOf")),
          right ? "clean" : "fields")
          << p.name << " " << first;
    }
  }
}

}  // namespace
}  // namespace cohort
