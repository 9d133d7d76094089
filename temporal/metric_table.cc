#include "cohort/temporal/metric_table.h"

#include "fmt/format.h"

namespace cohort {

std::span<const double> BoundsOf(Buckets buckets) {
  static constexpr std::array kDefault = {0.05, 0.1, 0.5, 1.0, 2.5, 10.0};
  static constexpr std::array kTaskExecution = {0.001, 0.01, 0.02, 0.05,
                                                0.1,   0.2,  0.5,  1.0};
  static constexpr std::array kActivityExecution = {0.05, 0.1,  0.5, 1.0,
                                                    5.0,  10.0, 60.0};
  static constexpr std::array kScheduleToStart = {0.1,  0.5,   1.0,   5.0,
                                                  10.0, 100.0, 1000.0};
  switch (buckets) {
    case Buckets::kNone:
      return {};
    case Buckets::kDefault:
      return kDefault;
    case Buckets::kTaskExecution:
      return kTaskExecution;
    case Buckets::kActivityExecution:
      return kActivityExecution;
    case Buckets::kScheduleToStart:
      return kScheduleToStart;
  }
  return {};
}

std::string MetricsText() {
  std::string text =
      "| metric | type | tags beside `namespace` | meaning |\n"
      "|---|---|---|---|\n";
  for (const MetricRow& row : MetricRows()) {
    std::string tags;
    for (std::string_view tag : row.tags) {
      if (tag.empty()) continue;
      tags += fmt::format("{}`{}`", tags.empty() ? "" : ", ", tag);
    }
    text +=
        fmt::format("| `{}` | {} | {} | {} |\n", row.name,
                    row.kind == MetricKind::kCounter ? "counter" : "histogram",
                    tags, row.meaning);
  }
  return text;
}

}  // namespace cohort
