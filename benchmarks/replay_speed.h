// One history, read and replayed in stages, beside the bounds.
#ifndef COHORT_BENCHMARKS_REPLAY_SPEED_H_
#define COHORT_BENCHMARKS_REPLAY_SPEED_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cohort/workflow/registry.h"

namespace cohort_benchmarks {

enum class Stage : std::uint8_t {
  kCopy,          // memcpy of the bytes
  kWalk,          // simdjson's full walk over the bytes
  kParse,         // bytes in memory to History
  kTurns,         // History to turns
  kReplayParsed,  // History to report
  kReplayBytes,   // bytes in memory to report
};
inline constexpr std::size_t kStageCount = 6;
inline constexpr std::array<std::string_view, kStageCount> kStageNames = {
    "memcpy", "walk", "parse", "turns", "replay parsed", "replay bytes"};

struct SpeedOf {
  std::string name;
  std::size_t bytes = 0;
  std::size_t events = 0;
  std::array<double, kStageCount> seconds{};
  std::array<std::uint64_t, kStageCount> checksums{};

  double events_per_second(Stage stage) const {
    return static_cast<double>(events) / at(stage);
  }
  double at(Stage stage) const {
    return seconds[static_cast<std::size_t>(stage)];
  }
  std::uint64_t checksum(Stage stage) const {
    return checksums[static_cast<std::size_t>(stage)];
  }
};

// `text` is a history that `registry` replays clean; ends the process where it
// does not.
SpeedOf MeasureReplay(std::string name, const std::string& text,
                      const cohort::Registry& registry, int rounds);

}  // namespace cohort_benchmarks

#endif  // COHORT_BENCHMARKS_REPLAY_SPEED_H_
