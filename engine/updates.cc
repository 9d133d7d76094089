// Updates: a request is accepted, handled, and its end recorded.
//
// On replay the requests are those that the turn's own outputs accept, placed
// among the turn's events by what each says it came behind; a request that was
// admitted before (UpdateAdmitted) is taken from there. A validator runs live
// only: history records no rejections.

#include <algorithm>
#include <exception>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/engine/run.h"
#include "cohort/history/event_table.h"

namespace cohort {
namespace {

Failure RejectionOf(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const WorkflowError& e) {
    return e.failure();
  } catch (const std::exception& e) {
    return ApplicationError(e.what()).failure();
  } catch (...) {
    return ApplicationError("an exception that is no std::exception").failure();
  }
}

}  // namespace

absl::Status Run::ReadUpdates(const Turn& turn,
                              std::vector<UpdateRequest>& updates) {
  for (const Event& event : turn.inbound) {
    if (RoleOf(event.type) != Role::kUpdate) continue;
    COHORT_ASSIGN_OR_RETURN(Payloads input, reader_.ReadPayloads(event.input));
    UpdateRequest request{std::string(event.key()), std::string(event.name()),
                          std::move(input), event.id};
    admitted_updates_.insert_or_assign(request.id, std::move(request));
  }
  for (const Event& event : turn.outputs) {
    if (event.type != EventType::kWorkflowExecutionUpdateAccepted) continue;
    UpdateRequest request{
        std::string(event.key()), std::string(event.name()), {}, event.subject};
    const auto admitted = admitted_updates_.find(request.id);
    if (request.name.empty() && admitted != admitted_updates_.end()) {
      request = admitted->second;
    } else {
      COHORT_ASSIGN_OR_RETURN(request.input, reader_.ReadPayloads(event.input));
    }
    if (admitted != admitted_updates_.end()) admitted_updates_.erase(admitted);
    updates.push_back(std::move(request));
  }
  if (turn.completed != nullptr) {
    answered_until_ = turn.completed->id;
  } else {
    // A server that admitted them asks for them in the open turn.
    for (auto& [id, request] : std::exchange(admitted_updates_, {})) {
      if (request.behind_event < answered_until_) continue;
      updates.push_back(std::move(request));
    }
  }
  std::stable_sort(updates.begin(), updates.end(),
                   [](const UpdateRequest& a, const UpdateRequest& b) {
                     return a.behind_event < b.behind_event;
                   });
  return absl::OkStatus();
}

absl::Status Run::DeliverUpdate(UpdateRequest request) {
  const auto handler = state().updates.find(request.name);
  if (handler == state().updates.end() || code_is_over()) {
    waiting_updates_.push_back(std::move(request));
    return absl::OkStatus();
  }
  return CallUser([&] { StartUpdate(handler->second, std::move(request)); });
}

void Run::UpdateHandlerAdded(std::string_view name) {
  std::vector<UpdateRequest> waiting = std::exchange(waiting_updates_, {});
  for (UpdateRequest& request : waiting) {
    if (request.name == name) {
      StartUpdate(state().updates.find(name)->second, std::move(request));
    } else {
      waiting_updates_.push_back(std::move(request));
    }
  }
}

bool Run::Validate(const UpdateHandler& handler, const UpdateRequest& request) {
  if (state().turn_completed || !handler.validate) return true;
  state().read_only = "an update validator";
  std::exception_ptr error;
  try {
    handler.validate(request.input);
  } catch (const Unwind&) {
    state().read_only = {};
    throw;
  } catch (...) {
    error = std::current_exception();
  }
  state().read_only = {};
  if (error) rejected_.push_back({request.id, RejectionOf(error)});
  return error == nullptr;
}

// The handler is a copy: it may put another one in its place.
void Run::StartUpdate(UpdateHandler handler, UpdateRequest request) {
  if (!Validate(handler, request)) return;
  Command accept;
  accept.kind = CommandKind::kAcceptUpdate;
  accept.text(Text::kName) = request.name;
  accept.text(Text::kId) = request.id;
  accept.subject = request.behind_event;
  if (state().wants_arguments) {
    accept.text(Text::kControl) = request.id;
    accept.input = request.input;
  }
  acceptances_.insert_or_assign(request.id, std::move(accept));
  handler.start(std::move(request.id), std::move(request.input));
}

void Run::AcceptUpdate(std::string_view id) {
  const auto accept = acceptances_.find(id);
  if (accept == acceptances_.end() || state().failed || state().closed) return;
  Push({.command = std::move(accept->second)});
  acceptances_.erase(accept);
  open_updates_[std::string(id)] = 0;
}

void Run::EndUpdate(std::string id, Payloads result, std::exception_ptr error) {
  if (state().failed || state().closed) return;
  Command end;
  end.kind = CommandKind::kCompleteUpdate;
  end.input = std::move(result);
  if (error) {
    try {
      std::rethrow_exception(error);
    } catch (const Unwind&) {
      return;
    } catch (const ContinueAsNewRequest&) {
      Refuse(InvalidArgument("an update handler cannot continue as new; let "
                             "the workflow function do so"),
             {});
      return;
    } catch (const WorkflowError& e) {
      end.failure = e.failure();
    } catch (const std::exception& e) {
      Refuse(Internal("the handler of update {} threw {}: the turn fails (only "
                      "cohort::WorkflowError is an update's outcome)",
                      id, e.what()),
             {});
      return;
    } catch (...) {
      Refuse(Internal("the handler of update {} threw something that is no "
                      "std::exception: the turn fails",
                      id),
             {});
      return;
    }
  }
  const auto open = open_updates_.find(id);
  if (open != open_updates_.end()) {
    end.subject = open->second;
    open_updates_.erase(open);
  }
  end.text(Text::kId) = std::move(id);
  if (options_.profile->update_end == UpdateEnd::kBehindTasks) {
    update_ends_.push_back(std::move(end));
  } else {
    Push({.command = std::move(end)});
  }
}

void Run::RejectUnknownUpdates() {
  for (UpdateRequest& request : std::exchange(waiting_updates_, {})) {
    rejected_.push_back(
        {request.id, ApplicationError("the workflow takes no update \"" +
                                      request.name + "\"")
                         .failure()});
  }
}

}  // namespace cohort
