// Emit: what the code issued goes out, under ids of our own.

#include <algorithm>
#include <map>
#include <utility>

#include "cohort/engine/run.h"
#include "fmt/format.h"

namespace cohort {

Emission Run::Emit() {
  Emission out;
  if (first_completion_) RecordEngineFlags();
  out.closed = state().closed;
  // The commands' events will stand right behind the task's completion, which
  // stands right behind its start.
  std::int64_t event_id = started_event_id_ + 1;
  const auto all = pending_.all();
  std::map<PendingId, std::size_t> places;  // of those that are sent
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].withdrawn) continue;
    places[pending_.IdAt(i)] = out.commands.size();
    out.commands.push_back(all[i].command);
    NameAtEmission(out.commands, ++event_id, all[i].number);
    // A cancel of what is sent with it: that has its id and number by now.
    const Operation* target = operations_.Find(all[i].target);
    if (target == nullptr || target->state != State::kIssued) continue;
    const std::size_t place = places.at(target->command);
    Command& cancel = out.commands.back();
    cancel.text(Text::kId) = out.commands[place].key();
    if (RowOf(cancel.kind).on_record != OnRecord::kOpens) {
      cancel.subject = started_event_id_ + 2 + static_cast<std::int64_t>(place);
    }
  }
  for (RunningLocal& local : locals_) {
    if (std::exchange(local.handed_out, true)) continue;
    const Operation* operation = operations_.Find(local.operation);
    if (operation == nullptr || operation->state == State::kDetached) continue;
    const Command& c = local.request.command;
    out.locals.push_back({local.operation, std::string(c.name()), c.input,
                          local.attempt, c.attributes});
  }
  out.canceled_locals = std::exchange(canceled_locals_, {});
  out.rejected = std::exchange(rejected_, {});
  out.lang_used_flags.assign(lang_flags_.begin(), lang_flags_.end());
  out.core_used_flags.assign(core_flags_.begin(), core_flags_.end());
  emitted_ = true;
  return out;
}

// The next number of a call of this kind; 0 for a kind without numbers.
std::int64_t Run::NextNumber(CommandKind kind) {
  switch (kind) {
    case CommandKind::kScheduleActivity:
    case CommandKind::kRecordLocalActivity:
      return ++activity_calls_;
    case CommandKind::kStartTimer:
      return ++timer_calls_;
    default:
      return 0;
  }
}

// By which scheme the run's ids are made: a run keeps the one it began with.
IdScheme Run::Ids() const {
  if (options_.profile != &kOwnProfile) return options_.profile->ids;
  return ids_shown_.value_or(options_.ids);
}

// An event's number is greater than that of any call before it, so the first
// id that the code did not choose tells the schemes apart.
void Run::NoteIdScheme(const Command& command, const Event& event) {
  const bool numbered = RowOf(command.kind).own_id == OwnId::kEventNumber;
  if (ids_shown_ || !numbered || !command.key().empty()) return;
  ids_shown_ = event.key() == fmt::format_int(event.id).str()
                   ? IdScheme::kEventNumber
                   : IdScheme::kCallNumber;
}

// What only the place in the history tells. Ids that the code did not choose
// are unique in the run, and what the replayer of their dialect wants to see.
void Run::NameAtEmission(std::vector<Command>& commands, std::int64_t event_id,
                         std::int64_t number) const {
  Command& command = commands.back();
  std::string& id = command.text(Text::kId);
  if (command.kind == CommandKind::kCompleteUpdate && command.subject == 0) {
    // It was accepted in this turn.
    std::int64_t at = event_id - static_cast<std::int64_t>(commands.size());
    for (const Command& c : commands) {
      ++at;
      const bool accepts =
          c.kind == CommandKind::kAcceptUpdate && c.key() == id;
      if (accepts) command.subject = at;
    }
  }
  if (!id.empty()) return;
  switch (RowOf(command.kind).own_id) {
    case OwnId::kNoId:
      break;
    case OwnId::kEventNumber:
      id =
          fmt::format("{}", Ids() == IdScheme::kCallNumber ? number : event_id);
      break;
    case OwnId::kRunAndEvent:
      id = fmt::format("{}_{}", run_id_, event_id);
      break;
  }
}

// Of the event that will record the next command of an open turn.
std::int64_t Run::NextEventId() {
  const auto all = pending_.all();
  return started_event_id_ + 2 +
         std::count_if(all.begin(), all.end(),
                       [](const PendingCommand& p) { return !p.withdrawn; });
}

}  // namespace cohort
