// Text for a terminal, in colours.
//
//   out << Bold("order-17.json", Paint::kColours) << "\n";
//
// Threads and errors: functions of their arguments.
#ifndef COHORT_BASE_PAINT_H_
#define COHORT_BASE_PAINT_H_

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

}  // namespace cohort

#endif  // COHORT_BASE_PAINT_H_
