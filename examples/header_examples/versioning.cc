// The examples of the headers of versioning.
#include "cohort/versioning/versioning.h"

#include <string>

#include "absl/time/time.h"
#include "cohort/examples/header_examples/surroundings.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort_examples {
namespace {

using cohort::Context;
using cohort::Task;

// snippet: versioning/decision.h
constexpr cohort::Decision d =
    cohort::Decide({.turn_completed = true, .recorded = true});
static_assert(d.source == cohort::VersionSource::kRecorded);
// end of snippet

Task<void> Choose(Context& ctx) {
  // snippet: versioning/get_version.h
  if (cohort::GetVersion(ctx, "Step1", cohort::kDefaultVersion, 1) == 1) {
    co_await ctx.Activity<void>("NewWay");
  } else {
    co_await ctx.Activity<void>("OldWay");
  }
  // end of snippet
}

TEST(VersioningHeaders, GetVersionTakesTheNewestAndRecordsIt) {
  cohort::Registry registry;
  registry.Workflow("W", Choose);
  const cohort_testing::LiveRun run = cohort_testing::LiveThenReplay(
      registry, "W", {}, cohort_testing::RunToEnd);
  EXPECT_NE(run.json.find("NewWay"), std::string::npos);
  EXPECT_NE(run.json.find("MARKER_RECORDED"), std::string::npos) << run.json;
}

TEST(VersioningHeaders, PolicyAnswersByStartTime) {
  const absl::Time switch_time = absl::FromUnixSeconds(1'800'000'000);
  // snippet: versioning/policy.h
  // Runs started before the switch keep version 1, even if they reach the
  // call later.
  cohort::CohortPolicy policy =
      cohort::CohortPolicy::ByStartTime(1, {{switch_time, 2}})
          .For("Step7", cohort::CohortPolicy::Percent(1, {10, 2}));
  // end of snippet
  cohort::VersionRequest request{.change_id = "Step1", .min = 1, .max = 2};
  request.start_time = switch_time - absl::Seconds(1);
  EXPECT_EQ(*policy.Choose(request), 1);
  request.start_time = switch_time;
  EXPECT_EQ(*policy.Choose(request), 2);
  request.change_id = "Step7";  // of a hundred workflows about ten
  int newer = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = "order-" + std::to_string(i);
    request.workflow_id = id;
    newer += *policy.Choose(request) == 2;
  }
  EXPECT_GT(newer, 50);
  EXPECT_LT(newer, 150);
}

Task<int> OldWay(Context& ctx) { co_return co_await ctx.Activity<int>("old"); }
Task<int> NewWay(Context& ctx) {
  co_return 1 + co_await ctx.Activity<int>("new");
}

namespace route {

// snippet: versioning/route.h
inline constexpr cohort::Change kStep1{"Step1", 1, 2};
// end of snippet

Task<int> Run(Context& ctx) {
  co_return
      // snippet: versioning/route.h
      co_await cohort::Route<kStep1>(ctx)
          .To(cohort::Case<1>([&] { return OldWay(ctx); }),
              cohort::Case<2>([&] { return NewWay(ctx); }));
  // end of snippet
}

}  // namespace route

TEST(VersioningHeaders, RouteTakesTheNewestBranch) {
  EXPECT_EQ(ResultOf(route::Run), "8");
}

namespace version {

// snippet: versioning/version.h
inline constexpr cohort::Change kStep1{"Step1", 1, 2};
// end of snippet

Task<void> Run(Context& ctx) {
  // snippet: versioning/version.h
  if (cohort::GetVersion(ctx, kStep1) == 1) co_await OldWay(ctx);
  // end of snippet
}

}  // namespace version

TEST(VersioningHeaders, ChangeIsAskedByItsName) {
  cohort::Registry registry;
  registry.Workflow("W", version::Run, {version::kStep1});
  const cohort_testing::LiveRun run = cohort_testing::LiveThenReplay(
      registry, "W", {}, cohort_testing::RunToEnd);
  EXPECT_NE(run.json.find("MARKER_RECORDED"), std::string::npos);
  EXPECT_EQ(run.json.find("\"old\""), std::string::npos);
}

TEST(VersioningHeaders, BookFindsWhatItRecords) {
  // snippet: versioning/version_book.h
  cohort::VersionBook book;
  book.Record({.change_id = "Step1", .version = 2},
              cohort::Standing::kRecorded);
  const cohort::VersionBook::Entry* entry = book.Find("Step1");  // version 2
  // end of snippet
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->version, 2);
  EXPECT_EQ(book.Find("Step2"), nullptr);
}

}  // namespace
}  // namespace cohort_examples
