// The corpora that replay_test_test.cc runs: tests of which some have to fail.
#include <cstdlib>
#include <string>

#include "cohort/testing/replay_test.h"
#include "cohort/workflow/workflow.h"

namespace {

using cohort::Context;
using cohort::Registry;
using cohort::Task;

Task<void> Pair(Context& ctx) {
  co_await ctx.Activity<void>("first");
  co_await ctx.Activity<void>("second");
}

Registry PairRegistry() {
  Registry registry;
  registry.Workflow("Pair", Pair);
  return registry;
}

std::string Folder(const std::string& name) {
  const char* root = std::getenv("SAMPLE_CORPORA");
  return (root != nullptr ? root : ".") + ("/" + name);
}

COHORT_REPLAY_CORPUS(Good, PairRegistry(), Folder("good"));
COHORT_REPLAY_CORPUS(Mixed, PairRegistry(), Folder("mixed"));
COHORT_REPLAY_CORPUS(Packed, PairRegistry(), Folder("packed"));
COHORT_REPLAY_CORPUS(Empty, PairRegistry(), Folder("empty"));
COHORT_REPLAY_CORPUS(Missing, PairRegistry(), Folder("missing"));

}  // namespace
