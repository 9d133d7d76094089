// Tokens: how tasks are named on their way through a worker.
//
//   std::string text = TokenOf({TokenKind::kActivity, run, event, attempt});
//   COHORT_ASSIGN_OR_RETURN(Token token, ReadToken(text));
//
// An activity's token stays good when the engine is opened anew, so that
// somebody else can end the activity; a turn's does not.
// Threads: functions of their arguments. Errors: kInvalidArgument for a text
// that is no token.
#ifndef COHORT_EMBEDDED_TOKEN_H_
#define COHORT_EMBEDDED_TOKEN_H_

#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/status/statusor.h"
#include "cohort/base/status.h"

namespace cohort {

enum class TokenKind : char {
  kTurn = 't',
  kQuery = 'q',
  kActivity = 'a',
};

struct Token {
  TokenKind kind = TokenKind::kTurn;
  std::int64_t row = 0;  // the run
  std::int64_t a = 0;    // nonce, query, or the activity's event
  std::int64_t b = 0;    // attempt
};

inline std::string TokenOf(const Token& token) {
  return fmt::format("{}:{}:{}:{}", static_cast<char>(token.kind), token.row,
                     token.a, token.b);
}

inline absl::StatusOr<Token> ReadToken(const std::string& text) {
  char kind = 0;
  long long row = 0;
  long long a = 0;
  long long b = 0;
  const int read =
      std::sscanf(text.c_str(), "%c:%lld:%lld:%lld", &kind, &row, &a, &b);
  if (read != 4 || (kind != 't' && kind != 'q' && kind != 'a')) {
    return InvalidArgument("\"{:.40}\" is no task token", text);
  }
  return Token{static_cast<TokenKind>(kind), row, a, b};
}

}  // namespace cohort

#endif  // COHORT_EMBEDDED_TOKEN_H_
