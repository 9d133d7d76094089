#include "cohort/markers/json_text.h"

#include <charconv>
#include <system_error>

#include "cohort/base/limits.h"
#include "cohort/base/utf8.h"
#include "fmt/core.h"

namespace cohort {
namespace {

void AppendUtf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) {
    out.push_back(static_cast<char>(byte));
  };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

// The letter behind the backslash, or 0.
char ShortEscape(char c) {
  switch (c) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

// U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
bool IsLineSeparator(std::string_view text, std::size_t at) {
  const std::string_view three = text.substr(at, 3);
  return three == "\u2028" || three == "\u2029";
}

}  // namespace

void JsonScanner::SkipSpace() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' ||
                                text_[at_] == '\t' || text_[at_] == '\r')) {
    ++at_;
  }
}

bool JsonScanner::Take(char c) {
  SkipSpace();
  if (at_ >= text_.size() || text_[at_] != c) return false;
  ++at_;
  return true;
}

bool JsonScanner::AtEnd() {
  SkipSpace();
  return at_ == text_.size();
}

bool JsonScanner::ReadHex4(std::uint32_t& into) {
  if (text_.size() - at_ < 4) return false;
  const char* begin = text_.data() + at_;
  const auto [end, error] = std::from_chars(begin, begin + 4, into, 16);
  at_ += 4;
  return error == std::errc() && end == begin + 4;
}

bool JsonScanner::ReadEscape(std::string& into) {
  if (at_ >= text_.size()) return false;
  const char c = text_[at_++];
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (const std::size_t i = kLetters.find(c); i != std::string_view::npos) {
    into.push_back(kMeanings[i]);
    return true;
  }
  std::uint32_t code = 0;
  if (c != 'u' || !ReadHex4(code)) return false;
  if (code >= 0xdc00 && code < 0xe000) return false;  // a low surrogate alone
  if (code >= 0xd800 && code < 0xdc00) {
    std::uint32_t low = 0;
    if (text_.substr(at_, 2) != "\\u") return false;
    at_ += 2;
    if (!ReadHex4(low) || low < 0xdc00 || low > 0xdfff) return false;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  }
  AppendUtf8(into, code);
  return true;
}

bool JsonScanner::ReadString(std::string& into) {
  into.clear();
  if (!Take('"')) return false;
  while (at_ < text_.size()) {
    const char c = text_[at_++];
    if (c == '"') return IsUtf8(into);
    if (static_cast<unsigned char>(c) < 0x20) return false;
    if (c != '\\') {
      into.push_back(c);
    } else if (!ReadEscape(into)) {
      return false;
    }
  }
  return false;
}

bool JsonScanner::ReadInteger(std::int64_t& into) {
  SkipSpace();
  const char* begin = text_.data() + at_;
  const char* limit = text_.data() + text_.size();
  const auto [end, error] = std::from_chars(begin, limit, into);
  if (error != std::errc()) return false;
  const std::string_view digits(begin, static_cast<std::size_t>(end - begin));
  at_ += digits.size();
  // JSON knows no leading zeros, and 1.0 or 1e3 is not how versions are
  // written.
  const std::string_view number = digits.substr(digits.front() == '-' ? 1 : 0);
  if (number.size() > 1 && number.front() == '0') return false;
  return at_ == text_.size() ||
         (text_[at_] != '.' && text_[at_] != 'e' && text_[at_] != 'E');
}

bool JsonScanner::ReadBool(bool& into) {
  SkipSpace();
  const std::string_view rest = text_.substr(at_);
  if (rest.starts_with("true")) {
    at_ += 4;
    into = true;
    return true;
  }
  at_ += 5;
  into = false;
  return rest.starts_with("false");
}

bool JsonScanner::ReadNull() {
  SkipSpace();
  if (!text_.substr(at_).starts_with("null")) return false;
  at_ += 4;
  return true;
}

bool JsonScanner::ReadScalar(std::string_view& into) {
  SkipSpace();
  const std::size_t begin = at_;
  if (!SkipScalar()) return false;
  into = text_.substr(begin, at_ - begin);
  return true;
}

bool JsonScanner::SkipScalar() {
  const std::size_t begin = at_;
  while (at_ < text_.size() &&
         std::string_view(",]} \n\t\r").find(text_[at_]) ==
             std::string_view::npos) {
    ++at_;
  }
  return at_ > begin;
}

// Brackets are counted, not matched by kind: what is skipped is not used.
bool JsonScanner::SkipValue() {
  std::string ignored;
  int depth = 0;
  do {
    SkipSpace();
    if (at_ >= text_.size() || depth > kNestingDepthMax) return false;
    const char c = text_[at_];
    if (c == '"') {
      if (!ReadString(ignored)) return false;
    } else if (c == '{' || c == '[') {
      ++depth;
      ++at_;
    } else if (c == '}' || c == ']') {
      if (--depth < 0) return false;
      ++at_;
    } else if (depth > 0 && (c == ',' || c == ':')) {
      ++at_;
    } else if (!SkipScalar()) {
      return false;
    }
  } while (depth > 0);
  return true;
}

void AppendQuoted(std::string& out, std::string_view text, Escaping escaping) {
  out.push_back('"');
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const auto byte = static_cast<unsigned char>(c);
    if (const char letter = ShortEscape(c); letter != 0) {
      out.append({'\\', letter});
    } else if (byte < 0x20 || (escaping == Escaping::kGo &&
                               (c == '<' || c == '>' || c == '&'))) {
      out += escaping == Escaping::kUpper ? fmt::format("\\u{:04X}", byte)
                                          : fmt::format("\\u{:04x}", byte);
    } else if (escaping == Escaping::kGo && byte == 0xe2 &&
               IsLineSeparator(text, at)) {
      out += text[at + 2] == '\xa8' ? "\\u2028" : "\\u2029";
      at += 2;
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

}  // namespace cohort
