// JSON text with an index of its structure, and a cursor over it.
//
//   JsonIndex index;
//   COHORT_RETURN_IF_ERROR(index.Build(text));
//   JsonCursor at = index.begin();
//   at.ReadObject([&](std::string_view key) { return at.Skip(); });
//
// The index is simdjson's first stage: the offsets of brackets, colons, commas
// and of the first byte of every scalar, of text that is proved to be UTF-8
// without control characters in strings. A long text is indexed part by part,
// so that the index stays in the processor's cache. The cursor moves over a
// part, skips what nobody wants at one step per structural byte, and can be
// copied to come back. For this room's readers only. Threads: one at a time.
// Errors: Build: kDataLoss, kResourceExhausted. The cursor's functions answer
// false and say why in error(); the cursor is of no use then.
#ifndef COHORT_HISTORY_JSON_INDEX_H_
#define COHORT_HISTORY_JSON_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace simdjson::internal {
class dom_parser_implementation;
}

namespace cohort {

class JsonCursor;

class JsonIndex {
 public:
  JsonIndex();
  ~JsonIndex();

  // Indexes a part of `text`: about `bytes` from `from` on, where no string is
  // open. It ends with a line, where none is open either, or with the text.
  // `text` must outlive the cursors; those of an earlier part end here.
  // Reserves 4 bytes of address space for each byte of the part; only as much
  // as there are structural bytes is touched.
  absl::Status Build(std::string_view text, std::size_t from = 0,
                     std::size_t bytes = std::string_view::npos);

  JsonCursor begin();
  // Where the part ends in the text, and whether that is the text's end.
  std::size_t end_offset() const { return from_ + part_.size(); }
  bool ends_text() const { return end_offset() == text_.size(); }

  // Replaces `into` by the string literal whose text between the quotes is
  // `raw` (of this index' text). False for a bad escape.
  bool Unescape(std::string_view raw, std::string& into) const;

 private:
  friend class JsonCursor;

  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
  std::string_view text_;
  std::size_t from_ = 0;
  std::string_view part_;
  const char* first_escape_ = nullptr;  // end of the part if there is none
  std::string key_;                     // of the last key with an escape
};

class JsonCursor {
 public:
  // The byte the cursor stands on; 0 at the end of the part.
  char Peek() const { return at_ < end_ ? base_[*at_] : '\0'; }
  bool at_end() const { return at_ >= end_; }
  // In the text.
  std::size_t offset() const { return index_->from_ + *at_; }
  const char* here() const { return base_ + *at_; }
  // Right behind the bracket that was passed last.
  const char* behind_bracket() const { return base_ + at_[-1] + 1; }

  // What was expected, where reading failed.
  const char* error() const { return error_; }
  bool Fail(const char* expected) {
    error_ = expected;
    return false;
  }

  // Passes the byte if the cursor stands on it.
  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }

  // A field's name and the colon behind it. `key` is valid until the next one.
  bool ReadKey(std::string_view& key) {
    if (Peek() != '"') return Fail("a field's name in quotes");
    if (!ReadRawString(key)) return false;
    if (Peek() != ':') return Fail("':'");
    ++at_;
    if (!HasEscape(key)) [[likely]] {
      return true;
    }
    return UnescapeKey(key);
  }

  // Calls `field(key)` for each field with the cursor on the value, which it
  // must pass. `key` is valid until the next field.
  template <typename F>
  bool ReadObject(F&& field) {
    if (Peek() != '{') return Fail("an object");
    ++at_;
    if (Peek() == '}') return ++at_, true;
    while (true) {
      std::string_view key;
      if (!ReadKey(key) || !field(key)) return false;
      const char c = Peek();
      if (c == '}') return ++at_, true;
      if (c != ',') return Fail("',' or '}'");
      ++at_;
    }
  }

  // Calls `element()` for each element.
  template <typename F>
  bool ReadArray(F&& element) {
    if (Peek() != '[') return Fail("an array");
    ++at_;
    if (Peek() == ']') return ++at_, true;
    while (true) {
      if (!element()) return false;
      const char c = Peek();
      if (c == ']') return ++at_, true;
      if (c != ',') return Fail("',' or ']'");
      ++at_;
    }
  }

  // Passes one value. Of what is inside only the brackets are counted.
  bool Skip() {
    const char first = Peek();
    if (first != '{' && first != '[') return SkipScalar();
    int depth = 0;
    while (at_ < end_) {
      const char c = base_[*at_++];
      // '[' and '{', ']' and '}' differ in the one bit 0x20.
      const int folded = c | 0x20;
      depth += (folded == '{') - (folded == '}');
      if (depth == 0) return true;
    }
    return Fail("a closing bracket");
  }

  // The text of a value that is passed.
  bool SkipInto(std::string_view& text) {
    const char* first = here();
    const char c = Peek();
    if (c != '{' && c != '[') return ReadToken(text);
    if (!Skip()) return false;
    text = {first, static_cast<std::size_t>(behind_bracket() - first)};
    return true;
  }

  // Number or word, or a string with its quotes.
  bool ReadToken(std::string_view& token) {
    const char* first = here();
    if (!SkipScalar()) return false;
    const char* last = base_ + *at_;
    while (IsSpace(last[-1])) --last;
    token = {first, static_cast<std::size_t>(last - first)};
    return true;
  }

  // A string's text between the quotes, escapes as they stand.
  bool ReadRawString(std::string_view& raw) {
    if (Peek() != '"') return Fail("a string");
    std::string_view token;
    if (!ReadToken(token)) return false;
    if (token.size() < 2 || token.back() != '"') return Fail("a string's end");
    raw = token.substr(1, token.size() - 2);
    return true;
  }

  bool HasEscape(std::string_view raw) const {
    return raw.data() + raw.size() > index_->first_escape_ &&
           std::memchr(raw.data(), '\\', raw.size()) != nullptr;
  }

  // Replaces `into` by the string.
  bool ReadString(std::string& into);

  // Replaces `into` by what was read as `raw`.
  bool Unescape(std::string_view raw, std::string& into);

  // Signed, in decimal, as number or as string.
  bool ReadInt(std::int64_t& value);

  // `null` is passed and answered with true.
  bool ReadNull() {
    if (Peek() != 'n' || base_[*at_ + 1] != 'u') return false;
    return SkipScalar();
  }

 private:
  friend class JsonIndex;

  static bool IsSpace(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

  bool SkipScalar() {
    switch (Peek()) {
      case '\0':
      case ',':
      case ':':
      case ']':
      case '}':
      case '{':
      case '[':
        return Fail("a value");
      default:
        ++at_;
        return true;
    }
  }

  bool UnescapeKey(std::string_view& key);

  const char* base_ = nullptr;
  const std::uint32_t* at_ = nullptr;
  const std::uint32_t* end_ = nullptr;  // holds the part's length
  JsonIndex* index_ = nullptr;
  const char* error_ = "";
};

}  // namespace cohort

#endif  // COHORT_HISTORY_JSON_INDEX_H_
