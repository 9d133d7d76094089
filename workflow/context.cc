#include "cohort/workflow/context.h"

#include "fmt/core.h"

namespace cohort {

Arena* workflow_internal::ArenaOf(Context& context) {
  return &context.host().state().arena;
}

Arena* workflow_internal::ArenaOf(Host* host) { return &host->state().arena; }

Future<void> OperationCalls::Timer(Nanoseconds duration,
                                   std::source_location site) {
  auto state = NewState<void>();
  if (!host_->Enter("Timer", site)) return Future<void>(state);
  Command c = MakeCommand(CommandKind::kStartTimer, CallName("", site));
  if (host_->state().wants_arguments) {
    c.attributes.push_back({"startToFireTimeout", duration});
  }
  return Start(std::move(c), std::move(state), CancellationType::kTryCancel);
}

void Context::UpsertSearchAttributes(PayloadMap attributes,
                                     std::source_location site) {
  if (!host_->Enter("UpsertSearchAttributes", site)) return;
  Command c =
      MakeCommand(CommandKind::kUpsertSearchAttributes, CallName("", site));
  for (auto& [key, payload] : attributes) {
    c.details[key].push_back(std::move(payload));
  }
  host_->Issue({.command = std::move(c), .result = {}, .started = {}});
}

void Context::UpsertMemo(PayloadMap fields, std::source_location site) {
  if (!host_->Enter("UpsertMemo", site)) return;
  Command c = MakeCommand(CommandKind::kModifyProperties, CallName("", site));
  for (auto& [key, payload] : fields) {
    c.details[key].push_back(std::move(payload));
  }
  host_->Issue({.command = std::move(c), .result = {}, .started = {}});
}

Future<void> OperationCalls::CancelExternal(const ExternalWorkflow& target,
                                            std::source_location site) {
  auto state = NewState<void>();
  if (!host_->Enter("CancelExternal", site)) return Future<void>(state);
  Command c = MakeCommand(CommandKind::kCancelExternal, CallName("", site));
  c.text(Text::kId) = target.workflow_id;
  c.text(Text::kName) = target.run_id;
  return Start(std::move(c), std::move(state), CancellationType::kAbandon);
}

Future<void> Context::Until(std::function<bool()> holds,
                            std::source_location site) {
  auto state = NewState<void>();
  if (!host_->Enter("Until", site)) return Future<void>(std::move(state));
  if (host_->state().scopes.canceled(scope_)) {
    state->SettleError(std::make_exception_ptr(CanceledError()));
  } else if (Holds(holds)) {
    state->SettleValue({});
  } else {
    host_->state().conditions.push_back(
        {std::move(holds), AsBase(state), scope_});
  }
  return Future<void>(std::move(state));
}

bool Context::Holds(const std::function<bool()>& condition) {
  ReadOnly guard(host_->state(), "a condition");
  return condition();
}

Task<bool> Context::UntilWithin(Nanoseconds timeout,
                                std::function<bool()> holds,
                                std::source_location site) {
  co_await workflow_internal::LibraryCode();
  Future<void> timer = Timer(timeout, site);
  Future<void> condition = Until(holds, site);
  if (co_await WhenAny(condition, timer) == 0) {
    timer.Cancel(site);
    co_await condition;
    co_return true;
  }
  co_await timer;
  // Of both in one turn the condition wins.
  co_return Holds(holds);
}

void Context::SetSignalHandler(std::string_view name,
                               std::function<void(const Payloads&)> handler) {
  SignalQueue& queue = host_->state().signals[std::string(name)];
  queue.handler = std::move(handler);
  while (!queue.unread.empty()) {
    Payloads signal = std::move(queue.unread.front());
    queue.unread.pop_front();
    queue.Deliver(std::move(signal));
  }
}

CancelScope::CancelScope(Context& parent, ScopeLink link)
    : id_(parent.host().state().scopes.Open(
          parent.scope(), link,
          ScopeTree::Requested(
              workflow_internal::TypedState<void>::New(parent.host())))),
      context_(parent.host(), id_) {
  context_.SetActivityOptions(parent.activity_options());
  const ScopeTree& scopes = parent.host().state().scopes;
  if (scopes.canceled(id_)) scopes.requested(id_)->SettleValue({});
}

CancelScope::~CancelScope() { context_.host().CloseScope(id_); }

void CancelScope::Cancel(std::source_location site) {
  if (context_.host().Enter("Cancel", site)) {
    context_.host().CancelScope(id_, site);
  }
}

std::string Context::Uuid(std::source_location site) {
  std::mt19937_64& random = Random(site);
  const std::uint64_t a = (random() & ~0xf000ull) | 0x4000ull;
  const std::uint64_t b = (random() & ~(3ull << 62)) | (2ull << 62);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", a >> 32,
                     (a >> 16) & 0xffff, a & 0xffff, b >> 48,
                     b & 0xffffffffffffull);
}

}  // namespace cohort
