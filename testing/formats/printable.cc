#include "cohort/testing/formats/printable.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "fmt/core.h"
#include "nlohmann/json.hpp"

namespace cohort::formats {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// What begins a sequence of so many bytes, and the least value that needs them.
struct LeadRow {
  unsigned mask;
  unsigned lead;
  std::size_t bytes;
  std::uint32_t least;
};
constexpr std::array<LeadRow, 4> kLeads = {{
    {0x80, 0x00, 1, 0},
    {0xe0, 0xc0, 2, 0x80},
    {0xf0, 0xe0, 3, 0x800},
    {0xf8, 0xf0, 4, 0x10000},
}};

constexpr Range kSurrogates = {0xd800, 0xdfff};
constexpr std::uint32_t kLastCodePoint = 0x10ffff;

constexpr std::array<Range, 8> kEscaped = {{
    {0x00, 0x08},      // controls
    {0x0b, 0x1f},      //
    {0x7f, 0x9f},      //
    {0x200e, 0x200f},  // direction of text
    {0x2028, 0x202e},  // separators of lines; direction of text
    {0x2066, 0x2069},  // direction of text
    {0xfeff, 0xfeff},  // byte order mark
    {0xfffe, 0xffff},  // not characters; XML forbids them
}};

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

CodePoint First(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  for (const LeadRow& row : kLeads) {
    if ((lead & row.mask) != row.lead) continue;
    if (text.size() < row.bytes) return {};
    std::uint32_t value = lead & ~row.mask;
    for (std::size_t i = 1; i < row.bytes; ++i) {
      const auto next = static_cast<unsigned char>(text[i]);
      if ((next & 0xc0u) != 0x80u) return {};
      value = (value << 6) | (next & 0x3fu);
    }
    const bool surrogate =
        value >= kSurrogates.first && value <= kSurrogates.last;
    if (value < row.least || value > kLastCodePoint || surrogate) return {};
    return {value, row.bytes};
  }
  return {};
}

bool IsEscaped(std::uint32_t value) {
  for (const Range& r : kEscaped) {
    if (value >= r.first && value <= r.last) return true;
  }
  return false;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (text.starts_with("\r\n")) text.remove_prefix(1);
    const CodePoint c = First(text);
    if (c.bytes == 0) {
      out += kReplacement;
    } else if (IsEscaped(c.value)) {
      out += c.value < 0x100 ? fmt::format("\\x{:02x}", c.value)
                             : fmt::format("\\u{:04x}", c.value);
    } else {
      out += text.substr(0, c.bytes);
    }
    text.remove_prefix(c.bytes == 0 ? 1 : c.bytes);
  }
  return out;
}

nlohmann::ordered_json Printable(const nlohmann::ordered_json& value) {
  using Json = nlohmann::ordered_json;
  if (value.is_string()) {
    return Printable(std::string_view(value.get_ref<const Json::string_t&>()));
  }
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value) out.push_back(Printable(item));
    return out;
  }
  if (value.is_object()) {
    Json out = Json::object();
    for (const auto& [key, item] : value.items()) {
      out[Printable(std::string_view(key))] = Printable(item);
    }
    return out;
  }
  return value;
}

}  // namespace cohort::formats
