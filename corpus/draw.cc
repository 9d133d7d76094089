#include "cohort/corpus/draw.h"

#include <xxhash.h>

#include <array>
#include <cstddef>

namespace cohort {
namespace {

constexpr std::array<std::string_view, 6> kDrawNames = {
    "oldest", "newest", "longest", "whole", "stratum", "random"};
std::string_view IdOf(const RunListing& run) {
  return run.run_id.empty() ? run.name : run.run_id;
}

}  // namespace

std::string_view NameOf(DrawKind kind) {
  return kDrawNames[static_cast<std::size_t>(kind)];
}

std::optional<DrawKind> FindDrawKind(std::string_view name) {
  for (std::size_t i = 0; i < kDrawNames.size(); ++i) {
    if (kDrawNames[i] == name) return static_cast<DrawKind>(i);
  }
  return std::nullopt;
}

std::uint64_t DrawHash(std::uint64_t seed, const RunListing& run) {
  const std::string_view id = IdOf(run);
  return XXH3_64bits_withSeed(id.data(), id.size(), seed);
}

}  // namespace cohort
