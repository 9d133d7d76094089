// A 64-bit hash that is the same in every process, build and release.
//
// std::hash and absl::Hash may not decide anything here: the one is not
// specified, the other is seeded anew in each process. This is FNV-1a (64 bit)
// followed by the finalizer of MurmurHash3, so that the high bits are good too.
// Its values are documented for ever (cohort policy `Percent` rests on them).
#ifndef COHORT_BASE_STABLE_HASH_H_
#define COHORT_BASE_STABLE_HASH_H_

#include <cstdint>
#include <string_view>

namespace cohort {

constexpr std::uint64_t StableHash(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325u;
  for (char c : text) {
    h ^= static_cast<unsigned char>(c);
    h *= 0x100000001b3u;
  }
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdu;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53u;
  h ^= h >> 33;
  return h;
}

}  // namespace cohort

#endif  // COHORT_BASE_STABLE_HASH_H_
