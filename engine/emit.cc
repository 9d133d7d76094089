// Emit: what the code issued goes out, under ids of our own.

#include "cohort/engine/run.h"
#include "fmt/core.h"

namespace cohort {

Emission Run::Emit() {
  Emission out;
  out.closed = state().closed;
  // The commands' events will stand right behind the task's completion, which
  // stands right behind its start.
  std::int64_t event_id = started_event_id_ + 1;
  for (const PendingCommand& p : pending_.all()) {
    if (p.withdrawn) continue;
    ++event_id;
    out.commands.push_back(p.command);
    Command& command = out.commands.back();
    // Ids that the code did not choose are event numbers: unique in the run,
    // and what Go's replayer wants to see.
    if (p.operation != 0 && command.key().empty()) {
      command.text(Text::kId) = fmt::format("{}", event_id);
    }
  }
  if (lang_flag_ != 0) out.lang_used_flags.push_back(lang_flag_);
  if (core_flag_ != 0) out.core_used_flags.push_back(core_flag_);
  emitted_ = true;
  return out;
}

}  // namespace cohort
