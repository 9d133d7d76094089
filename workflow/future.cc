#include "cohort/workflow/future.h"

#include "cohort/workflow/host.h"

namespace cohort::workflow_internal {

void Waiter::Wait(FutureState& future, WaitGroup& group, int index) {
  future_ = &future;
  group_ = &group;
  index_ = index;
  previous_ = future.last_;
  (future.last_ ? future.last_->next_ : future.first_) = this;
  future.last_ = this;
}

void Waiter::Unlink() {
  if (future_ == nullptr) return;
  (previous_ ? previous_->next_ : future_->first_) = next_;
  (next_ ? next_->previous_ : future_->last_) = previous_;
  future_ = nullptr;
  next_ = previous_ = nullptr;
}

void Waiter::Fire() {
  Unlink();
  if (group_->first < 0) group_->first = index_;
  if (--group_->remaining == 0) {
    group_->coroutine->scheduler->Ready(*group_->coroutine);
  }
}

// A frame that is destroyed while it waits may hold the last reference.
FutureState::~FutureState() {
  while (first_ != nullptr) first_->Unlink();
}

void FutureState::SetSettled() {
  settled_ = true;
  while (first_ != nullptr) first_->Fire();
}

absl::Status FutureState::SettleResult(PayloadReader& reader, JsonView result,
                                       Payload& scratch) {
  if (settled_) return absl::OkStatus();
  if (WantsPayload()) {
    COHORT_RETURN_IF_ERROR(reader.ReadFirstPayload(result, scratch));
  }
  SettlePayload(scratch);
  return absl::OkStatus();
}

std::exception_ptr ConversionFailure(const absl::Status& status) {
  Failure failure;
  failure.message = std::string(ToStd(status.message()));
  failure.info = "applicationFailureInfo";
  failure.type = "ConversionError";
  return std::make_exception_ptr(ConversionError(std::move(failure)));
}

Arena& ArenaOf(Host& host) { return host.state().arena; }

void CancelOperation(FutureState& state, std::source_location site) {
  if (state.settled() || state.operation == 0) return;
  state.host.Cancel(state.operation, site);
}

}  // namespace cohort::workflow_internal
