// Emit: what the code issued goes out, under ids of our own.

#include "cohort/engine/run.h"
#include "fmt/core.h"

namespace cohort {

Emission Run::Emit() {
  Emission out;
  out.closed = state().closed;
  std::int64_t id = operations_issued_;
  for (const PendingCommand& p : pending_.all()) {
    if (!p.withdrawn && p.operation != 0) --id;
  }
  for (const PendingCommand& p : pending_.all()) {
    if (p.withdrawn) continue;
    out.commands.push_back(p.command);
    Command& command = out.commands.back();
    // Ids that the code did not choose: a counter over the run's operations.
    if (p.operation != 0 && command.key().empty()) {
      command.text(Text::kId) = fmt::format("{}", ++id);
    }
  }
  if (lang_flag_ != 0) out.lang_used_flags.push_back(lang_flag_);
  if (core_flag_ != 0) out.core_used_flags.push_back(core_flag_);
  emitted_ = true;
  return out;
}

}  // namespace cohort
