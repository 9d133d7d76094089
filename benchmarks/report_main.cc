// Usage: report [--smoke] [--histories DIR]
//
// DIR holds recorded histories, <sdk>/Loop/*.json and <sdk>/Fanout/*.json. By
// default $COHORT_SHARED/histories/recorded, if there is one.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "cohort/benchmarks/report.h"
#include "fmt/format.h"

int main(int argc, char** argv) {
  using namespace cohort_benchmarks;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  const char* shared = std::getenv("COHORT_SHARED");
  std::string directory =
      shared == nullptr ? "" : std::string(shared) + "/histories/recorded";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--smoke") {
      PrintSmoke(program);
      return 0;
    }
    if (i + 1 < argc && argument == "--peak-of") {
      fmt::print("{}\n", PeakPerByte(argv[i + 1]));
      return 0;
    }
    if (i + 1 < argc && argument == "--histories") {
      directory = argv[++i];
      continue;
    }
    fmt::print(stderr, "usage: {} [--smoke] [--histories DIR]\n", argv[0]);
    return 2;
  }
  PrintReport(program, directory);
  return 0;
}
