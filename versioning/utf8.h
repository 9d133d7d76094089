// Is a text valid UTF-8?
//
//   if (!cohort::IsUtf8(change_id)) return InvalidArgument(...);
//
// Change ids are written into markers as JSON. Bytes that are not UTF-8 do not
// survive that (SDKs replace or refuse them), so the run would not know its own
// marker again.
// Threads: pure. Errors: none.
#ifndef COHORT_VERSIONING_UTF8_H_
#define COHORT_VERSIONING_UTF8_H_

#include <cstddef>
#include <string_view>

namespace cohort {

// No overlong forms, no surrogates, nothing above U+10FFFF (RFC 3629).
constexpr bool IsUtf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    const int more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    for (int i = 0; i < more; ++i, ++at) {
      if (at >= text.size()) return false;
      const auto next = static_cast<unsigned char>(text[at]);
      unsigned char low = 0x80;
      unsigned char high = 0xbf;
      if (i == 0) {
        if (lead == 0xe0) low = 0xa0;
        if (lead == 0xed) high = 0x9f;
        if (lead == 0xf0) low = 0x90;
        if (lead == 0xf4) high = 0x8f;
      }
      if (next < low || next > high) return false;
    }
  }
  return true;
}

}  // namespace cohort

#endif  // COHORT_VERSIONING_UTF8_H_
