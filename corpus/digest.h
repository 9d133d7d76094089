// 128-bit digests: equal in every process, build and release.
//
//   Digest chain;                     // of nothing: all zero
//   chain = Chained(chain, "bytes");  // of what came before, then these
//   chain.Hex();                      // 32 digits
//
// XXH3 (128 bit, seed 0) over the 16 bytes of the digest before (high half
// first, big-endian) and the new bytes. They tell shapes and histories apart;
// against somebody who forges equal ones use a cryptographic hash.
// Threads: like any value. Errors: none.
#ifndef COHORT_CORPUS_DIGEST_H_
#define COHORT_CORPUS_DIGEST_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace cohort {

struct Digest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  std::string Hex() const;
  auto operator<=>(const Digest&) const = default;
};

Digest Chained(const Digest& before, std::string_view bytes);

}  // namespace cohort

#endif  // COHORT_CORPUS_DIGEST_H_
