// The oracle's programs as workflow code.
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cohort/testing/programs.h"
#include "cohort/workflow/workflow.h"

namespace cohort_testing {
namespace {

using cohort::CancellationType;
using cohort::Context;
using cohort::Future;
using cohort::Task;

CancellationType TypeOf(const ProgramStep& s) {
  switch (s.cancellation()) {
    case 'w':
      return CancellationType::kWait;
    case 'a':
      return CancellationType::kAbandon;
    case 'r':
      return CancellationType::kWaitRequested;
    default:
      return CancellationType::kTryCancel;
  }
}

char LetterOf(const cohort::Result<void>& result) {
  if (result.ok()) return 'c';
  return result.Is<cohort::CanceledError>() ? 'k' : 'f';
}

// What handlers have seen, and where the code is: they outlive its frame.
struct Counts {
  int noted = 0;
  int updates = 0;
  int at = 0;
};

class Code {
 public:
  Code(Context& ctx, Program program)
      : run_(ctx), program_(std::move(program)) {
    AddHandlers();
  }

  Task<std::string> Run() {
    for (; counts_->at < static_cast<int>(program_.size()); ++counts_->at) {
      const ProgramStep& s = program_[static_cast<std::size_t>(counts_->at)];
      if (s.is_operation()) {
        Begin(s);
        if (s.at_once()) (void)co_await AsResult(operations_.at(s.tag));
      } else if (kWaits.find(s.kind) != std::string_view::npos) {
        co_await Wait(s);
      } else if (s.kind == 'P') {
        // What is not patched has no next step.
        if (!cohort::Patched(here(), IdOf(s))) ++counts_->at;
      } else {
        Do(s);
      }
    }
    for (auto& [tag, future] : operations_) {
      notes_[tag] = LetterOf(co_await AsResult(future));
    }
    std::string results;
    for (const auto& [tag, note] : notes_) results += note;
    co_return results;
  }

 private:
  struct Scope {
    char tag;
    std::unique_ptr<cohort::CancelScope> scope;
  };
  static constexpr std::string_view kWaits = "GWDYJI";

  static std::string IdOf(const ProgramStep& s) { return {s.tag}; }
  // The context of the innermost scope.
  Context& here() {
    return scopes_.empty() ? run_ : scopes_.back().scope->ctx();
  }
  bool Has(char kind) const {
    return std::any_of(program_.begin(), program_.end(),
                       [kind](const ProgramStep& s) { return s.kind == kind; });
  }

  void AddHandlers() {
    run_.OnQuery("at", [counts = counts_] { return counts->at; });
    if (Has('W') || Has('Y')) {
      run_.OnSignal("w", [counts = counts_] { ++counts->noted; });
    }
    if (Has('D')) {
      run_.OnUpdate("u", [counts = counts_] { ++counts->updates; });
    }
  }

  void Begin(const ProgramStep& s) { operations_.emplace(s.tag, Started(s)); }

  Future<void> Started(const ProgramStep& s) {
    const std::string type(1, s.argument);
    Context& ctx = here();
    switch (s.kind) {
      case 'T':
        return ctx.Timer(std::chrono::seconds(1));
      case 'H': {
        const auto child = ctx.StartChild<void>(
            cohort::ChildOptions().Cancellation(TypeOf(s)), type);
        children_.emplace(s.tag, child.started());
        return child.result();
      }
      case 'N': {
        const auto nexus = ctx.Nexus<void>(
            cohort::NexusOptions("e", "s").Cancellation(TypeOf(s)), type);
        nexus_.emplace(s.tag, nexus.started());
        return nexus.result();
      }
      case 'X':
        return ctx.SignalExternal({"other", ""}, type);
      case 'E':
        return ctx.CancelExternal({"other-" + type, ""});
      case 'L':
        return ctx.LocalActivity<void>(type);
      default:
        return ctx.Activity<void>(
            cohort::ActivityOptions().Cancellation(TypeOf(s)), type);
    }
  }

  Task<void> Wait(const ProgramStep& s) {
    const int n = s.argument - '0';
    const auto noted = [n, counts = counts_] { return counts->noted >= n; };
    switch (s.kind) {
      case 'G':
        (void)co_await AsResult(here().Signals<std::string>("g").Receive());
        co_return;
      case 'W':
        (void)co_await AsResult(here().Until(noted));
        co_return;
      case 'D':
        (void)co_await AsResult(here().Until(
            [n, counts = counts_] { return counts->updates >= n; }));
        co_return;
      case 'Y': {
        auto held = co_await AsResult(
            here().UntilWithin(std::chrono::seconds(1), noted));
        notes_[s.tag] = !held.ok() ? 'k' : held.value() ? 'y' : 'n';
        co_return;
      }
      case 'J':
        co_await AwaitStart(s.argument);
        co_return;
      default:
        co_await Select(s.tag);
    }
  }

  Task<void> AwaitStart(char target) {
    if (const auto child = children_.find(target); child != children_.end()) {
      (void)co_await AsResult(child->second);
    }
    if (const auto nexus = nexus_.find(target); nexus != nexus_.end()) {
      (void)co_await AsResult(nexus->second);
    }
  }

  Task<void> Select(char tag) {
    cohort::Selector next(here());
    for (const auto& [name, future] : operations_) {
      if (selected_.contains(name)) continue;
      next.OnSettled(future, [this, tag, chosen = name] {
        notes_[tag] = chosen;
        selected_.insert(chosen);
      });
    }
    next.OnReceive(here().Signals<std::string>("g"),
                   [this, tag](const std::string&) { notes_[tag] = 'g'; });
    if (!(co_await AsResult(next.Select())).ok()) notes_[tag] = 'k';
  }

  // A step that waits for nothing.
  void Do(const ProgramStep& s) {
    const std::string argument(1, s.argument);
    Context& ctx = here();
    switch (s.kind) {
      case 'C':
        return Cancel(s.argument);
      case 'V':
        cohort::GetVersion(ctx, IdOf(s), s.min(), s.max());
        return;
      case 'Q':
        return cohort::DeprecatePatch(ctx, IdOf(s));
      case 'S':
        (void)ctx.SideEffect([] { return 1; });
        return;
      case 'M':
        (void)ctx.MutableSideEffect("m", [&] { return argument; });
        return;
      case 'O':
        return ctx.UpsertMemo({{"step", cohort::ToPayload(argument)}});
      case 'U':
        return ctx.UpsertSearchAttributes(
            {{"Step", cohort::ToPayload(argument)}});
      case '{':
        return OpenScope(s);
      case '}':
        if (!scopes_.empty()) scopes_.pop_back();
        return;
      default:
        Close(s.kind);
    }
  }

  void OpenScope(const ProgramStep& s) {
    const auto link = s.form == 'a' ? cohort::ScopeLink::kAttached
                                    : cohort::ScopeLink::kDetached;
    auto scope = std::make_unique<cohort::CancelScope>(here(), link);
    scopes_.push_back({s.tag, std::move(scope)});
  }

  void Cancel(char target) {
    if (const auto found = operations_.find(target);
        found != operations_.end()) {
      found->second.Cancel();
    }
    for (const Scope& open : scopes_) {
      if (open.tag == target) open.scope->Cancel();
    }
  }

  [[noreturn]] void Close(char kind) {
    if (kind == 'F') throw cohort::ApplicationError("as told");
    if (kind == 'K') throw cohort::CanceledError();
    run_.ContinueAsNew(std::string());
  }

  Context& run_;
  const Program program_;
  const std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
  std::map<char, Future<void>> operations_;
  std::map<char, Future<cohort::ExternalWorkflow>> children_;
  std::map<char, Future<std::string>> nexus_;
  std::vector<Scope> scopes_;  // the innermost last
  std::set<char> selected_;
  std::map<char, char> notes_;
};

Task<std::string> Interpret(Context& ctx, std::string text) {
  Code code(ctx, ParseProgram(text));
  co_return co_await code.Run();
}

}  // namespace

cohort::Registry ProgramRegistry() {
  cohort::Registry registry;
  registry.Workflow("P", Interpret);
  return registry;
}

}  // namespace cohort_testing
