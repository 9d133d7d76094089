#include "cohort/workflow/registry.h"

#include "cohort/base/limits.h"
#include "cohort/base/status.h"

namespace cohort {

namespace workflow_internal {
namespace {

Command Closing(CommandKind kind) {
  Command c;
  c.kind = kind;
  return c;
}

Command NextRun(const RunState& run, const ContinueAsNewRequest& request) {
  const ContinueAsNewOptions& options = request.options;
  Command c = Closing(CommandKind::kContinueAsNew);
  c.text(Text::kName) = options.workflow_type().empty()
                            ? run.info.workflow_type
                            : options.workflow_type();
  c.text(Text::kScope) = options.task_queue();
  c.site = options.site();
  if (!run.wants_arguments) return c;
  c.input = request.input;
  c.attributes = options.Attributes();
  for (const auto& [key, payload] : options.memo()) c.details[key] = {payload};
  return c;
}

}  // namespace

void EndSignalHandler(Host& host, std::exception_ptr error) {
  --host.state().handlers_running;
  if (error) CloseWithException(host, error);
}

absl::Status BadArgument(std::size_t index, const absl::Status& cause) {
  return InvalidArgument("the input does not fit the function: argument {}: {}",
                         index + 1, ToStd(cause.message()));
}

void CloseWithResult(Host& host, Payloads result) {
  Command c = Closing(CommandKind::kCompleteWorkflow);
  c.input = std::move(result);
  host.Close(std::move(c));
}

void CloseWithException(Host& host, std::exception_ptr error) {
  try {
    std::rethrow_exception(error);
  } catch (const Unwind&) {
  } catch (const ContinueAsNewRequest& e) {
    host.Close(NextRun(host.state(), e));
  } catch (const CanceledError&) {
    host.Close(Closing(CommandKind::kCancelWorkflow));
  } catch (const WorkflowError& e) {
    Command c = Closing(CommandKind::kFailWorkflow);
    c.failure = e.failure();
    host.Close(std::move(c));
  } catch (const std::exception& e) {
    host.Refuse(Internal("workflow code threw {}: the turn fails, the run "
                         "waits for code that does not (only "
                         "cohort::WorkflowError closes a run as failed)",
                         e.what()),
                {});
  } catch (...) {
    host.Refuse(Internal("workflow code threw something that is no "
                         "std::exception: the turn fails"),
                {});
  }
}

}  // namespace workflow_internal

Registry& Registry::Add(WorkflowDefinition definition) {
  const std::string name = definition.name;
  if (name.empty() || name.size() > kNameBytesMax) {
    status_.Update(InvalidArgument(
        "workflow name \"{:.40}\" is empty or longer than {} bytes", name,
        kNameBytesMax));
    return *this;
  }
  for (const Change& change : definition.changes) {
    if (change.id.empty() || change.min > change.max) {
      status_.Update(InvalidArgument(
          "workflow {}: change \"{}\" [{}, {}] has no id, or min > max", name,
          change.id, change.min, change.max));
    }
  }
  if (!workflows_.emplace(name, std::move(definition)).second) {
    status_.Update(AlreadyExists("workflow {} is registered twice", name));
  }
  return *this;
}

const WorkflowDefinition* Registry::Find(std::string_view name) const {
  auto it = workflows_.find(name);
  if (it == workflows_.end()) {
    it = workflows_.find(name.substr(name.rfind('.') + 1));
  }
  return it == workflows_.end() ? nullptr : &it->second;
}

}  // namespace cohort
