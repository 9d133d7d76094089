#include "cohort/benchmarks/programs.h"

#include <cstdint>
#include <string>
#include <vector>

#include "cohort/base/check.h"
#include "cohort/benchmarks/stopwatch.h"
#include "fmt/format.h"

namespace cohort_benchmarks {
namespace {

using cohort::Context;
using cohort::Task;

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

cohort::Registry AskingProgram() {
  cohort::Registry registry;
  registry.Workflow("Ask", Ask);
  return registry;
}

}  // namespace cohort_benchmarks
