// Built with and without each of the lines that must not build.
#include <coroutine>
#include <string>
#include <string_view>

#include "cohort/workflow/workflow.h"

namespace {

struct Foreign {
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() {}
};

cohort::Task<void> Good(cohort::Context& ctx, std::string id) {
  co_await ctx.Activity<void>("a", id);
#ifdef BAD_AWAIT
  co_await Foreign();
#endif
#ifdef BAD_ANY
  co_await cohort::WhenAny();
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

cohort::Registry Use() {
  cohort::Registry registry;
  registry.Workflow("Good", Good).Workflow("Bad", Bad);
  return registry;
}

Foreign* UseForeign() { return nullptr; }
