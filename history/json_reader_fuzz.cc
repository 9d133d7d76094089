// Any bytes: reading, writing back, cutting into turns.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cohort/base/check.h"
#include "cohort/history/history.h"
#include "cohort/history/json_writer.h"
#include "cohort/history/turn.h"

namespace cohort {
namespace {

void CheckEqual(const Event& a, const Event& b) {
  COHORT_CHECK(a.id == b.id && a.subject == b.subject && a.type == b.type &&
                   a.worker_may_ignore == b.worker_may_ignore,
               "numbers survive writing");
  COHORT_CHECK(a.texts == b.texts && a.time == b.time, "texts survive writing");
  COHORT_CHECK(a.input.text == b.input.text &&
                   a.failure.text == b.failure.text &&
                   a.details.text == b.details.text && a.json == b.json,
               "views survive writing");
}

void CheckTurns(const History& history, std::size_t page_size) {
  TurnReader whole;
  TurnReader paged;
  const std::span<const Event> events = history.events();
  const bool good = whole.Add(events, PageEnd::kLast).ok();
  bool failed = !good;
  std::vector<Turn> turns;
  while (good) {
    const auto turn = whole.Next();
    failed = failed || !turn.ok();
    if (!turn.ok() || !*turn) break;
    turns.push_back(**turn);
  }
  std::size_t seen = 0;
  for (std::size_t i = 0; i < events.size(); i += page_size) {
    const std::size_t size = std::min(page_size, events.size() - i);
    const bool last = i + size == events.size();
    if (!paged
             .Add(events.subspan(i, size),
                  last ? PageEnd::kLast : PageEnd::kMore)
             .ok()) {
      COHORT_CHECK(failed, "pages fail where the whole fails");
      return;
    }
    while (true) {
      const auto turn = paged.Next();
      if (!turn.ok() || !*turn) break;
      if (!good) continue;
      COHORT_CHECK(seen < turns.size(), "pages have no turn more");
      const Turn& expected = turns[seen++];
      COHORT_CHECK((*turn)->number == expected.number &&
                       (*turn)->failures == expected.failures &&
                       (*turn)->inbound.size() == expected.inbound.size() &&
                       (*turn)->outputs.size() == expected.outputs.size() &&
                       (*turn)->outputs_whole == expected.outputs_whole,
                   "pages do not change turns");
    }
  }
  if (good) COHORT_CHECK(seen == turns.size(), "pages have no turn less");
}

void Run(std::string text) {
  const std::size_t page_size = text.size() % 7 + 1;
  const auto strict =
      History::FromJson(text, {.validation = Validation::kEverything});
  const auto parts = History::FromJson(text, {.part_bytes = page_size * 11});
  const auto history = History::FromJson(std::move(text));
  COHORT_CHECK(parts.ok() == history.ok(), "parts say nothing about a text");
  if (strict.ok()) COHORT_CHECK(history.ok(), "strict reads less");
  if (!history.ok()) return;
  const auto again = History::FromJson(WriteHistory(*history));
  COHORT_CHECK(again.ok(), "what was read can be written and read");
  COHORT_CHECK(again->events().size() == history->events().size(),
               "no event is lost in writing");
  COHORT_CHECK(parts->events().size() == history->events().size(),
               "no event is lost between parts");
  for (std::size_t i = 0; i < history->events().size(); ++i) {
    CheckEqual(history->events()[i], again->events()[i]);
    CheckEqual(history->events()[i], parts->events()[i]);
  }
  CheckTurns(*history, page_size);
}

}  // namespace
}  // namespace cohort

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  cohort::Run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
