// How the corpus tools fare with large corpora: histories made of recorded
// ones, and listings made of nothing.
//
//   MadeCorpus corpus("made/", "testing/testdata/recorded", 100'000);
//   const CensusCost cost = MeasureCensus(corpus.folder());
//   cost.share();   // of simdjson's own parse rate
//
// Threads: one, but for wall-clock figures. Errors: the process ends with a
// message where a folder holds no histories or cannot be written.
#ifndef COHORT_BENCHMARKS_CORPUS_SCALE_H_
#define COHORT_BENCHMARKS_CORPUS_SCALE_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace cohort_benchmarks {

// `count` histories in a new folder below `folder`: the recorded ones of at
// most 100 KB in turn, each a run of its own, a thousand in a folder. Deleted
// with the object.
class MadeCorpus {
 public:
  MadeCorpus(std::string folder, const std::string& recorded,
             std::int64_t count);
  MadeCorpus(const MadeCorpus&) = delete;
  MadeCorpus& operator=(const MadeCorpus&) = delete;
  ~MadeCorpus();

  const std::string& folder() const { return folder_; }
  std::int64_t bytes() const { return bytes_; }

 private:
  std::string folder_;
  std::int64_t bytes_ = 0;
};

// Seconds are processor time of the thread that works but for the last ones;
// each includes reading the file.
struct CensusCost {
  std::int64_t histories = 0;
  std::int64_t bytes = 0;
  double parse_seconds = 0;   // simdjson's DOM parse
  double walk_seconds = 0;    // simdjson visits every value
  double census_seconds = 0;  // history, facts, snapshot into the fleet, shape
  std::int64_t rows = 0;      // of the census
  double peak_megabytes = 0;  // of the process
  // Wall-clock: one thread parses, and as many as `cohort census` takes do the
  // census and the shapes.
  std::size_t threads = 1;
  double parse_wall = 0;
  double census_wall = 0;

  // Of the parse's rate, thread for thread, and of the command as it runs.
  double share() const { return parse_seconds / census_seconds; }
  double wall_share() const { return parse_wall / census_wall; }
};
CensusCost MeasureCensus(const std::string& folder);

struct SamplingCost {
  std::int64_t runs = 0;
  std::int64_t chosen = 0;
  double seconds = 0;
  double peak_megabytes = 0;
};
SamplingCost MeasureSampling(std::int64_t runs);

struct ReplayCost {
  std::int64_t histories = 0;
  std::int64_t clean = 0;
  double one_thread = 0;  // wall-clock seconds
  double two_threads = 0;
};
// Order's recorded histories that replay clean, over and over, from files.
ReplayCost MeasureReplays(const std::string& recorded, std::int64_t count);

}  // namespace cohort_benchmarks

#endif  // COHORT_BENCHMARKS_CORPUS_SCALE_H_
