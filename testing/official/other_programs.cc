#include <chrono>
#include <string>

#include "cohort/testing/official/ports.h"

namespace cohort_testing {
namespace {

using cohort::Context;
using cohort::Patched;
using cohort::Registry;
using cohort::Task;
using namespace std::chrono_literals;

constexpr std::string_view kPatch = "integ_test_change_name";

Task<void> Sleeps(Context& ctx, int times) {
  for (int i = 0; i < times; ++i) co_await ctx.Sleep(100ms);
}

// sdk-core's own program: a patch around two of three timers.
Task<void> PatchedTimers(Context& ctx, std::string id, int timers) {
  for (int i = 0; i < timers; ++i) {
    const bool ask = i == 0 || i == 2;
    co_await ctx.Sleep(ask && Patched(ctx, id) ? 100ms : 200ms);
  }
}

// Cadence's.
Task<void> Hello(Context& ctx, std::string name, int times) {
  for (int i = 0; i < times; ++i) {
    co_await ctx.Activity<std::string>("helloworldActivity", name);
  }
}

Task<void> Branches(Context& ctx, int branches) {
  std::vector<cohort::Future<cohort::Payload>> all;
  for (int i = 1; i <= branches; ++i) {
    all.push_back(ctx.Activity<cohort::Payload>("sampleActivity", i));
  }
  for (auto& one : all) co_await one;
}

#define COHORT_PORT(program, variant, body)                                 \
  {                                                                         \
    program, variant, [](Registry& r, std::string type) {                   \
      r.Workflow(std::move(type), [](Context& ctx) -> Task<void> { body }); \
    }                                                                       \
  }

const Port kPorts[] = {
    COHORT_PORT("C-PATCH", "original",
                co_await PatchedTimers(ctx, std::string(kPatch), 3);),
    COHORT_PORT("C-PATCH", "call-removed", co_await Sleeps(ctx, 3);),
    COHORT_PORT("C-PATCH", "deprecated", cohort::DeprecatePatch(ctx, kPatch);
                co_await Sleeps(ctx, 3);),
    COHORT_PORT("C-PATCH", "other-id",
                co_await PatchedTimers(ctx, "wrongid", 3);),
    COHORT_PORT("C-PATCH", "timer-missing",
                co_await PatchedTimers(ctx, std::string(kPatch), 2);),
    COHORT_PORT("C-PATCH", "timer-added",
                co_await PatchedTimers(ctx, std::string(kPatch), 4);),
    COHORT_PORT("C-PATCH", "activity-in-patched-branch", Patched(ctx, kPatch);
                co_await ctx.Activity<void>("fake"); co_await Sleeps(ctx, 2);),
    COHORT_PORT("C-PATCH", "call-moved-to-second-task", co_await Sleeps(ctx, 1);
                Patched(ctx, kPatch); co_await Sleeps(ctx, 2);),
    COHORT_PORT("C-PATCH", "second-patch-added",
                Require(!Patched(ctx, "another"));
                co_await PatchedTimers(ctx, std::string(kPatch), 3);),
    COHORT_PORT("C-TIMER", "original, timer seq 0", co_await ctx.Sleep(1s);),
    COHORT_PORT("C-TIMER", "original, timer sequence starting at 1",
                co_await ctx.Sleep(1s);),
    COHORT_PORT("C-TIMER", "activity fake_act instead of the timer",
                co_await ctx.Activity<void>("fake_act");),

    {"K-W1", "original",
     [](Registry& r, std::string type) {
       r.Workflow(std::move(type),
                  [](Context& ctx, std::string name) -> Task<void> {
                    Require(cohort::GetVersion(ctx, "test-change", -1, 1) == 1);
                    co_await Hello(ctx, name, 3);
                  });
     }},
    {"K-W2", "original",
     [](Registry& r, std::string type) {
       r.Workflow(std::move(type),
                  [](Context& ctx, std::string name) -> Task<void> {
                    cohort::GetVersion(ctx, "test-change", -1, 1);
                    ctx.UpsertSearchAttributes(
                        {{"CustomKeywordField", cohort::ToPayload("testkey")}});
                    co_await Hello(ctx, name, 1);
                  });
     }},
    COHORT_PORT("K-BRANCH", "original", co_await Branches(ctx, 3);),
    COHORT_PORT("K-BRANCH", "two-branches", co_await Branches(ctx, 2);),
};

}  // namespace

std::span<const Port> OtherPorts() { return kPorts; }

}  // namespace cohort_testing
