// A program of ReplayMain with workflows that misbehave, for the tests of its
// options. REPLAY_BUILD=next is a second build: it has left out a guard.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "cohort/testing/replay_main.h"
#include "cohort/workflow/workflow.h"

namespace {

using cohort::Context;
using cohort::Task;

bool IsNext() {
  const char* build = std::getenv("REPLAY_BUILD");
  return build != nullptr && std::string(build) == "next";
}

Task<void> Pair(Context& ctx) {
  co_await ctx.Activity<void>("first");
  if (IsNext()) {
    co_await ctx.Activity<void>("third");
  } else if (cohort::GetVersion(ctx, "pair", cohort::kDefaultVersion, 1) == 1) {
    co_await ctx.Activity<void>("second");
  } else {
    co_await ctx.Activity<void>("old");
  }
}

Task<void> Endless(Context&) {
  volatile bool on = true;
  while (on) {
  }
  co_return;
}

Task<void> Crashing(Context&) {
  std::abort();
  co_return;
}

// Presses Ctrl-C for the process that isolates it, and never ends.
Task<void> Interrupting(Context& ctx) {
  kill(getppid(), SIGINT);
  return Endless(ctx);
}

// What the environment says is no part of a history.
Task<void> Fickle(Context& ctx) {
  const char* perturbed = std::getenv("COHORT_PERTURBED");
  co_await ctx.Activity<void>(perturbed == nullptr ? "first" : "other");
}

// Presses Ctrl-C for the process that replays it again.
Task<void> Later(Context& ctx) {
  if (std::getenv("COHORT_PERTURBED") != nullptr) kill(getppid(), SIGINT);
  co_await ctx.Activity<void>("first");
}

}  // namespace

int main(int argc, char** argv) {
  cohort::Registry registry;
  registry.Workflow("Pair", Pair, {{"pair", cohort::kDefaultVersion, 1}})
      .Workflow("Endless", Endless)
      .Workflow("Crashing", Crashing)
      .Workflow("Interrupting", Interrupting)
      .Workflow("Fickle", Fickle)
      .Workflow("Later", Later);
  return cohort::ReplayMain(argc, argv, registry, {});
}
