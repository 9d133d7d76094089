// Tokens in place of values: equal values get equal tokens, and a token tells
// nothing of its value.
//
//   Tokens tokens;
//   tokens.Of(TokenKind::kString, "ann@example.com");   // "s1"
//   tokens.Of(TokenKind::kString, "bob@example.com");   // "s2"
//   tokens.Integer("4711");                             // 1
//
// They are numbered in the order of their first use, each kind by itself. Of a
// value only a digest is kept.
// Threads: one at a time. Errors: none.
#ifndef COHORT_CORPUS_TOKENS_H_
#define COHORT_CORPUS_TOKENS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "cohort/corpus/digest.h"

namespace cohort {

enum class TokenKind : std::uint8_t {
  kString,  // a JSON string
  kKey,     // a key of a JSON object
  kBytes,   // data that is no JSON
  kText,    // messages, stack traces, whoever did it
  kName,
  kId,
  kInteger,
  kFraction,
};

class Tokens {
 public:
  // "" stays "".
  std::string Of(TokenKind kind, std::string_view value);
  // By the number's text.
  std::int64_t Integer(std::string_view number);
  double Fraction(std::string_view number);

 private:
  static constexpr std::size_t kKinds = 8;

  std::int64_t NumberOf(TokenKind kind, std::string_view value);

  std::array<std::map<Digest, std::int64_t>, kKinds> numbers_;
};

}  // namespace cohort

#endif  // COHORT_CORPUS_TOKENS_H_
