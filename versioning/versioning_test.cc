#include "cohort/versioning/versioning.h"

#include <array>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A run as a list of turns, each with the markers that it recorded.
struct Recorded {
  std::string id;
  RecordedVersion marker;
};
using Turn = std::vector<Recorded>;

struct Refused {
  absl::Status status;
};

class FakeHost {
 public:
  VersionBook& versions() { return book; }
  bool turn_completed() const {
    ++turn_questions;
    return replay.has_value();
  }
  const RecordedVersion* recorded(std::string_view id) const {
    for (const Recorded& r : *replay) {
      if (r.id == id) return &r.marker;
    }
    return nullptr;
  }
  std::string_view read_only() const { return where; }
  const CohortPolicy* policy() const { return chosen ? &*chosen : nullptr; }
  absl::Time start_time() const { return absl::FromUnixSeconds(1000); }
  std::string_view workflow_id() const { return "order-1"; }
  void ExpectMarker(const VersionRecord& record, std::source_location) {
    expected.emplace_back(record.change_id);
  }
  void IssueMarker(const VersionRecord& r, std::source_location) {
    issued.push_back(
        {std::string(r.change_id), {r.version, r.family, r.deprecated, true}});
  }
  void Refuse(absl::Status status, std::source_location) {
    refusals.push_back(status);
    if (throws) throw Refused{std::move(status)};
  }

  VersionBook book;
  std::optional<Turn> replay;  // nullopt: live
  std::string where;
  std::optional<CohortPolicy> chosen;
  bool throws = false;
  Turn issued;
  std::vector<std::string> expected;
  std::vector<absl::Status> refusals;
  mutable int turn_questions = 0;
};
static_assert(VersionHost<FakeHost>);

// --- decision ---

TEST(Decision, IsTheTable) {
  // in book, completed, recorded, says no, forgets: y, n, or any
  std::istringstream table(R"(
    y....  book      -
    nyy..  recorded  expect,remember
    nyn..  default   remember
    nynyy  default   -
    nn.n.  policy    remember,issue
    nn.y.  policy    remember
  )");
  const std::map<std::string, VersionSource> sources = {
      {"book", VersionSource::kBook},
      {"recorded", VersionSource::kRecorded},
      {"default", VersionSource::kDefault},
      {"policy", VersionSource::kPolicy}};
  std::map<std::string, Decision> wanted;  // a later row overrules
  std::string facts, source, effects;
  while (table >> facts >> source >> effects) {
    const auto has = [&effects](std::string_view effect) {
      return effects.find(effect) != std::string::npos;
    };
    const Decision decision{sources.at(source), has("expect"), has("remember"),
                            has("issue")};
    for (unsigned bits = 0; bits < 32; ++bits) {
      std::string spelled;
      bool fits = true;
      for (unsigned i = 0; i < 5; ++i) {
        spelled += (bits >> i & 1u) != 0 ? 'y' : 'n';
        fits = fits && (facts[i] == '.' || facts[i] == spelled[i]);
      }
      if (fits) wanted[spelled] = decision;
    }
  }
  ASSERT_EQ(wanted.size(), 32u);
  for (const auto& [spelled, decision] : wanted) {
    const auto is = [&spelled](std::size_t i) { return spelled[i] == 'y'; };
    EXPECT_EQ(Decide({is(0), is(1), is(2), is(3), is(4)}), decision) << spelled;
  }
}

// --- book ---

TEST(VersionBook, FindsEveryIdAndKeepsTheFirstSeenOrder) {
  VersionBook book;
  EXPECT_EQ(book.Find(""), nullptr);
  std::vector<std::string> ids;
  for (int i = 0; i < 2000; ++i) {
    ids.push_back(std::string(static_cast<std::size_t>(i % 23), 'x') +
                  std::to_string(i));
  }
  for (int i = 0; i < 2000; ++i) {
    const std::string& id = ids[static_cast<std::size_t>(i)];
    EXPECT_EQ(book.Find(id), nullptr);
    book.Record({id, i, Family::kVersion, false}, Standing::kRecorded);
    book.Record({id, -7, Family::kPatch, true}, Standing::kAnswered);
  }
  ASSERT_EQ(book.size(), 2000u);
  for (int i = 0; i < 2000; ++i) {
    const auto at = static_cast<std::size_t>(i);
    ASSERT_NE(book.Find(ids[at]), nullptr);
    EXPECT_EQ(book.Find(ids[at])->version, i);
    EXPECT_EQ(book.entries()[at].id, ids[at]);
  }
  EXPECT_EQ(book.Find("no such id"), nullptr);
}

TEST(VersionBook, OverwriteReplacesInPlace) {
  VersionBook book;
  book.Record({"a", -1, Family::kVersion, false}, Standing::kAnswered);
  book.Record({"b", 1, Family::kVersion, false}, Standing::kRecorded);
  book.Overwrite({"a", 3, Family::kVersion, false}, Standing::kRecorded);
  book.Overwrite({"c", 1, Family::kPatch, true}, Standing::kRecorded);
  ASSERT_EQ(book.size(), 3u);
  EXPECT_EQ(book.entries()[0].version, 3);
  EXPECT_TRUE(book.entries()[0].recorded);
  EXPECT_TRUE(book.Find("c")->deprecated);
}

TEST(Utf8, KnowsTheEdges) {
  for (std::string_view good : {"", "a", "\u00e9", "\u2028", "\U0001F600",
                                "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (std::string_view bad :
       {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\xff"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
}

// --- policy ---

VersionRequest Request(std::string_view id, Version min, Version max) {
  return {
      id, min, max, Family::kVersion, "order-1", absl::FromUnixSeconds(1000)};
}

Version Chosen(const CohortPolicy& policy, const VersionRequest& request) {
  const absl::StatusOr<Version> version = policy.Choose(request);
  EXPECT_TRUE(version.ok()) << version.status();
  return version.value_or(-99);
}

TEST(CohortPolicy, NewestPinnedAndOverrides) {
  EXPECT_EQ(Chosen(CohortPolicy::Newest(), Request("a", 1, 4)), 4);
  EXPECT_EQ(Chosen(CohortPolicy::Pinned(2), Request("a", 1, 4)), 2);
  const auto pins = CohortPolicy::Pinned({{"a", 1}, {"b", 2}, {"a", 3}});
  EXPECT_EQ(Chosen(pins, Request("a", 1, 4)), 3);
  EXPECT_EQ(Chosen(pins, Request("b", 1, 4)), 2);
  EXPECT_EQ(Chosen(pins, Request("c", 1, 4)), 4);
  const auto mixed = CohortPolicy::Pinned(1).For("b", CohortPolicy::Newest());
  EXPECT_EQ(Chosen(mixed, Request("a", 1, 4)), 1);
  EXPECT_EQ(Chosen(mixed, Request("b", 1, 4)), 4);
}

TEST(CohortPolicy, OutOfRangeIsAnErrorUnlessClamped) {
  for (Version v : {0, 5}) {
    const auto refused = CohortPolicy::Pinned(v).Choose(Request("a", 1, 4));
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kOutOfRange);
    EXPECT_THAT(std::string(refused.status().message()),
                HasSubstr("[TMPRL1100]"));
    EXPECT_EQ(Chosen(CohortPolicy::Pinned(v).Clamped(), Request("a", 1, 4)),
              v == 0 ? 1 : 4);
  }
  const auto outer = CohortPolicy().For("a", CohortPolicy::Pinned(9)).Clamped();
  EXPECT_EQ(Chosen(outer, Request("a", 1, 4)), 4);
  VersionRequest patch = Request("p", -1, 1);
  patch.family = Family::kPatch;
  EXPECT_FALSE(CohortPolicy::Pinned(0).Choose(patch).ok());
  EXPECT_EQ(Chosen(CohortPolicy::Pinned(0).Clamped(), patch), -1);
  EXPECT_EQ(Chosen(CohortPolicy::Pinned(-1), patch), -1);
}

TEST(CohortPolicy, ByStartTimeTakesTheLastInstantNotAfterTheStart) {
  const auto at = [](int seconds) { return absl::FromUnixSeconds(seconds); };
  const auto policy = CohortPolicy::ByStartTime(
      1, {{at(2000), 4}, {at(900), 2}, {at(1000), 3}});
  VersionRequest request = Request("a", 1, 4);
  const std::pair<int, Version> rows[] = {{899, 1},  {900, 2},  {999, 2},
                                          {1000, 3}, {1999, 3}, {2000, 4}};
  for (const auto& [start, version] : rows) {
    request.start_time = at(start);
    EXPECT_EQ(Chosen(policy, request), version) << start;
  }
}

TEST(CohortPolicy, PercentIsDocumentedForEver) {
  EXPECT_EQ(PercentBucket("Step1", "order-1"), 954130u);
  EXPECT_EQ(PercentBucket("Step1", "order-2"), 281855u);
  EXPECT_EQ(PercentBucket("Step2", "order-1"), 351061u);
  int in10 = 0;
  for (int i = 0; i < 10000; ++i) {
    const std::string id = "w-" + std::to_string(i);
    VersionRequest request = Request("a", 1, 2);
    request.workflow_id = id;
    const auto with = [&request](double percent) {
      return Chosen(CohortPolicy::Percent(1, {percent, 2}), request);
    };
    in10 += with(10) == 2;
    EXPECT_LE(with(10), with(30));
    EXPECT_EQ(with(0), 1);
    EXPECT_EQ(with(100), 2);
  }
  EXPECT_NEAR(in10, 1000, 120);
}

TEST(CohortPolicy, CallbackMayDeclineToAnswer) {
  const auto policy = CohortPolicy::Callback([](const VersionRequest& r) {
    return r.change_id == "a" ? std::optional<Version>(2) : std::nullopt;
  });
  EXPECT_EQ(Chosen(policy, Request("a", 1, 4)), 2);
  EXPECT_EQ(Chosen(policy, Request("b", 1, 4)), 4);
  EXPECT_EQ(Chosen(CohortPolicy::Callback(nullptr), Request("b", 1, 4)), 4);
}

// --- calls ---

TEST(GetVersion, LiveIssuesOnceAndRemembers) {
  FakeHost host;
  EXPECT_EQ(GetVersion(host, "Step1", 1, 2), 2);
  EXPECT_EQ(GetVersion(host, "Step1", 1, 5), 2);
  ASSERT_EQ(host.issued.size(), 1u);
  EXPECT_EQ(host.issued[0].marker.version, 2);
  EXPECT_EQ(host.turn_questions, 1);
}

TEST(GetVersion, ReplayAnswersWhatTheTurnRecords) {
  FakeHost host;
  host.replay = Turn{{"Step1", {.version = 1}}};
  EXPECT_EQ(GetVersion(host, "Step1", 1, 2), 1);
  EXPECT_EQ(GetVersion(host, "Other", -1, 2), kDefaultVersion);
  EXPECT_THAT(host.expected, ElementsAre("Step1"));
  EXPECT_TRUE(host.book.Find("Step1")->recorded);
  EXPECT_FALSE(host.book.Find("Other")->recorded);
  host.replay.reset();
  EXPECT_EQ(GetVersion(host, "Other", -1, 2), kDefaultVersion);
  EXPECT_TRUE(host.issued.empty());
}

TEST(GetVersion, RangeFailuresNameWhatToDo) {
  const std::pair<Version, const char*> rows[] = {{1, "no longer supports"},
                                                  {5, "too old for it"}};
  for (const auto& [recorded, text] : rows) {
    FakeHost host;
    host.replay = Turn{{"a", {.version = recorded}}};
    EXPECT_EQ(GetVersion(host, "a", 2, 4), recorded < 2 ? 2 : 4);
    ASSERT_EQ(host.refusals.size(), 1u);
    EXPECT_EQ(host.refusals[0].code(), absl::StatusCode::kOutOfRange);
    EXPECT_THAT(std::string(host.refusals[0].message()),
                ::testing::AllOf(HasSubstr("[TMPRL1100]"), HasSubstr(text)));
    EXPECT_TRUE(host.expected.empty());
    EXPECT_TRUE(host.book.empty());
  }
  FakeHost host;
  (void)GetVersion(host, "a", 1, 3);
  (void)GetVersion(host, "a", 1, 2);  // a narrower range, from the book
  ASSERT_EQ(host.refusals.size(), 1u);
  host.replay = Turn{};
  (void)GetVersion(host, "b", 1, 2);  // no marker, and -1 is gone
  EXPECT_EQ(host.refusals.size(), 2u);
}

// Whose mistake it is depends on who brought the id into the run.
TEST(GetVersion, OtherFamilyByHistoryOrByTheCode) {
  const auto refusal = [](FakeHost& host) {
    (void)Patched(host, "x");
    return host.refusals.size() == 1 ? host.refusals[0] : absl::OkStatus();
  };
  FakeHost of_history;
  of_history.book.Record({"x", 1, Family::kVersion, false}, Standing::kUnasked);
  EXPECT_EQ(refusal(of_history).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(of_history.refusals[0].message()),
              HasSubstr("history records \"x\" as a marker of GetVersion"));
  FakeHost of_turn;
  of_turn.replay = Turn{{"x", {.version = 1}}};
  EXPECT_EQ(refusal(of_turn).code(), absl::StatusCode::kFailedPrecondition);
  FakeHost of_code;
  (void)GetVersion(of_code, "x", -1, 1);
  EXPECT_EQ(refusal(of_code).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(of_code.refusals[0].message()),
              HasSubstr("asked for \"x\" with GetVersion before"));
}

TEST(GetVersion, RefusesNonsense) {
  FakeHost host;
  (void)GetVersion(host, "", 1, 2);
  (void)GetVersion(host, "a", 2, 1);
  (void)GetVersion(host, std::string(kNameBytesMax + 1, 'x'), 1, 2);
  (void)GetVersion(host, "\xff", 1, 2);
  (void)Patched(host, "p");
  (void)GetVersion(host, "p", -1, 1);
  (void)GetVersion(host, "v", -1, 1);
  (void)Patched(host, "v");
  host.where = "a query handler";
  (void)GetVersion(host, "v", -1, 1);
  (void)Patched(host, "p");
  DeprecatePatch(host, "p");
  EXPECT_EQ(host.refusals.size(), 9u);
  for (const absl::Status& status : host.refusals) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  }
  EXPECT_THAT(std::string(host.refusals.back().message()),
              HasSubstr("DeprecatePatch called in a query handler"));
  EXPECT_EQ(host.issued.size(), 2u);
  host.throws = true;
  EXPECT_THROW((void)GetVersion(host, "", 1, 2), Refused);
}

TEST(GetVersion, AMarkerOfTheOtherFamilyIsADisagreement) {
  FakeHost host;
  host.replay = Turn{{"a", {1, Family::kPatch, false, true}}};
  (void)GetVersion(host, "a", -1, 1);
  ASSERT_EQ(host.refusals.size(), 1u);
  EXPECT_EQ(host.refusals[0].code(), absl::StatusCode::kFailedPrecondition);
}

TEST(GetVersion, PolicyIsAskedLiveOnly) {
  FakeHost host;
  host.chosen = CohortPolicy::Pinned(-1);
  EXPECT_EQ(GetVersion(host, "a", -1, 2), -1);
  EXPECT_EQ(host.issued.size(), 1u);  // -1 is recorded
  EXPECT_FALSE(Patched(host, "p"));
  EXPECT_EQ(host.issued.size(), 1u);  // a "no" is not
  DeprecatePatch(host, "q");          // and has nothing to choose
  EXPECT_EQ(host.issued.size(), 2u);
  host.chosen.reset();
  EXPECT_FALSE(Patched(host, "p"));
  host.chosen = CohortPolicy::Pinned(9);
  (void)GetVersion(host, "b", 1, 2);
  ASSERT_EQ(host.refusals.size(), 1u);
  EXPECT_EQ(host.refusals[0].code(), absl::StatusCode::kOutOfRange);
}

TEST(Patched, TheFirstCallDecidesTheMarker) {
  FakeHost host;
  EXPECT_TRUE(Patched(host, "a"));
  DeprecatePatch(host, "a");
  DeprecatePatch(host, "b");
  EXPECT_TRUE(Patched(host, "b"));
  ASSERT_EQ(host.issued.size(), 2u);
  EXPECT_FALSE(host.issued[0].marker.deprecated);
  EXPECT_TRUE(host.issued[1].marker.deprecated);
}

TEST(Patched, AnUnrecordedNoIsRememberedOrForgotten) {
  for (UnrecordedPatch rule :
       {UnrecordedPatch::kRemember, UnrecordedPatch::kForget}) {
    FakeHost host;
    host.book.set_unrecorded_patch(rule);
    host.replay = Turn{};
    EXPECT_FALSE(Patched(host, "a"));
    DeprecatePatch(host, "b");
    EXPECT_EQ(GetVersion(host, "v", -1, 1), -1);
    host.replay.reset();
    const bool forgets = rule == UnrecordedPatch::kForget;
    EXPECT_EQ(Patched(host, "a"), forgets);
    EXPECT_EQ(Patched(host, "b"), forgets);
    EXPECT_EQ(GetVersion(host, "v", -1, 1), -1);
    EXPECT_EQ(host.issued.size(), forgets ? 2u : 0u);
  }
}

// Every sequence of up to four calls over two ids, cut into two turns at every
// place: live, then replayed from the markers.
TEST(GetVersion, ReplayAnswersAsLive) {
  const auto call = [](FakeHost& host, int what) -> Version {
    switch (what) {
      case 0:
        return GetVersion(host, "v", -1, 1);
      case 1:
        return GetVersion(host, "v", 1, 3);
      case 2:
        return Patched(host, "p");
      case 3:
        DeprecatePatch(host, "p");
        return 0;
      default:
        return GetVersion(host, "w", -1, 2);
    }
  };
  int runs = 0;
  for (int code = 0; code < 5 * 5 * 5 * 5; ++code) {
    const std::array<int, 4> calls = {code % 5, code / 5 % 5, code / 25 % 5,
                                      code / 125};
    for (std::size_t cut = 0; cut <= 4; ++cut) {
      for (int policy = 0; policy < 2; ++policy, ++runs) {
        FakeHost live;
        if (policy == 1) live.chosen = CohortPolicy::Pinned(1);
        std::vector<Version> answers;
        std::array<Turn, 2> turns;
        for (std::size_t i = 0; i < 4; ++i) {
          if (i == cut) turns[0] = std::exchange(live.issued, {});
          answers.push_back(call(live, calls[i]));
        }
        turns[cut == 4 ? 0 : 1] = live.issued;
        FakeHost replay;
        for (std::size_t i = 0; i < 4; ++i) {
          replay.replay = turns[i < cut ? 0 : 1];
          ASSERT_EQ(call(replay, calls[i]), answers[i]) << code << " " << cut;
        }
        ASSERT_EQ(replay.expected.size(), turns[0].size() + turns[1].size());
        ASSERT_EQ(replay.refusals, live.refusals);
      }
    }
  }
  EXPECT_EQ(runs, 625 * 5 * 2);
}

// --- route ---

inline constexpr Change kStep1{"Step1", 1, 2};
inline constexpr Change kFromDefault{"Step2", kDefaultVersion, 1};

TEST(Route, TakesTheCaseOfTheVersion) {
  for (Version recorded : {1, 2}) {
    FakeHost host;
    host.replay = Turn{{"Step1", {.version = recorded}}};
    const int taken = Route<kStep1>(host).To(Case<2>([] { return 20; }),
                                             Case<1>([] { return 10; }));
    EXPECT_EQ(taken, recorded * 10);
  }
  FakeHost host;
  std::string out;
  Route<kFromDefault>(host).To(Case<-1>([&] { out += "old"; }),
                               Case<0>([&] { out += "zero"; }),
                               Case<1>([&] { out += "new"; }));
  Route<1, 1>(host, "Step3").To(Case<1>([&] { out += "+only"; }));
  EXPECT_EQ(out, "new+only");
}

TEST(Route, OneCaseForSeveralVersions) {
  // 0 is a version: a range may end with it, a policy may answer it.
  std::string out;
  for (Version policy : {-1, 0, 1, 2}) {
    FakeHost host;
    host.chosen = CohortPolicy::Pinned(policy);
    Route<-1, 2>(host, "label")
        .To(Case<2>([&] { out += "2"; }), Case<-1, 0>([&] { out += "old "; }),
            Case<1>([&] { out += "1 "; }));
    ASSERT_EQ(host.issued.size(), 1u);
    EXPECT_EQ(host.issued[0].marker.version, policy);
  }
  EXPECT_EQ(out, "old old 1 2");
  FakeHost host;
  EXPECT_EQ(GetVersion(host, "x", kDefaultVersion, 0), 0);
}

}  // namespace
}  // namespace cohort
