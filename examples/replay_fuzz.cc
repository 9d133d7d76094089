// Any bytes as a history, replayed by small workflows: whole, in pages, and by
// hand turn for turn. Nothing may crash, and all ways have the same verdict.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "cohort/examples/loop.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/turn.h"
#include "cohort/testing/replayer.h"
#include "cohort/workflow/workflow.h"

namespace {

using cohort::ActivityOptions;
using cohort::CancellationType;
using cohort::Context;
using cohort::Event;
using cohort::Family;
using cohort::Future;
using cohort::Registry;
using cohort::Task;
using cohort::Turn;
using cohort::Verdict;

// A little of everything that Context offers.
Task<std::string> Order(Context& ctx, std::string id) {
  auto seen = std::make_shared<int>(0);
  ctx.OnSignal("add", [seen](int n) { *seen ^= n; });
  Future<int> a = ctx.Activity<int>(
      ActivityOptions().Cancellation(CancellationType::kWait), "charge", id);
  Future<void> timer = ctx.Timer(std::chrono::hours(1));
  if (cohort::GetVersion(ctx, "Step1", cohort::kDefaultVersion, 2) == 2) {
    (void)ctx.SideEffect([] { return 4; });
  }
  auto go = ctx.Signals<std::string>("go");
  Future<std::string> signal = go.Receive();
  switch (co_await WhenAny(a, timer, signal, ctx.CancelRequested())) {
    case 0:
      timer.Cancel();
      break;
    case 1:
      a.Cancel();
      break;
    case 2:
      (void)co_await AsResult(signal);
      break;
    default:
      a.Cancel();
      timer.Cancel();
  }
  if (cohort::Patched(ctx, "late")) (void)co_await AsResult(a);
  co_await ctx.Until([seen] { return *seen >= 0; });
  auto r = co_await AsResult(ctx.Activity<std::string>("ship", id));
  if (!r.ok()) throw cohort::ApplicationError(r.message());
  co_return r.value();
}

Registry OrderRegistry() {
  Registry registry;
  registry.Workflow("Order", Order).Workflow("W", Order);
  return registry;
}

[[noreturn]] void Differ(const cohort::ReplayReport& whole,
                         const std::string& how, const std::string& got) {
  std::fprintf(stderr, "whole: %s\n%s: %s\n", whole.ToString().c_str(),
               how.c_str(), got.c_str());
  std::abort();
}

// The turns one by one, from pages of `size` events; the first error.
absl::Status ByHand(const Registry& registry, const cohort::History& history,
                    std::size_t size) {
  const std::span<const Event> events = history.events();
  cohort::Run run(
      {.registry = &registry, .profile = &cohort::DetectProfile(events)});
  cohort::TurnReader reader;
  for (std::size_t begin = 0; begin < events.size(); begin += size) {
    const std::size_t count = std::min(size, events.size() - begin);
    // The reader may copy what is unfinished, but not keep the page.
    const std::vector<Event> page(
        events.begin() + static_cast<long>(begin),
        events.begin() + static_cast<long>(begin + count));
    const bool last = begin + count == events.size();
    absl::Status added = reader.Add(
        page, last ? cohort::PageEnd::kLast : cohort::PageEnd::kMore);
    if (!added.ok()) return added;
    while (true) {
      absl::StatusOr<std::optional<Turn>> turn = reader.Next();
      if (!turn.ok()) return turn.status();
      if (!*turn) break;
      const Turn& t = **turn;
      absl::Status status =
          t.completed == nullptr ? run.DeliverOpen(t) : run.Replay(t);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

void ReplayEveryWay(const Registry& registry, const cohort::History& history) {
  const cohort::ReplayReport whole = cohort::Replayer(registry).Replay(history);
  (void)whole.ToJson();
  constexpr std::array<std::size_t, 3> kPages = {1, 2, 7};
  for (std::size_t size : kPages) {
    const cohort::ReplayReport paged =
        cohort::Replayer(registry, {.page_events = size}).Replay(history);
    // A page is checked when it comes: pages find something else first.
    const bool unreadable = whole.verdict == Verdict::kUnreadable;
    const bool same = unreadable ? paged.verdict != Verdict::kClean
                                 : paged.ToString() == whole.ToString();
    if (!same) {
      Differ(whole, "pages of " + std::to_string(size), paged.ToString());
    }
    // The replayer judges before the first turn, and what stands at the end.
    if (whole.profile.empty() || whole.verdict == Verdict::kIncomplete) {
      continue;
    }
    const absl::Status by_hand = ByHand(registry, history, size);
    if (unreadable ? by_hand.ok() : by_hand != whole.status) {
      Differ(whole, "by hand " + std::to_string(size), by_hand.ToString());
    }
  }
  const std::int64_t middle = history.events()[history.events().size() / 2].id;
  (void)cohort::Replayer(registry, {.until_event = middle}).Replay(history);
}

// Code that fans out as wide as its input says: a history may say anything.
bool IsTooWide(const cohort::History& history) {
  cohort::PayloadReader reader;
  const auto input = reader.ReadPayloads(history.events().front().input);
  if (!input.ok() || input->empty()) return false;
  int n = 0;
  return cohort::PayloadTraits<int>::FromPayload((*input)[0], n).ok() &&
         n > 1000;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const Registry kVersions =
      cohort_examples::LoopRegistry(Family::kVersion);
  static const Registry kPatches =
      cohort_examples::LoopRegistry(Family::kPatch);
  static const Registry kOrders = OrderRegistry();
  const auto history = cohort::History::FromJson(
      std::string(reinterpret_cast<const char*>(data), size));
  if (!history.ok() || IsTooWide(*history)) return 0;
  ReplayEveryWay(kVersions, *history);
  ReplayEveryWay(kPatches, *history);
  ReplayEveryWay(kOrders, *history);
  return 0;
}
