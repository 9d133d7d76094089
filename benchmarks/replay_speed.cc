#include "cohort/benchmarks/replay_speed.h"

#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "cohort/base/check.h"
#include "cohort/benchmarks/full_walk.h"
#include "cohort/benchmarks/measure.h"
#include "cohort/history/history.h"
#include "cohort/history/turn.h"
#include "cohort/testing/replayer.h"
#include "fmt/core.h"

namespace cohort_benchmarks {
namespace {

using cohort::Event;
using cohort::History;
using cohort::JsonView;
using cohort::Replayer;
using cohort::ReplayReport;
using cohort::Run;
using cohort::Turn;
using cohort::TurnReader;

// Behind a text, for simdjson: with room for it no copy is made.
constexpr std::size_t kPadding = 64;

class Sum {
 public:
  void Add(std::uint64_t value) {
    sum_ = (sum_ ^ value) * 0x9e3779b97f4a7c15u;
    sum_ ^= sum_ >> 29;
  }
  void Add(std::string_view text) {
    Add(text.size());
    for (char c : text) Add(static_cast<unsigned char>(c));
  }
  std::uint64_t value() const { return sum_; }

 private:
  std::uint64_t sum_ = 1;
};

std::uint64_t SumOf(const History& history) {
  Sum sum;
  for (const Event& event : history.events()) {
    sum.Add(static_cast<std::uint64_t>(event.id));
    sum.Add(static_cast<std::uint64_t>(event.subject));
    sum.Add(static_cast<std::uint64_t>(event.type));
    for (std::string_view text : event.texts) sum.Add(text);
    for (JsonView view : {event.input, event.failure, event.details}) {
      sum.Add(view.text);
    }
    sum.Add(event.time);
    sum.Add(event.json.size());
  }
  return sum.value();
}

std::uint64_t ReadTurns(const History& history) {
  Sum sum;
  TurnReader reader;
  absl::Status added = reader.Add(history.events(), cohort::PageEnd::kLast);
  COHORT_CHECK(added.ok(), "the history is whole");
  while (true) {
    absl::StatusOr<std::optional<Turn>> turn = reader.Next();
    COHORT_CHECK(turn.ok(), "the history is whole");
    if (!turn->has_value()) return sum.value();
    sum.Add(static_cast<std::uint64_t>((*turn)->number));
    sum.Add((*turn)->inbound.size());
    sum.Add((*turn)->outputs.size());
  }
}

// Replays, and keeps what the run has done besides the report.
class ReplayOnce {
 public:
  explicit ReplayOnce(const cohort::Registry& registry)
      : replayer_(registry, {.inspect = [this](Run& run) { Look(run); }}) {}
  ReplayOnce(const ReplayOnce&) = delete;

  void Replay(const History& history) { report_ = replayer_.Replay(history); }

  std::uint64_t checksum() const {
    if (report_.verdict != cohort::Verdict::kClean) {
      fmt::print(stderr, "{}\n", report_.ToString());
    }
    COHORT_CHECK(report_.verdict == cohort::Verdict::kClean,
                 "the history replays clean");
    Sum sum;
    sum.Add(report_.profile);
    sum.Add(static_cast<std::uint64_t>(report_.events));
    sum.Add(static_cast<std::uint64_t>(report_.turns));
    sum.Add(run_);
    return sum.value();
  }

 private:
  void Look(Run& run) {
    Sum sum;
    sum.Add(run.rows_taken().count());
    sum.Add(static_cast<std::uint64_t>(run.closed()));
    for (const auto& entry : run.state().versions.entries()) {
      sum.Add(entry.id);
      sum.Add(static_cast<std::uint64_t>(entry.version));
    }
    run_ = sum.value();
  }

  Replayer replayer_;
  ReplayReport report_;
  std::uint64_t run_ = 0;
};

History Parsed(std::string text) {
  absl::StatusOr<History> history = History::FromJson(std::move(text));
  if (!history.ok()) {
    fmt::print(stderr, "{}\n", cohort::ToStd(history.status().message()));
  }
  COHORT_CHECK(history.ok(), "the history can be read");
  return *std::move(history);
}

}  // namespace

SpeedOf MeasureReplay(std::string name, const std::string& text,
                      const cohort::Registry& registry, int rounds) {
  std::string padded = text;
  padded.append(kPadding, '\0');
  const std::string_view bytes(padded.data(), text.size());
  const History parsed = Parsed(text);
  ReplayOnce replay_parsed(registry);
  ReplayOnce replay_bytes(registry);
  FullWalk walk;
  std::string copy(text.size(), '\0');
  std::string taken;  // what a run reads and owns
  std::uint64_t result = 0;
  History history;

  const auto take = [&] {
    history = History();
    taken = std::string();
    taken.reserve(text.size() + kPadding);
    taken = text;
  };
  const auto last_result = [&] { return result; };
  const std::vector<Variant> variants = {
      {"memcpy",
       {},
       [&] { std::memcpy(copy.data(), text.data(), text.size()); },
       [&] { return static_cast<std::uint64_t>(copy.back()) + copy.size(); }},
      {"walk", {}, [&] { result = walk.Sum(bytes); }, last_result},
      {"parse", take, [&] { history = Parsed(std::move(taken)); },
       [&] { return SumOf(history); }},
      {"turns", {}, [&] { result = ReadTurns(parsed); }, last_result},
      {"replay parsed",
       {},
       [&] { replay_parsed.Replay(parsed); },
       [&] { return replay_parsed.checksum(); }},
      {"replay bytes", take,
       [&] {
         history = Parsed(std::move(taken));
         replay_bytes.Replay(history);
       },
       [&] { return replay_bytes.checksum(); }},
  };
  const std::vector<Measured> measured = MeasureInTurns(variants, rounds);
  SpeedOf speed{std::move(name), text.size(), parsed.events().size(), {}, {}};
  for (std::size_t i = 0; i < kStageCount; ++i) {
    speed.seconds[i] = measured[i].seconds;
    speed.checksums[i] = measured[i].checksum;
  }
  return speed;
}

}  // namespace cohort_benchmarks
