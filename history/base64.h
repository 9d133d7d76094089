// Base64 as proto JSON has it.
//
//   std::string bytes;
//   if (!DecodeBase64("aGk=", bytes)) return DataLoss("no base64");
//   AppendBase64(json, bytes);
//
// Threads: functions of their arguments.
// Errors: false for text that is not base64.
#ifndef COHORT_HISTORY_BASE64_H_
#define COHORT_HISTORY_BASE64_H_

#include <string>
#include <string_view>

namespace cohort {

// Reads the standard and the URL alphabet, with padding or without, and
// replaces `into`.
bool DecodeBase64(std::string_view text, std::string& into);

// The standard alphabet, padded.
void AppendBase64(std::string& out, std::string_view bytes);

}  // namespace cohort

#endif  // COHORT_HISTORY_BASE64_H_
