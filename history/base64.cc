#include "cohort/history/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace cohort {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
// Has the bits that no digit has.
constexpr std::uint8_t kNoDigit = 0xC0;

consteval std::array<std::uint8_t, 256> MakeDigits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] =
        static_cast<std::uint8_t>(i);
  }
  digits['-'] = 62;
  digits['_'] = 63;
  return digits;
}

constexpr std::array<std::uint8_t, 256> kDigits = MakeDigits();

std::uint32_t DigitOf(char c) { return kDigits[static_cast<unsigned char>(c)]; }

char ByteOf(std::uint32_t bits) { return static_cast<char>(bits & 0xFF); }

}  // namespace

bool DecodeBase64(std::string_view text, std::string& into) {
  if (text.size() % 4 == 0 && text.ends_with('=')) {
    text.remove_suffix(text.ends_with("==") ? 2 : 1);
  }
  const std::size_t tail = text.size() % 4;
  if (tail == 1) return false;
  into.resize(text.size() / 4 * 3 + (tail == 0 ? 0 : tail - 1));
  char* out = into.data();
  const char* in = text.data();
  std::uint32_t seen = 0;
  for (const char* end = in + (text.size() - tail); in < end; in += 4) {
    const std::uint32_t a = DigitOf(in[0]);
    const std::uint32_t b = DigitOf(in[1]);
    const std::uint32_t c = DigitOf(in[2]);
    const std::uint32_t d = DigitOf(in[3]);
    seen |= a | b | c | d;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
    *out++ = ByteOf(bits >> 16);
    *out++ = ByteOf(bits >> 8);
    *out++ = ByteOf(bits);
  }
  if (tail > 0) {
    const std::uint32_t a = DigitOf(in[0]);
    const std::uint32_t b = DigitOf(in[1]);
    const std::uint32_t c = tail == 3 ? DigitOf(in[2]) : 0;
    seen |= a | b | c;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6;
    *out++ = ByteOf(bits >> 16);
    if (tail == 3) *out++ = ByteOf(bits >> 8);
  }
  return (seen & kNoDigit) == 0;
}

void AppendBase64(std::string& out, std::string_view bytes) {
  const auto byte = [&bytes](std::size_t i) -> std::uint32_t {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u;
  };
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out += kAlphabet[bits >> 18];
    out += kAlphabet[bits >> 12 & 63];
    out += i + 1 < bytes.size() ? kAlphabet[bits >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? kAlphabet[bits & 63] : '=';
  }
}

}  // namespace cohort
