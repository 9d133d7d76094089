// Text for a terminal: colours, and nothing that steers it.
//
//   out << Bold("order-17.json", Paint::kColours) << "\n";
//
// Threads and errors: functions of their arguments.
#ifndef COHORT_CLI_PAINT_H_
#define COHORT_CLI_PAINT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "fmt/core.h"

namespace cohort {

enum class Paint : std::uint8_t {
  kPlain,    // files, pipes, NO_COLOR
  kColours,  // ANSI escapes
};

inline std::string Bold(std::string_view text, Paint paint) {
  if (paint == Paint::kPlain) return std::string(text);
  return fmt::format("\x1b[1m{}\x1b[0m", text);
}

inline std::string Red(std::string_view text, Paint paint) {
  if (paint == Paint::kPlain) return std::string(text);
  return fmt::format("\x1b[31m{}\x1b[0m", text);
}

inline std::string Green(std::string_view text, Paint paint) {
  if (paint == Paint::kPlain) return std::string(text);
  return fmt::format("\x1b[32m{}\x1b[0m", text);
}

// Text out of a history, which may hold anything, for a terminal: control
// characters as \xNN.
inline std::string Printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace cohort

#endif  // COHORT_CLI_PAINT_H_
