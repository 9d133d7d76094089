#include "cohort/benchmarks/programs.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cohort/base/check.h"
#include "cohort/benchmarks/stopwatch.h"
#include "fmt/format.h"

namespace cohort_benchmarks {
namespace {

using cohort::Context;
using cohort::Family;
using cohort::Future;
using cohort::Task;

constexpr std::array<std::string_view, 8> kSteps = {
    "step-0", "step-1", "step-2", "step-3",
    "step-4", "step-5", "step-6", "step-7"};

template <Family F>
Task<int> Loop(Context& ctx, int n) {
  for (int i = 0; i < n; ++i) {
    const std::string_view step = kSteps[static_cast<std::size_t>(i % 8)];
    if constexpr (F == Family::kVersion) {
      cohort::GetVersion(ctx, step, cohort::kDefaultVersion, 1);
    } else {
      cohort::Patched(ctx, step);
    }
    co_await ctx.Activity<int>("noop", i);
  }
  co_return n;
}

Task<int> Fanout(Context& ctx, int n) {
  std::vector<Future<int>> all;
  for (int i = 0; i < n; ++i) all.push_back(ctx.Activity<int>("noop", i));
  for (const Future<int>& one : all) co_await one;
  co_return n;
}

Task<std::int64_t> Ask(Context& ctx, int ids, int calls) {
  std::vector<std::string> changes;
  for (int i = 0; i < ids; ++i) {
    changes.push_back(fmt::format("change-{}-of-the-order", i));
    cohort::GetVersion(ctx, changes.back(), cohort::kDefaultVersion, 1);
  }
  const Stopwatch watch;
  std::int64_t sum = 0;
  std::size_t next = 0;
  for (int i = 0; i < calls; ++i) {
    sum += cohort::GetVersion(ctx, changes[next], cohort::kDefaultVersion, 1);
    if (++next == changes.size()) next = 0;
  }
  const double seconds = watch.seconds();
  COHORT_CHECK(sum == calls, "each answer is 1");
  co_return static_cast<std::int64_t>(seconds * 1e9);
}

}  // namespace

cohort::Registry ReplayedPrograms(Family family) {
  cohort::Registry registry;
  if (family == Family::kVersion) {
    registry.Workflow("Loop", Loop<Family::kVersion>);
  } else {
    registry.Workflow("Loop", Loop<Family::kPatch>);
  }
  registry.Workflow("Fanout", Fanout);
  return registry;
}

cohort::Registry AskingProgram() {
  cohort::Registry registry;
  registry.Workflow("Ask", Ask);
  return registry;
}

}  // namespace cohort_benchmarks
