// The words of a list filter (corpus/query.h).
//
//   COHORT_ASSIGN_OR_RETURN(auto tokens, QueryTokens("RunId != 'r-1'"));
//   tokens[2].kind == QueryTokenKind::kText;
//   tokens[2].text == "r-1";
//
// Threads: functions of their arguments.
// Errors: kInvalidArgument with the position for a text without its end and for
// a character that begins nothing.
#ifndef COHORT_CORPUS_QUERY_TOKEN_H_
#define COHORT_CORPUS_QUERY_TOKEN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace cohort {

enum class QueryTokenKind : std::uint8_t {
  kWord,    // a field or a keyword
  kText,    // in quotes; `text` is without them
  kNumber,  // digits, maybe behind a sign
  kSymbol,  // = != < <= > >= ( ) ,
  kEnd,
};

struct QueryToken {
  QueryTokenKind kind = QueryTokenKind::kEnd;
  std::string text;
  std::size_t position = 0;  // byte of the query, from 1
};

// The last one is kEnd.
absl::StatusOr<std::vector<QueryToken>> QueryTokens(std::string_view query);

// Is it this keyword, in any case? `word` is in capitals.
bool IsKeyword(const QueryToken& token, std::string_view word);

// As messages show it.
std::string WordsOf(const QueryToken& token);

}  // namespace cohort

#endif  // COHORT_CORPUS_QUERY_TOKEN_H_
