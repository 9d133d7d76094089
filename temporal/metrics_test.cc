#include "cohort/temporal/metrics.h"

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, HaveTheNamesAndTagsOfTheTable) {
  Metrics metrics("orders");
  metrics.Count(Metric::kWorkflowTaskFailed,
                {"q", "Order", "NonDeterminismError"});
  metrics.Observe(Metric::kWorkflowTaskExecution, {"q", "Order"},
                  absl::Milliseconds(15));
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("temporal_workflow_task_execution_failed{failure_"
                              "reason=\"NonDeterminismError\",namespace="
                              "\"orders\",task_queue=\"q\",workflow_type="
                              "\"Order\"} 1"));
  EXPECT_THAT(
      text,
      HasSubstr("temporal_workflow_task_execution_latency_bucket{namespace="
                "\"orders\",task_queue=\"q\",workflow_type=\"Order\",le="
                "\"0.01\"} 0"));
  EXPECT_THAT(text, HasSubstr("le=\"0.02\"} 1"));
}

TEST(Metrics, CallsAreCountedByTheirKind) {
  Metrics metrics("default");
  metrics.Note({.method = "GetSystemInfo", .latency = absl::Seconds(1)});
  metrics.Note({.method = "PollActivityTaskQueue",
                .latency = absl::Seconds(1),
                .code = absl::StatusCode::kUnavailable,
                .long_poll = true});
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("temporal_request{namespace=\"default\","
                              "operation=\"GetSystemInfo\"} 1"));
  EXPECT_THAT(text, HasSubstr("temporal_long_request_failure{namespace="
                              "\"default\",operation=\"PollActivityTaskQueue\","
                              "status_code=\"UNAVAILABLE\"} 1"));
  EXPECT_EQ(text.find("temporal_request_failure{"), std::string::npos);
}

TEST(Metrics, StayOnThisMachineUnlessAsked) {
  Metrics metrics("default");
  EXPECT_EQ(metrics.Expose("0.0.0.0:0").code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(metrics.Expose("127.0.0.1:0").ok());
}

TEST(MetricTable, NamesAreUniqueAndHistogramsHaveBuckets) {
  std::set<std::string_view> names;
  for (const MetricRow& row : MetricRows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(BoundsOf(row.buckets).empty(), row.kind == MetricKind::kCounter);
  }
}

TEST(MetricTable, TheDocumentShowsIt) {
  std::ifstream in("docs/metrics.md");
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  EXPECT_NE(
      text.find("<!-- table:metrics -->\n" + MetricsText() + "<!-- end -->"),
      std::string::npos)
      << "docs/metrics.md must hold exactly this:\n"
      << MetricsText();
}

}  // namespace
}  // namespace cohort
