// The code of docs/versioning.md, each function run live and replayed; the two
// matrices of that page.
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cohort/testing/live_replay.h"
#include "cohort/testing/replayer.h"
#include "cohort/workflow/workflow.h"
#include "fmt/core.h"
#include "gtest/gtest.h"

namespace cohort_examples {
namespace {

using namespace std::chrono_literals;

namespace version_before {
// snippet: version-before
cohort::Task<void> Send(cohort::Context& ctx, std::string parcel) {
  co_await ctx.Activity<void>("print-label", parcel);
}
// end of snippet
}  // namespace version_before

namespace version_introduce {
// snippet: version-introduce
cohort::Task<void> Send(cohort::Context& ctx, std::string parcel) {
  if (cohort::GetVersion(ctx, "label", cohort::kDefaultVersion, 1) == 1) {
    co_await ctx.Activity<void>("mail-label", parcel);
  } else {
    co_await ctx.Activity<void>("print-label", parcel);
  }
}
// end of snippet
}  // namespace version_introduce

namespace version_raise {
// snippet: version-raise
inline constexpr cohort::Change kLabel{"label", cohort::kDefaultVersion, 2};

cohort::Task<void> Send(cohort::Context& ctx, std::string parcel) {
  co_await cohort::Route<kLabel>(ctx).To(
      cohort::Case<cohort::kDefaultVersion, 0>(
          [&] { return ctx.Activity<void>("print-label", parcel); }),
      cohort::Case<1>([&] { return ctx.Activity<void>("mail-label", parcel); }),
      cohort::Case<2>(
          [&] { return ctx.Activity<void>("code-label", parcel); }));
}
// end of snippet
}  // namespace version_raise

namespace version_retire {
// snippet: version-retire
cohort::Task<void> Send(cohort::Context& ctx, std::string parcel) {
  cohort::GetVersion(ctx, "label", 2, 2);  // older runs fail here, clearly
  co_await ctx.Activity<void>("code-label", parcel);
}
// end of snippet
}  // namespace version_retire

namespace version_removed {
// snippet: version-removed
cohort::Task<void> Send(cohort::Context& ctx, std::string parcel) {
  co_await ctx.Activity<void>("code-label", parcel);
}
// end of snippet
}  // namespace version_removed

namespace patch_introduce {
// snippet: patch-introduce
cohort::Task<void> Send(cohort::Context& ctx, std::string parcel) {
  if (cohort::Patched(ctx, "mail-labels")) {
    co_await ctx.Activity<void>("mail-label", parcel);
  } else {
    co_await ctx.Activity<void>("print-label", parcel);
  }
}
// end of snippet
}  // namespace patch_introduce

namespace patch_deprecate {
// snippet: patch-deprecate
cohort::Task<void> Send(cohort::Context& ctx, std::string parcel) {
  cohort::DeprecatePatch(ctx, "mail-labels");
  co_await ctx.Activity<void>("mail-label", parcel);
}
// end of snippet
}  // namespace patch_deprecate

namespace patch_removed {
// snippet: patch-removed
cohort::Task<void> Send(cohort::Context& ctx, std::string parcel) {
  co_await ctx.Activity<void>("mail-label", parcel);
}
// end of snippet
}  // namespace patch_removed

// snippet: policy
cohort::CohortPolicy Policy() {
  const absl::Time june = absl::FromUnixSeconds(1'780'272'000);
  return cohort::CohortPolicy::Newest()
      // Runs that started before June keep version 1, whenever they ask.
      .For("label", cohort::CohortPolicy::ByStartTime(1, {{june, 2}}))
      // A tenth of all workflow ids take version 2.
      .For("route", cohort::CohortPolicy::Percent(1, {10.0, 2}))
      // The code is out, and nobody uses it yet.
      .For("mail-labels", cohort::CohortPolicy::Pinned(-1))
      // Whatever the code supports that is nearest to 3.
      .For("price", cohort::CohortPolicy::Pinned(3).Clamped())
      .For("tax", cohort::CohortPolicy::Callback(
                      [](const cohort::VersionRequest& request)
                          -> std::optional<cohort::Version> {
                        if (request.workflow_id.starts_with("test-")) return 2;
                        return std::nullopt;  // the newest
                      }));
}
// end of snippet

// snippet: loop
cohort::Task<void> Months(cohort::Context& ctx, int months) {
  for (int month = 0; month < months; ++month) {
    const std::string change = "tax-" + std::to_string(month);
    if (cohort::GetVersion(ctx, change, cohort::kDefaultVersion, 1) == 1) {
      co_await ctx.Activity<void>("bill-with-tax", month);
    } else {
      co_await ctx.Activity<void>("bill", month);
    }
  }
}
// end of snippet

// snippet: ask-first
cohort::Task<void> Desk(cohort::Context& ctx) {
  const bool detailed = cohort::Patched(ctx, "detailed-status");
  auto parcels = std::make_shared<int>(0);
  ctx.OnQuery("status", [parcels, detailed] {
    return detailed ? std::to_string(*parcels) + " parcels" : "open";
  });
  ctx.OnSignal("parcel", [parcels] { ++*parcels; });
  co_await ctx.Sleep(8h);
}
// end of snippet

using cohort::History;
using cohort::Recorder;
using cohort::Registry;
using cohort::ToPayloads;
using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;
using cohort_testing::RunToEnd;

using Workflow = cohort::Task<void> (*)(cohort::Context&, std::string);
struct Release {
  const char* name;
  Workflow workflow;
};

Registry RegistryOf(Workflow workflow) {
  Registry registry;
  registry.Workflow("Send", workflow);
  return registry;
}

// One row for each release that recorded, a column for each that replays.
template <std::size_t N>
std::string Matrix(const std::array<Release, N>& releases) {
  std::string matrix = fmt::format("{:<12}", "recorded by");
  for (const Release& code : releases) {
    matrix += fmt::format(" {:<10}", code.name);
  }
  for (const Release& run : releases) {
    const Registry wrote = RegistryOf(run.workflow);
    const History history =
        LiveThenReplay(wrote, "Send", ToPayloads("p-1"), RunToEnd).history;
    matrix.resize(matrix.find_last_not_of(' ') + 1);
    matrix += fmt::format("\n{:<12}", run.name);
    for (const Release& code : releases) {
      const Registry reads = RegistryOf(code.workflow);
      matrix += fmt::format(
          " {:<10}", NameOf(cohort::Replayer(reads).Replay(history).verdict));
    }
  }
  matrix.resize(matrix.find_last_not_of(' ') + 1);
  return matrix + "\n";
}

void ExpectInDocument(const std::string& matrix) {
  std::ifstream in("docs/versioning.md", std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  EXPECT_NE(text.find("```\n" + matrix + "```\n"), std::string::npos)
      << "docs/versioning.md must hold exactly this:\n"
      << matrix;
}

TEST(GuideVersions, LifeOfAVersion) {
  ExpectInDocument(Matrix(std::array<Release, 5>{{
      {"before", version_before::Send},
      {"introduce", version_introduce::Send},
      {"raise", version_raise::Send},
      {"retire", version_retire::Send},
      {"removed", version_removed::Send},
  }}));
}

TEST(GuideVersions, LifeOfAPatch) {
  ExpectInDocument(Matrix(std::array<Release, 4>{{
      {"before", version_before::Send},
      {"introduce", patch_introduce::Send},
      {"deprecate", patch_deprecate::Send},
      {"removed", patch_removed::Send},
  }}));
}

TEST(GuideVersions, PolicyChoosesWhatIsRecorded) {
  const cohort::CohortPolicy policy = Policy();
  const Registry registry = RegistryOf(version_raise::Send);
  const LiveRun run = LiveThenReplay(registry, "Send", ToPayloads("p-1"),
                                     RunToEnd, {.policy = &policy});
  EXPECT_NE(run.json.find("mail-label"), std::string::npos) << run.json;
  const cohort::VersionRequest tax{.change_id = "tax",
                                   .max = 3,
                                   .workflow_id = "test-1",
                                   .start_time = absl::UnixEpoch()};
  EXPECT_EQ(policy.Choose(tax).value(), 2);
  EXPECT_EQ(policy.Choose({.change_id = "price", .max = 2}).value(), 2);
}

TEST(GuideVersions, LoopsAndHandlers) {
  Registry registry;
  registry.Workflow("Months", Months).Workflow("Desk", Desk);
  (void)LiveThenReplay(registry, "Months", ToPayloads(3), RunToEnd);
  (void)LiveThenReplay(registry, "Desk", {}, [](Recorder& r) {
    EXPECT_OK(r.RunTurn());
    r.Signal("parcel");
    EXPECT_OK(r.RunTurn());
    EXPECT_EQ(r.Query("status")->at(0).data, "\"1 parcels\"");
    r.Complete(r.Open()[0]);
    EXPECT_OK(r.RunTurn());
  });
}

}  // namespace
}  // namespace cohort_examples
