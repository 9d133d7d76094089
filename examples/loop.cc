#include "cohort/examples/loop.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace cohort_examples {
namespace {

using cohort::Context;
using cohort::Family;
using cohort::Future;
using cohort::Task;

constexpr std::array<std::string_view, 8> kSteps = {
    "step-0", "step-1", "step-2", "step-3",
    "step-4", "step-5", "step-6", "step-7"};

// Each of eight steps was changed once; both paths do the same here.
template <Family F>
void AskForStep(Context& ctx, int i) {
  const std::string_view step = kSteps[static_cast<std::size_t>(i % 8)];
  if constexpr (F == Family::kVersion) {
    cohort::GetVersion(ctx, step, cohort::kDefaultVersion, 1);
  } else {
    cohort::Patched(ctx, step);
  }
}

template <Family F>
Task<int> Loop(Context& ctx, int n) {
  for (int i = 0; i < n; ++i) {
    AskForStep<F>(ctx, i);
    co_await ctx.Activity<int>("noop", i);
  }
  co_return n;
}

template <Family F>
Task<int> CarelessLoop(Context& ctx, int n) {
  for (int i = 0; i < n; ++i) {
    AskForStep<F>(ctx, i);
    co_await ctx.Activity<int>("noop", i);
    if (i == 2) co_await ctx.Activity<int>("audit", i);
  }
  co_return n;
}

Task<int> Fanout(Context& ctx, int n) {
  std::vector<Future<int>> all;
  for (int i = 0; i < n; ++i) all.push_back(ctx.Activity<int>("noop", i));
  for (const Future<int>& one : all) co_await one;
  co_return n;
}

Task<int> CarelessFanout(Context& ctx, int n) {
  co_await ctx.Activity<void>("announce", n);
  co_return co_await Fanout(ctx, n);
}

template <Family F>
cohort::Registry MakeRegistry(Build build) {
  cohort::Registry registry;
  if (build == Build::kGood) {
    registry.Workflow("Loop", Loop<F>).Workflow("Fanout", Fanout);
  } else {
    registry.Workflow("Loop", CarelessLoop<F>)
        .Workflow("Fanout", CarelessFanout);
  }
  return registry;
}

}  // namespace

cohort::Registry LoopRegistry(Family family, Build build) {
  return family == Family::kVersion ? MakeRegistry<Family::kVersion>(build)
                                    : MakeRegistry<Family::kPatch>(build);
}

}  // namespace cohort_examples
