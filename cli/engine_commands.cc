#include "cohort/cli/engine_commands.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "cohort/base/status.h"
#include "cohort/cli/columns.h"
#include "cohort/cli/inputs.h"
#include "cohort/corpus/query.h"
#include "cohort/embedded/check.h"
#include "cohort/embedded/engine.h"
#include "cohort/embedded/history_source.h"
#include "cohort/embedded/store.h"
#include "cohort/history/json_writer.h"
#include "cohort/history/time.h"
#include "fmt/core.h"
#include "nlohmann/json.hpp"

namespace cohort {
namespace {

struct Args {
  std::string store;
  std::string run;
  std::string query;
  std::string queue;
  std::string reason = "reset by an operator";
  std::int64_t event = 0;
  bool stuck = false;
  bool json = false;
};

int Complain(const Terminal& io, const absl::Status& status) {
  Inputs inputs(io);
  inputs.Complain(status);
  return absl::IsNotFound(status) ? kExitNothing : kExitUnreadable;
}

absl::StatusOr<RunRow> FindStored(Store& store, std::string_view run) {
  COHORT_ASSIGN_OR_RETURN(std::optional<RunRow> found, store.FindRun(run));
  if (!found) {
    COHORT_ASSIGN_OR_RETURN(found, store.FindWorkflow(run));
  }
  if (found) return *found;
  return NotFound(
      "{}: there is no run and no workflow \"{}\"; `cohort list --store {}` "
      "lists them",
      store.path(), run, store.path());
}

absl::StatusOr<std::vector<RunRow>> Listed(const Args& args) {
  COHORT_ASSIGN_OR_RETURN(const Query query, Query::Parse(args.query));
  COHORT_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store,
                          Store::OpenToRead(args.store));
  std::vector<RunRow> runs;
  COHORT_RETURN_IF_ERROR(store->ForEachRun([&](const RunRow& run) {
    if (args.stuck && run.stuck.empty()) return absl::OkStatus();
    const absl::StatusOr<bool> meant =
        query.Matches(ListingOf(run, run.run_id));
    if (meant.ok() && *meant) runs.push_back(run);
    return meant.status();
  }));
  return runs;
}

nlohmann::ordered_json JsonOf(const RunRow& run) {
  nlohmann::ordered_json json;
  json["workflowId"] = run.workflow_id;
  json["runId"] = run.run_id;
  json["type"] = run.workflow_type;
  json["queue"] = run.queue;
  json["status"] = NameOf(run.status);
  json["started"] = TimeText(run.started);
  if (run.closed != absl::InfiniteFuture()) {
    json["closed"] = TimeText(run.closed);
  }
  json["events"] = run.events;
  json["bytes"] = run.bytes;
  json["changeVersions"] = run.change_versions;
  if (!run.stuck.empty()) {
    json["stuck"] = run.stuck;
    json["attempt"] = run.task_attempt;
  }
  return json;
}

int RunList(const Args& args, const Terminal& io) {
  const auto runs = Listed(args);
  if (!runs.ok()) return Complain(io, runs.status());
  if (args.json) {
    auto all = nlohmann::ordered_json::array();
    for (const RunRow& run : *runs) all.push_back(JsonOf(run));
    io.out << JsonText(all, 2) << "\n";
    return runs->empty() ? kExitNothing : kExitOk;
  }
  if (runs->empty()) {
    Inputs(io).Say(args.stuck ? "no run is stuck" : "no run is meant");
    return kExitNothing;
  }
  Columns columns({"workflow", "run", "type", "status", "events", "started"});
  for (const RunRow& run : *runs) {
    columns.Add({run.workflow_id, run.run_id, run.workflow_type,
                 run.stuck.empty() ? std::string(NameOf(run.status)) : "stuck",
                 fmt::format("{}", run.events), TimeText(run.started)});
  }
  io.out << columns.Text();
  for (const RunRow& run : *runs) {
    if (!args.stuck) break;
    io.out << fmt::format("\n{} (attempt {}):\n{}\n", run.workflow_id,
                          run.task_attempt, run.stuck);
  }
  return kExitOk;
}

// Runs whose workflow tasks go to one task queue.
struct QueueRuns {
  std::int64_t all = 0;
  std::int64_t open = 0;
};

absl::StatusOr<QueueRuns> CountQueue(const Args& args) {
  COHORT_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store,
                          Store::OpenToRead(args.store));
  QueueRuns runs;
  COHORT_RETURN_IF_ERROR(store->ForEachRun([&](const RunRow& run) {
    if (run.queue != args.queue) return absl::OkStatus();
    ++runs.all;
    if (run.status == RunStatus::kOpen) ++runs.open;
    return absl::OkStatus();
  }));
  if (runs.all > 0) return runs;
  return NotFound("{}: no run has ever been on the task queue \"{}\"",
                  args.store, args.queue);
}

int RunDrained(const Args& args, const Terminal& io) {
  const auto runs = CountQueue(args);
  if (!runs.ok()) return Complain(io, runs.status());
  if (runs->open == 0) {
    io.out << fmt::format("{} is drained: {} runs, none is open\n", args.queue,
                          runs->all);
    return kExitOk;
  }
  io.out << fmt::format("{} is not drained: {} of {} runs are open\n",
                        args.queue, runs->open, runs->all);
  return kExitDifferent;
}

int RunHistory(const Args& args, const Terminal& io) {
  const auto history = ReadStored(args.store, args.run);
  if (!history.ok()) return Complain(io, history.status());
  io.out << WriteHistory(*history) << "\n";
  return kExitOk;
}

absl::StatusOr<RunKey> ResetStored(const Args& args) {
  RunKey key;
  {
    COHORT_ASSIGN_OR_RETURN(const std::unique_ptr<Store> store,
                            Store::OpenToRead(args.store));
    COHORT_ASSIGN_OR_RETURN(const RunRow run, FindStored(*store, args.run));
    key = {run.workflow_id, run.run_id};
  }
  COHORT_ASSIGN_OR_RETURN(const std::unique_ptr<EmbeddedEngine> engine,
                          EmbeddedEngine::Open(args.store, EngineOptions()));
  return engine->client().Reset(key, args.event, args.reason);
}

int RunReset(const Args& args, const Terminal& io) {
  const auto reset = ResetStored(args);
  if (!reset.ok()) return Complain(io, reset.status());
  io.out << fmt::format("{} goes on as run {}\n", reset->workflow_id,
                        reset->run_id);
  return kExitOk;
}

int RunCheck(const Args& args, const Terminal& io) {
  const auto report = CheckStore(args.store);
  if (!report.ok()) return Complain(io, report.status());
  for (const std::string& problem : report->problems) {
    io.out << problem << "\n";
  }
  io.out << fmt::format("{} runs ({} open), {} events, {} problems\n",
                        report->runs, report->open_runs, report->events,
                        report->problems.size());
  return report->problems.empty() ? kExitOk : kExitDifferent;
}

void AddStore(CLI::App* parser, Args& args) {
  parser->add_option("--store", args.store, "A store of the embedded engine")
      ->required();
}

void AddRun(CLI::App* parser, Args& args) {
  parser->add_option("RUN", args.run, "A run's id, or a workflow's: its newest")
      ->required();
}

}  // namespace

absl::StatusOr<History> ReadStored(const std::string& store,
                                   std::string_view run) {
  COHORT_ASSIGN_OR_RETURN(const std::unique_ptr<Store> opened,
                          Store::OpenToRead(store));
  COHORT_ASSIGN_OR_RETURN(const RunRow found, FindStored(*opened, run));
  COHORT_ASSIGN_OR_RETURN(std::string text, opened->ReadHistory(found.row));
  return History::FromJson(std::move(text), {}, store + "?" + found.run_id);
}

Subcommand AddList(CLI::App& app) {
  auto args = std::make_shared<Args>();
  CLI::App* parser =
      app.add_subcommand("list", "The runs of a store, and which are stuck");
  AddStore(parser, *args);
  parser->add_flag("--stuck", args->stuck,
                   "Only runs whose workflow task fails, with the reason");
  parser->add_option("--query", args->query,
                     "A list filter: WorkflowType = 'Order' AND ...");
  parser->add_flag("--json", args->json, "A JSON array");
  return {parser, [args](const Terminal& io) { return RunList(*args, io); }};
}

Subcommand AddDrained(CLI::App& app) {
  auto args = std::make_shared<Args>();
  CLI::App* parser = app.add_subcommand(
      "drained", "Is no run of a task queue open, so that its worker may go?");
  parser->add_option("QUEUE", args->queue, "The task queue")->required();
  AddStore(parser, *args);
  return {parser, [args](const Terminal& io) { return RunDrained(*args, io); }};
}

Subcommand AddHistory(CLI::App& app) {
  auto args = std::make_shared<Args>();
  CLI::App* parser = app.add_subcommand(
      "history", "One run's history out of a store, as JSON");
  AddStore(parser, *args);
  AddRun(parser, *args);
  return {parser, [args](const Terminal& io) { return RunHistory(*args, io); }};
}

Subcommand AddReset(CLI::App& app) {
  auto args = std::make_shared<Args>();
  CLI::App* parser = app.add_subcommand(
      "reset", "Lets a run of a store go on from one of its workflow tasks");
  AddStore(parser, *args);
  AddRun(parser, *args);
  parser
      ->add_option("--event", args->event,
                   "The event that ended that task (WorkflowTaskCompleted, "
                   "..Failed, ..TimedOut)")
      ->required();
  parser->add_option("--reason", args->reason, "Recorded with the reset");
  return {parser, [args](const Terminal& io) { return RunReset(*args, io); }};
}

Subcommand AddEngine(CLI::App& app) {
  auto args = std::make_shared<Args>();
  CLI::App* parser =
      app.add_subcommand("engine", "Looks after a store of the engine");
  parser->require_subcommand(1);
  CLI::App* check = parser->add_subcommand(
      "check", "Is the file whole, and every history in it?");
  check->add_option("PATH", args->store, "The store")->required();
  return {parser, [args](const Terminal& io) { return RunCheck(*args, io); }};
}

}  // namespace cohort
