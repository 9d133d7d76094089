// Turns: a history cut into workflow tasks.
//
//   TurnReader reader;
//   COHORT_RETURN_IF_ERROR(reader.Add(history.events(), PageEnd::kLast));
//   while (true) {
//     COHORT_ASSIGN_OR_RETURN(std::optional<Turn> turn, reader.Next());
//     if (!turn) break;
//     Replay(*turn);
//   }
//
// A turn owns what came in before its workflow task completed and the output
// events that stand contiguously right behind the completion. The cut is made
// by position alone: the ids that events carry of their task are wrong in some
// recorded histories.
//
//   Fired Signaled .. Scheduled Started Completed | Marker ..
//   `----------- inbound -------------' completed   outputs
//
// Threads: one at a time.
// Errors: kDataLoss for ids that are not consecutive, an output event away from
// a completion, an event behind the run's end; kUnimplemented for an event of
// unknown type that may not be skipped. A reader that failed keeps answering
// with its first error.
#ifndef COHORT_HISTORY_TURN_H_
#define COHORT_HISTORY_TURN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/history/event.h"

namespace cohort {

struct Turn {
  // From 1, or what TurnReader was made with; an open turn and its later
  // completion have the same number.
  std::int64_t number = 0;

  // Everything before the completion, back to the previous turn's outputs: task
  // edges and ignorable events (Role::kIgnorable, and unknown ones that may be
  // skipped) included. Empty when a partial history begins with the completion.
  std::span<const Event> inbound;

  // The last WorkflowTaskStarted of `inbound` that did not fail or time out.
  const Event* started = nullptr;

  // nullptr for the open last turn.
  const Event* completed = nullptr;

  // May hold unknown events that may be skipped, but not at its end.
  std::span<const Event> outputs;

  // No more outputs can be recorded: an event stands behind them, or the last
  // one ended the run.
  bool outputs_whole = false;

  // Workflow tasks of this turn that failed or timed out.
  int failures = 0;

  // Completed tasks of `inbound`, merged into this turn.
  int merged = 0;
};

// Completed workflow tasks without outputs, one directly behind the other (the
// heartbeats of a local activity).
enum class EmptyTasks : std::uint8_t {
  kApart,   // each is a turn
  kMerged,  // those behind a turn without outputs, or at the beginning, are one
            // turn with the task that follows them: so sdk-core replays them
};

enum class PageEnd : std::uint8_t {
  kMore,  // another page follows: what is unfinished waits for it
  kLast,  // nothing follows for now: the last turn is given out as it is
};

class TurnReader {
 public:
  TurnReader() = default;
  // For a history that begins in the middle of a run.
  explicit TurnReader(std::int64_t first_number) : number_(first_number) {}
  explicit TurnReader(EmptyTasks empty_tasks) : empty_tasks_(empty_tasks) {}
  TurnReader(TurnReader&&) = default;
  TurnReader& operator=(TurnReader&&) = default;

  // Takes the next events, when Next() has answered nullopt. The span must stay
  // alive until Next() does so again (what is unfinished is copied then) and as
  // long as its turns are looked at; the bytes behind the events' views as long
  // as the reader. After a page that was the last, more may be added when a
  // server has handed out the next task.
  absl::Status Add(std::span<const Event> page, PageEnd end);

  // The next turn; nullopt when the page is used up. Spans and pointers of the
  // turn are valid until the next Add().
  absl::StatusOr<std::optional<Turn>> Next();

 private:
  absl::Status Check(std::span<const Event> page);
  absl::Status CheckInbound(const Event& event);
  // The end of the outputs that begin at `first`.
  std::size_t OutputsEnd(std::size_t first) const;
  // Does the completion at `scan_` belong to the turn of the next one?
  bool IsMerged(std::size_t outputs_end) const;
  void CarryTail();
  Turn MakeTurn(std::size_t completed, std::size_t outputs_end);

  // The events that are read: the caller's page, or `carried_`.
  std::span<const Event> page_;
  std::vector<Event> carried_;
  std::size_t begin_ = 0;  // the first event of the unfinished turn
  std::size_t scan_ = 0;   // the first event that was not looked at
  PageEnd end_ = PageEnd::kMore;
  EmptyTasks empty_tasks_ = EmptyTasks::kApart;
  bool had_outputs_ = false;  // the task completed last
  int merged_ = 0;            // into the unfinished turn
  std::int64_t number_ = 1;
  std::int64_t last_id_ = 0;  // of all pages; 0 before the first event
  std::int64_t end_id_ = 0;   // of the event that ended the run; 0 for none
  absl::Status failed_;
};

}  // namespace cohort

#endif  // COHORT_HISTORY_TURN_H_
