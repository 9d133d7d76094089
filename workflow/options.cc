#include "cohort/workflow/options.h"

namespace cohort {
namespace {

// As temporal.api.enums.v1.ParentClosePolicy spells it.
std::string SpellingOf(ParentClosePolicy policy) {
  switch (policy) {
    case ParentClosePolicy::kTerminate:
      return "PARENT_CLOSE_POLICY_TERMINATE";
    case ParentClosePolicy::kAbandon:
      return "PARENT_CLOSE_POLICY_ABANDON";
    case ParentClosePolicy::kRequestCancel:
      return "PARENT_CLOSE_POLICY_REQUEST_CANCEL";
  }
  return "";
}

}  // namespace

std::vector<Attribute> ChildOptions::Attributes() const {
  std::vector<Attribute> out{
      {"workflowExecutionTimeout", execution_timeout_},
      {"workflowRunTimeout", run_timeout_},
      {"workflowTaskTimeout", task_timeout_},
      {"parentClosePolicy", SpellingOf(parent_close_)},
  };
  if (!task_queue_.empty()) out.push_back({"taskQueue.name", task_queue_});
  if (retry_) retry_->AppendTo(out);
  return out;
}

std::vector<Attribute> ContinueAsNewOptions::Attributes() const {
  std::vector<Attribute> out;
  if (run_timeout_ != Duration(0)) {
    out.push_back({"workflowRunTimeout", run_timeout_});
  }
  if (task_timeout_ != Duration(0)) {
    out.push_back({"workflowTaskTimeout", task_timeout_});
  }
  return out;
}

}  // namespace cohort
