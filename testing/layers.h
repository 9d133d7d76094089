// The rooms of the project and what each may include.
//
//   for (const Finding& f : CheckLayers({"base/a.h", text})) Print(f.message);
//
// One table, in layers.cc; docs/architecture.md shows it as PrintLayers()
// writes it. Threads: pure functions. Errors: none.
#ifndef COHORT_TESTING_LAYERS_H_
#define COHORT_TESTING_LAYERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "cohort/testing/source_tree.h"

namespace cohort_testing {

// Between these lines docs/architecture.md holds PrintLayers().
inline constexpr std::string_view kLayersBegin = "<!-- layers: begin -->";
inline constexpr std::string_view kLayersEnd = "<!-- layers: end -->";

// The rooms that `room` may include, with all that stands behind them and
// without itself, in the order of the table; empty for an unknown room.
std::vector<std::string_view> MayInclude(std::string_view room);

// Holds one file against the table: its folder is known, each
// #include "cohort/<room>/..." is allowed, and no own file is included
// without "cohort/". Test sources (x_test.cc, ...) may include `testing` too.
std::vector<Finding> CheckLayers(const SourceFile& file);

// The table as Markdown.
std::string PrintLayers();

}  // namespace cohort_testing

#endif  // COHORT_TESTING_LAYERS_H_
