// The bound: what it costs to read every value of a text once with simdjson.
//
//   FullWalk walk;
//   std::uint64_t sum = walk.Sum(text);
//
// Every key and every value is visited in order; strings are unescaped, and
// their lengths and the numbers' digits are added up. Nothing is kept.
#ifndef COHORT_BENCHMARKS_FULL_WALK_H_
#define COHORT_BENCHMARKS_FULL_WALK_H_

#include <cstdint>
#include <memory>
#include <string_view>

namespace cohort_benchmarks {

class FullWalk {
 public:
  FullWalk();
  ~FullWalk();

  // `text` is valid JSON, and behind it 64 more bytes are readable. The parser
  // and its memory are used again from call to call.
  std::uint64_t Sum(std::string_view text);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace cohort_benchmarks

#endif  // COHORT_BENCHMARKS_FULL_WALK_H_
