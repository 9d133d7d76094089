#include "cohort/corpus/digest.h"

#include <xxhash.h>

#include "fmt/core.h"

namespace cohort {

std::string Digest::Hex() const {
  return fmt::format("{:016x}{:016x}", high, low);
}

Digest Chained(const Digest& before, std::string_view bytes) {
  // The canonical form is the same on every machine.
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(
      &canonical, XXH128_hash_t{.low64 = before.low, .high64 = before.high});
  std::string text;
  text.reserve(sizeof canonical.digest + bytes.size());
  text.append(reinterpret_cast<const char*>(canonical.digest),
              sizeof canonical.digest);
  text += bytes;
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return {.high = hash.high64, .low = hash.low64};
}

}  // namespace cohort
