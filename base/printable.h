// Text out of a history or of user code, which may hold anything, for a
// terminal or a log: nothing in it steers the terminal.
//
//   out << Printable(event.name()) << "\n";
//
// Control characters (U+0000 to U+001F, U+007F to U+009F) become \u00NN, bytes
// that are not UTF-8 become \xNN; everything else stays.
// Threads and errors: functions of their arguments.
#ifndef COHORT_BASE_PRINTABLE_H_
#define COHORT_BASE_PRINTABLE_H_

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include "cohort/base/utf8.h"
#include "fmt/format.h"

namespace cohort {

namespace base_internal {

enum class LineEnds { kEscaped, kKept };

// Of one whole character.
constexpr bool IsControl(std::string_view character) {
  const auto last = static_cast<unsigned char>(character.back());
  if (character.size() == 1) return last < 0x20 || last == 0x7f;
  return character.size() == 2 && character[0] == '\xc2' && last < 0xa0;
}

inline std::string Printable(std::string_view text, LineEnds line_ends) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    const std::string_view character = text.substr(0, length == 0 ? 1 : length);
    text.remove_prefix(character.size());
    const auto last = static_cast<unsigned char>(character.back());
    if (length == 0) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", last);
    } else if (IsControl(character) &&
               (last != '\n' || line_ends == LineEnds::kEscaped)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", last);
    } else {
      out += character;
    }
  }
  return out;
}

}  // namespace base_internal

// For a text of one line.
inline std::string Printable(std::string_view text) {
  return base_internal::Printable(text, base_internal::LineEnds::kEscaped);
}

// For a text whose line ends are its own. JSON stays JSON.
inline std::string PrintableLines(std::string_view text) {
  return base_internal::Printable(text, base_internal::LineEnds::kKept);
}

}  // namespace cohort

#endif  // COHORT_BASE_PRINTABLE_H_
