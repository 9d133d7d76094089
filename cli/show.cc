#include "cohort/cli/show.h"

#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <string_view>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"
#include "cohort/base/printable.h"
#include "cohort/base/status.h"
#include "cohort/cli/engine_commands.h"
#include "cohort/cli/inputs.h"
#include "cohort/corpus/event_words.h"
#include "cohort/corpus/payload_text.h"
#include "cohort/corpus/run_facts.h"
#include "cohort/history/event_table.h"
#include "cohort/history/payload_reader.h"
#include "cohort/history/time.h"
#include "cohort/history/turn.h"
#include "cohort/markers/codec.h"

namespace cohort {
namespace {

constexpr std::string_view kIndent = "                      ";

std::string SecondsText(absl::Duration time) {
  return fmt::format("{:.3f}s", absl::ToDoubleSeconds(time));
}

class Timeline {
 public:
  Timeline(const History& history, const ShowOptions& options)
      : history_(history), options_(options), words_(history.events()) {}

  absl::Status AddHead() {
    COHORT_ASSIGN_OR_RETURN(const RunFacts facts, FactsOf(history_));
    started_ = facts.started;
    Add(Bold(Printable(facts.source), options_.paint));
    Add(Printable(fmt::format("{}, id {}, run {}", facts.workflow_type,
                              facts.workflow_id, facts.run_id)));
    for (const std::string& sdk : facts.sdk) Add(Printable(sdk));
    std::string line(NameOf(facts.status));
    if (facts.status == RunStatus::kOpen) {
      line += fmt::format(", waiting for: {}", facts.Stage());
    }
    if (IsKnown(facts.started)) {
      line += fmt::format(", started {}", TimeText(facts.started));
      if (IsKnown(facts.latest)) {
        line += fmt::format(", the last event {} later",
                            SecondsText(facts.latest - facts.started));
      }
    }
    Add(Printable(line));
    return absl::OkStatus();
  }

  absl::Status AddTurns() {
    TurnReader reader;
    COHORT_RETURN_IF_ERROR(reader.Add(history_.events(), PageEnd::kLast));
    while (true) {
      COHORT_ASSIGN_OR_RETURN(const std::optional<Turn> turn, reader.Next());
      if (!turn) return absl::OkStatus();
      AddTurn(*turn);
    }
  }

  std::string Take() { return std::move(text_); }

 private:
  static bool IsKnown(absl::Time time) { return time != absl::InfinitePast(); }

  void Add(std::string_view line) {
    text_ += line;
    text_ += '\n';
  }

  void AddTurn(const Turn& turn) {
    Add(fmt::format("\n{}{}",
                    Bold(fmt::format("turn {}", turn.number), options_.paint),
                    turn.completed == nullptr ? " (not completed)" : ""));
    for (const Event& event : turn.inbound) {
      if (!IsQuiet(event)) AddEvent(event);
    }
    for (const Event& event : turn.outputs) AddEvent(event);
  }

  static bool IsQuiet(const Event& event) {
    return event.type == EventType::kWorkflowTaskScheduled ||
           event.type == EventType::kWorkflowTaskStarted ||
           event.type == EventType::kWorkflowTaskCompleted;
  }

  void AddEvent(const Event& event) {
    std::string word = Printable(words_.Of(event));
    if (event.type == EventType::kMarkerRecorded &&
        RoleOfMarker(event.name()) == MarkerRole::kVersion) {
      word = Green(word, options_.paint);
    } else if (!event.failure.empty()) {
      word = Red(word, options_.paint);
    }
    Add(fmt::format("{:>12}  {:>6}  {}{}", SinceStart(event), event.id, word,
                    Printable(Attempt(event))));
    AddValues(event);
  }

  std::string SinceStart(const Event& event) const {
    if (!IsKnown(started_) || event.time.empty()) return "";
    const auto time = ParseTime(event.time);
    return time.ok() ? "+" + SecondsText(*time - started_) : "";
  }

  std::string Attempt(const Event& event) {
    if (event.type != EventType::kActivityTaskStarted &&
        event.type != EventType::kWorkflowExecutionStarted) {
      return "";
    }
    const auto attempt = reader_.ReadAttributeText(event, "attempt");
    if (!attempt.ok() || attempt->empty() || *attempt == "1") return "";
    return fmt::format(", attempt {}", *attempt);
  }

  void AddValues(const Event& event) {
    const auto payloads = reader_.ReadPayloads(event.input);
    if (payloads.ok() && !payloads->empty()) {
      AddValue(FieldName(event.type, Target::kInput),
               PayloadsText(*payloads, options_.value_bytes_max));
    }
    AddDetails(event);
    const auto failure = reader_.ReadFailure(event.failure);
    if (event.failure.empty() || !failure.ok()) return;
    std::string label = FieldName(event.type, Target::kFailure);
    for (const Failure* f = &*failure; f != nullptr; f = f->cause.get()) {
      AddFailure(label, *f);
      label = "caused by";
    }
  }

  void AddDetails(const Event& event) {
    // A version marker's are in its word.
    if (event.details.empty() ||
        RoleOfMarker(event.name()) == MarkerRole::kVersion) {
      return;
    }
    const auto lists = reader_.ReadPayloadsMap(event.details);
    if (lists.ok()) {
      for (const auto& [key, payloads] : *lists) {
        AddValue(key, PayloadsText(payloads, options_.value_bytes_max));
      }
      return;
    }
    const auto single = reader_.ReadPayloadMap(event.details);
    if (!single.ok()) return;
    for (const auto& [key, payload] : *single) {
      AddValue(key, PayloadText(payload, options_.value_bytes_max));
    }
  }

  void AddValue(std::string_view label, std::string_view value) {
    Add(fmt::format("{}{}: {}", kIndent, Printable(label), Printable(value)));
  }

  void AddFailure(std::string_view label, const Failure& failure) {
    Add(fmt::format("{}{}: {}", kIndent, label,
                    Red(Printable(FailureText(failure)), options_.paint)));
    if (!failure.details.empty()) {
      AddValue("  details",
               PayloadsText(failure.details, options_.value_bytes_max));
    }
    std::string_view trace = failure.stack_trace;
    while (!trace.empty()) {
      const std::size_t end = std::min(trace.find('\n'), trace.size());
      std::string line(trace.substr(0, end));
      for (char& c : line) c = c == '\t' ? ' ' : c;
      Add(fmt::format("{}    {}", kIndent, Printable(line)));
      trace.remove_prefix(std::min(end + 1, trace.size()));
    }
  }

  const History& history_;
  const ShowOptions& options_;
  EventWords words_;
  PayloadReader reader_;
  absl::Time started_ = absl::InfinitePast();
  std::string text_;
};

struct Args {
  std::string file;
  std::string store;
  bool full = false;
};

int RunShow(const Args& args, const Terminal& io) {
  Inputs inputs(io);
  const auto history = args.store.empty() ? ReadInput(io, args.file)
                                          : ReadStored(args.store, args.file);
  if (!history.ok()) {
    inputs.Complain(history.status());
    return kExitUnreadable;
  }
  ShowOptions options{.paint = io.paint};
  if (args.full) {
    options.value_bytes_max = std::numeric_limits<std::size_t>::max();
  }
  const Shown shown = Show(*history, options);
  io.out << shown.text;
  if (!shown.status.ok()) inputs.Complain(shown.status);
  return inputs.ExitCode(1);
}

}  // namespace

Shown Show(const History& history, const ShowOptions& options) {
  Timeline timeline(history, options);
  absl::Status status = timeline.AddHead();
  if (status.ok()) {
    status = Annotate(timeline.AddTurns(), history.source());
  }
  return {timeline.Take(), status};
}

Subcommand AddShow(CLI::App& app) {
  auto args = std::make_shared<Args>();
  CLI::App* parser = app.add_subcommand(
      "show", "One history as a timeline: results, failures, versions");
  parser
      ->add_option("FILE", args->file,
                   "A history file; with --store a run's or a workflow's id")
      ->required();
  parser->add_option("--store", args->store, "A store of the embedded engine");
  parser->add_flag("--full", args->full, "Payloads in full length");
  return {parser, [args](const Terminal& io) { return RunShow(*args, io); }};
}

}  // namespace cohort
