// Payloads and failures in words, for people.
//
//   PayloadsText(payloads, 200);  // {"id":7}, <binary/plain, 12 bytes>
//
// Text comes out as it stands in the history: whoever prints it on a terminal
// escapes it.
// Threads: functions of their arguments. Errors: none.
#ifndef COHORT_CORPUS_PAYLOAD_TEXT_H_
#define COHORT_CORPUS_PAYLOAD_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "cohort/history/payload.h"

namespace cohort {

// JSON as it stands; of every other encoding its name and size. What is longer
// than `bytes_max` is cut, and says by how much.
std::string PayloadText(const Payload& payload, std::size_t bytes_max);
// Separated by ", "; "" for none.
std::string PayloadsText(const Payloads& payloads, std::size_t bytes_max);

// Its message, with the type that the code gave it.
std::string FailureText(const Failure& failure);

std::string Shortened(std::string_view text, std::size_t bytes_max);

}  // namespace cohort

#endif  // COHORT_CORPUS_PAYLOAD_TEXT_H_
