// Is a text valid UTF-8?
//
//   if (!IsUtf8(change_id)) return InvalidArgument("the id is not UTF-8");
//
// Change ids are written into markers as JSON. Bytes that are not UTF-8 do not
// survive that (SDKs replace or refuse them), so the run would not know its own
// marker again.
// Threads: pure. Errors: none.
#ifndef COHORT_BASE_UTF8_H_
#define COHORT_BASE_UTF8_H_

#include <cstddef>
#include <string_view>

namespace cohort {

// The bytes of the character at the front of `text`; 0 where there is none.
// No overlong forms, no surrogates, nothing above U+10FFFF (RFC 3629).
constexpr std::size_t Utf8Length(std::string_view text) {
  if (text.empty()) return 0;
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const std::size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    if (i == 1) {
      if (lead == 0xe0) low = 0xa0;
      if (lead == 0xed) high = 0x9f;
      if (lead == 0xf0) low = 0x90;
      if (lead == 0xf4) high = 0x8f;
    }
    if (next < low || next > high) return 0;
  }
  return length;
}

constexpr bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace cohort

#endif  // COHORT_BASE_UTF8_H_
