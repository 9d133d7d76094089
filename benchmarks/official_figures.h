// What the official replayers need for the same programs.
//
// "Go SDK on the same history, measured earlier": each SDK's own replayer on
// the history that its own worker recorded, warm process, medians, one after
// the other on one otherwise idle machine with two cores. From bytes: read the
// file, parse, replay. Parsed: replay of a history object. Go SDK 1.50.0 on Go
// 1.26, Java 1.37.0 on JDK 17, Python 1.35.0 on 3.11 without its sandbox,
// TypeScript 1.24.0 on Node 20. Figures of another day: ratios to them are
// orders of magnitude, not percents.
#ifndef COHORT_BENCHMARKS_OFFICIAL_FIGURES_H_
#define COHORT_BENCHMARKS_OFFICIAL_FIGURES_H_

#include <array>
#include <string_view>

namespace cohort_benchmarks {

struct OfficialFigure {
  std::string_view sdk;
  std::string_view program;
  double events = 0;
  double bytes_events_per_second = 0;   // from the file's bytes
  double parsed_events_per_second = 0;  // from a history object
};

// clang-format off
inline constexpr std::array<OfficialFigure, 16> kOfficialFigures = {{
    {"go",         "Loop",    999,   49'800, 153'800},
    {"go",         "Loop",   10005,  43'300,  96'400},
    {"go",         "Loop",   44991,  26'000,  48'000},
    {"go",         "Fanout",  2072,  44'400, 152'900},
    {"java",       "Loop",     991,  13'500,  26'300},
    {"java",       "Loop",    9991,  11'900,  50'800},
    {"java",       "Loop",   44989,  12'500,  58'800},
    {"java",       "Fanout",  1589,  19'300,  35'800},
    {"python",     "Loop",    1005,   3'290,   4'860},
    {"python",     "Loop",   10005,   2'570,   3'330},
    {"python",     "Loop",   45003,   1'250,   1'480},
    {"python",     "Fanout",  1808,   4'450,   7'820},
    {"typescript", "Loop",    1005,   3'560,   3'890},
    {"typescript", "Loop",   10005,   2'920,   3'200},
    {"typescript", "Loop",   45003,   1'470,   1'520},
    {"typescript", "Fanout",  1550,   8'400,  11'300},
}};
// clang-format on

}  // namespace cohort_benchmarks

#endif  // COHORT_BENCHMARKS_OFFICIAL_FIGURES_H_
