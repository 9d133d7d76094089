// How deep JSON nests, before anything is parsed that would be walked level by
// level.
//
//   if (NestsDeeperThan(kJsonDepthMax, text)) return TooDeep();
//
// Threads: functions of their arguments. Errors: none; what is no JSON has some
// answer.
#ifndef COHORT_BASE_JSON_NESTING_H_
#define COHORT_BASE_JSON_NESTING_H_

#include <cstddef>
#include <string_view>

namespace cohort {

// Do arrays and objects nest deeper than that?
inline bool NestsDeeperThan(int depth_max, std::string_view json) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > depth_max) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace cohort

#endif  // COHORT_BASE_JSON_NESTING_H_
