#include "cohort/examples/step1.h"

#include <string>

namespace cohort_examples {
namespace {

using cohort::Case;
using cohort::Context;
using cohort::Route;
using cohort::Task;

inline constexpr cohort::Change kStep1Guarded{"Step1", cohort::kDefaultVersion,
                                              1};
inline constexpr cohort::Change kStep1{"Step1", 1, 2};
inline constexpr cohort::Change kStep1NewOnly{"Step1", 2, 2};

Task<std::string> Before(Context& ctx, std::string name) {
  co_return co_await ctx.Activity<std::string>("ActivityC", name);
}

// The guard goes in before the change: from here on, runs record a version.
Task<std::string> Guarded(Context& ctx, std::string name) {
  cohort::GetVersion(ctx, kStep1Guarded);
  co_return co_await ctx.Activity<std::string>("ActivityC", name);
}

// Leaving out a Case would not compile.
Task<std::string> Both(Context& ctx, std::string name) {
  co_return co_await Route<kStep1>(ctx).To(
      Case<1>([&] { return ctx.Activity<std::string>("ActivityC", name); }),
      Case<2>([&] { return ctx.Activity<std::string>("ActivityD", name); }));
}

Task<std::string> NewOnly(Context& ctx, std::string name) {
  co_return co_await Route<kStep1NewOnly>(ctx).To(
      Case<2>([&] { return ctx.Activity<std::string>("ActivityD", name); }));
}

Task<std::string> Careless(Context& ctx, std::string name) {
  co_return co_await ctx.Activity<std::string>("ActivityD", name);
}

}  // namespace

cohort::Registry Step1Registry(Step1Release release) {
  cohort::Registry registry;
  switch (release) {
    case Step1Release::kBefore:
      registry.Workflow("Greeting", Before);
      break;
    case Step1Release::kGuarded:
      registry.Workflow("Greeting", Guarded, {kStep1Guarded});
      break;
    case Step1Release::kBoth:
      registry.Workflow("Greeting", Both, {kStep1});
      break;
    case Step1Release::kNewOnly:
      registry.Workflow("Greeting", NewOnly, {kStep1NewOnly});
      break;
    case Step1Release::kCareless:
      registry.Workflow("Greeting", Careless);
      break;
  }
  return registry;
}

}  // namespace cohort_examples
