// Built with and without each of the lines that must not build.
#include <coroutine>
#include <string>
#include <string_view>
#include <type_traits>

#include "cohort/workflow/workflow.h"

namespace {

struct Foreign {
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() {}
};

struct alignas(64) Wide {
  char bytes[64];
};
void from_json(const nlohmann::json&, Wide&);

#ifdef BAD_ALIGNED_TASK
cohort::Task<Wide> Aligned(cohort::Context&) { co_return Wide(); }
#endif

cohort::Task<void> Good(cohort::Context& ctx, std::string id) {
  co_await ctx.Activity<void>("a", id);
#ifdef BAD_AWAIT
  co_await Foreign();
#endif
#ifdef BAD_ANY
  co_await cohort::WhenAny();
#endif
#ifdef BAD_OPTIONS
  co_await ctx.Activity<void>({.start_to_close = 10}, "a", id);
#endif
#ifdef BAD_ALIGNED_FUTURE
  (void)co_await ctx.Activity<Wide>("a", id);
#endif
#ifdef BAD_FUTURE
  ctx.Activity<void>("a", id);
#endif
}

cohort::Task<void> Outer(cohort::Context& ctx, std::string id) {
  co_await Good(ctx, id);
#ifdef BAD_TASK
  Good(ctx, id);
#endif
}

#ifdef BAD_REFERENCE
cohort::Task<void> Bad(cohort::Context&, const std::string&) { co_return; }
#elif defined(BAD_POINTER)
cohort::Task<void> Bad(cohort::Context&, const char*) { co_return; }
#elif defined(BAD_VIEW)
cohort::Task<void> Bad(cohort::Context&, std::string_view) { co_return; }
#else
cohort::Task<void> Bad(cohort::Context&, int) { co_return; }
#endif

}  // namespace

static_assert(!std::is_aggregate_v<cohort::ActivityOptions> &&
              !std::is_aggregate_v<cohort::LocalActivityOptions> &&
              !std::is_aggregate_v<cohort::ChildOptions> &&
              !std::is_aggregate_v<cohort::NexusOptions> &&
              !std::is_aggregate_v<cohort::RetryPolicy>);

cohort::Registry Use() {
  cohort::Registry registry;
  registry.Workflow("Outer", Outer).Workflow("Bad", Bad);
  return registry;
}

Foreign* UseForeign() { return nullptr; }
