// Run: one execution of one workflow, turn by turn.
//
//   Run run(RunOptions{.registry = &registry, .profile = &profile});
//   for (const Turn& turn : turns) {
//     absl::Status status = run.Replay(turn);       // the turn is completed
//     if (!status.ok()) return status;              // run.divergence() says
//     more
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
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cohort/engine/divergence.h"
#include "cohort/engine/kinds.h"
#include "cohort/engine/match_table.h"
#include "cohort/engine/operations.h"
#include "cohort/engine/profile.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/turn.h"
#include "cohort/markers/codec.h"
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
  // The markers that live calls write.
  Dialect version_dialect = Dialect::kGo;
  Dialect patch_dialect = Dialect::kCore;
  // Takes what Context::Log writes, outside replay.
  std::function<void(std::string_view)> log;
};

// What a live turn asks the server to record.
struct Emission {
  std::vector<Command> commands;  // in order; the closing one last
  bool closed = false;
  // What other SDKs have to know to read the turn's markers (SDK metadata).
  std::vector<std::int64_t> lang_used_flags;
  std::vector<std::int64_t> core_used_flags;
};

class Run final : public Host {
 public:
  explicit Run(RunOptions options);
  ~Run() override;

  // A turn whose completion is known: begin, deliver, execute, confirm.
  absl::Status Replay(const Turn& turn);
  // The open last turn of a history that is only replayed: begin and deliver.
  // Its code has not decided anything yet.
  absl::Status DeliverOpen(const Turn& turn);
  // An open turn, live: begin, deliver, execute, emit. Confirm has to follow
  // before the next turn.
  absl::StatusOr<Emission> Advance(const Turn& turn);
  // History hands the turn that was advanced back, with its outputs.
  absl::Status Confirm(const Turn& turn);

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

  OperationId Issue(
      Command command,
      workflow_internal::Ref<workflow_internal::FutureState> future,
      CancellationType cancellation) override;
  void Close(Command command) override;
  void Cancel(OperationId operation, std::source_location site) override;
  const RecordedVersion* Recorded(std::string_view change_id) override;
  void ExpectMarker(const VersionRecord& record,
                    std::source_location site) override;
  void IssueMarker(const VersionRecord& record,
                   std::source_location site) override;
  const Payload* RecordedSideEffect(std::source_location site) override;
  void RecordSideEffect(Payload value, std::source_location site) override;
  void Refuse(absl::Status status, std::source_location site) override;
  void Log(std::string_view message) override;

 private:
  // A marker of the turn's outputs, decoded once.
  struct TurnVersion {
    std::int64_t event_id = 0;
    VersionMarker marker;
    RecordedVersion recorded;
  };

  // begin.cc
  absl::Status Begin(const Turn& turn);
  absl::Status ReadFlags(const Event& completed);
  absl::Status ReadMarkers(const Turn& turn);
  absl::Status AddVersion(const Turn& turn, std::size_t output,
                          VersionMarker marker);
  absl::Status EndTurn();

  // deliver.cc
  absl::Status Deliver(const Turn& turn);
  absl::Status DeliverOne(const Event& event);
  absl::Status DeliverStart(const Event& event);
  absl::Status DeliverSignal(const Event& event);
  absl::Status DeliverOutcome(const Event& event, const OutcomeRow& row);
  void SettleWith(Operation& operation, const Event& event, Outcome outcome);

  // run.cc
  absl::Status Execute();
  bool SettleConditions();
  // Calls code of the user's that is no coroutine.
  absl::Status CallUser(const std::function<void()>& call);
  // Steps an operation; null where its state does not allow the input.
  const LifecycleRow* StepOperation(Operation& operation, Input input);
  void Cancel(OperationId id, Operation& operation, Input input,
              std::source_location site);
  absl::Status Fail(absl::Status status);
  absl::Status Diverge(Divergence divergence);
  void Push(PendingCommand command);

  // confirm.cc
  absl::Status ConfirmOutputs(const Turn& turn);
  absl::Status ConfirmVersion(const Turn& turn, std::size_t* output);
  absl::Status ConfirmCommand(const Event& event);
  absl::Status RecordOperation(const PendingCommand& pending,
                               const Event& event);
  TurnVersion* VersionOf(std::string_view change_id);
  const TurnVersion* VersionAt(std::int64_t event_id) const;
  MarkerPosition PositionOf(Family family) const;
  bool Fits(const Command& command, const Event& event) const;
  void WithdrawVersion(std::string_view change_id);
  Divergence MakeDivergence(DivergenceCause cause, const EventFacts* event,
                            const Command* command) const;
  std::string HintFor(const Divergence& divergence, const EventFacts* event,
                      const Command* command) const;

  // emit.cc
  Emission Emit();

  RunOptions options_;
  PayloadReader reader_;
  Payload scratch_;
  Operations operations_;
  PendingCommands pending_;
  std::unique_ptr<Context> context_;

  // Of the turn at hand.
  std::int64_t turn_number_ = 0;
  std::int64_t started_event_id_ = 0;
  std::vector<TurnVersion> turn_versions_;
  std::vector<Payload> turn_side_effects_;  // their values, in order
  std::size_t next_side_effect_ = 0;
  std::int64_t commands_in_turn_ = 0;
  std::int64_t lang_flag_ = 0;  // of the dialects that the turn writes
  std::int64_t core_flag_ = 0;
  bool answer_missing_ = false;

  std::int64_t side_effects_ = 0;  // of the run, for their ids
  bool emitted_ = false;           // Confirm has to follow
  absl::Status status_;
  std::optional<Divergence> divergence_;
  std::bitset<kLifecycle.size()> rows_taken_;
};

}  // namespace cohort

#endif  // COHORT_ENGINE_RUN_H_
