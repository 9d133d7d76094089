// Payloads without their data, as they stand in an event's JSON.
//
//   PayloadScrubber payloads(options, tokens);
//   payloads.Scrub(json["input"]["payloads"][0]);
//
// Threads: one at a time. Errors: none; data that is not what its encoding says
// is replaced as a whole.
#ifndef COHORT_CORPUS_SCRUB_PAYLOAD_H_
#define COHORT_CORPUS_SCRUB_PAYLOAD_H_

#include <string>
#include <string_view>

#include "cohort/corpus/scrub.h"
#include "cohort/corpus/tokens.h"
#include "nlohmann/json.hpp"

namespace cohort {

class PayloadScrubber {
 public:
  // `options` and `tokens` must outlive this.
  PayloadScrubber(const ScrubOptions& options, Tokens& tokens)
      : options_(options), tokens_(tokens) {}

  // {"metadata": ..., "data": base64}. Of what else stands there, or instead of
  // it, only the shape is left.
  void Scrub(nlohmann::ordered_json& payload);
  // The same with keys kept, whatever the options say.
  void ScrubValues(nlohmann::ordered_json& payload);
  // Cadence's: values in JSON, one after the other.
  std::string ScrubLines(std::string_view bytes);
  // ... as base64.
  std::string ScrubBlob(std::string_view base64);

 private:
  void Scrub(nlohmann::ordered_json& payload, Treatment keys);
  void ScrubMetadata(nlohmann::ordered_json& metadata, Treatment keys);
  std::string ScrubData(std::string_view encoding, std::string_view message,
                        const std::string& data, Treatment keys);
  std::string ScrubNested(const std::string& data, Treatment keys);
  nlohmann::ordered_json Token(const nlohmann::ordered_json& value,
                               Treatment keys, int depth);

  const ScrubOptions& options_;
  Tokens& tokens_;
};

// Has metadata, and nothing beside it and data.
bool IsPayload(const nlohmann::ordered_json& object);
// The text of base64 in JSON; "" for what is none.
std::string Decoded(const nlohmann::ordered_json& object, const char* key);
std::string Encoded(std::string_view bytes);
// Compact, and whatever the bytes.
std::string CompactJson(const nlohmann::ordered_json& json);

}  // namespace cohort

#endif  // COHORT_CORPUS_SCRUB_PAYLOAD_H_
