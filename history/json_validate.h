// Checks every value of a history's JSON, also those that nobody reads.
//
//   JsonCursor at = index.begin();
//   if (!ValidateJson(at)) Report(at.error(), at.offset());
//
// Grammar, escapes and numbers everywhere; where the field's name says what the
// value is, that too: base64 of payloads, times, durations.
// For this room's readers only.
// Threads: functions of their arguments.
// Errors: false; what was expected stands in the cursor.
#ifndef COHORT_HISTORY_JSON_VALIDATE_H_
#define COHORT_HISTORY_JSON_VALIDATE_H_

#include "cohort/history/json_index.h"

namespace cohort {

// Passes the value under the cursor; false where it nests deeper than
// kJsonDepthMax.
bool ValidateJson(JsonCursor& at);

}  // namespace cohort

#endif  // COHORT_HISTORY_JSON_VALIDATE_H_
