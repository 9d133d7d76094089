#include "cohort/corpus/query_token.h"

#include <algorithm>

#include "cohort/base/status.h"

namespace cohort {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
char Upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

class Tokens {
 public:
  explicit Tokens(std::string_view query) : query_(query) {}

  absl::StatusOr<std::vector<QueryToken>> Read() {
    while (true) {
      while (at_ < query_.size() && IsBlank(query_[at_])) ++at_;
      QueryToken token{.position = at_ + 1};
      if (at_ < query_.size()) COHORT_RETURN_IF_ERROR(ReadOne(token));
      tokens_.push_back(std::move(token));
      if (tokens_.back().kind == QueryTokenKind::kEnd)
        return std::move(tokens_);
    }
  }

 private:
  absl::Status ReadOne(QueryToken& token) {
    const char c = query_[at_];
    const char next = at_ + 1 < query_.size() ? query_[at_ + 1] : ' ';
    if (c == '\'' || c == '"') {
      token.kind = QueryTokenKind::kText;
      return ReadQuoted(token);
    }
    if (c == '`') {
      token.kind = QueryTokenKind::kWord;
      return ReadQuoted(token);
    }
    const bool sign = (c == '-' || c == '+') && IsDigit(next);
    if (IsDigit(c) || sign) {
      token.kind = QueryTokenKind::kNumber;
      if (c == '+') ++at_;
      if (c == '-') token.text = query_[at_++];
      TakeWhile(token, IsDigit);
      return absl::OkStatus();
    }
    if (IsLetter(c)) {
      token.kind = QueryTokenKind::kWord;
      TakeWhile(token, [](char x) { return IsLetter(x) || IsDigit(x); });
      return absl::OkStatus();
    }
    token.kind = QueryTokenKind::kSymbol;
    for (std::string_view symbol :
         {"!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","}) {
      if (query_.substr(at_).starts_with(symbol)) {
        at_ += symbol.size();
        token.text = symbol == "<>" ? "!=" : symbol;
        return absl::OkStatus();
      }
    }
    return InvalidArgument(
        "query, position {}: \"{}\" begins nothing; texts stand in quotes",
        token.position, c);
  }

  absl::Status ReadQuoted(QueryToken& token) {
    const char quote = query_[at_++];
    while (at_ < query_.size()) {
      const char c = query_[at_++];
      const char next = at_ < query_.size() ? query_[at_] : ' ';
      const bool doubled = c == quote && next == quote;
      const bool escaped = c == '\\' && (next == quote || next == '\\');
      if (doubled || escaped) {
        token.text += next;
        ++at_;
      } else if (c == quote) {
        return absl::OkStatus();
      } else {
        token.text += c;
      }
    }
    return InvalidArgument("query, position {}: a {} without its end",
                           token.position, quote);
  }

  template <typename Wanted>
  void TakeWhile(QueryToken& token, Wanted&& wanted) {
    while (at_ < query_.size() && wanted(query_[at_])) {
      token.text += query_[at_++];
    }
  }

  std::string_view query_;
  std::size_t at_ = 0;
  std::vector<QueryToken> tokens_;
};

}  // namespace

absl::StatusOr<std::vector<QueryToken>> QueryTokens(std::string_view query) {
  return Tokens(query).Read();
}

bool IsKeyword(const QueryToken& token, std::string_view word) {
  return token.kind == QueryTokenKind::kWord &&
         std::equal(token.text.begin(), token.text.end(), word.begin(),
                    word.end(), [](char a, char b) { return Upper(a) == b; });
}

std::string WordsOf(const QueryToken& token) {
  switch (token.kind) {
    case QueryTokenKind::kEnd:
      return "the end";
    case QueryTokenKind::kText:
      return fmt::format("'{}'", token.text);
    default:
      return token.text;
  }
}

}  // namespace cohort
