// Each column of the profile table, rung by a history made for it.
#include <chrono>
#include <ostream>
#include <string>
#include <vector>

#include "cohort/testing/history_builder.h"
#include "cohort/testing/replayer.h"
#include "cohort/workflow/workflow.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

// Asks before and behind the activity "a".
Task<void> AskTwice(Context& ctx) {
  (void)GetVersion(ctx, "x", kDefaultVersion, 1);
  co_await ctx.Activity<void>("a");
  const bool fresh = GetVersion(ctx, "x", kDefaultVersion, 1) == 1;
  co_await ctx.Activity<void>(fresh ? "new" : "old");
}

Task<void> PatchTwice(Context& ctx) {
  (void)Patched(ctx, "x");
  co_await ctx.Activity<void>("a");
  co_await ctx.Activity<void>(Patched(ctx, "x") ? "new" : "old");
}

Task<void> AskThenAct(Context& ctx) {
  (void)GetVersion(ctx, "x", kDefaultVersion, 1);
  co_await ctx.Activity<void>("a");
}

Task<void> AskBeside(Context& ctx) {
  Future<void> beside = ctx.Spawn(
      [&ctx]() -> Task<void> { co_await ctx.Activity<void>("beside"); });
  (void)GetVersion(ctx, "x", kDefaultVersion, 1);
  co_await ctx.Activity<void>("main");
  co_await beside;
}

Task<void> ActThenAsk(Context& ctx) {
  Future<void> a = ctx.Activity<void>("a");
  (void)GetVersion(ctx, "x", kDefaultVersion, 1);
  co_await a;
}

Task<void> ActThenPatch(Context& ctx) {
  Future<void> a = ctx.Activity<void>("a");
  (void)Patched(ctx, "x");
  co_await a;
}

Task<void> PatchThenAct(Context& ctx) {
  (void)Patched(ctx, "x");
  co_await ctx.Activity<void>("a");
}

Task<void> ActOnly(Context& ctx) { co_await ctx.Activity<void>("a"); }

Registry Workflows() {
  Registry registry;
  registry.Workflow("AskTwice", AskTwice)
      .Workflow("PatchTwice", PatchTwice)
      .Workflow("AskThenAct", AskThenAct)
      .Workflow("AskBeside", AskBeside)
      .Workflow("ActThenAsk", ActThenAsk)
      .Workflow("ActThenPatch", ActThenPatch)
      .Workflow("PatchThenAct", PatchThenAct)
      .Workflow("ActOnly", ActOnly);
  return registry;
}

ReplayReport ReplayAs(std::string_view profile, const HistoryBuilder& b) {
  const Registry registry = Workflows();
  return Replayer(registry, {.profile = FindProfile(profile)})
      .Replay(b.Build());
}

// "clean", or the verdict; for a divergence its cause.
std::string VerdictAs(std::string_view profile, const HistoryBuilder& b) {
  const ReplayReport report = ReplayAs(profile, b);
  if (!report.divergence) return std::string(NameOf(report.verdict));
  return std::string(NameOf(report.divergence->cause));
}

HistoryBuilder LateMarkerThen(const char* activity) {
  HistoryBuilder b("AskTwice");
  b.Turn().Activity("a").ActivityCompleted();
  b.Turn().VersionAlone("x", 1).Activity(activity).ActivityCompleted();
  b.Turn().Completed();
  return b;
}

TEST(LateMarkerTest, PerProfile) {
  EXPECT_EQ(VerdictAs("go", LateMarkerThen("new")), "clean");
  EXPECT_EQ(VerdictAs("go", LateMarkerThen("old")), "fields");
  EXPECT_EQ(VerdictAs("cadence", LateMarkerThen("old")), "fields");
  EXPECT_EQ(VerdictAs("java", LateMarkerThen("new")), "late marker");
  EXPECT_EQ(VerdictAs("java", LateMarkerThen("old")), "late marker");
  EXPECT_EQ(VerdictAs("cohort", LateMarkerThen("old")), "late marker");
  EXPECT_EQ(VerdictAs("python", LateMarkerThen("old")), "clean");
  EXPECT_EQ(VerdictAs("python", LateMarkerThen("new")), "fields");
}

TEST(UnrecordedPatchTest, PerProfile) {
  HistoryBuilder b("PatchTwice");
  b.Turn().Activity("a").ActivityCompleted();
  b.Turn().Patch("x").Activity("new").ActivityCompleted();
  b.Turn().Completed();
  EXPECT_EQ(VerdictAs("typescript", b), "clean");
  EXPECT_EQ(VerdictAs("python", b), "unmatched marker");
  EXPECT_EQ(VerdictAs("dotnet", b), "unmatched marker");
}

TEST(PositionTest, CodeAsksLaterThanTheMarker) {
  for (Dialect dialect : {Dialect::kGo, Dialect::kJava}) {
    HistoryBuilder b("ActThenAsk");
    b.Markers(dialect).Turn().VersionAlone("x", 1).Activity("a");
    b.ActivityCompleted().Turn().Completed();
    for (const Profile& p : kProfiles) {
      EXPECT_EQ(VerdictAs(p.name, b), "clean") << p.name;
    }
  }
}

// Java's and core's own replay then still wait for the upsert.
TEST(PositionTest, TheUpsertOfAMarkerThatIsCalledLater) {
  HistoryBuilder version("ActThenAsk"), patch("ActThenPatch");
  version.Markers(Dialect::kJava).Turn().Version("x", 1).Activity("a");
  patch.Turn().DeprecatedPatch("x").Activity("a");
  version.ActivityCompleted().Turn().Completed();
  patch.ActivityCompleted().Turn().Completed();
  for (const Profile& p : kProfiles) {
    const bool expected = p.passed_upsert == PassedUpsert::kExpected;
    const bool in_order = p.position == MarkerPosition::kInOrder;
    EXPECT_EQ(expected, in_order) << p.name;
    const char* verdict = expected ? "extra command" : "clean";
    EXPECT_EQ(VerdictAs(p.name, version), verdict) << p.name;
    EXPECT_EQ(VerdictAs(p.name, patch), verdict) << p.name;
  }
}

// Without an upsert nobody minds where a deprecated marker stands.
TEST(PositionTest, ADeprecatedMarkerAlone) {
  HistoryBuilder later("ActThenPatch"), earlier("PatchThenAct");
  later.Turn().DeprecatedPatchAlone("x").Activity("a").ActivityCompleted();
  earlier.Turn().Activity("a").DeprecatedPatchAlone("x").ActivityCompleted();
  later.Turn().Completed();
  earlier.Turn().Completed();
  HistoryBuilder with_upsert("PatchThenAct");
  with_upsert.Turn().Activity("a").DeprecatedPatch("x").ActivityCompleted();
  with_upsert.Turn().Completed();
  for (const Profile& p : kProfiles) {
    EXPECT_EQ(VerdictAs(p.name, later), "clean") << p.name;
    EXPECT_EQ(VerdictAs(p.name, earlier), "clean") << p.name;
    EXPECT_EQ(VerdictAs(p.name, with_upsert), "kind") << p.name;
  }
}

TEST(PositionTest, CodeAsksEarlierThanTheMarker) {
  HistoryBuilder b("AskThenAct");
  b.Markers(Dialect::kJava).Turn().Activity("a").Version("x", 1);
  b.ActivityCompleted().Turn().Completed();
  EXPECT_EQ(VerdictAs("go", b), "clean");
  EXPECT_EQ(VerdictAs("java", b), "kind");
}

TEST(PositionTest, PatchesStandWhereTheyAreCalled) {
  HistoryBuilder b("ActThenPatch");
  b.Turn().Patch("x").Activity("a").ActivityCompleted().Turn().Completed();
  EXPECT_EQ(VerdictAs("python", b), "unmatched marker");
  EXPECT_EQ(VerdictAs("typescript", b), "unmatched marker");
}

TEST(UnmatchedMarkerTest, OfTheSdkItself) {
  for (const char* id :
       {"__sdk_internal_patch_number:1",
        "__temporal_internal_connect_external_handle_cancel"}) {
    HistoryBuilder b("ActOnly");
    b.Turn().Patch(id).Activity("a").ActivityCompleted().Turn().Completed();
    EXPECT_EQ(VerdictAs("typescript", b), "clean") << id;
  }
}

TEST(UnmatchedMarkerTest, PerDialect) {
  HistoryBuilder version("ActOnly");
  version.Turn().Version("x", 1).Activity("a").ActivityCompleted();
  version.Turn().Completed();
  HistoryBuilder patch("ActOnly");
  patch.Turn().Patch("x").Activity("a").ActivityCompleted();
  patch.Turn().Completed();
  HistoryBuilder deprecated("ActOnly");
  deprecated.Turn().DeprecatedPatch("x").Activity("a").ActivityCompleted();
  deprecated.Turn().Completed();
  for (const Profile& p : kProfiles) {
    EXPECT_EQ(VerdictAs(p.name, version), "clean") << p.name;
    EXPECT_EQ(VerdictAs(p.name, patch), "unmatched marker") << p.name;
    EXPECT_EQ(VerdictAs(p.name, deprecated), "clean") << p.name;
  }
}

// Java's old getVersion let the spawned thread run first.
HistoryBuilder Yielded(std::vector<std::int64_t> flags, bool recorded,
                       const char* first, const char* second) {
  HistoryBuilder b("AskBeside");
  b.Sdk("temporal-java", std::move(flags)).Markers(Dialect::kJava).Turn();
  if (recorded) b.VersionAlone("x", 1);
  b.Activity(first).Activity(second).ActivityCompleted().ActivityCompleted();
  b.Turn().Completed();
  return b;
}

TEST(YieldTest, AVersionThatYieldedIsNotReproduced) {
  const auto says = [](const HistoryBuilder& b) {
    const ReplayReport report = ReplayAs("java", b);
    if (!report.divergence) return std::string(NameOf(report.verdict));
    const bool yields = report.divergence->hint.find(
                            "let other threads run first") != std::string::npos;
    return std::string(yields ? "divergent: yields" : "divergent");
  };
  // As today's Java runs: main goes on, then the thread.
  const std::vector<std::vector<std::int64_t>> all = {{}, {1}, {1, 2}};
  for (const std::vector<std::int64_t>& flags : all) {
    EXPECT_EQ(says(Yielded(flags, true, "main", "beside")), "clean");
  }
  // Recorded by a yielding call.
  EXPECT_EQ(says(Yielded({}, true, "beside", "main")), "divergent: yields");
  EXPECT_EQ(says(Yielded({1}, true, "beside", "main")), "divergent: yields");
  EXPECT_EQ(says(Yielded({1, 2}, true, "beside", "main")), "divergent");
  EXPECT_EQ(says(Yielded({}, false, "beside", "main")), "divergent: yields");
  EXPECT_EQ(says(Yielded({1}, false, "beside", "main")), "divergent");
  // With one thread there is nothing to wait for.
  HistoryBuilder alone("AskThenAct");
  alone.Sdk("temporal-java").Markers(Dialect::kJava).Turn();
  alone.VersionAlone("x", 1).Activity("a").ActivityCompleted();
  EXPECT_EQ(says(alone.Turn().Completed()), "clean");
  HistoryBuilder other("AskThenAct");
  other.Sdk("temporal-java").Markers(Dialect::kJava).Turn();
  other.VersionAlone("x", 1).Activity("b").ActivityCompleted();
  EXPECT_EQ(says(other.Turn().Completed()), "divergent");
}

TEST(IdsTest, GoNumbersByEvents) {
  HistoryBuilder b("ActOnly");
  b.Turn().Activity("a", "99").ActivityCompleted().Turn().Completed();
  EXPECT_EQ(VerdictAs("go", b), "fields");
  for (const char* name : {"cohort", "java", "python", "cadence"}) {
    EXPECT_EQ(VerdictAs(name, b), "clean") << name;
  }
}

TEST(TypesTest, GoComparesTheLastSegment) {
  HistoryBuilder b("ActOnly");
  b.Turn().Activity("pkg.a").ActivityCompleted().Turn().Completed();
  EXPECT_EQ(VerdictAs("go", b), "clean");
  EXPECT_EQ(VerdictAs("java", b), "fields");
}

TEST(FlagsTest, UnknownOnesAreNotClean) {
  const auto with = [](const char* sdk, std::int64_t flag) {
    HistoryBuilder b("ActOnly");
    b.Sdk(sdk, {1, flag}).Turn().Activity("a").ActivityCompleted();
    b.Turn().Completed();
    return b;
  };
  const Registry registry = Workflows();
  const auto verdict = [&](const HistoryBuilder& b) {
    return NameOf(Replayer(registry).Replay(b.Build()).verdict);
  };
  EXPECT_EQ(verdict(with("temporal-go", 3)), "clean");
  EXPECT_EQ(verdict(with("temporal-go", 99)), "unreadable");
  EXPECT_EQ(verdict(with("temporal-java", 99)), "unreadable");
  EXPECT_EQ(verdict(with("temporal-python", 99)), "clean");
}

TEST(DetectTest, BySdkNameThenByMarker) {
  const auto detected = [](HistoryBuilder& b) {
    return DetectProfile(b.Build().events()).name;
  };
  for (const Profile& p : kProfiles) {
    HistoryBuilder b("W");
    b.Sdk(std::string(p.sdk_name)).Turn().Patch("x");
    EXPECT_EQ(detected(b), p.name);
  }
  HistoryBuilder none("W"), go("W"), java("W"), core("W");
  EXPECT_EQ(detected(none.Turn()), "cohort");
  EXPECT_EQ(detected(go.Turn().Version("x", 1)), "go");
  EXPECT_EQ(detected(java.Markers(Dialect::kJava).Turn().Version("x", 1)),
            "java");
  EXPECT_EQ(detected(core.Turn().Patch("x")), "python");
}

TEST(DivergenceTest, Text) {
  HistoryBuilder b("ActOnly");
  b.Turn().Activity("Charge").ActivityCompleted().Turn().Completed();
  const ReplayReport report = ReplayAs("cohort", b);
  ASSERT_TRUE(report.divergence);
  std::string text = report.divergence->ToString();
  const std::size_t at = text.find("_test.cc:");
  ASSERT_NE(at, std::string::npos) << text;
  const std::size_t end = text.find_first_not_of("0123456789", at + 9);
  text.replace(at + 9, end - at - 9, "LINE");
  EXPECT_EQ(text,
            "turn 1, event 5: history has "
            "ActivityTaskScheduled(activity_type=\"Charge\", "
            "activity_id=\"5\"),\n"
            "  the code issued ScheduleActivity(activity_type=\"a\") at "
            "profile_rules_test.cc:LINE.\n"
            "  differs: activity_type: history \"Charge\", code \"a\"\n"
            "  hint: no version marker guards this point; guard it with "
            "GetVersion(ctx, \"...\", kDefaultVersion, 1) (or Patched(ctx, "
            "\"...\")), and keep the old path for the runs that recorded it");
  EXPECT_NE(report.status.message().find("TMPRL1100"), std::string::npos);
}

}  // namespace
}  // namespace cohort
