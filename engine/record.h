// What a turn puts into the history: the drafts of its events.
//
//   EventDraft completed = CompletionOf(emission, "build-7");
//   EventDraft event = EventOf(command, completed_id);
//
// Whoever keeps histories (the embedded engine, the recorder of tests) gives
// them ids and times.
//
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_ENGINE_RECORD_H_
#define COHORT_ENGINE_RECORD_H_

#include <cstdint>
#include <string_view>

#include "cohort/engine/emission.h"
#include "cohort/history/command.h"
#include "cohort/history/json_writer.h"

namespace cohort {

// The completion of the turn's workflow task, with what readers have to know;
// its subject (the start's id) and scheduledEventId are the caller's to give.
EventDraft CompletionOf(const Emission& emission, std::string_view build_id);

// The event that records the command, behind the completion of this id.
EventDraft EventOf(const Command& command, std::int64_t completed_id);

}  // namespace cohort

#endif  // COHORT_ENGINE_RECORD_H_
