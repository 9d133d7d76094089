#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "cohort/cli/command_line.h"
#include "cohort/embedded/history_source.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  // https://no-color.org: set, and not to nothing.
  const char* no_color = std::getenv("NO_COLOR");
  const bool plain = no_color != nullptr && *no_color != '\0';
  const bool colours = !plain && isatty(STDOUT_FILENO) != 0;
  cohort::HistorySources sources;
  sources.push_back(std::make_unique<cohort::EmbeddedSource>());
  return cohort::CohortMain(
      argc, argv,
      {.out = std::cout,
       .err = std::cerr,
       .paint = colours ? cohort::Paint::kColours : cohort::Paint::kPlain,
       .sources = &sources});
}
