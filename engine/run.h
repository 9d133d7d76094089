// Run: one execution of one workflow, turn by turn.
//
//   Run run(RunOptions{.registry = &registry, .profile = &profile});
//   for (const Turn& turn : turns) {
//     absl::Status status = run.Replay(turn);  // the turn is completed
//     if (!status.ok()) return status;         // run.divergence() says more
//   }
//
// A turn is a replay if and only if its completion is known. Each takes the
// same steps:
//
//   Begin    decode the turn's markers once; flags; time
//   Deliver  look up (kind, input), step the operations, settle futures
//   Execute  run what is ready until nothing is
//   Confirm  hold the turn's outputs against what the code issued, or
//   Emit     hand out what the code issued
//
// Each step has a file of its own. Run is sans-IO: no clock, no network, no
// disk, no threads.
//
// Threads: one at a time; two runs share nothing.
// Errors: the first error is the run's end; every later call answers with it.
// kFailedPrecondition comes with a Divergence.
#ifndef COHORT_ENGINE_RUN_H_
#define COHORT_ENGINE_RUN_H_

#include <bitset>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/engine/divergence.h"
#include "cohort/engine/emission.h"
#include "cohort/engine/flags.h"
#include "cohort/engine/kinds.h"
#include "cohort/engine/match_table.h"
#include "cohort/engine/operations.h"
#include "cohort/engine/profile.h"
#include "cohort/engine/strictness.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/turn.h"
#include "cohort/markers/codec.h"
#include "cohort/markers/value_markers.h"
#include "cohort/workflow/context.h"
#include "cohort/workflow/registry.h"

namespace cohort {

struct RunOptions {
  // What the run's workflow type is looked up in; outlives the run.
  const Registry* registry = nullptr;
  // How its history is to be read; see DetectProfile.
  const Profile* profile = &kOwnProfile;
  // What live first calls of GetVersion answer; null: the newest version.
  const CohortPolicy* policy = nullptr;
  // The markers that live calls write: those of GetVersion and of local
  // activities, and those of Patched and DeprecatePatch. A dialect without such
  // a version marker leaves it to the default.
  Dialect version_dialect = Dialect::kGo;
  Dialect patch_dialect = Dialect::kCore;
  // The ids that live calls give to activities and timers in a run of ours; in
  // a run that another SDK began, and in one of ours whose history shows its
  // first id, that decides.
  IdScheme ids = IdScheme::kEventNumber;
  // Takes what Context::Log writes, outside replay.
  std::function<void(std::string_view)> log;
  // Where replays find more than the writer's own replayer.
  Strictness strictness;
  // Of this worker; what Context::CurrentBuildId answers in live turns.
  std::string build_id;
  // For debuggers: `before` is called just before this event is delivered or,
  // if it is one of a turn's completion and outputs, before the turn's code
  // runs. 0: never.
  std::int64_t stop_at_event = 0;
  std::function<void()> before;
};

class Run final : public Host {
 public:
  explicit Run(RunOptions options);
  ~Run() override;

  // A turn whose completion is known: begin, deliver, execute, confirm. With a
  // rule given, what Confirm finds is found by that rule only.
  absl::Status Replay(const Turn& turn,
                      std::optional<StrictRule> confirmed_by = std::nullopt);
  // The open last turn of a history that is only replayed: begin and deliver.
  // Its code has not decided anything yet.
  absl::Status DeliverOpen(const Turn& turn);
  // An open turn, live: begin, deliver, execute, emit. Confirm has to follow
  // before the next turn.
  absl::StatusOr<Emission> Advance(const Turn& turn,
                                   std::vector<UpdateRequest> updates = {});
  // A local activity has ended within the turn that was advanced: its code goes
  // on. Gives all commands of the turn anew.
  absl::StatusOr<Emission> Resolve(OperationId local, LocalOutcome outcome);
  // History hands the turn that was advanced back, with its outputs.
  absl::Status Confirm(const Turn& turn);

  // Answers a query, at any time between turns; `__stack_trace` is built in:
  // every task that waits, and its own lines where. kNotFound for a name
  // without a handler, kInvalidArgument for what the handler threw.
  absl::StatusOr<Payloads> Query(std::string_view name, const Payloads& input);

  // OK until something went wrong; then that, for ever.
  const absl::Status& status() const { return status_; }
  const std::optional<Divergence>& divergence() const { return divergence_; }
  // Has the code closed the run?
  bool closed() const { return state().closed; }

  // After the last turn of a history that may have been cut inside that turn's
  // outputs. The commands that the code issued and the outputs do not show:
  std::vector<std::string> UnconfirmedCommands();
  // The code asked in that turn for a version or a side effect's value that its
  // outputs do not record: the answer may lie behind the cut.
  bool answer_missing() const { return answer_missing_; }

  // Which rows of the lifecycle table this run has taken.
  const std::bitset<kLifecycle.size()>& rows_taken() const {
    return rows_taken_;
  }
  const Profile& profile() const { return *options_.profile; }

  // --- Host ---------------------------------------------------------------

  OperationId Issue(CommandRequest request) override;
  void Close(Command command) override;
  void Cancel(OperationId operation, std::source_location site) override;
  const RecordedVersion* Recorded(std::string_view change_id) override;
  void ExpectMarker(const VersionRecord& record,
                    std::source_location site) override;
  void IssueMarker(const VersionRecord& record,
                   std::source_location site) override;
  const Payload* RecordedSideEffect(std::source_location site) override;
  void RecordSideEffect(Payload value, std::source_location site) override;
  MutableValue RecordedMutable(std::string_view id,
                               std::source_location site) override;
  void RecordMutable(std::string_view id, Payload value,
                     std::source_location site) override;
  void UpdateHandlerAdded(std::string_view name) override;
  void AcceptUpdate(std::string_view id) override;
  void EndUpdate(std::string id, Payloads result,
                 std::exception_ptr error) override;
  std::string_view BuildId() const override;
  void Refuse(absl::Status status, std::source_location site) override;
  void Log(std::string_view message) override;

 protected:
  void CancelOperations(ScopeId scope, std::source_location site) override;
  void MoveOperations(ScopeId from, ScopeId to) override;
  bool StaysCanceled(ScopeId scope) const override;

 private:
  // A marker of the turn's outputs, decoded once.
  struct TurnVersion {
    std::int64_t event_id = 0;
    VersionMarker marker;
    RecordedVersion recorded;
  };
  // A marker of a mutable side effect, until its call has come.
  struct MutableMarker {
    std::int64_t event_id = 0;
    std::int64_t commands_before =
        0;  // among the turn's outputs, see IsOrdered
    MutableSideEffectMarker marker;
    bool reached = false;  // by a call that was not taken for the marker's
  };
  // The value of one mutable side effect, and what this turn records of it.
  struct Mutable {
    std::optional<Payload> value;
    std::int64_t calls = 0;            // in the run
    std::int64_t calls_at_marker = 0;  // of them, when the last was recorded
    std::int64_t replay_count = 0;     // see IsJavasCall
    std::deque<MutableMarker> recorded;
  };
  // A local activity that has begun and not ended.
  struct RunningLocal {
    OperationId operation = 0;
    CommandRequest request;  // to begin it again
    std::int64_t attempt = 1;
    std::int64_t number = 0;  // as PendingCommand's
    bool handed_out = false;
  };
  // begin.cc
  absl::Status Begin(const Turn& turn);
  absl::Status ReadFlags(const Event& completed);
  absl::Status CheckFlag(const Event& completed, std::int64_t flag);
  void ReadBuildId(const Event& completed);
  absl::Status ReadMarkers(const Turn& turn);
  absl::Status ReadValueMarker(const Event& event,
                               std::int64_t commands_before);
  absl::Status AddVersion(const Turn& turn, std::size_t output,
                          VersionMarker marker);
  absl::Status EndTurn();
  bool FlagInForce(EngineFlag flag) const;
  bool LangFlagRecorded(std::int64_t flag) const;
  void NoteYield(bool answered_by_default);
  void RecordEngineFlags();

  // deliver.cc
  // No code runs any more, handlers neither: what they captured of a workflow
  // function went with it.
  bool code_is_over() const { return delivers_only_ || state().closed; }
  absl::Status Deliver(const Turn& turn, std::vector<UpdateRequest> updates);
  absl::Status DeliverOne(const Event& event);
  void BeginAs(std::string_view run_id);
  absl::Status DeliverStart(const Event& event);
  absl::Status DeliverSignal(const Event& event);
  absl::Status DeliverCancelRequest();
  absl::Status DeliverOutcome(const Event& event, const OutcomeRow& row);
  absl::Status SettleWith(Operation& operation, const Event& event,
                          Outcome outcome);
  void SettleStart(Operation& operation, const Event& event);
  absl::StatusOr<Failure> FailureOf(const Event& event, Outcome outcome);
  bool CancelIsSwallowed(const Turn& turn) const;
  PromiseBase* WorkflowThatGoesOn();

  // issue.cc
  PendingId Push(PendingCommand command);
  void CancelOne(OperationId id, std::source_location site);
  void IssueCancel(OperationId id, std::source_location site);
  void AcknowledgeCancel(OperationId target);
  void CancelRecorded(OperationId id);
  void Withdraw(PendingId id);
  // Steps an operation; null where its state does not allow the input.
  const LifecycleRow* StepOperation(Operation& operation, Input input);

  // local.cc
  OperationId BeginLocal(CommandRequest request, std::int64_t attempt);
  // The call that the marker is about, by id; or the first running one of its
  // type, those that nobody waits for any more behind the others.
  std::vector<RunningLocal>::iterator FindLocal(
      const Event& event, const LocalActivityMarker& marker);
  absl::Status ConfirmLocal(const Event& event);
  void EndLocal(std::vector<RunningLocal>::iterator local,
                const LocalActivityMarker& marker);
  static Task<void> BeginAgain(Run* run, Context& ctx, CommandRequest request,
                               std::int64_t attempt, Nanoseconds backoff);

  // updates.cc
  absl::Status ReadUpdates(const Turn& turn,
                           std::vector<UpdateRequest>& updates);
  absl::Status DeliverUpdate(UpdateRequest request);
  bool Validate(const UpdateHandler& handler, const UpdateRequest& request);
  void StartUpdate(UpdateHandler handler, UpdateRequest request);
  void PushUpdateEnd(Command command);
  void RejectUnknownUpdates();

  // versions.cc
  std::int64_t CommandsSoFar();
  bool IsJavasCall(Mutable& called);
  static void TakeMarker(Mutable& called);

  // queries.cc
  std::string StackTrace() const;

  // run.cc
  absl::Status Execute();
  void StopBeforeCode(const Turn& turn) const;
  bool SettleConditions();
  // Calls code of the user's that is no coroutine.
  absl::Status CallUser(const std::function<void()>& call);
  absl::Status Fail(absl::Status status);
  void Leave() const;
  absl::Status Diverge(Divergence divergence);

  // confirm.cc
  absl::Status ConfirmOutputs(const Turn& turn);
  absl::Status ConfirmOutput(const Turn& turn, std::size_t* output);
  absl::Status ConfirmRest(const Turn& turn);
  absl::Status ConfirmVersion(const Turn& turn, std::size_t* output);
  absl::Status ConfirmMutable(const Event& event);
  absl::Status ConfirmCommand(const EventFacts& facts);
  // nullopt: the event is to be compared like every other.
  std::optional<absl::Status> ConfirmUncheckedClosing(const Event& event);
  absl::Status RecordOperation(const PendingCommand& pending,
                               const Event& event);
  TurnVersion* VersionOf(std::string_view change_id) const;
  const TurnVersion* VersionAt(std::int64_t event_id) const;
  MarkerPosition PositionOf(Family family) const;
  bool Fits(const Command& command, const Event& event) const;
  void WithdrawVersion(std::string_view change_id);
  MatchRules Rules() const;
  bool TypesAreCompared() const;
  bool strict(StrictRule rule) const { return options_.strictness.Has(rule); }

  // values.cc
  // The first value that a rule of level kValues finds different.
  std::optional<Divergence> DifferentValue(const Command& command,
                                           const EventFacts& facts);
  std::optional<FieldDifference> DifferentPayloads(const Command& command,
                                                   const Event& event,
                                                   std::string field);
  std::optional<FieldDifference> DifferentDuration(const Command& command,
                                                   const Event& event);

  // explain.cc
  Divergence MakeDivergence(DivergenceCause cause, const EventFacts* event,
                            const Command* command) const;
  std::string HintFor(const Divergence& divergence, const EventFacts* event,
                      const Command* command) const;

  // emit.cc
  Emission Emit();
  void NameAtEmission(std::vector<Command>& commands, std::int64_t event_id,
                      std::int64_t number) const;
  std::int64_t NextNumber(CommandKind kind);
  IdScheme Ids() const;
  void NoteIdScheme(const Command& command, const Event& event);
  std::int64_t NextEventId();

  RunOptions options_;
  PayloadReader reader_;
  Payload scratch_;
  Operations operations_;
  PendingCommands pending_;
  // The last command that records a version of this change id.
  std::map<std::string, PendingId, std::less<>> version_commands_;
  std::unique_ptr<Context> context_;

  std::vector<RunningLocal> locals_;
  std::map<std::string, Mutable, std::less<>> mutables_;
  // Of updates whose handlers have yet to begin.
  std::map<std::string, Command, std::less<>> acceptances_;
  // Updates that were accepted: by which event, once it is recorded.
  std::map<std::string, std::int64_t, std::less<>> open_updates_;
  // Admitted before they reached a turn that accepts them.
  std::map<std::string, UpdateRequest, std::less<>> admitted_updates_;
  // Of those that came before this event the ones left were rejected, in a turn
  // that is over: of that nothing is recorded.
  std::int64_t answered_until_ = 0;
  std::vector<UpdateRequest> waiting_updates_;  // for their handler
  std::set<std::int64_t> engine_flags_;         // recorded, or used live
  bool own_history_ = false;  // a completion says that we wrote it
  bool first_completion_ = true;
  bool types_flagged_ = false;   // core's flag 1 is recorded
  bool version_yields_ = false;  // a call did live, see Profile::version_flag
  std::string build_id_;         // of the turn's completion

  std::string run_id_;  // since the last reset; RunInfo has the first one

  // Of the turn at hand.
  std::int64_t turn_number_ = 0;
  std::int64_t started_event_id_ = 0;
  std::deque<TurnVersion> turn_versions_;  // in the order of events
  // The first of each change id; the keys are the elements' own texts.
  std::map<std::string_view, TurnVersion*> turn_version_of_;
  std::vector<Payload> turn_side_effects_;  // their values, in order
  std::size_t next_side_effect_ = 0;
  std::int64_t commands_confirmed_ = 0;  // in the turn, see IsOrdered
  std::vector<Command> update_ends_;     // held back, see UpdateEnd
  std::vector<RejectedUpdate> rejected_;
  std::vector<OperationId> canceled_locals_;
  std::set<std::int64_t> lang_flags_;  // that the turn's completion records
  std::set<std::int64_t> core_flags_;
  std::optional<StrictRule> confirmed_by_;
  bool answer_missing_ = false;
  bool cancel_swallowed_ = false;  // it loses to a result, see CancelRace
  // A local activity has ended in this live turn behind this command and those
  // before it: on replay they will be recorded when the code goes on.
  PendingId sent_until_ = 0;

  std::int64_t side_effects_ = 0;  // of the run, for their ids
  std::int64_t locals_begun_ = 0;  // likewise
  // Calls of activities, local ones included, and of timers.
  std::int64_t activity_calls_ = 0;
  std::int64_t timer_calls_ = 0;
  std::optional<IdScheme> ids_shown_;  // by the first id of a run of ours
  bool emitted_ = false;               // Confirm has to follow
  bool delivers_only_ = false;         // the open last turn of a replay
  bool own_turn_ = false;              // the turn that is confirmed was emitted
  absl::Status* query_status_ = nullptr;  // while a query is answered
  absl::Status status_;
  std::optional<Divergence> divergence_;
  std::bitset<kLifecycle.size()> rows_taken_;
};

}  // namespace cohort

#endif  // COHORT_ENGINE_RUN_H_
