// Queries: the run's code is asked, and nothing is changed.

#include <algorithm>
#include <exception>
#include <vector>

#include "cohort/base/status.h"
#include "cohort/engine/run.h"
#include "fmt/core.h"

namespace cohort {
namespace {

constexpr std::string_view kStackTraceQuery = "__stack_trace";

std::string HandlersOf(const RunState& state) {
  std::string names(kStackTraceQuery);
  for (const auto& [name, handler] : state.queries) names += ", " + name;
  return names;
}

}  // namespace

absl::StatusOr<Payloads> Run::Query(std::string_view name,
                                    const Payloads& input) {
  if (name == kStackTraceQuery) return ToPayloads(StackTrace());
  COHORT_RETURN_IF_ERROR(status_);
  const auto handler = state().queries.find(name);
  if (handler == state().queries.end()) {
    return NotFound("the workflow answers no query \"{}\" (it answers: {})",
                    name, HandlersOf(state()));
  }
  absl::Status status;
  Payloads answer;
  query_status_ = &status;
  state().read_only = "a query handler";
  try {
    answer = handler->second(input);
  } catch (const Unwind&) {
  } catch (...) {
    status.Update(
        InvalidArgument("query {}: {}", name,
                        Result<int>::MessageOf(std::current_exception())));
  }
  state().read_only = {};
  query_status_ = nullptr;
  if (!status.ok()) return status;
  return answer;
}

// Each task that waits, its own lines only, the innermost first:
//
//   task 1
//     order.cc:41
//     order.cc:17
std::string Run::StackTrace() const {
  std::string text;
  int number = 0;
  std::vector<const PromiseBase*> roots;
  for (const TaskOwner& root : state().scheduler.roots()) {
    roots.push_back(root.promise());
  }
  std::sort(roots.begin(), roots.end(),
            [](const PromiseBase* a, const PromiseBase* b) {
              return a->order < b->order;
            });
  for (const PromiseBase* at : roots) {
    std::vector<std::string> sites;
    while (at != nullptr) {
      if (!at->library) sites.push_back(SiteText(at->await_site));
      at = at->awaited == nullptr ? nullptr : at->awaited->promise();
    }
    if (sites.empty()) continue;  // no code of the user's
    std::reverse(sites.begin(), sites.end());
    text += fmt::format("task {}\n", ++number);
    for (const std::string& site : sites) text += fmt::format("  {}\n", site);
  }
  return text;
}

}  // namespace cohort
