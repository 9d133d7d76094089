#include "cohort/corpus/payload_text.h"

#include "fmt/core.h"

namespace cohort {

std::string Shortened(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t end = bytes_max;
  // Not inside of a character.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) {
    --end;
  }
  return fmt::format("{}... ({} bytes more)", text.substr(0, end),
                     text.size() - end);
}

std::string PayloadText(const Payload& payload, std::size_t bytes_max) {
  const std::string_view encoding = payload.encoding();
  if (encoding.starts_with("json/") || encoding.empty()) {
    return Shortened(payload.data, bytes_max);
  }
  if (encoding == "binary/null") return "null";
  return fmt::format("<{}, {} bytes>", encoding, payload.data.size());
}

std::string PayloadsText(const Payloads& payloads, std::size_t bytes_max) {
  std::string text;
  for (const Payload& payload : payloads) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ",
                        PayloadText(payload, bytes_max));
  }
  return text;
}

std::string FailureText(const Failure& failure) {
  std::string text = failure.message;
  if (text.empty()) text = failure.info;
  if (!failure.type.empty()) {
    text += fmt::format(" (type {})", failure.type);
  }
  if (!failure.timeout_type.empty()) {
    text += fmt::format(" ({})", failure.timeout_type);
  }
  return text;
}

}  // namespace cohort
