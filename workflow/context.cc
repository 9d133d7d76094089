#include "cohort/workflow/context.h"

#include "fmt/core.h"

namespace cohort {

Arena* workflow_internal::ArenaOf(Context& context) {
  return &context.host().state().arena;
}

Future<void> Context::Timer(Nanoseconds duration, std::source_location site) {
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
  host_->Issue(std::move(c), {}, CancellationType::kTryCancel);
}

Future<void> Context::Until(std::function<bool()> holds,
                            std::source_location site) {
  auto state = NewState<void>();
  if (host_->Enter("Until", site)) {
    if (holds()) {
      state->SettleValue({});
    } else {
      host_->state().conditions.push_back(
          {std::move(holds),
           workflow_internal::Ref<workflow_internal::FutureState>(
               state.get())});
    }
  }
  return Future<void>(std::move(state));
}

void Context::SetSignalHandler(std::string_view name,
                               std::function<void(const Payloads&)> handler) {
  SignalQueue& queue = host_->state().signals[std::string(name)];
  queue.handler = std::move(handler);
  while (!queue.unread.empty()) {
    Payloads signal = std::move(queue.unread.front());
    queue.unread.pop_front();
    queue.handler(signal);
  }
}

std::string Context::Uuid() {
  const std::uint64_t a = (Random()() & ~0xf000ull) | 0x4000ull;
  const std::uint64_t b = (Random()() & ~(3ull << 62)) | (2ull << 62);
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", a >> 32,
                     (a >> 16) & 0xffff, a & 0xffff, b >> 48,
                     b & 0xffffffffffffull);
}

}  // namespace cohort
