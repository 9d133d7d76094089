// Programs of child workflows, other workflows and Nexus operations.
#include <chrono>
#include <string>
#include <vector>

#include "cohort/testing/official/ports.h"

namespace cohort_testing {
namespace {

using cohort::CancelScope;
using cohort::ChildOptions;
using cohort::Context;
using cohort::Future;
using cohort::NexusOptions;
using cohort::Task;
using namespace std::chrono_literals;

Task<std::string> MemoJson(Context& ctx, std::string value) {
  const auto result =
      co_await ctx.Child<std::string>(ChildOptions(), "MemoChildWorkflowJSON");
  ctx.UpsertMemo({{"parent-memo-key", cohort::ToPayload("parent-" + value)}});
  co_return result;
}

Task<void> SignalToChild(Context& ctx) {
  const std::string id = "child_workflow:" + ctx.info().run_id;
  const auto child = ctx.StartChild<void>(ChildOptions().WorkflowId(id),
                                          "testReplayWorkflowFromFile");
  co_await child.started();
  co_await ctx.SignalExternal(cohort::ExternalWorkflow{id, ""}, "test-signal",
                              "test-data");
  co_await child.result();
}

Task<std::string> ChildAfterReset(Context& ctx) {
  co_return co_await ctx.Child<std::string>(ChildOptions(), "TestChildWorkflow",
                                            "CHILD INPUT");
}

// Cadence's switch starts the child although its context is canceled, and lets
// it be: as if it stood in a scope that is not.
Task<void> ChildInSpiteOfCancel(Context& ctx) {
  co_await ctx.Child<void>(ChildOptions(), "child");
}

Task<std::string> SecretGreeting(Context& ctx, std::string name) {
  const auto child = ctx.StartChild<std::string>(
      ChildOptions(), "topSecretGreetingChild", name);
  const cohort::ExternalWorkflow started = co_await child.started();
  const auto approved = ctx.SignalExternal(started, "approve");
  const auto timer = ctx.Timer(1ms);
  co_await WhenAll(approved, timer);
  co_return co_await child.result();
}

NexusOptions ReplayService() {
  return NexusOptions("replay-endpoint", "replay-service");
}
constexpr std::string_view kWaitOnSignal = "wait-on-signal-op";

std::string FreshId(Context& ctx, std::string_view id) {
  return ctx.MutableSideEffect(id, [] { return std::string("an id"); });
}

Task<std::string> NexusAfterStart(Context& ctx) {
  CancelScope scope(ctx);
  const auto operation = scope.ctx().Nexus<std::string>(
      ReplayService(), kWaitOnSignal, "wait-for-cancel");
  co_await operation.started();
  scope.Cancel();
  Require((co_await AsResult(operation.result())).Is<cohort::CanceledError>());
  co_return FreshId(ctx, "nxs-cancel-after-start-id");
}
Task<std::string> NexusBeforeSent(Context& ctx) {
  CancelScope scope(ctx);
  scope.Cancel();
  const auto operation = scope.ctx().Nexus<std::string>(
      ReplayService(), kWaitOnSignal, "fail-to-send");
  Require((co_await AsResult(operation.result())).Is<cohort::CanceledError>());
  co_return FreshId(ctx, "nxs-cancel-before-sent-id");
}

constexpr char kCancelEndpoint[] =
    "test-endpoint-WorkflowTest-testCancelAsyncOperation-"
    "fbf25f7a-3b46-4f75-a8f6-5ddb667a39c9";
constexpr char kParallelEndpoint[] =
    "test-endpoint-WorkflowTest-testParallelOperations-"
    "1e251538-4814-4535-b999-e86d8f17a691";

Task<std::string> NexusCancelScope(Context& ctx, std::string) {
  CancelScope scope(ctx);
  const auto operation = scope.ctx().Nexus<std::string>(
      NexusOptions(kCancelEndpoint, "TestNexusService"), "operation", 0);
  co_await operation.started();
  scope.Cancel();
  Require((co_await AsResult(operation.result())).Is<cohort::CanceledError>());
  co_return ctx.Uuid();
}

Task<std::string> NexusParallel(Context& ctx, std::string) {
  const NexusOptions options(kParallelEndpoint, "TestNexusService1");
  std::vector<Future<std::string>> all;
  for (int i = 0; i < 10; ++i) {
    all.push_back(
        ctx.Nexus<std::string>(options, "operation", std::to_string(i))
            .result());
  }
  std::string digits;
  for (const auto& one : all) {
    const auto digit = co_await one;
    digits += digit;
  }
  Require(digits == "0123456789");
  co_return digits;
}

const Port kPorts[] = {
    {"G-MEMOJSON", "original", Add<MemoJson>},
    {"G-PARENT", "original", Add<SignalToChild>},
    {"G-RESETCHILD", "original", Add<ChildAfterReset>},
    {"K-CHILD", "original with the compatibility switch",
     Add<ChildInSpiteOfCancel>},
    {"T-SECRET", "original with interceptor", Add<SecretGreeting>},
    {"G-NEXUS", "after-start", Add<NexusAfterStart>},
    {"G-NEXUS", "before-sent", Add<NexusBeforeSent>},
    {"J-NEXUSCANCEL", "original", Add<NexusCancelScope>},
    {"J-NEXUSPAR", "original", Add<NexusParallel>},
};

}  // namespace

std::span<const Port> ChildPorts() { return kPorts; }

}  // namespace cohort_testing
