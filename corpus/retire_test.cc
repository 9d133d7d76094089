#include "cohort/corpus/retire.h"

#include <string>
#include <utility>
#include <vector>

#include "cohort/testing/history_builder.h"
#include "fmt/core.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);
const RetireTarget kDefault = {};
const RetireTarget kCall = {.kind = RetireTarget::Kind::kPatchCall};

RetireTarget V(Version version) {
  return {RetireTarget::Kind::kVersion, version};
}
absl::Time Ago(int days) { return kNow - absl::Hours(24 * days); }

// A fleet under construction, and its judgement.
class Case {
 public:
  Case() : fleet([](const std::string&) { return absl::NotFoundError(""); }) {
    options.now = kNow;
    options.retention = absl::Hours(24 * 30);
  }

  // The run `id` starts `days` ago.
  static HistoryBuilder Run(const std::string& id, int days,
                            const std::string& type = "Order") {
    return HistoryBuilder(RunStart{.workflow_type = type,
                                   .workflow_id = "w-" + id,
                                   .run_id = id,
                                   .time = Ago(days)});
  }
  Case& Add(const HistoryBuilder& builder) { return AddJson(builder.ToJson()); }
  Case& AddJson(std::string json) {
    const std::string name = fmt::format("{}.json", fleet.histories() + 1);
    auto history = History::FromJson(std::move(json), {}, name);
    EXPECT_TRUE(history.ok()) << history.status();
    auto snapshot = SnapshotOf(*history, name);
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    fleet.Add(*snapshot, *history);
    return *this;
  }
  Case& List(const std::string& id, std::vector<std::string> versions,
             RunStatus status = RunStatus::kOpen, std::int64_t events = 0) {
    RunListing run;
    run.name = run.run_id = id;
    run.workflow_type = "Order";
    run.status = status;
    run.started = Ago(9);
    if (status != RunStatus::kOpen) run.closed = Ago(8);
    run.events = events;
    run.change_versions = std::move(versions);
    listing.push_back(std::move(run));
    return *this;
  }

  RetireReport Report() {
    return JudgeRetirement(
        {.fleet = fleet, .listing = listing, .unreadable = unreadable}, "c",
        options);
  }
  BranchReport Judge(const RetireTarget& target) {
    options.target = target;
    return Report().branches.front();
  }
  // The verdict, and each kind of evidence with its count.
  std::string Words(const RetireTarget& target) {
    const BranchReport branch = Judge(target);
    std::string words(NameOf(branch.verdict));
    for (const Evidence& e : branch.evidence) {
      words += fmt::format(" {}={}", RowOf(e.kind).name, e.count);
    }
    return words;
  }

  Fleet fleet;
  std::vector<RunListing> listing;
  std::int64_t unreadable = 0;
  RetireOptions options;
};

TEST(Retire, AnOpenRunThatRecordedItBlocks) {
  Case c;
  c.Add(Case::Run("young", 3).Turn().Version("c", 1).Timer())
      .Add(Case::Run("old", 5).Turn().Version("c", 1).Timer())
      .Add(Case::Run("other", 4).Turn().Version("c", 2).Timer());
  EXPECT_EQ(c.Words(V(1)), "unsafe recorded=2 other-answer=1");
  EXPECT_EQ(c.Words(V(3)), "safe other-answer=3");
  EXPECT_EQ(c.Words(kDefault), "safe other-answer=3");
  const BranchReport one = c.Judge(V(1));
  ASSERT_THAT(one.evidence[0].runs, SizeIs(2));
  EXPECT_EQ(one.evidence[0].runs[0].run.run_id(), "old");
  EXPECT_EQ(one.until, absl::InfiniteFuture());
}

TEST(Retire, ARunThatTheServerEndsBlocksUntilItIsForgotten) {
  Case c;
  std::string json = Case::Run("a", 3).Turn().Version("c", 1).Timer().ToJson();
  const std::string place = "\"originalExecutionRunId\"";
  json.insert(json.find(place), "\"workflowRunTimeout\":\"864000s\",");
  c.AddJson(json);
  EXPECT_EQ(c.Judge(V(1)).verdict, RetireVerdict::kUnsafe);
  EXPECT_EQ(c.Judge(V(1)).until, Ago(3) + absl::Hours(24 * (10 + 30)));
}

TEST(Retire, ClosedRunsBlockUntilTheyLeaveRetention) {
  Case c;
  c.Add(Case::Run("a", 60).Turn().Version("c", 1).At(Ago(29)).Completed())
      .Add(Case::Run("b", 60).Turn().Version("c", 1).At(Ago(20)).Completed())
      .Add(
          Case::Run("gone", 60).Turn().Version("c", 1).At(Ago(31)).Completed());
  EXPECT_EQ(c.Words(V(1)), "unsafe recorded-closed=2 left-retention=1");
  EXPECT_EQ(c.Judge(V(1)).until, Ago(-10));
  c.options.now = Ago(-10);
  EXPECT_EQ(c.Words(V(1)), "safe left-retention=3");
  c.options.now = kNow;
  c.options.retention.reset();
  EXPECT_EQ(c.Words(V(1)), "not-provable retention-unknown=3");
}

TEST(Retire, ARunWithoutAMarkerIsAmbiguousForTheDefaultOnly) {
  Case c;
  c.Add(Case::Run("marked", 3).Turn().Version("c", 1).Timer())
      .Add(Case::Run("open", 3).Turn().Timer())
      .Add(Case::Run("new", 3).StartedTask())
      .Add(Case::Run("closed", 9).Turn().Timer().At(Ago(5)).Completed())
      .Add(Case::Run("gone", 99).Turn().Timer().At(Ago(50)).Completed());
  EXPECT_EQ(c.Words(kDefault),
            "not-provable unmarked=1 unmarked-closed=1 left-retention=1 "
            "other-answer=1 not-reached=1");
  EXPECT_EQ(c.Words(V(2)), "safe left-retention=1 other-answer=4");
  const BranchReport report = c.Judge(kDefault);
  ASSERT_THAT(report.ambiguous, SizeIs(2));
  EXPECT_EQ(report.ambiguous[0].run_id, "open");
  EXPECT_EQ(report.ambiguous[0].name, "2.json");
  EXPECT_EQ(report.ambiguous[0].why, EvidenceKind::kUnmarked);
}

TEST(Retire, TheCodeSettlesWhatIsAmbiguous) {
  Case c;
  c.Add(Case::Run("marked", 3).Turn().Version("c", 1).Timer())
      .Add(Case::Run("open", 3).Turn().Timer())
      .Add(Case::Run("closed", 9).Turn().Timer().At(Ago(5)).Completed());
  std::vector<std::string> asked;
  std::string passed = "open";
  c.options.resolve = [&](const AmbiguousRun& run) {
    asked.push_back(run.run_id);
    return run.run_id == passed ? Resolution::kPassedByDefault
                                : Resolution::kNotYet;
  };
  EXPECT_EQ(c.Words(kDefault), "unsafe passed=1 other-answer=1 not-reached=1");
  EXPECT_THAT(asked, ElementsAre("open", "closed"));
  passed = "closed";
  EXPECT_EQ(c.Words(kDefault),
            "unsafe passed-closed=1 other-answer=1 not-reached=1");
  EXPECT_EQ(c.Judge(kDefault).until, Ago(5) + absl::Hours(24 * 30));
  passed = "";
  EXPECT_EQ(c.Words(kDefault), "safe other-answer=1 not-reached=2");
  c.options.resolve = [](const AmbiguousRun&) { return Resolution::kUnknown; };
  EXPECT_EQ(c.Judge(kDefault).verdict, RetireVerdict::kNotProvable);
}

TEST(Retire, TheDefaultMayBeRecordedOrListed) {
  Case c;
  c.Add(Case::Run("policy", 3).Turn().Version("c", -1).Timer());
  EXPECT_EQ(c.Words(kDefault), "unsafe recorded=1");
  EventDraft upsert;
  upsert.type = EventType::kUpsertWorkflowSearchAttributes;
  upsert.details[std::string(kChangeVersionAttribute)] = {
      JsonPayload(R"(["d-1","c--1"])")};
  Case listed;
  listed.Add(Case::Run("a", 3).Turn().Version("c", 1).Timer())
      .Add(Case::Run("b", 3).Turn().VersionAlone("d", 1).Add(upsert).Timer());
  EXPECT_EQ(listed.Words(kDefault), "unsafe passed=1 other-answer=1");
  // Another id's element looks the same; its marker explains it.
  Case alike;
  alike.Add(Case::Run("a", 3).Turn().Version("c", 1).Timer())
      .Add(Case::Run("b", 3).Turn().Version("c-", 1).Timer());
  EXPECT_EQ(alike.Words(kDefault), "not-provable unmarked=1 other-answer=1");
}

TEST(Retire, OtherTypesMayAskTooUntilSomebodySaysNo) {
  Case c;
  c.Add(Case::Run("a", 3).Turn().Version("c", 1).Timer())
      .Add(Case::Run("b", 3, "Refund").Turn().Timer());
  EXPECT_EQ(c.Words(kDefault), "not-provable other-type=1 other-answer=1");
  c.options.types = {"Order"};
  EXPECT_EQ(c.Words(kDefault), "safe other-answer=1 not-asked=1");
  // Whose run has a marker asks, whatever was said.
  c.options.types = {"Refund"};
  EXPECT_EQ(c.Words(kDefault), "not-provable unmarked=1 other-answer=1");
  c.Add(Case::Run("c", 3).Turn().Timer());
  EXPECT_EQ(c.Words(kDefault), "not-provable unmarked=2 other-answer=1");
}

TEST(Retire, TypesThatNoRunIsOfAreNotTakenForAll) {
  Case c;
  c.Add(Case::Run("a", 3).Turn().Version("c", 1).Timer())
      .Add(Case::Run("b", 3, "Refund").Turn().Timer());
  c.options.types = {"Ordr"};
  EXPECT_EQ(c.Words(kDefault), "not-provable other-type=1 other-answer=1");
  EXPECT_THAT(c.Report().notes,
              ElementsAre("no run is of the workflow type \"Ordr\"",
                          HasSubstr("none of the types")));
  c.options.types = {"Ordr", "Order"};
  EXPECT_EQ(c.Words(kDefault), "safe other-answer=1 not-asked=1");
  EXPECT_THAT(c.Report().notes, SizeIs(1));
}

TEST(Retire, ATypeScriptRunMayHaveBeenOnBoth) {
  const auto run = [](const char* sdk) {
    return Case::Run("a", 3).Sdk(sdk).Turn().Timer().TimerFired().Turn().Patch(
        "c");
  };
  for (const char* sdk : {"temporal-typescript", "temporal-new", ""}) {
    Case c;
    c.Add(run(sdk));
    EXPECT_EQ(c.Words(kDefault), "not-provable late-marker=1") << sdk;
    EXPECT_THAT(c.Judge(kDefault).ambiguous, SizeIs(1));
  }
  Case python;
  python.Add(run("temporal-python"));
  EXPECT_EQ(python.Words(kDefault), "safe other-answer=1");
  Case first;
  first.Add(Case::Run("a", 3).Sdk("temporal-typescript").Turn().Patch("c"));
  EXPECT_EQ(first.Words(kDefault), "safe other-answer=1");
}

TEST(Retire, PatchesGoInTwoSteps) {
  Case c;
  c.Add(Case::Run("a", 3).Turn().Patch("c").Timer())
      .Add(Case::Run("b", 3).Turn().DeprecatedPatch("c").Timer());
  EXPECT_EQ(c.Words(V(1)), "unsafe recorded=2");
  EXPECT_EQ(c.Words(kCall), "unsafe recorded=1 other-answer=1");
  c.options.target.reset();
  const RetireReport report = c.Report();
  EXPECT_THAT(report.dialects, ElementsAre(Dialect::kCore));
  ASSERT_THAT(report.steps, SizeIs(3));
  EXPECT_EQ(report.steps[0].name, "DeprecatePatch instead of Patched");
  EXPECT_EQ(report.steps[0].verdict, RetireVerdict::kSafe);
  EXPECT_EQ(report.steps[1].name, "remove the call");
  EXPECT_EQ(report.steps[1].verdict, RetireVerdict::kUnsafe);
  EXPECT_FALSE(report.steps[2].verdict.has_value());
  Case deprecated;
  deprecated.Add(Case::Run("b", 3).Turn().DeprecatedPatch("c").Timer());
  EXPECT_EQ(deprecated.Report().steps[1].verdict, RetireVerdict::kSafe);
}

TEST(Retire, VersionsGoInOneStep) {
  Case c;
  c.Add(Case::Run("a", 3).Turn().Version("c", 2).Timer())
      .Add(Case::Run("b", 99).Turn().Version("c", 1).At(Ago(50)).Completed());
  RetireReport report = c.Report();
  ASSERT_THAT(report.branches, SizeIs(3));
  EXPECT_EQ(report.branches[0].target, kDefault);
  EXPECT_EQ(report.branches[2].target, V(2));
  EXPECT_EQ(report.verdict, RetireVerdict::kUnsafe);
  ASSERT_THAT(report.steps, SizeIs(3));
  EXPECT_EQ(report.steps[0].verdict, RetireVerdict::kSafe);
  EXPECT_THAT(report.steps[0].needs, HasSubstr("min may be 2"));
  EXPECT_EQ(report.steps[1].verdict, RetireVerdict::kSafe);
  c.Add(Case::Run("c", 2).Turn().Version("c", 1).Timer());
  report = c.Report();
  EXPECT_EQ(report.steps[0].verdict, RetireVerdict::kUnsafe);
  EXPECT_THAT(report.steps[0].needs, HasSubstr("min may be 1"));
  c.Add(Case::Run("d", 2).Turn().Timer());
  EXPECT_THAT(c.Report().steps[0].needs, HasSubstr("min stays -1"));
}

TEST(Retire, WhatCannotBeReadIsNotProvable) {
  Case c;
  c.Add(Case::Run("a", 3).Turn().Version("c", 2).Timer());
  c.unreadable = 1;
  EXPECT_EQ(c.Words(V(1)), "not-provable unreadable-file=1 other-answer=1");
  EXPECT_EQ(c.Words(V(2)), "unsafe recorded=1 unreadable-file=1");
  EXPECT_EQ(c.Judge(V(1)).until, absl::InfiniteFuture());
  Case marker;
  std::string json = Case::Run("a", 3).Turn().Version("d", 2).Timer().ToJson();
  const std::string key = "\"change-id\"";
  json.replace(json.find(key), key.size(), "\"change_id\"");
  marker.Add(Case::Run("b", 3).Turn().Version("c", 2).Timer()).AddJson(json);
  EXPECT_EQ(marker.Words(V(1)), "not-provable unreadable-run=1 other-answer=1");
}

TEST(Retire, NoTraceOfTheChangeProvesNothing) {
  Case c;
  c.options.types = {"Order"};
  c.Add(Case::Run("a", 99).Turn().Version("d", 1).At(Ago(50)).Completed());
  EXPECT_EQ(c.Words(V(1)), "not-provable no-trace=0 left-retention=1");
  c.options.target.reset();
  EXPECT_THAT(c.Report().branches, SizeIs(1));
  EXPECT_THAT(c.Report().steps, IsEmpty());
  EXPECT_EQ(Case().Words(kDefault), "not-provable no-trace=0");
}

TEST(Retire, AListingAloneIsNoProof) {
  Case c;
  c.Add(Case::Run("a", 3).Turn().Version("c", 2).Timer())
      .List("a", {"c-2"})
      .List("b", {"c-1"})
      .List("gone", {"c-1"}, RunStatus::kCompleted);
  c.options.retention = absl::Hours(24 * 7);
  EXPECT_EQ(c.Words(V(1)),
            "not-provable listed=1 left-retention=1 other-answer=1");
  EXPECT_EQ(c.Words(V(3)),
            "not-provable not-listed=1 left-retention=1 other-answer=1");
  EXPECT_EQ(c.Words(kDefault),
            "not-provable not-listed=1 left-retention=1 other-answer=1");
  c.options.listing_complete = true;
  EXPECT_EQ(c.Words(V(3)), "safe left-retention=1 other-answer=2");
  EXPECT_EQ(c.Words(V(1)),
            "not-provable listed=1 left-retention=1 other-answer=1");
  // Who is on the default branch has nothing to list.
  EXPECT_EQ(c.Judge(kDefault).verdict, RetireVerdict::kNotProvable);
  EXPECT_EQ(c.Report().listed_only, 2);
}

TEST(Retire, ACompleteListingIsRefutedByEvidence) {
  const auto notes = [](Case& c) {
    c.options.listing_complete = true;
    c.List("b", {"c-1"});
    EXPECT_EQ(c.Judge(V(3)).verdict, RetireVerdict::kNotProvable);
    std::string text;
    for (const std::string& note : c.Report().notes) text += note + "\n";
    return text;
  };
  Case skipped;  // Java without its option, or past the limit
  skipped.Add(Case::Run("a", 3).Turn().VersionAlone("d", 2).Timer());
  EXPECT_THAT(notes(skipped), HasSubstr("1 runs recorded a marker without"));
  Case unlisted;
  unlisted.Add(Case::Run("a", 3).Turn().Version("d", 2).Timer()).List("a", {});
  EXPECT_THAT(notes(unlisted), HasSubstr("does not name"));
  Case full;
  full.List("a", {std::string(2040, 'x')});
  EXPECT_THAT(notes(full), HasSubstr("near 2,048 bytes"));
}

TEST(Retire, AHistoryThatTheListingOutgrewIsStale) {
  Case c;
  c.Add(Case::Run("a", 3).Turn().Version("c", 1).Timer())
      .Add(Case::Run("b", 3).Turn().Timer())
      .List("a", {"c-1"}, RunStatus::kOpen, 99)
      .List("b", {}, RunStatus::kOpen, 99);
  EXPECT_EQ(c.Words(V(1)), "unsafe recorded=1 stale=1");
  EXPECT_EQ(c.Words(V(2)), "not-provable stale=2");
  EXPECT_EQ(c.Words(kDefault), "not-provable stale=2");
  // Closed since, and kept no more.
  Case gone;
  gone.Add(Case::Run("a", 99).Turn().Version("c", 1).Timer())
      .List("a", {"c-1"}, RunStatus::kCompleted);
  gone.options.retention = absl::Hours(24 * 7);
  EXPECT_EQ(gone.Words(V(1)), "safe left-retention=1");
}

TEST(Retire, AListThatTheHistoryDoesNotExplainMakesItStale) {
  Case c;
  c.Add(Case::Run("marked", 3).Turn().Version("c", 1).Timer())
      .Add(Case::Run("grown", 3).Turn().Timer())
      .List("marked", {"c-1"})
      .List("grown", {"c-2"});
  EXPECT_EQ(c.Words(V(2)), "not-provable stale=1 other-answer=1");
  EXPECT_EQ(c.Words(V(1)), "unsafe recorded=1 stale=1");
  EXPECT_THAT(c.Report().notes, ElementsAre(HasSubstr("how long 2 open runs")));
  // Continue-as-new handed it on.
  Case inherited;
  std::string json = Case::Run("next", 3).Turn().Timer().ToJson();
  const std::string place = "\"originalExecutionRunId\"";
  json.insert(json.find(place),
              R"("searchAttributes":{"indexedFields":{"TemporalChangeVersion":)"
              R"({"metadata":{"encoding":"anNvbi9wbGFpbg=="},)"
              R"("data":"WyJjLTIiXQ=="}}},)");  // ["c-2"]
  inherited.Add(Case::Run("marked", 3).Turn().Version("c", 1).Timer())
      .AddJson(json)
      .List("next", {"c-2"});
  EXPECT_EQ(inherited.Words(V(2)), "safe other-answer=2");
}

TEST(Retire, ListingsOfDifferentDaysCountTogether) {
  const auto words = [](bool newer_first) {
    Case c;
    c.Add(Case::Run("a", 3).Turn().Version("c", 1).Timer())
        .Add(Case::Run("b", 3).Turn().Timer());
    if (newer_first) c.List("b", {"c-2"}, RunStatus::kCompleted, 20);
    c.List("b", {}, RunStatus::kOpen, 9).List("c", {}).List("c", {"c-2"});
    if (!newer_first) c.List("b", {"c-2"}, RunStatus::kCompleted, 20);
    EXPECT_EQ(c.Report().listed_only, 1);
    EXPECT_EQ(c.Report().closed, 1);
    return c.Words(V(2));
  };
  EXPECT_EQ(words(true), "not-provable stale=1 listed=1 other-answer=1");
  EXPECT_EQ(words(true), words(false));
}

TEST(Retire, ElementsOfTheList) {
  EXPECT_EQ(VersionInElement("c-2", "c"), 2);
  EXPECT_EQ(VersionInElement("c--1", "c"), -1);
  EXPECT_EQ(VersionInElement("c", "c"), 1);
  for (const char* other : {"c-", "cc-1", "c-1x", "c--", "d-1", "c1", ""}) {
    EXPECT_EQ(VersionInElement(other, "c"), std::nullopt) << other;
  }
}

TEST(Retire, EachKindOfEvidenceSaysWhatItProves) {
  for (int i = 0; i <= static_cast<int>(EvidenceKind::kNotAsked); ++i) {
    const EvidenceRow& row = RowOf(static_cast<EvidenceKind>(i));
    EXPECT_FALSE(row.says.empty());
    EXPECT_EQ(row.verdict == RetireVerdict::kNotProvable, !row.settles.empty())
        << row.name;
  }
}

}  // namespace
}  // namespace cohort
