// All programs of up to four steps, in all orders of completion: what the
// engine records is what a plain oracle says, and what it says of changed code
// is what the oracle says.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "cohort/base/stable_hash.h"
#include "cohort/markers/codec.h"
#include "cohort/testing/oracle.h"
#include "cohort/testing/recorder.h"
#include "cohort/testing/replayer.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

using cohort::Context;
using cohort::Future;
using cohort::Recorder;
using cohort::Registry;
using cohort::Task;

constexpr std::size_t kStepsMax = 4;
constexpr int kShards = 8;
// One changed program in so many is replayed: all would take minutes.
constexpr std::uint64_t kChangedOneIn = 8;

Task<void> Interpret(Context& ctx, std::string text) {
  std::map<char, Future<void>> operations;
  for (const ProgramStep& s : ParseProgram(text)) {
    if (s.kind == 'C') {
      const auto target = operations.find(s.argument);
      if (target != operations.end()) target->second.Cancel();
      continue;
    }
    if (s.kind == 'V') {
      cohort::GetVersion(ctx, std::string(1, s.tag), s.min(), s.max());
      continue;
    }
    Future<void> future = s.kind == 'T'
                              ? ctx.Timer(std::chrono::seconds(1))
                              : ctx.Activity<void>(std::string(1, s.argument));
    operations.emplace(s.tag, future);
    if (s.form == 's') (void)co_await AsResult(future);
  }
  for (auto& [tag, future] : operations) (void)co_await AsResult(future);
}

// The engine's event in the oracle's words.
OracleEvent InWords(const cohort::Event& event, cohort::PayloadReader& reader) {
  using enum cohort::EventType;
  const auto about = static_cast<int>(event.subject);
  switch (event.type) {
    case kWorkflowExecutionStarted:
      return {"Start", about};
    case kWorkflowTaskScheduled:
      return {"TaskScheduled", about};
    case kWorkflowTaskStarted:
      return {"TaskStarted", about};
    case kWorkflowTaskCompleted:
      return {"TaskCompleted", about};
    case kActivityTaskScheduled:
      return {"Schedule " + std::string(event.name()), about};
    case kActivityTaskCancelRequested:
      return {"CancelActivity", about};
    case kActivityTaskStarted:
      return {"ActivityStarted", about};
    case kActivityTaskCompleted:
      return {"ActivityCompleted", about};
    case kTimerStarted:
      return {"Timer", about};
    case kTimerCanceled:
      return {"CancelTimer", about};
    case kTimerFired:
      return {"Fired", about};
    case kUpsertWorkflowSearchAttributes:
      return {"Upsert", about};
    case kWorkflowExecutionCompleted:
      return {"Complete", about};
    case kMarkerRecorded: {
      const auto marker = cohort::DecodeVersionMarker(event, reader);
      if (!marker.ok() || !*marker) return {"?", about};
      return {"Version " + (*marker)->change_id + "=" +
                  std::to_string((*marker)->version),
              about};
    }
    default:
      return {"?", about};
  }
}

std::string Show(const std::vector<OracleEvent>& events) {
  std::string out;
  for (const OracleEvent& e : events) {
    out += e.word + (e.about != 0 ? " #" + std::to_string(e.about) : "") + "\n";
  }
  return out;
}

// Every program of `steps` more steps behind `program`.
void AddPrograms(Program& program, std::size_t steps,
                 std::vector<Program>& all) {
  if (steps == 0) {
    all.push_back(program);
    return;
  }
  const char tag = static_cast<char>('0' + program.size());
  std::vector<ProgramStep> next = {{'A', 's', tag, 'a'}, {'A', 'p', tag, 'a'},
                                   {'T', 's', tag, '-'}, {'T', 'p', tag, '-'},
                                   {'V', '0', tag, '2'},   // [-1, 1]
                                   {'V', '2', tag, '3'}};  // [1, 2]
  for (const ProgramStep& s : program) {
    if (s.is_operation()) next.push_back({'C', '-', tag, s.tag});
  }
  for (const ProgramStep& s : next) {
    program.push_back(s);
    AddPrograms(program, steps - 1, all);
    program.pop_back();
  }
}

// One step changed, added, removed, or two swapped.
std::vector<Program> Changed(const Program& p) {
  std::vector<Program> all;
  const std::vector<ProgramStep> added = {{'A', 'p', '9', 'b'},
                                          {'A', 's', '9', 'a'},
                                          {'T', 'p', '9', '-'},
                                          {'V', '0', '9', '2'},
                                          {'V', '2', '9', '3'}};
  for (std::size_t i = 0; i <= p.size(); ++i) {
    const auto at = static_cast<std::ptrdiff_t>(i);
    for (const ProgramStep& s : added) {
      all.push_back(p);
      all.back().insert(all.back().begin() + at, s);
    }
    if (i == p.size()) break;
    all.push_back(p);
    all.back().erase(all.back().begin() + at);
    if (i + 1 < p.size()) {
      all.push_back(p);
      std::swap(all.back()[i], all.back()[i + 1]);
    }
    const ProgramStep& old = p[i];
    if (old.kind == 'C') continue;
    for (const ProgramStep& s : {ProgramStep{'A', 's', old.tag, 'a'},
                                 ProgramStep{'A', 'p', old.tag, 'b'},
                                 ProgramStep{'T', 's', old.tag, '-'},
                                 ProgramStep{'V', '0', old.tag, '2'},
                                 ProgramStep{'V', '2', old.tag, '3'},
                                 ProgramStep{'V', '3', old.tag, '4'}}) {
      all.push_back(p);
      all.back()[i] = s;
    }
  }
  return all;
}

class Exhaustive {
 public:
  explicit Exhaustive(int shard) : shard_(shard) {
    registry_.Workflow("P", Interpret);
  }

  void Run() {
    std::vector<Program> programs;
    Program empty;
    for (std::size_t n = 0; n <= kStepsMax; ++n) {
      AddPrograms(empty, n, programs);
    }
    for (std::size_t i = 0; i < programs.size(); ++i) {
      if (static_cast<int>(i % kShards) != shard_) continue;
      ++programs_;
      const bool asks =
          std::any_of(programs[i].begin(), programs[i].end(),
                      [](const auto& s) { return s.kind == 'V'; });
      Explore(programs[i], VersionChoice::kNewest);
      if (asks) Explore(programs[i], VersionChoice::kOldest);
    }
    std::cout << "programs " << programs_ << ", runs " << runs_
              << ", changed programs " << changed_ << " (clean " << clean_
              << ")\n";
  }

 private:
  using Completions = std::vector<std::vector<int>>;  // before each later turn

  void Explore(const Program& program, VersionChoice choice) {
    Oracle oracle(program, choice);
    oracle.RunTurn();
    Completions completions;
    Go(program, choice, oracle, completions);
  }

  // All continuations: one more completion, and a turn behind it or not.
  void Go(const Program& program, VersionChoice choice, const Oracle& oracle,
          Completions& completions) {
    if (oracle.closed()) {
      ExpectRecorded(program, choice, oracle, completions);
      return;
    }
    completions.emplace_back();
    Deliver(program, choice, oracle, completions);
    completions.pop_back();
  }

  void Deliver(const Program& program, VersionChoice choice,
               const Oracle& oracle, Completions& completions) {
    for (int id : oracle.open()) {
      Oracle next = oracle;
      next.Complete(id);
      completions.back().push_back(id);
      Deliver(program, choice, next, completions);
      next.RunTurn();
      Go(program, choice, next, completions);
      completions.back().pop_back();
    }
  }

  void ExpectRecorded(const Program& program, VersionChoice choice,
                      const Oracle& oracle, const Completions& completions) {
    ++runs_;
    const cohort::CohortPolicy oldest =
        cohort::CohortPolicy::Callback([](const cohort::VersionRequest& r) {
          return std::optional<cohort::Version>(r.min);
        });
    const bool newest = choice == VersionChoice::kNewest;
    Recorder recorder(
        {.registry = &registry_, .policy = newest ? nullptr : &oldest}, "P",
        cohort::ToPayloads(ToText(program)));
    (void)recorder.RunTurn();
    for (const std::vector<int>& turn : completions) {
      for (int id : turn) {
        const auto open =
            std::find_if(recorder.Open().begin(), recorder.Open().end(),
                         [id](const auto& o) { return o.event_id == id; });
        if (open == recorder.Open().end()) break;
        recorder.Complete(*open);
      }
      (void)recorder.RunTurn();
    }
    const auto history = recorder.history();
    ASSERT_TRUE(history.ok() && recorder.status().ok())
        << ToText(program) << recorder.status();
    std::vector<OracleEvent> recorded;
    for (const cohort::Event& event : history->events()) {
      recorded.push_back(InWords(event, reader_));
    }
    ASSERT_EQ(Show(recorded), Show(oracle.events())) << ToText(program);
    const auto report = cohort::Replayer(registry_).Replay(*history);
    ASSERT_EQ(report.verdict, cohort::Verdict::kClean) << report.ToString();
    ASSERT_EQ(Judge(program, oracle.events()), "clean") << ToText(program);
    ReplayChanged(program, recorder.ToJson(), oracle.events());
  }

  void ReplayChanged(const Program& program, const std::string& json,
                     const std::vector<OracleEvent>& events) {
    std::string input;
    cohort::AppendPayloads(input, cohort::ToPayloads(ToText(program)));
    const std::size_t at = json.find(input);
    ASSERT_NE(at, std::string::npos);
    for (const Program& changed : Changed(program)) {
      if (cohort::StableHash(ToText(changed) + Show(events)) % kChangedOneIn) {
        continue;
      }
      ++changed_;
      std::string other;
      cohort::AppendPayloads(other, cohort::ToPayloads(ToText(changed)));
      std::string text = json;
      text.replace(at, input.size(), other);
      const auto history = cohort::History::FromJson(std::move(text));
      ASSERT_TRUE(history.ok());
      const auto report = cohort::Replayer(registry_).Replay(*history);
      const std::string said = Judge(changed, events);
      if (said == "clean") ++clean_;
      ASSERT_EQ(NameOf(report.verdict), said)
          << ToText(program) << " by " << ToText(changed) << "\n"
          << Show(events) << report.ToString();
    }
  }

  int shard_;
  Registry registry_;
  cohort::PayloadReader reader_;
  std::int64_t programs_ = 0;
  std::int64_t runs_ = 0;
  std::int64_t changed_ = 0;
  std::int64_t clean_ = 0;
};

class ExhaustiveTest : public testing::TestWithParam<int> {};

TEST_P(ExhaustiveTest, EngineAndOracleAgree) { Exhaustive(GetParam()).Run(); }

INSTANTIATE_TEST_SUITE_P(Shards, ExhaustiveTest, testing::Range(0, kShards));

}  // namespace
}  // namespace cohort_testing
