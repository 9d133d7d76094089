// The report: tables of speeds, and lines "name: figure" at the end.
#ifndef COHORT_BENCHMARKS_REPORT_H_
#define COHORT_BENCHMARKS_REPORT_H_

#include <string>
#include <string_view>
#include <vector>

#include "cohort/benchmarks/replay_speed.h"

namespace cohort_benchmarks {

// A recorded history, or a made one, and what replays it.
struct Input {
  std::string name;  // "made Loop", "recorded go Loop", ...
  std::string text;
  cohort::Registry program;
};

// Loops of these many rounds, fan-outs of these many activities, and programs
// of every kind of command of these many rounds; one Order in any case.
struct Sizes {
  std::vector<int> loops = {163, 1664, 7495};
  std::vector<int> fanouts = {500};
  std::vector<int> mixed = {240};
};
std::vector<Input> MadeInputs(const Sizes& sizes);

// Those under `directory` that are there, of four SDKs: <sdk>/Loop/*.json,
// <sdk>/Fanout/*.json, and <sdk>/Order/g2_plain.json.
std::vector<Input> RecordedInputs(const std::string& directory);

// Each in the same number of rounds for about the same number of events.
std::vector<SpeedOf> MeasureAll(const std::vector<Input>& inputs, int rounds);

void PrintSpeeds(const std::vector<SpeedOf>& speeds);
// Beside the official replayers (official_figures.h): same program, same size.
void PrintOfficial(const std::vector<SpeedOf>& speeds);

// Nanoseconds of one GetVersion call whose answer is known, in a live run that
// has asked for `ids` changes: the median of `rounds`.
double MemoisedCallNanoseconds(int ids, int calls, int rounds);

// How many times as fast two threads replay the text's history `count` times
// each as one thread does it 2 `count` times. Wall-clock time.
double SpeedupOfTwoThreads(const std::string& text, int count);

// The peak of the process' memory per byte of the history at `path`, when it
// reads and replays that and does nothing else. For a process of its own:
// PeakOfChild starts one, `program` with the arguments "--peak-of" and `path`.
double PeakPerByte(const std::string& path);
double PeakOfChild(const std::string& program, const std::string& path);

// The whole report, to the standard output. `directory` may be empty.
void PrintReport(const std::string& program, const std::string& directory);
// The same of small made histories in one round.
void PrintSmoke(const std::string& program);

}  // namespace cohort_benchmarks

#endif  // COHORT_BENCHMARKS_REPORT_H_
