#include "cohort/corpus/tokens.h"

#include "fmt/core.h"

namespace cohort {
namespace {

// By kind. Too short to be anybody's words.
constexpr std::array<std::string_view, 6> kPrefixes = {"s", "k", "b",
                                                       "t", "n", "i"};

}  // namespace

std::int64_t Tokens::NumberOf(TokenKind kind, std::string_view value) {
  auto& numbers = numbers_[static_cast<std::size_t>(kind)];
  const auto next = static_cast<std::int64_t>(numbers.size()) + 1;
  return numbers.try_emplace(Chained(Digest(), value), next).first->second;
}

std::string Tokens::Of(TokenKind kind, std::string_view value) {
  if (value.empty()) return "";
  return fmt::format("{}{}", kPrefixes[static_cast<std::size_t>(kind)],
                     NumberOf(kind, value));
}

std::int64_t Tokens::Integer(std::string_view number) {
  return NumberOf(TokenKind::kInteger, number);
}

double Tokens::Fraction(std::string_view number) {
  return static_cast<double>(NumberOf(TokenKind::kFraction, number)) + 0.5;
}

}  // namespace cohort
