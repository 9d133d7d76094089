#include "cohort/embedded/client.h"

#include "absl/time/clock.h"
#include "cohort/base/status.h"
#include "fmt/core.h"

namespace cohort {
namespace {

absl::Status InVain(std::string_view what, const RunKey& run) {
  return MakeStatus(absl::StatusCode::kDeadlineExceeded,
                    "workflow {}: {} was waited for in vain; is there a worker "
                    "for its task queue?",
                    run.workflow_id, what);
}

}  // namespace

std::string Client::NextId() {
  return fmt::format("update-{}-{}", absl::ToUnixNanos(core_.clock().Now()),
                     ++last_id_);
}

absl::StatusOr<UpdateOutcome> Client::UpdateById(const RunKey& run,
                                                 std::string id,
                                                 std::string name,
                                                 Payloads input,
                                                 absl::Duration patience) {
  absl::StatusOr<UpdateOutcome> found;
  const auto over = [&] {
    found = core_.FindUpdate(run, id);
    if (absl::IsNotFound(found.status())) {
      // Not sent before; or rejected, and that is forgotten with the ledger: it
      // left no event. Where the run is closed this is the answer.
      const absl::Status sent = core_.RequestUpdate(run, {id, name, input, 0});
      if (!sent.ok()) found = sent;
      return !sent.ok();
    }
    return !found.ok() || found->completed || found->rejected;
  };
  if (!wait_(over, absl::Now() + patience)) return InVain("the update", run);
  return found;
}

absl::StatusOr<Payloads> Client::QueryRaw(const RunKey& run,
                                          std::string_view name, Payloads input,
                                          absl::Duration patience) {
  COHORT_ASSIGN_OR_RETURN(const std::string id,
                          core_.AskQuery(run, name, std::move(input)));
  std::optional<QueryAnswer> answer;
  const auto answered = [&] {
    answer = core_.TakeAnswer(id);
    return answer.has_value();
  };
  if (!wait_(answered, absl::Now() + patience)) {
    core_.DropQuery(id);
    return InVain("the answer", run);
  }
  if (!answer->status.ok()) return answer->status;
  return std::move(answer->result);
}

absl::StatusOr<RunEnd> Client::End(const RunKey& run, absl::Duration patience) {
  RunKey at = run;
  if (at.run_id.empty()) {
    COHORT_ASSIGN_OR_RETURN(const RunDescription last, core_.Describe(run));
    at.run_id = last.listing.run_id;
  }
  absl::StatusOr<std::optional<RunEnd>> end = std::nullopt;
  const auto ended = [&] {
    while (true) {
      end = core_.FindEnd(at);
      if (!end.ok() || !*end) return !end.ok();
      if ((*end)->status != RunStatus::kContinuedAsNew) return true;
      at = (*end)->next;
    }
  };
  if (!wait_(ended, absl::Now() + patience)) return InVain("its end", run);
  COHORT_RETURN_IF_ERROR(end.status());
  return **std::move(end);
}

absl::StatusOr<std::vector<RunDescription>> Client::List(
    std::string_view filter) {
  COHORT_ASSIGN_OR_RETURN(const cohort::Query query,
                          cohort::Query::Parse(filter));
  std::vector<RunDescription> runs;
  COHORT_RETURN_IF_ERROR(core_.List(query, [&](const RunDescription& run) {
    runs.push_back(run);
    return absl::OkStatus();
  }));
  return runs;
}

absl::StatusOr<History> Client::FetchHistory(const RunKey& run) {
  COHORT_ASSIGN_OR_RETURN(std::string json, core_.ReadHistory(run));
  return History::FromJson(std::move(json));
}

}  // namespace cohort
