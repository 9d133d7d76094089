#include <chrono>
#include <string>
#include <vector>

#include "cohort/testing/official/ports.h"

namespace cohort_testing {
namespace {

using cohort::Context;
using cohort::kDefaultVersion;
using cohort::Registry;
using cohort::Task;
using cohort::Version;
using namespace std::chrono_literals;

constexpr std::string_view kHello = "helloworldActivity";
constexpr std::string_view kId = "test-change";

Task<void> Hello(Context& ctx, std::string name, int times) {
  for (int i = 0; i < times; ++i)
    co_await ctx.Activity<std::string>(kHello, name);
}

struct Range {
  std::string_view id;
  Version min;
  Version max;
};

// One version call, then that many activities.
Task<void> Ask(Context& ctx, std::string name, Range r, int activities) {
  cohort::GetVersion(ctx, r.id, r.min, r.max);
  co_await Hello(ctx, name, activities);
}

Task<void> AskAndBranch(Context& ctx, std::string name, std::string_view id) {
  const Version v = cohort::GetVersion(ctx, id, kDefaultVersion, 1);
  co_await Hello(ctx, name, v == kDefaultVersion ? 1 : 2);
  co_await Hello(ctx, name, 1);
}

// The recorded call with another one before or behind it.
Task<void> AskTwo(Context& ctx, std::string name, Range first, Range second) {
  for (const Range& r : {first, second}) {
    const Version v = cohort::GetVersion(ctx, r.id, r.min, r.max);
    Require(v == (r.id == kId ? 1 : kDefaultVersion));
  }
  co_await Hello(ctx, name, 3);
}

Task<void> AskBeside(Context& ctx) {
  Require(cohort::GetVersion(ctx, kId, -1, 1) == 1);
  co_return;
}

cohort::PayloadMap Keyword(std::string_view key, std::string_view value) {
  return {{std::string(key), cohort::ToPayload(value)}};
}

#define COHORT_PORT(program, variant, parameters, body)                  \
  {                                                                      \
    program, variant, [](Registry& r, std::string type) {                \
      r.Workflow(std::move(type), [] parameters -> Task<void> { body }); \
    }                                                                    \
  }
#define COHORT_W1(variant, body) \
  COHORT_PORT("G-W1", variant, (Context & ctx, std::string name), body)
#define COHORT_LOOP(variant, body) \
  COHORT_PORT("G-LOOP", variant, (Context & ctx, std::string id, int n), body)
#define COHORT_LOOPT(variant, body) \
  COHORT_PORT("G-LOOPT", variant, (Context & ctx, std::string id, int n), body)

void AskLoop(Context& ctx, const std::string& id, int n, Version min,
             Version max) {
  for (int i = 0; i < n; ++i) {
    cohort::GetVersion(ctx, id + ":" + std::to_string(i), min, max);
  }
}

Task<void> AskAndSleep(Context& ctx, std::string id, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    cohort::GetVersion(ctx, id + ":" + std::to_string(i), -1, 1);
    co_await ctx.Sleep(1ms);
  }
}

// clang-format off
const Port kPorts[] = {
    COHORT_W1("original", co_await AskAndBranch(ctx, name, kId);),
    COHORT_W1("call-removed-keep-v1-branch", co_await Hello(ctx, name, 3);),
    COHORT_W1("call-removed-old-branch", co_await Hello(ctx, name, 2);),
    COHORT_W1("id-replaced-same-body",
        co_await Ask(ctx, name, Range{"other-change", -1, 1}, 3);),
    COHORT_W1("id-replaced-branching",
        co_await AskAndBranch(ctx, name, "other-change");),
    COHORT_W1("id-replaced-min-0",
        co_await Ask(ctx, name, Range{"other-change", 0, 1}, 3);),
    COHORT_W1("min-raised-2-3", co_await Ask(ctx, name, Range{kId, 2, 3}, 3);),
    COHORT_W1("max-lowered-to-0",
        co_await Ask(ctx, name, Range{kId, -1, 0}, 3);),
    COHORT_W1("range-1-1", co_await Ask(ctx, name, Range{kId, 1, 1}, 3);),
    COHORT_W1("range-1-5", co_await Ask(ctx, name, Range{kId, 1, 5}, 3);),
    COHORT_W1("extra-version-before",
        co_await AskTwo(ctx, name, Range{"new-change", -1, 1}, Range{kId, -1,
            1});),
    COHORT_W1("extra-version-after",
        co_await AskTwo(ctx, name, Range{kId, -1, 1}, Range{"new-change", -1,
            1});),
    COHORT_W1("extra-version-min-0",
        co_await AskTwo(ctx, name, Range{kId, -1, 1}, Range{"new-change", 0,
            1});),
    COHORT_W1("called-three-times",
        for (int i = 0; i < 3; ++i) co_await Ask(ctx, name, Range{kId, -1,
            1}, 1);),
    COHORT_W1("call-moved-after-first-activity",
        co_await Hello(ctx, name, 1);
        Require(cohort::GetVersion(ctx, kId, -1, 1) == 1);
        co_await Hello(ctx, name, 2);),
    COHORT_W1("call-moved-to-end",
        co_await Hello(ctx, name, 3);
        Require(cohort::GetVersion(ctx, kId, -1, 1) == 1);),
    COHORT_W1("version-in-coroutine",
        auto beside = ctx.Spawn(AskBeside(ctx));
        co_await Hello(ctx, name, 3);
        co_await beside;),
    COHORT_W1("one-activity-too-many",
        co_await Ask(ctx, name, Range{kId, -1, 1}, 4);),
    COHORT_W1("one-activity-too-few",
        co_await Ask(ctx, name, Range{kId, -1, 1}, 2);),
    COHORT_W1("second-activity-renamed",
        co_await Ask(ctx, name, Range{kId, -1, 1}, 1);
        co_await ctx.Activity<std::string>("otherActivity", name);
        co_await Hello(ctx, name, 1);),
    COHORT_W1("activity-type-with-package-prefix",
        cohort::GetVersion(ctx, kId, -1, 1);
        for (int i = 0; i < 3; ++i)
            co_await ctx.Activity<std::string>("main.helloworldActivity",
            name);),
    COHORT_W1("activity-input-changed",
        co_await Ask(ctx, name + "!", Range{kId, -1, 1}, 3);),
    COHORT_W1("timer-instead-of-second-activity",
        co_await Ask(ctx, name, Range{kId, -1, 1}, 1);
        co_await ctx.Sleep(1s);
        co_await Hello(ctx, name, 1);),
    COHORT_W1("user-upsert-added-after-version",
        cohort::GetVersion(ctx, kId, -1, 1);
        ctx.UpsertSearchAttributes(Keyword("CustomKeywordField", "x"));
        co_await Hello(ctx, name, 3);),
    COHORT_W1("side-effect-added",
        cohort::GetVersion(ctx, kId, -1, 1);
        ctx.SideEffect([] { return 1; });
        co_await Hello(ctx, name, 3);),
    COHORT_W1("returns-error-at-end",
        co_await Ask(ctx, name, Range{kId, -1, 1}, 3);
        throw cohort::ApplicationError("at end");),
    COHORT_W1("returns-at-once", (void)ctx; (void)name; co_return;),
    COHORT_W1("first-activity-renamed",
        cohort::GetVersion(ctx, kId, -1, 1);
        co_await ctx.Activity<std::string>("otherActivity", name);),

    COHORT_LOOP("original",
        AskLoop(ctx, id, n, -1, 1);
        co_await ctx.Sleep(1s);),
    COHORT_LOOP("one-more-id",
        AskLoop(ctx, id, n + 1, -1, 1);
        co_await ctx.Sleep(1s);),
    COHORT_LOOP("one-fewer-id",
        AskLoop(ctx, id, n - 1, -1, 1);
        co_await ctx.Sleep(1s);),
    COHORT_LOOP("one-more-id-min-1",
        AskLoop(ctx, id, n + 1, 1, 1);
        co_await ctx.Sleep(1s);),
    COHORT_LOOP("min-1", AskLoop(ctx, id, n, 1, 1); co_await ctx.Sleep(1s);),
    COHORT_LOOP("min-2", AskLoop(ctx, id, n, 2, 2); co_await ctx.Sleep(1s);),
    COHORT_LOOP("max-9", AskLoop(ctx, id, n, -1, 9); co_await ctx.Sleep(1s);),
    COHORT_LOOP("no-calls", (void)id; (void)n; co_await ctx.Sleep(1s);),
    COHORT_LOOP("reverse-order",
        for (int i = n - 1; i >= 0; --i) cohort::GetVersion(ctx,
            id + ":" + std::to_string(i), -1, 1);
        co_await ctx.Sleep(1s);),
    COHORT_LOOP("timer-first",
        auto timer = ctx.Timer(1s);
        AskLoop(ctx, id, n, -1, 1);
        co_await timer;),
    COHORT_LOOP("timer-duration-changed",
        AskLoop(ctx, id, n, -1, 1);
        co_await ctx.Sleep(1h);),
    COHORT_LOOP("no-timer", AskLoop(ctx, id, n, -1, 1); co_return;),
    COHORT_LOOP("activity-instead-of-timer",
        AskLoop(ctx, id, n, -1, 1);
        co_await Hello(ctx, "x", 1);),
    COHORT_LOOP("second-timer",
        AskLoop(ctx, id, n, -1, 1);
        co_await ctx.Sleep(1s);
        co_await ctx.Sleep(1s);),

    COHORT_LOOPT("original", co_await AskAndSleep(ctx, id, n);),
    COHORT_LOOPT("no-calls",
        (void)id;
        for (int i = 0; i < n; ++i) co_await ctx.Sleep(1ms);),
    COHORT_LOOPT("one-fewer-iteration", co_await AskAndSleep(ctx, id, n - 1);),
    COHORT_LOOPT("one-more-iteration", co_await AskAndSleep(ctx, id, n + 1);),
    COHORT_LOOPT("version-after-sleep",
        for (int i = 0; i < n; ++i) { co_await ctx.Sleep(1ms);
            Require(cohort::GetVersion(ctx, id + ":" + std::to_string(i), -1,
            1) == 1); }),
    COHORT_LOOPT("all-versions-at-start",
        AskLoop(ctx, id, n, -1, 1);
        for (int i = 0; i < n; ++i) co_await ctx.Sleep(1ms);),
    COHORT_LOOPT("all-versions-at-start-min-1",
        AskLoop(ctx, id, n, 1, 1);
        for (int i = 0; i < n; ++i) co_await ctx.Sleep(1ms);),
    COHORT_LOOPT("constant-id",
        for (int i = 0; i < n; ++i) { cohort::GetVersion(ctx, id, -1, 1);
            co_await ctx.Sleep(1ms); }),

    COHORT_PORT("G-EMPTY", "original", (Context&), co_return;),
    // It blocks its thread for a second, which nobody sees.
    COHORT_PORT("G-DEADLOCK", "original, detector off", (Context&, std::string),
                co_return;),
    COHORT_PORT("G-CAN", "original", (Context& ctx, bool flag),
        if (flag) ctx.ContinueAsNew(false);
        co_return;),
    COHORT_PORT("G-SA", "original", (Context& ctx, std::string field),
        ctx.UpsertSearchAttributes(Keyword("CustomStringField", field));
        co_await Hello(ctx, field, 1);
        ctx.UpsertSearchAttributes(Keyword("CustomStringField", field));),
    COHORT_PORT("G-SE", "original", (Context& ctx, std::string field),
        ctx.SideEffect([] { return 7; });
        co_await Hello(ctx, field, 1);),
    COHORT_PORT("G-SAMETIME", "original", (Context& ctx),
        auto timer = ctx.Timer(3s);
        co_await ctx.Signals<cohort::Payload>("signal").Receive();
        auto echo = ctx.Activity<void>("Echo", 0, 0);
        timer.Cancel();
        co_await echo;),
    COHORT_PORT("G-CANCELORDER", "original", (Context& ctx),
        const cohort::Result<void> slept = co_await AsResult(ctx.Timer(5min));
        if (slept.ok()) {
          ctx.UpsertSearchAttributes(Keyword("CustomKeywordField", "testkey"));
        } else {
          cohort::CancelScope cleanup(ctx, cohort::ScopeLink::kDetached);
          co_await Hello(cleanup.ctx(), "world", 1);
        }),
    COHORT_PORT("G-TRIP", "original", (Context& ctx, int counter),
        auto trips = ctx.Signals<cohort::Payload>("trip_event");
        for (int i = 0; i < 10; ++i) co_await trips.Receive();
        ctx.ContinueAsNew(counter + 10);),
};
// clang-format on

}  // namespace

std::span<const Port> GoPorts() { return kPorts; }

}  // namespace cohort_testing
