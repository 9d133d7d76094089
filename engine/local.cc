// Local activities: they begin where they are called, and a marker says how
// they ended.
//
// On replay the marker settles the running call of its id, or the first one of
// its type (Profile::locals), wherever in the outputs it stands; then the code
// goes on. A failed attempt with a long
// wait before the next one is a marker, a timer, and the call once more.

#include <utility>

#include "cohort/base/status.h"
#include "cohort/engine/run.h"
#include "cohort/markers/marker_names.h"
#include "fmt/format.h"

namespace cohort {

OperationId Run::BeginLocal(CommandRequest request, std::int64_t attempt) {
  ++locals_begun_;
  Operation operation;
  operation.kind = request.command.kind;
  operation.state = State::kStarted;
  operation.started = true;
  operation.cancellation = request.cancellation;
  operation.scope = request.scope;
  operation.future = request.result;
  operation.id = fmt::format("{}", locals_begun_);
  const OperationId id = operations_.Open(std::move(operation));
  request.result->operation = id;
  locals_.push_back({id, std::move(request), attempt,
                     NextNumber(CommandKind::kRecordLocalActivity), false});
  return id;
}

std::vector<Run::RunningLocal>::iterator Run::FindLocal(
    const Event& event, const LocalActivityMarker& marker) {
  const bool core = event.name() == markers_internal::kCoreActivityName;
  const bool by_id = options_.profile->locals == LocalMatch::kId;
  const bool last_segment = options_.profile->types == TypeMatch::kLastSegment;
  auto running = locals_.end();
  auto detached = locals_.end();
  for (auto it = locals_.begin(); it != locals_.end(); ++it) {
    const std::string_view type = it->request.command.name();
    const bool same = last_segment
                          ? LastSegment(type) == LastSegment(marker.type)
                          : type == marker.type;
    if (!same) continue;
    const Operation* operation = operations_.Find(it->operation);
    const bool waits =
        operation != nullptr && operation->state != State::kDetached;
    // We record nothing of a call that nobody waits for any more.
    const bool recorded =
        waits || (operation != nullptr && options_.profile != &kOwnProfile);
    if (by_id && recorded &&
        marker.id ==
            (core ? fmt::format_int(it->number).str() : operation->id)) {
      return it;
    }
    auto& first = waits ? running : detached;
    if (first == locals_.end()) first = it;
  }
  return running != locals_.end() ? running : detached;
}

absl::Status Run::ConfirmLocal(const Event& event) {
  COHORT_ASSIGN_OR_RETURN(std::optional<LocalActivityMarker> marker,
                          DecodeLocalActivity(event, reader_));
  if (!marker) return DataLoss("event {}: no local-activity marker", event.id);
  EventFacts facts(event);
  facts.texts[static_cast<std::size_t>(Text::kId)] = marker->type;
  const PendingCommand* head = pending_.Head();
  if (head != nullptr &&
      head->command.kind == CommandKind::kRecordLocalActivity) {
    return ConfirmCommand(facts);
  }
  const auto local = FindLocal(event, *marker);
  if (local == locals_.end()) {
    return Diverge(MakeDivergence(DivergenceCause::kMissingCommand, &facts,
                                  head == nullptr ? nullptr : &head->command));
  }
  EndLocal(local, *marker);
  return Execute();
}

void Run::EndLocal(std::vector<RunningLocal>::iterator local,
                   const LocalActivityMarker& marker) {
  RunningLocal ended = std::move(*local);
  locals_.erase(local);
  Operation* operation = operations_.Find(ended.operation);
  if (operation == nullptr) return;
  const LifecycleRow* row = StepOperation(*operation, Input::kSettled);
  const auto future = operation->future;
  operations_.Release(ended.operation);
  if (row == nullptr || (row->effects & kSettle) == 0) return;
  if (marker.failure && marker.backoff) {
    AddRoot(BeginAgain(this, *context_, std::move(ended.request),
                       marker.attempt + 1, *marker.backoff),
            RootRole::kSpawned);
  } else if (marker.failure) {
    // Java wraps what the activity failed with, as an activity's event does
    // not.
    const Failure& outer = *marker.failure;
    const bool wrapped = outer.info == "activityFailureInfo" && outer.cause;
    const Failure& failure = wrapped ? *outer.cause : outer;
    const bool canceled = failure.info == "canceledFailureInfo";
    future->SettleError(canceled
                            ? std::make_exception_ptr(CanceledError(failure))
                            : std::make_exception_ptr(ActivityError(failure)));
  } else {
    future->SettlePayload(marker.result.empty() ? Payload{} : marker.result[0]);
  }
}

Task<void> Run::BeginAgain(Run* run, Context& ctx, CommandRequest request,
                           std::int64_t attempt, Nanoseconds backoff) {
  co_await workflow_internal::LibraryCode();
  const auto future = request.result;
  Context scoped(ctx.host(), request.scope);
  const Result<void> waited = co_await AsResult(scoped.Timer(backoff));
  if (waited.ok()) {
    run->BeginLocal(std::move(request), attempt);
  } else {
    future->SettleError(std::make_exception_ptr(CanceledError()));
  }
}

absl::StatusOr<Emission> Run::Resolve(OperationId local, LocalOutcome outcome) {
  COHORT_RETURN_IF_ERROR(status_);
  if (!emitted_) {
    return InvalidArgument(
        "a local activity ends within a turn that was advanced; there is none");
  }
  auto it = locals_.begin();
  while (it != locals_.end() && it->operation != local) ++it;
  if (it == locals_.end()) {
    return InvalidArgument("operation {} is no running local activity", local);
  }
  const Operation* operation = operations_.Find(local);
  LocalActivityMarker marker;
  marker.type = it->request.command.name();
  // Core's markers share the numbers of the other activities.
  const bool core = options_.version_dialect == Dialect::kCore;
  if (operation != nullptr) {
    marker.id = core ? fmt::format_int(it->number).str() : operation->id;
  }
  marker.attempt = it->attempt;
  marker.backoff = outcome.backoff;
  marker.result = std::move(outcome.result);
  marker.failure = std::move(outcome.failure);
  marker.completed = outcome.completed;
  marker.scheduled = outcome.completed;
  // Nobody waits for it any more: nothing to record.
  if (operation != nullptr && operation->state != State::kDetached) {
    Command command = EncodeLocalActivity(options_.version_dialect, marker);
    command.site = it->request.command.site;
    Push({.command = std::move(command)});
    sent_until_ = pending_.IdAt(pending_.all().size() - 1);
  }
  EndLocal(it, marker);
  COHORT_RETURN_IF_ERROR(Execute());
  return Emit();
}

}  // namespace cohort
