// Text as it may stand in a report: valid UTF-8, nothing invisible.
//
//   const std::string_view name = "a\x1b[31mb";
//   Printable(name) == "a\\x1b[31mb";
//
// Names in a history are the users' and may hold anything. What a terminal, a
// browser or an XML reader would act on, or choke on, is shown as an escape.
//
// Threads: pure functions. Errors: none; every text has a printable form.
#ifndef COHORT_TESTING_FORMATS_PRINTABLE_H_
#define COHORT_TESTING_FORMATS_PRINTABLE_H_

#include <string>
#include <string_view>

#include "nlohmann/json_fwd.hpp"

namespace cohort::formats {

// Bytes that are not UTF-8 become U+FFFD; "\r\n" becomes "\n"; control
// characters other than tab and newline, marks that turn the direction of text,
// and what XML forbids become "\x1b", "\u202e", ...
std::string Printable(std::string_view text);

// The same value with every string and every key in that form.
nlohmann::ordered_json Printable(const nlohmann::ordered_json& value);

}  // namespace cohort::formats

#endif  // COHORT_TESTING_FORMATS_PRINTABLE_H_
