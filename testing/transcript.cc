#include "cohort/testing/transcript.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/engine/match_table.h"
#include "cohort/history/event_table.h"
#include "cohort/history/payload_reader.h"
#include "cohort/testing/replayer.h"
#include "nlohmann/json.hpp"

namespace cohort_testing {
namespace {

using cohort::CommandKind;
using cohort::Event;
using cohort::EventType;
using cohort::History;
using cohort::InvalidArgument;
using cohort::Payloads;
using cohort::Recorder;
using cohort::VersionBook;
using Output = absl::StatusOr<std::string>;

constexpr std::string_view kOutputFollows = "----";

// `verb [NAME] [key=value ...] [JSON to the end of the line]`.
struct Directive {
  std::string_view verb;
  std::string_view name;
  std::map<std::string_view, std::string_view> options;
  Payloads payloads;
};

// Takes the text up to the separator, or all of it.
std::string_view TakeUntil(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

absl::StatusOr<Directive> ParseDirective(std::string_view line) {
  Directive d;
  d.verb = TakeUntil(line, ' ');
  while (!line.empty()) {
    if (nlohmann::json::accept(line)) {
      d.payloads = {cohort::JsonPayload(std::string(line))};
      break;
    }
    std::string_view word = TakeUntil(line, ' ');
    if (word.find('=') != word.npos) {
      const std::string_view key = TakeUntil(word, '=');
      d.options[key] = word;
    } else if (d.name.empty()) {
      d.name = word;
    } else {
      return InvalidArgument("\"{}\" is one word too many", word);
    }
  }
  return d;
}

std::string Words(const Payloads& payloads) {
  std::string out;
  for (const cohort::Payload& p : payloads) out += " " + p.data;
  return out;
}

std::string Words(const cohort::Command& command) {
  std::string out = cohort::Describe(command) + Words(command.input);
  if (command.failure) out += fmt::format(" \"{}\"", command.failure->message);
  for (const auto& [key, payloads] : command.details) {
    out += fmt::format(" {}:{}", key, Words(payloads));
  }
  return out;
}

std::string Words(const Event& event) {
  std::string out(cohort::RowOf(event.type).camel());
  if (!event.name().empty()) out += fmt::format("({})", event.name());
  if (event.subject != 0) out += fmt::format(" of {}", event.subject);
  cohort::PayloadReader reader;
  if (auto p = reader.ReadPayloads(event.input); p.ok()) out += Words(*p);
  return out;
}

std::string Words(const VersionBook::Entry& entry) {
  return fmt::format("{} = {}{}{}", entry.id, entry.version,
                     entry.recorded ? "" : ", by default",
                     entry.deprecated ? ", deprecated" : "");
}

// "step.cc:41" without the line, which every edit of the file changes.
std::string WithoutLines(std::string_view text) {
  constexpr std::string_view kSource = ".cc:";
  std::string out;
  for (std::size_t at = 0; (at = text.find(kSource)) != text.npos;) {
    out += text.substr(0, at + kSource.size() - 1);
    text.remove_prefix(at + kSource.size());
    text.remove_prefix(
        std::min(text.find_first_not_of("0123456789"), text.size()));
  }
  return out += text;
}

bool IsEdge(EventType type) {
  return type == EventType::kWorkflowTaskScheduled ||
         type == EventType::kWorkflowTaskStarted;
}

std::string Row(std::string_view label, std::int64_t event_id,
                std::string_view words) {
  const std::string id = event_id == 0 ? "" : fmt::format("{}", event_id);
  return fmt::format("  {:<5}{:>3}  {}\n", label, id, words);
}

// What may become of an open operation.
struct Outcome {
  using Open = Recorder::OpenOperation;
  std::string_view verb;
  void (*happen)(Recorder&, const Open&, const Payloads&);
};

// clang-format off
constexpr std::array<Outcome, 6> kOutcomes = {{
    {"start",
     [](Recorder& r, const auto& o, const Payloads&) { r.Start(o); }},
    {"complete",
     [](Recorder& r, const auto& o, const Payloads& p) { r.Complete(o, p); }},
    {"fire",
     [](Recorder& r, const auto& o, const Payloads& p) { r.Complete(o, p); }},
    {"fail",
     [](Recorder& r, const auto& o, const Payloads& p) {
       r.Fail(o, {.message = p.empty() ? "failed" : p.front().data});
     }},
    {"time_out",
     [](Recorder& r, const auto& o, const Payloads&) { r.TimeOut(o); }},
    {"acknowledge_cancel",
     [](Recorder& r, const auto& o, const Payloads&) { r.AcknowledgeCancel(o); }},
}};
// clang-format on

class Player {
 public:
  Player(const Releases& releases, Recorder::Mode mode)
      : releases_(releases), mode_(mode) {}

  // What the directive prints; "" for those that only make something come in.
  Output Play(const Directive& d) {
    if (!recorder_ && d.verb != "run") {
      return InvalidArgument("nothing runs yet");
    }
    for (const Verb& verb : kVerbs) {
      if (verb.name == d.verb) return (this->*verb.play)(d);
    }
    for (const Outcome& outcome : kOutcomes) {
      if (outcome.verb != d.verb) continue;
      COHORT_ASSIGN_OR_RETURN(const Outcome::Open open, Open(d));
      outcome.happen(*recorder_, open, d.payloads);
      return "";
    }
    return InvalidArgument("there is no directive \"{}\"", d.verb);
  }

 private:
  struct Verb {
    std::string_view name;
    Output (Player::*play)(const Directive&);
  };
  static const std::array<Verb, 7> kVerbs;

  absl::StatusOr<const cohort::Registry*> Release(const Directive& d) const {
    const auto option = d.options.find("release");
    if (option == d.options.end()) return InvalidArgument("of which release=?");
    const auto found = releases_.find(option->second);
    if (found != releases_.end()) return &found->second;
    return InvalidArgument("there is no release \"{}\"", option->second);
  }

  // The oldest open operation of that name; without a name, the oldest timer.
  absl::StatusOr<Outcome::Open> Open(const Directive& d) const {
    for (const Outcome::Open& open : recorder_->Open()) {
      if (d.name.empty() ? open.kind == CommandKind::kStartTimer
                         : open.name == d.name) {
        return open;
      }
    }
    return InvalidArgument("\"{}\" is not open", d.name);
  }

  Output Run(const Directive& d) {
    COHORT_ASSIGN_OR_RETURN(const cohort::Registry* release, Release(d));
    recorder_.emplace(cohort::RunOptions{.registry = release},
                      std::string(d.name), d.payloads, mode_);
    shown_ = 0;
    book_.clear();
    return "";
  }

  Output Turn(const Directive&) {
    if (recorder_->closed()) return InvalidArgument("the run is closed");
    const absl::Status status = recorder_->RunTurn();
    COHORT_ASSIGN_OR_RETURN(const History history, recorder_->history());
    std::int64_t number = status.ok() ? 0 : 1;
    std::string out;
    auto command = recorder_->commands().begin();
    bool completed = false;
    for (const Event& event : history.events()) {
      const bool completes = event.type == EventType::kWorkflowTaskCompleted;
      number += completes ? 1 : 0;
      if (event.id <= shown_ || IsEdge(event.type)) continue;
      if (completed) {
        out += Row("code", event.id, Words(*command++));
      } else if (!completes) {
        out += Row("in", event.id, Words(event));
      }
      completed |= completes;
    }
    shown_ = static_cast<std::int64_t>(history.events().size());
    out += NewAnswers();
    if (!status.ok()) {
      out += Row("fails", 0, cohort::ToStd(status.message()));
    }
    return fmt::format("turn {}\n{}", number, out);
  }

  // The answers that were not there, or were others, when last shown.
  std::string NewAnswers() {
    std::string out;
    for (const auto& entry : recorder_->run().state().versions.entries()) {
      std::string words = Words(entry);
      std::string& shown = book_[entry.id];
      if (words != shown) out += Row("book", 0, words);
      shown = std::move(words);
    }
    return out;
  }

  Output Deploy(const Directive& d) {
    COHORT_ASSIGN_OR_RETURN(const cohort::Registry* release, Release(d));
    recorder_->Deploy(*release);
    return "";
  }

  Output Replay(const Directive& d) {
    COHORT_ASSIGN_OR_RETURN(const cohort::Registry* release, Release(d));
    COHORT_ASSIGN_OR_RETURN(const History history, recorder_->history());
    cohort::ReplayOptions options;
    if (const auto until = d.options.find("until"); until != d.options.end()) {
      const std::string_view id = until->second;
      std::from_chars(id.data(), id.data() + id.size(),
                      options.until_event.emplace());
    }
    std::string book;
    options.inspect = [&book](cohort::Run& run) {
      for (const auto& entry : run.state().versions.entries()) {
        book += Row("book", 0, Words(entry));
      }
    };
    cohort::ReplayReport report =
        cohort::Replayer(*release, options).Replay(history);
    report.source = d.options.at("release");
    return report.ToString() + "\n" + book;
  }

  Output Signal(const Directive& d) {
    recorder_->Signal(d.name, d.payloads);
    return "";
  }

  Output RequestCancel(const Directive&) {
    recorder_->RequestCancel();
    return "";
  }

  Output FailTask(const Directive&) {
    recorder_->FailTask();
    return "";
  }

  const Releases& releases_;
  Recorder::Mode mode_;
  std::optional<Recorder> recorder_;
  std::int64_t shown_ = 0;                   // the last event that was printed
  std::map<std::string, std::string> book_;  // and the answers, by change id
};

constexpr std::array<Player::Verb, 7> Player::kVerbs = {{
    {"run", &Player::Run},
    {"turn", &Player::Turn},
    {"deploy", &Player::Deploy},
    {"replay", &Player::Replay},
    {"signal", &Player::Signal},
    {"request_cancel", &Player::RequestCancel},
    {"fail_task", &Player::FailTask},
}};

}  // namespace

absl::StatusOr<std::string> PlayTranscript(const Releases& releases,
                                           std::string_view text,
                                           Recorder::Mode mode) {
  Player player(releases, mode);
  std::string out;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = TakeUntil(text, '\n');
    out += fmt::format("{}\n", line);
    if (line.empty() || line.front() == '#') continue;
    absl::StatusOr<Directive> directive = ParseDirective(line);
    Output printed =
        directive.ok() ? player.Play(*directive) : Output(directive.status());
    if (!printed.ok()) {
      return InvalidArgument("line {}: {}: {}", number, line,
                             cohort::ToStd(printed.status().message()));
    }
    // What it printed when the transcript was written.
    if (text.starts_with(kOutputFollows)) {
      while (!text.empty() && text.front() != '\n') {
        TakeUntil(text, '\n');
        ++number;
      }
    }
    if (printed->empty()) continue;
    out += fmt::format("{}\n{}", kOutputFollows, WithoutLines(*printed));
    if (!text.empty() && text.front() != '\n') out += '\n';
  }
  return out;
}

}  // namespace cohort_testing
