// Any bytes as the text of payloads, failures, metadata, times, base64.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cohort/base/check.h"
#include "cohort/history/base64.h"
#include "cohort/history/json_writer.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/time.h"

namespace cohort {
namespace {

constexpr std::size_t kPadding = 64;

void CheckPayloads(PayloadReader& reader, JsonView view) {
  const auto payloads = reader.ReadPayloads(view);
  Payload first{{{"encoding", "old"}, {"more", "old"}}, "old"};
  const bool read = reader.ReadFirstPayload(view, first).ok();
  COHORT_CHECK(read == payloads.ok(), "one way of reading refuses the same");
  if (!read) return;
  COHORT_CHECK(first == (payloads->empty() ? Payload() : payloads->front()),
               "one way of reading reads the same");
  std::string written;
  AppendPayloads(written, *payloads);
  const std::size_t size = written.size();
  written.append(kPadding, '\0');
  const auto again = reader.ReadPayloads(JsonView{{written.data(), size}});
  COHORT_CHECK(again.ok() && *again == *payloads, "payloads survive writing");
}

void CheckFailure(PayloadReader& reader, JsonView view) {
  const auto failure = reader.ReadFailure(view);
  if (!failure.ok()) return;
  std::string written;
  AppendFailure(written, *failure);
  const std::size_t size = written.size();
  written.append(kPadding, '\0');
  const auto again = reader.ReadFailure(JsonView{{written.data(), size}});
  COHORT_CHECK(again.ok(), "a failure that was written can be read");
  const Failure* a = &*failure;
  const Failure* b = &*again;
  while (a != nullptr && b != nullptr) {
    COHORT_CHECK(a->message == b->message && a->source == b->source &&
                     a->info == b->info,
                 "a failure survives writing");
    a = a->cause.get();
    b = b->cause.get();
  }
  COHORT_CHECK(a == b, "causes survive writing");
}

void CheckTexts(std::string_view text) {
  if (const auto time = ParseTime(text); time.ok()) {
    (void)ParseTime(TimeText(*time)).ok();
  }
  if (const auto duration = ParseDuration(text); duration.ok()) {
    const auto again = ParseDuration(DurationText(*duration));
    COHORT_CHECK(again.ok() && *again == *duration, "durations survive");
  }
  std::string bytes;
  (void)DecodeBase64(text, bytes);
  std::string written;
  AppendBase64(written, text);
  COHORT_CHECK(DecodeBase64(written, bytes) && bytes == text,
               "base64 survives");
}

void Run(std::string text) {
  const std::size_t size = text.size();
  CheckTexts(text);
  text.append(kPadding, '\0');
  const JsonView view{std::string_view(text.data(), size)};
  PayloadReader reader;
  CheckPayloads(reader, view);
  CheckFailure(reader, view);
  (void)reader.ReadPayloadsMap(view).ok();
  (void)reader.ReadPayloadMap(view).ok();
  (void)reader.ReadSdkMetadata(view).ok();
  Event event;
  event.type = EventType::kTimerStarted;
  event.json = view.text;
  (void)reader.FindAttribute(event, "a.b").ok();
  (void)reader.ReadAttributeText(event, "timerId").ok();
}

}  // namespace
}  // namespace cohort

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  cohort::Run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
