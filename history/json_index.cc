#include "cohort/history/json_index.h"

#include <algorithm>
#include <charconv>

#include "cohort/base/limits.h"
#include "cohort/base/status.h"
#include "cohort/history/large_memory.h"
#include "simdjson.h"

namespace cohort {

namespace {

// Up to this size a parser is kept as it was made; above it grows by doubling.
constexpr std::size_t kCapacityMin = 4096;

// The offset of the first byte that is not UTF-8: the shortest prefix that is
// bad, found by halving.
std::size_t Utf8ErrorOffset(std::string_view text) {
  std::size_t good = 0;
  std::size_t bad = text.size();
  while (good < bad) {
    const std::size_t middle = good + (bad - good) / 2;
    // A prefix may end inside a character: look at whole ones only.
    std::size_t cut = middle + 1;
    while (cut < text.size() && (text[cut] & 0xC0) == 0x80 &&
           cut < middle + 4) {
      ++cut;
    }
    if (simdjson::validate_utf8(text.data(), cut)) {
      good = middle + 1;
    } else {
      bad = middle;
    }
  }
  return good;
}

// Up to the end of the last line within `bytes`, else of the first behind them.
std::string_view PartOf(std::string_view text, std::size_t bytes) {
  if (bytes >= text.size()) return text;
  std::size_t end = text.rfind('\n', bytes);
  if (end == text.npos) end = text.find('\n', bytes);
  return end == text.npos ? text : text.substr(0, end + 1);
}

absl::Status StageError(simdjson::error_code error, std::string_view text,
                        std::size_t from, std::string_view part) {
  constexpr std::string_view kControl =
      "a string holds a raw control character; escape it (\\n, \\u0000)";
  switch (error) {
    case simdjson::UTF8_ERROR:
      return DataLoss(
          "byte {}: not UTF-8; is this a text file, and was it stored in "
          "another encoding?",
          from + Utf8ErrorOffset(part));
    case simdjson::UNESCAPED_CHARS:
      return DataLoss("{}", kControl);
    case simdjson::UNCLOSED_STRING:
      // The part ends with a line, and the string holds that line's end.
      if (from + part.size() < text.size()) return DataLoss("{}", kControl);
      return DataLoss(
          "a string does not end before byte {}, the end of the text; was it "
          "cut off?",
          text.size());
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
      return ResourceExhausted("{} bytes of JSON are too many to be indexed",
                               part.size());
    default:
      return DataLoss("not JSON: {}", simdjson::error_message(error));
  }
}

}  // namespace

JsonIndex::JsonIndex() = default;
JsonIndex::~JsonIndex() = default;

absl::Status JsonIndex::Build(std::string_view text, std::size_t from,
                              std::size_t bytes) {
  if (text.size() > kHistoryBytesMax) {
    return ResourceExhausted("{} bytes of JSON; at most {} can be read",
                             text.size(), kHistoryBytesMax);
  }
  text_ = text;
  from_ = from;
  part_ = PartOf(text.substr(from), bytes);
  if (parser_ == nullptr || parser_->capacity() < part_.size()) {
    // Other parts of about the same size may follow.
    const std::size_t capacity =
        std::max({kCapacityMin, part_.size(), std::min(bytes, text.size())});
    // Depth is of no account in the first stage.
    const auto error =
        simdjson::get_active_implementation()->create_dom_parser_implementation(
            capacity, 1, parser_);
    if (error) return StageError(error, text, from, part_);
    ExpectLargeUse(parser_->structural_indexes.get(),
                   capacity * sizeof(std::uint32_t));
  }
  const auto error =
      parser_->stage1(reinterpret_cast<const std::uint8_t*>(part_.data()),
                      part_.size(), simdjson::stage1_mode::regular);
  if (error == simdjson::EMPTY && part_.size() < text.size()) {
    parser_->n_structural_indexes = 0;
    parser_->structural_indexes[0] = static_cast<std::uint32_t>(part_.size());
  } else if (error) {
    return StageError(error, text, from, part_);
  }
  const void* escape = std::memchr(part_.data(), '\\', part_.size());
  first_escape_ = escape == nullptr ? part_.data() + part_.size()
                                    : static_cast<const char*>(escape);
  return absl::OkStatus();
}

JsonCursor JsonIndex::begin() {
  JsonCursor cursor;
  cursor.base_ = part_.data();
  cursor.at_ = parser_->structural_indexes.get();
  cursor.end_ = cursor.at_ + parser_->n_structural_indexes;
  cursor.index_ = this;
  return cursor;
}

bool JsonIndex::Unescape(std::string_view raw, std::string& into) const {
  // An escape never becomes longer; the parser writes whole blocks.
  into.resize(raw.size() + simdjson::SIMDJSON_PADDING);
  auto* out = reinterpret_cast<std::uint8_t*>(into.data());
  const std::uint8_t* end = parser_->parse_string(
      reinterpret_cast<const std::uint8_t*>(raw.data()), out);
  if (end == nullptr) return false;
  into.resize(static_cast<std::size_t>(end - out));
  return true;
}

bool JsonCursor::ReadString(std::string& into) {
  std::string_view raw;
  if (!ReadRawString(raw)) return false;
  if (!HasEscape(raw)) {
    into.assign(raw);
    return true;
  }
  return Unescape(raw, into);
}

bool JsonCursor::Unescape(std::string_view raw, std::string& into) {
  return index_->Unescape(raw, into) || Fail("a string with valid escapes");
}

bool JsonCursor::ReadInt(std::int64_t& value) {
  std::string_view token;
  if (Peek() == '"') {
    if (!ReadRawString(token)) return false;
  } else if (!ReadToken(token)) {
    return false;
  }
  const char* last = token.data() + token.size();
  const auto [end, error] = std::from_chars(token.data(), last, value);
  if (error == std::errc() && end == last) return true;
  return Fail("a whole number of 64 bits (or a string that holds one)");
}

bool JsonCursor::UnescapeKey(std::string_view& key) {
  if (!index_->Unescape(key, index_->key_)) {
    return Fail("a field's name with valid escapes");
  }
  key = index_->key_;
  return true;
}

}  // namespace cohort
