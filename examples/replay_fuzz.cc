// Any bytes as a history, replayed by small workflows and one of everything:
// whole, in pages, and by hand turn for turn, by profiles and strictness,
// with a query behind it and a live turn. Nothing may crash, all ways have the
// same verdict, and a stricter replay finds what a laxer one does.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "cohort/base/stable_hash.h"
#include "cohort/examples/every_kind.h"
#include "cohort/examples/loop.h"
#include "cohort/examples/order.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/turn.h"
#include "cohort/testing/go_on.h"
#include "cohort/testing/replayer.h"
#include "cohort/workflow/workflow.h"
#include "nlohmann/json.hpp"

namespace {

using cohort::ActivityOptions;
using cohort::CancellationType;
using cohort::Context;
using cohort::Event;
using cohort::Family;
using cohort::Future;
using cohort::Registry;
using cohort::ReplayReport;
using cohort::Strictness;
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
  const cohort::Profile& profile = cohort::DetectProfile(events);
  cohort::Run run({.registry = &registry, .profile = &profile});
  cohort::TurnReader reader(profile.empty_tasks);
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

// By Go's rules the last completion may go unconfirmed.
bool EndIsJudgedApart(const cohort::History& history) {
  return cohort::DetectProfile(history.events()).started_tail ==
             cohort::StartedTail::kSkipLast &&
         history.events().back().type ==
             cohort::EventType::kWorkflowTaskStarted;
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
    if (whole.profile.empty() || whole.verdict == Verdict::kIncomplete ||
        EndIsJudgedApart(history)) {
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

// Queries once the replay is over; what they answer is free.
void Ask(cohort::Run& run) {
  (void)run.Query("__stack_trace", {});
  (void)run.Query("steps", {});
}

ReplayReport ReplayBy(const Registry& registry, const cohort::History& history,
                      const cohort::Profile& profile, Strictness strictness) {
  return cohort::Replayer(
             registry,
             {.profile = &profile, .strictness = strictness, .inspect = Ask})
      .Replay(history);
}

// Of two replays that differ in strictness alone.
void CheckOrder(const ReplayReport& lax, const ReplayReport& strict) {
  const bool finds = lax.verdict == Verdict::kDivergent;
  if (finds && strict.verdict == Verdict::kClean) {
    Differ(lax, "more strictly", strict.ToString());
  }
}

// By the rules of the history's own writer, each strictness; and those of some
// other one, by chance.
void ReplayByRules(const Registry& registry, const cohort::History& history,
                   std::uint64_t chance) {
  const cohort::Profile& own = cohort::DetectProfile(history.events());
  const cohort::Profile& other =
      cohort::kProfiles[chance % cohort::kProfiles.size()];
  const ReplayReport all = ReplayBy(registry, history, own, Strictness());
  CheckOrder(ReplayBy(registry, history, own, Strictness::Sdk()), all);
  CheckOrder(all, ReplayBy(registry, history, own, Strictness::Values()));
  CheckOrder(ReplayBy(registry, history, other, Strictness::Sdk()),
             ReplayBy(registry, history, other, Strictness::Values()));
  const cohort::LiveTurn next = cohort::GoOn(registry, history, own);
  const bool fits = all.verdict == Verdict::kClean && next.status.ok() &&
                    next.roll_forward.has_value();
  if (fits && next.roll_forward->verdict != Verdict::kClean) {
    Differ(all, "with the turn that it goes on with",
           next.roll_forward->ToString());
  }
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

// --- Histories out of a history ----------------------------------------------

using nlohmann::json;

// Whatever refers to an event by its id goes on to mean the same event.
void Renumber(json& value, const std::map<std::string, std::string>& ids) {
  if (!value.is_object()) return;
  for (auto& [key, field] : value.items()) {
    const bool is_id = key.ends_with("ventId") && field.is_string();
    if (!is_id) {
      Renumber(field, ids);
    } else if (const auto found = ids.find(field); found != ids.end()) {
      field = found->second;
    }
  }
}

void RenumberAll(json& events) {
  std::erase_if(events.get_ref<json::array_t&>(),
                [](const json& event) { return !event.is_object(); });
  std::map<std::string, std::string> ids;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const json id = events[i].value("eventId", json());
    if (id.is_string()) ids.emplace(id, std::to_string(i + 1));
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    Renumber(events[i], ids);
    events[i]["eventId"] = std::to_string(i + 1);
  }
}

// One event goes, comes twice, moves, or becomes one that another is.
void MutateEvents(json& events, std::mt19937& random) {
  const auto any = [&] { return random() % events.size(); };
  const std::size_t from = any();
  const std::size_t to = any();
  const auto at = [&](std::size_t i) {
    return events.begin() + static_cast<std::ptrdiff_t>(i);
  };
  const json event = events[from];
  switch (random() % 5) {
    case 0:
      events.erase(at(from));
      break;
    case 1:
      events.insert(at(to), event);
      break;
    case 2:
      events.erase(at(from));
      events.insert(at(std::min(to, events.size())), event);
      break;
    case 3:
      events[to] = event;
      break;
    default:
      events.erase(at(from), events.end());
  }
  RenumberAll(events);
}

}  // namespace

// Absent where no fuzzer is linked.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerMutate(
    std::uint8_t* data, std::size_t size, std::size_t max_size);

// Bytes, as everywhere, or whole events.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data,
                                               std::size_t size,
                                               std::size_t max_size,
                                               unsigned int seed) {
  std::mt19937 random(seed);
  if (random() % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  json history = json::parse(data, data + size, nullptr, false);
  if (!history.is_object() || !history.contains("events") ||
      !history["events"].is_array() || history["events"].empty()) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  MutateEvents(history["events"], random);
  const std::string text =
      history.dump(-1, ' ', false, json::error_handler_t::replace);
  if (text.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(text.begin(), text.end(), data);
  return text.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using cohort_examples::OrderStyle;
  static const std::array<Registry, 6> kRegistries = {
      cohort_examples::LoopRegistry(Family::kVersion),
      cohort_examples::LoopRegistry(Family::kPatch),
      OrderRegistry(),
      cohort_examples::EveryKindRegistry(),
      cohort_examples::OrderRegistry(OrderStyle::kGo, "g2"),
      cohort_examples::OrderRegistry(OrderStyle::kPython, "g2"),
  };
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)cohort::History::FromJson(
      text, {.validation = cohort::Validation::kEverything});
  const auto history = cohort::History::FromJson(text);
  if (!history.ok() || IsTooWide(*history)) return 0;
  const std::string type(history->events().front().name());
  bool known = false;
  for (const Registry& registry : kRegistries) {
    // What none of them knows is for the last to refuse.
    if (registry.Find(type) == nullptr &&
        (known || &registry != &kRegistries.back())) {
      continue;
    }
    known = true;
    ReplayEveryWay(registry, *history);
    ReplayByRules(registry, *history, cohort::StableHash(text));
  }
  return 0;
}
