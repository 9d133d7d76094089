// What version calls record live: the dialect is the worker's choice.

#include <array>
#include <string>
#include <string_view>

#include "cohort/markers/codec.h"
#include "cohort/markers/value_markers.h"
#include "cohort/testing/live_replay.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using cohort_testing::LiveRun;
using cohort_testing::LiveThenReplay;

Task<void> AsksForAll(Context& ctx) {
  GetVersion(ctx, "version", kDefaultVersion, 2);
  Patched(ctx, "patch");
  DeprecatePatch(ctx, "old-patch");
  co_await ctx.LocalActivity<void>("local");
  GetVersion(ctx, "version", kDefaultVersion, 2);  // is known
  Patched(ctx, "patch");
  DeprecatePatch(ctx, "patch");
}

// "go version=2, core patch, core old-patch deprecated, LocalActivity"
std::string Markers(const History& history) {
  std::string out;
  PayloadReader reader;
  for (const Event& event : history.events()) {
    if (event.type != EventType::kMarkerRecorded) continue;
    if (!out.empty()) out += ", ";
    const auto version = DecodeVersionMarker(event, reader);
    if (!version.ok()) return std::string(version.status().message());
    if (!version->has_value()) {
      out += event.name();
      continue;
    }
    const VersionMarker& marker = **version;
    out +=
        std::string(RowOf(marker.dialect).family_name) + " " + marker.change_id;
    if (RowOf(marker.dialect).family == Family::kVersion) {
      out += "=" + std::to_string(marker.version);
    }
    if (marker.deprecated) out += " deprecated";
  }
  return out;
}

// The lists of the versions' search attribute, as they were upserted.
std::string Lists(const History& history) {
  std::string out;
  PayloadReader reader;
  for (const Event& event : history.events()) {
    if (event.type != EventType::kUpsertWorkflowSearchAttributes) continue;
    const auto attributes = reader.ReadPayloadMap(event.details);
    if (!attributes.ok()) return std::string(attributes.status().message());
    for (const auto& [name, list] : *attributes) out += name + list.data + " ";
  }
  return out;
}

Registry Asking() {
  Registry registry;
  registry.Workflow("W", AsksForAll);
  return registry;
}

LiveRun RunWith(RunOptions options) {
  return LiveThenReplay(
      Asking(), "W", {}, [](Recorder& r) { EXPECT_OK(r.RunTurn()); }, options);
}

TEST(VersionDialectsTest, ByDefaultGosForGetVersionAndCoresForPatched) {
  const LiveRun run = RunWith({});
  EXPECT_EQ(Markers(run.history),
            "go version=2, core patch, core old-patch deprecated, "
            "LocalActivity");
  EXPECT_EQ(Lists(run.history),
            R"(TemporalChangeVersion["version-2"] )"
            R"(TemporalChangeVersion["patch","version-2"] )"
            R"(TemporalChangeVersion["old-patch","patch","version-2"] )");
}

struct Choice {
  Dialect version;
  Dialect patch;
  std::string_view markers;
};

// Each worker writes what it is told to; its own runs replay every way. A
// dialect that has no such call leaves it to the default.
TEST(VersionDialectsTest, EachCanBeChosen) {
  constexpr std::array kChoices = {
      Choice{Dialect::kJava, Dialect::kCore,
             "java version=2, core patch, core old-patch deprecated, "
             "LocalActivity"},
      Choice{Dialect::kGo, Dialect::kCoreOld,
             "go version=2, core-old patch, core-old old-patch deprecated, "
             "LocalActivity"},
      Choice{Dialect::kCore, Dialect::kCore,
             "go version=2, core patch, core old-patch deprecated, "
             "core_local_activity"},
      Choice{Dialect::kJava, Dialect::kJava,
             "java version=2, core patch, core old-patch deprecated, "
             "LocalActivity"},
      Choice{Dialect::kCadence, Dialect::kCore,
             "cadence-go version=2, core patch, core old-patch deprecated, "
             "LocalActivity"},
  };
  for (const Choice& choice : kChoices) {
    EXPECT_EQ(Markers(RunWith({.version_dialect = choice.version,
                               .patch_dialect = choice.patch})
                          .history),
              choice.markers);
  }
}

// --- The life of a patch, live ----------------------------------------------

Task<void> TwoTurns(Context& ctx) {
  Patched(ctx, "patch");
  co_await ctx.Activity<void>("new-way");
  co_await ctx.Activity<void>("end");
}
Task<void> TwoTurnsDeprecated(Context& ctx) {
  DeprecatePatch(ctx, "patch");
  co_await ctx.Activity<void>("new-way");
  co_await ctx.Activity<void>("end");
}
Task<void> TwoTurnsWithout(Context& ctx) {
  co_await ctx.Activity<void>("new-way");
  co_await ctx.Activity<void>("end");
}

Registry Of(Task<void> (*code)(Context&)) {
  Registry registry;
  registry.Workflow("W", code);
  return registry;
}

// Began under the one code, ended under the other.
std::string RunUnder(Task<void> (*first)(Context&),
                     Task<void> (*second)(Context&)) {
  const Registry before = Of(first);
  const Registry after = Of(second);
  Recorder r({.registry = &before}, "W", {});
  EXPECT_OK(r.RunTurn());
  r.Deploy(after);
  r.Complete(r.Open()[0]);
  if (!r.RunTurn().ok()) return std::string(r.status().message());
  r.Complete(r.Open()[0]);
  EXPECT_OK(r.RunTurn());
  EXPECT_TRUE(r.closed());
  cohort_testing::ExpectReplaysEveryWay(after, *r.history());
  return Markers(*r.history());
}

TEST(PatchLifeTest, ADeprecatedPatchIsRecordedAsSuchAndMayGo) {
  EXPECT_EQ(RunUnder(TwoTurnsDeprecated, TwoTurnsDeprecated),
            "core patch deprecated");
  EXPECT_EQ(RunUnder(TwoTurnsDeprecated, TwoTurnsWithout),
            "core patch deprecated");
  // A rollback finds the marker, and takes the patched path.
  EXPECT_EQ(RunUnder(TwoTurnsDeprecated, TwoTurns), "core patch deprecated");
}

TEST(PatchLifeTest, APatchThatIsRecordedIsDeprecatedWithoutAnotherMarker) {
  EXPECT_EQ(RunUnder(TwoTurns, TwoTurnsDeprecated), "core patch");
  EXPECT_NE(RunUnder(TwoTurns, TwoTurnsWithout).find("TMPRL1100"),
            std::string::npos);
}

}  // namespace
}  // namespace cohort
