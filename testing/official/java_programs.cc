#include <chrono>
#include <string>
#include <vector>

#include "cohort/testing/official/ports.h"

namespace cohort_testing {
namespace {

using cohort::Context;
using cohort::GetVersion;
using cohort::Registry;
using cohort::Task;
using cohort::Version;
using namespace std::chrono_literals;

constexpr std::string_view kGv = "test_change";
constexpr std::string_view kMc = "changeId";

Task<std::string> Second(Context& ctx) {
  co_return co_await ctx.Activity<std::string>("Activity2", "activity2", 2);
}

Task<std::string> Custom(Context& ctx) {
  const int r = co_await ctx.Activity<int>("customActivity1", 1);
  co_return "activity" + std::to_string(r);
}

enum class First : std::uint8_t { kAsked, kNotAsked };
enum class Later : std::uint8_t { kAsked, kNotAsked };

// GetVersionTest: asked before, between and behind activities and a timer.
Task<std::string> Gv(Context& ctx, First first, Later later, int customs) {
  if (first == First::kAsked) Require(GetVersion(ctx, kGv, -1, 1) == 1);
  std::string r = co_await Second(ctx);
  if (later == Later::kAsked) Require(GetVersion(ctx, kGv, 1, 2) == 1);
  r += co_await Custom(ctx);
  r += co_await Custom(ctx);
  co_await ctx.Sleep(1s);
  if (later == Later::kAsked) Require(GetVersion(ctx, kGv, 1, 2) == 1);
  for (int i = 2; i < customs; ++i) r += co_await Custom(ctx);
  co_return r;
}

Task<std::string> GvOriginal(Context& ctx) {
  Require(GetVersion(ctx, kGv, -1, 1) == 1);
  std::string r = co_await Second(ctx);
  Require(GetVersion(ctx, kGv, 1, 2) == 1);
  r += co_await Custom(ctx);
  if (ctx.replaying()) Require(GetVersion(ctx, "test_change_2", -1, 1) == -1);
  r += co_await Custom(ctx);
  co_await ctx.Sleep(1s);
  Require(GetVersion(ctx, kGv, 1, 2) == 1);
  r += co_await Custom(ctx);
  co_return r;
}

Task<std::string> GvNoSecond(Context& ctx) {
  GetVersion(ctx, kGv, -1, 1);
  std::string r = co_await Custom(ctx);
  r += co_await Custom(ctx);
  co_await ctx.Sleep(1s);
  co_return r + co_await Custom(ctx);
}

// GetVersionMultipleCallsTest with a single call of this range.
Task<std::string> Mc(Context& ctx, std::string_view id, Version min,
                     Version max, Version want) {
  Require(GetVersion(ctx, id, min, max) == want);
  co_await ctx.Sleep(1s);
  co_return co_await Custom(ctx);
}

Task<std::string> McOriginal(Context& ctx) {
  for (int i = 0; i < 2; ++i) Require(GetVersion(ctx, kMc, -1, 1) == 1);
  co_await ctx.Sleep(1s);
  Require(GetVersion(ctx, kMc, -1, 1) == 1);
  std::string r = co_await Custom(ctx);
  Require(GetVersion(ctx, kMc, -1, 1) == 1);
  co_return r;
}

Task<void> SleepBeside(Context& ctx) { co_await ctx.Sleep(1s); }

Task<std::vector<std::string>> Large(Context& ctx) {
  std::vector<std::string> ids;
  bool closed = false;
  ctx.OnSignal("testSignal", [&](std::string id) {
    GetVersion(ctx, id, 1, 2);
    ids.push_back(id);
  });
  ctx.OnSignal("close", [&](cohort::Payload) { closed = true; });
  co_await ctx.Until([&closed] { return closed; });
  co_return ids;
}

Task<void> Scope(Context& ctx) {
  auto scope = ctx.Timer(4h);
  GetVersion(ctx, "some-change", -1, 1);
  scope.Cancel();
  auto other = ctx.Timer(4s);
  co_await ctx.Timer(6s);
}

#define COHORT_PORT(program, variant, body)                       \
  {                                                               \
    program, variant, [](Registry& r, std::string type) {         \
      r.Workflow(std::move(type),                                 \
                 [](Context& ctx) -> Task<std::string> { body }); \
    }                                                             \
  }

const Port kPorts[] = {
    COHORT_PORT("J-GV", "original", co_return co_await GvOriginal(ctx);),
    COHORT_PORT(
        "J-GV", "all-calls-removed",
        co_return co_await Gv(ctx, First::kNotAsked, Later::kNotAsked, 3);),
    COHORT_PORT(
        "J-GV", "first-call-removed",
        co_return co_await Gv(ctx, First::kNotAsked, Later::kAsked, 3);),
    COHORT_PORT(
        "J-GV", "later-calls-removed",
        co_return co_await Gv(ctx, First::kAsked, Later::kNotAsked, 3);),
    COHORT_PORT(
        "J-GV", "min-raised-2-3", GetVersion(ctx, kGv, 2, 3);
        co_return co_await Gv(ctx, First::kNotAsked, Later::kNotAsked, 3);),
    COHORT_PORT(
        "J-GV", "max-lowered-to-0", GetVersion(ctx, kGv, -1, 0);
        co_return co_await Gv(ctx, First::kNotAsked, Later::kNotAsked, 3);),
    COHORT_PORT(
        "J-GV", "second-id-added-first",
        Require(GetVersion(ctx, "other", -1, 1) == -1);
        co_return co_await Gv(ctx, First::kAsked, Later::kNotAsked, 3);),
    COHORT_PORT(
        "J-GV", "second-id-added-min-0", GetVersion(ctx, "other", 0, 1);
        co_return co_await Gv(ctx, First::kAsked, Later::kNotAsked, 3);),
    COHORT_PORT("J-GV", "first-activity-removed",
                co_return co_await GvNoSecond(ctx);),
    COHORT_PORT("J-GV", "one-activity-too-many",
                co_return co_await Gv(ctx, First::kAsked, Later::kAsked, 4);),
    COHORT_PORT("J-GV", "timer-before-call", auto timer = ctx.Timer(9s);
                co_return co_await Gv(ctx, First::kAsked, Later::kAsked, 3);),

    COHORT_PORT("J-MC", "original", co_return co_await McOriginal(ctx);),
    COHORT_PORT("J-MC", "call-removed", co_await ctx.Sleep(1s);
                co_return co_await Custom(ctx);),
    COHORT_PORT("J-MC", "one-call-only",
                co_return co_await Mc(ctx, kMc, -1, 1, 1);),
    COHORT_PORT("J-MC", "call-moved-after-timer", co_await ctx.Sleep(1s);
                Require(GetVersion(ctx, kMc, -1, 1) == 1);
                co_return co_await Custom(ctx);),
    COHORT_PORT("J-MC", "timer-started-before-call", auto timer = ctx.Timer(1s);
                Require(GetVersion(ctx, kMc, -1, 1) == 1); co_await timer;
                co_return co_await Custom(ctx);),
    COHORT_PORT("J-MC", "id-replaced",
                co_return co_await Mc(ctx, "other", -1, 1, -1);),
    COHORT_PORT("J-MC", "id-replaced-min-0",
                co_return co_await Mc(ctx, "other", 0, 1, 0);),
    COHORT_PORT("J-MC", "min-raised-2-3",
                co_return co_await Mc(ctx, kMc, 2, 3, 2);),
    COHORT_PORT("J-MC", "max-lowered-to-0",
                co_return co_await Mc(ctx, kMc, -1, 0, 0);),
    COHORT_PORT("J-MC", "second-id-added-before",
                Require(GetVersion(ctx, "other", -1, 1) == -1);
                co_return co_await Mc(ctx, kMc, -1, 1, 1);),
    COHORT_PORT("J-MC", "timer-removed", GetVersion(ctx, kMc, -1, 1);
                co_return co_await Custom(ctx);),
    COHORT_PORT("J-MC", "timer-duration-changed", GetVersion(ctx, kMc, -1, 1);
                co_await ctx.Sleep(5s); co_return co_await Custom(ctx);),
    COHORT_PORT(
        "J-MC", "activity-renamed", GetVersion(ctx, kMc, -1, 1);
        co_await ctx.Sleep(1s);
        co_return co_await ctx.Activity<std::string>("activity2", "x", 1);),
    COHORT_PORT("J-MC", "result-changed", (void)co_await Mc(ctx, kMc, -1, 1, 1);
                co_return "zzz";),

    COHORT_PORT("J-MT", "original", auto beside = ctx.Spawn(SleepBeside(ctx));
                if (ctx.replaying()) Require(GetVersion(ctx, kMc, -1, 1) == -1);
                co_return co_await Custom(ctx);),
    COHORT_PORT("J-MT", "call-absent",
                auto beside = ctx.Spawn(SleepBeside(ctx));
                co_return co_await Custom(ctx);),
    COHORT_PORT("J-MT", "call-added-min-0",
                auto beside = ctx.Spawn(SleepBeside(ctx));
                GetVersion(ctx, kMc, 0, 1); co_return co_await Custom(ctx);),
    COHORT_PORT("J-MT", "timer-in-main-first", auto timer = ctx.Timer(1s);
                co_return co_await Custom(ctx);),

    {"J-LARGE", "original",
     [](Registry& r, std::string type) { r.Workflow(std::move(type), Large); }},
    {"J-SCOPE", "original",
     [](Registry& r, std::string type) { r.Workflow(std::move(type), Scope); }},
};

}  // namespace

std::span<const Port> JavaPorts() { return kPorts; }

}  // namespace cohort_testing
