// Worked runs, one lesson each, in testing/testdata/transcripts. They are
// written anew, after a change that is meant, by
//
//   COHORT_REWRITE=1 bazel run //testing:transcript_test
#include "cohort/testing/transcript.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "cohort/workflow/workflow.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

namespace fs = std::filesystem;
using cohort::ActivityOptions;
using cohort::CancellationType;
using cohort::Context;
using cohort::Future;
using cohort::kDefaultVersion;
using cohort::Task;
using std::chrono::hours;

// --- Greeting: ActivityC becomes ActivityD ----------------------------------

Task<std::string> Hello(Context& ctx, std::string activity, std::string name) {
  const auto greeting = co_await ctx.Activity<std::string>(activity, name);
  co_await ctx.Sleep(hours(24));
  co_return greeting;
}

Task<std::string> Before(Context& ctx, std::string name) {
  co_return co_await Hello(ctx, "ActivityC", name);
}

Task<std::string> Guarded(Context& ctx, std::string name) {
  cohort::GetVersion(ctx, "Step1", kDefaultVersion, 1);
  co_return co_await Hello(ctx, "ActivityC", name);
}

Task<std::string> Both(Context& ctx, std::string name) {
  const bool old = cohort::GetVersion(ctx, "Step1", 1, 2) == 1;
  co_return co_await Hello(ctx, old ? "ActivityC" : "ActivityD", name);
}

Task<std::string> NewOnly(Context& ctx, std::string name) {
  cohort::GetVersion(ctx, "Step1", 2, 2);
  co_return co_await Hello(ctx, "ActivityD", name);
}

Task<std::string> Careless(Context& ctx, std::string name) {
  co_return co_await Hello(ctx, "ActivityD", name);
}

// --- Order: one charge becomes two ------------------------------------------

Task<void> Charge(Context& ctx) { co_await ctx.Activity<void>("Charge"); }

Task<void> SplitCharge(Context& ctx) {
  co_await ctx.Activity<void>("ChargeGoods");
  co_await ctx.Activity<void>("ChargeShipping");
}

Task<void> Patched(Context& ctx) {
  if (cohort::Patched(ctx, "split-charge")) {
    co_await SplitCharge(ctx);
  } else {
    co_await Charge(ctx);
  }
}

Task<void> Deprecated(Context& ctx) {
  cohort::DeprecatePatch(ctx, "split-charge");
  co_await SplitCharge(ctx);
}

// --- Transfer: the call moves to an earlier turn ----------------------------

Task<void> AsksLate(Context& ctx) {
  co_await ctx.Activity<void>("Withdraw");
  cohort::GetVersion(ctx, "audit", kDefaultVersion, 1);
  co_await ctx.Activity<void>("Deposit");
}

Task<void> AsksEarly(Context& ctx) {
  cohort::GetVersion(ctx, "audit", kDefaultVersion, 1);
  co_await ctx.Activity<void>("Withdraw");
  co_await ctx.Activity<void>("Deposit");
}

// --- Cancellation -----------------------------------------------------------

Task<std::string> Invoice(Context& ctx) {
  Future<void> due = ctx.Timer(hours(24 * 30));
  Future<std::string> paid = ctx.Signals<std::string>("paid").Receive();
  if (co_await cohort::WhenAny(paid, due) == 0) {
    due.Cancel();
    co_await ctx.Activity<void>("SendReceipt");
    co_return co_await paid;
  }
  co_await ctx.Activity<void>("SendReminder");
  co_return "overdue";
}

// Starts the parcel, and thinks better of it in the same turn; calls off the
// courier when told to, and waits for what becomes of it.
Task<std::string> Shipment(Context& ctx) {
  Future<void> parcel = ctx.Activity<void>("PackParcel");
  Future<std::string> courier = ctx.Activity<std::string>(
      ActivityOptions().Cancellation(CancellationType::kWait), "CallCourier");
  ctx.OnSignal("call_off", [courier](bool) mutable { courier.Cancel(); });
  parcel.Cancel();
  co_return co_await courier;
}

Releases AllReleases() {
  Releases releases;
  releases["before"].Workflow("Greeting", Before).Workflow("Order", Charge);
  releases["guarded"].Workflow("Greeting", Guarded);
  releases["both"].Workflow("Greeting", Both);
  releases["new_only"].Workflow("Greeting", NewOnly);
  releases["careless"].Workflow("Greeting", Careless);
  releases["patched"].Workflow("Order", Patched);
  releases["deprecated"].Workflow("Order", Deprecated);
  releases["removed"].Workflow("Order", SplitCharge);
  releases["asks_late"].Workflow("Transfer", AsksLate);
  releases["asks_early"].Workflow("Transfer", AsksEarly);
  releases["today"].Workflow("Invoice", Invoice).Workflow("Shipment", Shipment);
  return releases;
}

// --- The transcripts --------------------------------------------------------

constexpr std::string_view kFolder = "testing/testdata/transcripts";

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string Read(const std::string& name) {
  std::ifstream in(fs::path(kFolder) / (name + ".txt"), std::ios::binary);
  EXPECT_TRUE(in) << name;
  return std::string((std::istreambuf_iterator<char>(in)),
                     std::istreambuf_iterator<char>());
}

void Rewrite(const std::string& name, const std::string& text) {
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  ASSERT_NE(workspace, nullptr) << "rewrite with `bazel run`";
  std::ofstream(fs::path(workspace) / kFolder / (name + ".txt")) << text;
}

class TranscriptTest : public testing::TestWithParam<std::string> {};

TEST_P(TranscriptTest, SaysWhatHappensToday) {
  const Releases releases = AllReleases();
  const std::string text = Read(GetParam());
  const auto today = PlayTranscript(releases, text);
  ASSERT_TRUE(today.ok()) << today.status();
  const auto evicted =
      PlayTranscript(releases, text, cohort::Recorder::Mode::kEvicted);
  ASSERT_TRUE(evicted.ok()) << evicted.status();
  EXPECT_EQ(*today, *evicted) << "kept between turns, or rebuilt for each";
  if (std::getenv("COHORT_REWRITE") != nullptr) {
    Rewrite(GetParam(), *today);
  } else {
    EXPECT_EQ(text, *today);
  }
}

INSTANTIATE_TEST_SUITE_P(All, TranscriptTest, testing::ValuesIn(Names()),
                         [](const auto& tested) { return tested.param; });

// --- The player -------------------------------------------------------------

TEST(PlayTranscriptTest, ReplacesWhatIsNotSo) {
  const std::string played =
      *PlayTranscript(AllReleases(),
                      "# Prose stays.\nrun Order release=before\n"
                      "turn\n----\nturn 7\n  in  lies\n\n"
                      "turn\nreplay release=before\n");
  EXPECT_THAT(played, testing::StartsWith("# Prose stays.\n"
                                          "run Order release=before\n"
                                          "turn\n----\nturn 1\n  in     1  "));
  EXPECT_THAT(played, testing::Not(testing::HasSubstr("lies")));
  EXPECT_THAT(played, testing::HasSubstr("\n\nreplay release=before\n"
                                         "----\nbefore: clean"));
  EXPECT_EQ(*PlayTranscript(AllReleases(), played), played);
}

TEST(PlayTranscriptTest, RefusesWhatItDoesNotUnderstand) {
  const auto refusal = [](const std::string& text) {
    const auto played = PlayTranscript(AllReleases(), text);
    return played.ok() ? *played : std::string(played.status().message());
  };
  const std::string run = "run Order release=before\n";
  EXPECT_EQ(refusal(run + "\njump\n"),
            "line 3: jump: there is no directive \"jump\"");
  EXPECT_EQ(refusal("turn\n"), "line 1: turn: nothing runs yet");
  EXPECT_EQ(refusal(run + "turn now or never\n"),
            "line 2: turn now or never: \"or\" is one word too many");
  EXPECT_EQ(refusal("run Order release=next\n"),
            "line 1: run Order release=next: there is no release \"next\"");
  EXPECT_EQ(refusal(run + "replay\n"), "line 2: replay: of which release=?");
  EXPECT_EQ(refusal(run + "turn\n----\nold\nold\n\nfire\n"),
            "line 7: fire: \"\" is not open");
  EXPECT_EQ(refusal(run + "turn\ncomplete Charge\nturn\nturn\n"),
            "line 5: turn: the run is closed");
}

}  // namespace
}  // namespace cohort_testing
