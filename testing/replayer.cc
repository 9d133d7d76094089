#include "cohort/testing/replayer.h"

#include <algorithm>

#include "cohort/base/status.h"
#include "cohort/corpus/history_file.h"
#include "cohort/history/event_table.h"
#include "cohort/history/turn.h"

namespace cohort {
namespace {

constexpr int kEventsFetched = 8;  // about the length of a turn

Verdict VerdictOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return Verdict::kClean;
    case absl::StatusCode::kFailedPrecondition:
      return Verdict::kDivergent;
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnimplemented:
      return Verdict::kUnreadable;
    case absl::StatusCode::kNotFound:
      return Verdict::kNotJudged;
    default:
      return Verdict::kFailed;
  }
}

// Replays the turns of one history into one report.
class ReplayOfOne {
 public:
  ReplayOfOne(const Registry& registry, const ReplayOptions& options,
              const History& history, ReplayReport& report)
      : history_(history),
        options_(options),
        report_(report),
        profile_(options.profile ? *options.profile
                                 : DetectProfile(history.events())),
        reader_(profile_.empty_tasks),
        run_(RunOptions{.registry = &registry,
                        .profile = &profile_,
                        .strictness = options.strictness,
                        .stop_at_event = options.stop_at_event,
                        .before = options.before}) {
    report_.profile = profile_.name;
    if (profile_.started_tail == StartedTail::kSkipLast &&
        history.events().back().type == EventType::kWorkflowTaskStarted) {
      FindLastCompletion();
    }
  }

  void Go() {
    absl::Status status = Pages();
    report_.status = status.ok() ? Tail() : CutOr(std::move(status));
    if (report_.verdict != Verdict::kIncomplete) {
      report_.divergence = run_.divergence();
      report_.verdict = VerdictOf(report_.status);
      report_.rule = run_.divergence() ? run_.divergence()->rule : "";
    }
    const std::span<const AskedVersion> asked = run_.state().versions.asked();
    report_.versions.assign(asked.begin(), asked.end());
    if (report_.divergence) {
      report_.timeline = TimelineOf(history_, profile_, *report_.divergence,
                                    run_.UnconfirmedCommands());
      report_.proposed_guard = ProposedGuard(*report_.divergence, asked);
    }
    if (options_.inspect) options_.inspect(run_);
  }

 private:
  absl::Status Pages() {
    const std::span<const Event> events = history_.events();
    const std::size_t page =
        options_.page_events == 0 ? events.size() : options_.page_events;
    for (std::size_t begin = 0; begin < events.size(); begin += page) {
      const std::size_t end = std::min(events.size(), begin + page);
      COHORT_RETURN_IF_ERROR(
          reader_.Add(events.subspan(begin, end - begin),
                      end == events.size() ? PageEnd::kLast : PageEnd::kMore));
      COHORT_RETURN_IF_ERROR(Turns());
    }
    return absl::OkStatus();
  }

  absl::Status Turns() {
    while (true) {
      COHORT_ASSIGN_OR_RETURN(std::optional<Turn> turn, reader_.Next());
      if (!turn) return absl::OkStatus();
      open_tail_ = false;
      if (turn->completed == nullptr) {
        // What a turn recorded that nobody looked at cannot settle.
        if (SkipsLast()) return absl::OkStatus();
        COHORT_RETURN_IF_ERROR(run_.DeliverOpen(*turn));
        continue;
      }
      if (BatchesAreWhole()) turn->outputs_whole = true;
      open_tail_ = !turn->outputs_whole;
      FetchBehind(*turn);
      NoteMerged(*turn);
      const bool unconfirmed = turn->completed->id == unconfirmed_completion_;
      COHORT_RETURN_IF_ERROR(run_.Replay(
          *turn, unconfirmed ? std::optional(StrictRule::kGoTailStarted)
                             : std::nullopt));
      report_.turns += 1 + turn->merged;
    }
  }

  bool SkipsLast() const {
    return unconfirmed_completion_ != 0 &&
           !options_.strictness.Has(StrictRule::kGoTailStarted);
  }

  void FindLastCompletion() {
    for (const Event& event : history_.events()) {
      if (event.type == EventType::kWorkflowTaskCompleted) {
        unconfirmed_completion_ = event.id;
      }
    }
  }

  // Where the writer's own replayer merges tasks and something came in between,
  // a run that was kept by its worker may have taken another path.
  void NoteMerged(const Turn& turn) {
    if (turn.merged == 0) return;
    int tasks = 0;
    for (const Event& event : turn.inbound) {
      if (event.type == EventType::kWorkflowTaskCompleted) ++tasks;
      const Role role = RoleOf(event.type);
      if (tasks > 0 && role != Role::kTaskEdge && role != Role::kIgnorable) {
        report_.notes.push_back(fmt::format(
            "core-merged-heartbeats: event {} came between workflow tasks that "
            "recorded nothing; a replay by the SDK's core takes it as if it "
            "came before the first of them, the worker that kept the run may "
            "not have",
            event.id));
        return;
      }
    }
  }

  // The texts of events lie all over the file. Those of the next events are
  // asked of the memory while this turn is replayed.
  void FetchBehind(const Turn& turn) const {
    if (options_.page_events != 0) return;  // then turns may stand in a copy
    const std::span<const Event> all = history_.events();
    const Event* event = turn.outputs.data() + turn.outputs.size();
    const Event* const end = all.data() + all.size();
    for (int i = 0; i < kEventsFetched && event != end; ++i, ++event) {
      __builtin_prefetch(event->name().data());
      __builtin_prefetch(event->input.text.data());
      __builtin_prefetch(event->details.text.data());
    }
  }

  // A prefix that ends between two tasks' outputs shows all of the last ones.
  bool BatchesAreWhole() const {
    return !history_.whole() && !history_.cut_inside_batch();
  }

  // Where the code asked for what the last outputs do not record, and went
  // astray without the answer, the answer may stand behind the end.
  absl::Status CutOr(absl::Status status) {
    if (!open_tail_ || !run_.answer_missing()) return status;
    const bool divergent = run_.divergence().has_value();
    const bool unanswered = status.code() == absl::StatusCode::kOutOfRange ||
                            (divergent && run_.divergence()->cause ==
                                              DivergenceCause::kMissingMarker);
    const bool cut = history_.cut_inside_batch() && divergent;
    return unanswered || cut ? Incomplete(ToStd(status.message())) : status;
  }

  // All events agree. Is that enough?
  absl::Status Tail() {
    const bool carried = profile_.leftover == Leftover::kCarry;
    if (!open_tail_ ||
        (carried && !options_.strictness.Has(StrictRule::kExtraCommand))) {
      return absl::OkStatus();
    }
    if (carried) report_.rule = NameOf(StrictRule::kExtraCommand);
    if (history_.cut_inside_batch()) {
      return run_.answer_missing() ? Incomplete("") : absl::OkStatus();
    }
    report_.unconfirmed = run_.UnconfirmedCommands();
    if (report_.unconfirmed.empty()) report_.rule = {};
    if (profile_.closing == Closing::kLastOnly && run_.closed() &&
        report_.unconfirmed.size() == 1) {  // the closing command
      report_.rule = NameOf(StrictRule::kGoCloseUnchecked);
    }
    return report_.unconfirmed.empty() ? absl::OkStatus() : Incomplete("");
  }

  absl::Status Incomplete(std::string_view finding) {
    report_.verdict = Verdict::kIncomplete;
    const std::string as_it_stands =
        finding.empty() ? "" : fmt::format("\nas it stands: {}", finding);
    if (history_.cut_inside_batch()) {
      return FailedPrecondition(
          "the history is cut inside the outputs of one workflow task, and "
          "what the code asks for there may be recorded behind the cut; cut it "
          "at the end of the task{}",
          as_it_stands);
    }
    return FailedPrecondition(
        "the history ends with the outputs of a workflow task in which the "
        "code asks for, or issues, more than they show. If the history is "
        "whole, the code has changed here without a guard; if it was cut, "
        "fetch it anew{}",
        as_it_stands);
  }

  const History& history_;
  const ReplayOptions& options_;
  ReplayReport& report_;
  const Profile& profile_;
  TurnReader reader_;
  Run run_;
  std::int64_t unconfirmed_completion_ = 0;  // see StartedTail; 0 for none
  bool open_tail_ = false;  // the last completed turn ends the history
};

}  // namespace

Replayer::Replayer(const Registry& registry, ReplayOptions options)
    : registry_(registry), options_(std::move(options)) {}

ReplayReport Replayer::Replay(const History& whole) const {
  const History history =
      options_.until_event ? whole.Until(*options_.until_event) : whole;
  ReplayReport report;
  report.source = history.source();
  report.events = static_cast<std::int64_t>(history.events().size());
  if (history.events().empty()) {
    report.status = NotFound("the history has no events: nothing to judge");
    return report;
  }
  const Event& first = history.events().front();
  if (first.type != EventType::kWorkflowExecutionStarted) {
    report.verdict = Verdict::kUnreadable;
    report.status = DataLoss(
        "event {}: the first event is not WorkflowExecutionStarted; a replay "
        "needs the run from its start",
        first.id);
    return report;
  }
  report.workflow_type = first.name();
  report.workflow_id = first.key();
  report.run_id = first.text(Text::kControl);
  ReplayOfOne(registry_, options_, history, report).Go();
  return report;
}

ReplayReport Replayer::ReplayFile(const std::string& path) const {
  auto history = ReadHistoryFile(path, {.validation = options_.validation});
  if (history.ok()) return Replay(*history);
  ReplayReport report;
  report.source = path;
  report.verdict = Verdict::kUnreadable;
  report.status = history.status();
  return report;
}

}  // namespace cohort
