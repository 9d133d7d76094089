#include "cohort/testing/oracle.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "cohort/testing/oracle_words.h"

namespace cohort_testing {

char ProgramStep::cancellation() const {
  if (kind == 'X' || kind == 'E') return 'a';
  switch (form) {
    case 'w':
    case 'W':
      return 'w';
    case 'b':
    case 'B':
      return 'a';
    case 'r':
    case 'R':
      return kind == 'H' || kind == 'N' ? 'r' : 'w';
    default:
      return 't';
  }
}

Program ParseProgram(const std::string& text) {
  Program program;
  for (std::size_t i = 0; i + 4 <= text.size(); i += 4) {
    program.push_back({text[i], text[i + 1], text[i + 2], text[i + 3]});
  }
  return program;
}

std::string ToText(const Program& program) {
  std::string text;
  for (const ProgramStep& s : program) {
    text += {s.kind, s.form, s.tag, s.argument};
  }
  return text;
}

std::string Show(const std::vector<OracleEvent>& events) {
  std::string out;
  for (const OracleEvent& e : events) {
    out += e.word + (e.about != 0 ? " #" + std::to_string(e.about) : "") +
           (e.note.empty() ? "" : " " + e.note) + "\n";
  }
  return out;
}

std::string ToText(const OracleRun& run) {
  std::string text = ToText(run.program);
  for (const std::vector<Arrival>& turn : run.arrivals) {
    text += " |";
    for (const Arrival& a : turn) {
      text += std::string(" ") + a.what;
      if (a.event_id != 0) text += std::to_string(a.event_id);
    }
  }
  return text;
}

Oracle::Oracle(Program program, VersionChoice choice) : code_(program) {
  run_.program = std::move(program);
  run_.choice = choice;
  Append({"Start"});
}

int Oracle::Append(OracleEvent event) {
  event.tag = event.cancels = event.child = 0;
  run_.events.push_back(std::move(event));
  return static_cast<int>(run_.events.size());
}

void Oracle::RunTurn() {
  if (!run_.steps.empty()) {
    run_.arrivals.push_back(std::exchange(arrived_, {}));
  }
  const int scheduled = Append({"TaskScheduled"});
  const int started = Append({"TaskStarted", scheduled});
  Append({"TaskCompleted", started});
  code_.Run(nullptr, run_.choice);
  while (!code_.closed()) {
    const std::string marker = code_.EndLocal("");
    if (marker.empty()) break;
    code_.out().push_back({marker});
    code_.Run(nullptr, run_.choice);
  }
  for (OracleEvent e : code_.out()) {
    if (e.cancels != 0) e.about = code_.EventOf(e.cancels);
    if (e.word == "UpdateCompleted") e.about = accepted_[e.update];
    const int id = Append(e);
    if (e.tag != 0) code_.Record(e.tag, id);
    if (e.child != 0) code_.ExpectArrival(id, e.child);
    if (e.word == "UpdateAccepted") accepted_[e.update] = id;
    if (OpenedBy(e.word) != nullptr) open_.push_back(id);
    if (e.word == "CancelTimer") std::erase(open_, e.about);
  }
  code_.EndTurn();
  run_.steps.push_back(code_.at());
}

std::string Oracle::PossibleEnds(int event_id) const {
  const Words& words =
      *OpenedBy(run_.events[static_cast<std::size_t>(event_id - 1)].word);
  const bool is_started =
      std::find(started_.begin(), started_.end(), event_id) != started_.end();
  std::string ends;
  for (const EndWord& end : kEnds) {
    const bool unstarted = end.what == 'n';
    if (end.kind == words.kind && !(unstarted && is_started)) ends += end.what;
  }
  if (!words.started.empty() && !is_started) ends += 's';
  const bool told =
      std::find(told_.begin(), told_.end(), event_id) != told_.end();
  const bool asked = std::any_of(
      run_.events.begin(), run_.events.end(), [&](const OracleEvent& e) {
        return e.word == "CancelNexus" && e.about == event_id;
      });
  if (words.kind == 'N' && asked && !told) ends += "ql";
  return ends;
}

int Oracle::Count(char kind) const {
  return static_cast<int>(
      std::count_if(run_.program.begin(), run_.program.end(),
                    [kind](const ProgramStep& s) { return s.kind == kind; }));
}

std::string Oracle::PossibleMessages() const {
  std::string possible;
  const auto offer = [&](char what, int count) {
    const auto sent = messages_.find(what);
    if ((sent == messages_.end() ? 0 : sent->second) < count) possible += what;
  };
  offer('g', Count('G') + Count('I'));
  offer('w', Count('W') + Count('Y'));
  offer('u', Count('D'));
  offer('x', 1);
  return possible;
}

void Oracle::ArriveAtRun(char what) {
  ++messages_[what];
  switch (what) {
    case 'x':
      Append({"CancelRun"});
      return code_.CancelRun();
    case 'u':
      (void)code_.Update(static_cast<int>(run_.events.size()));
      return;
    default:
      Append({std::string("Received ") + what});
      code_.Signal(what);
  }
}

void Oracle::Arrive(Arrival arrival) {
  arrived_.push_back(arrival);
  const int id = arrival.event_id;
  if (id == 0) return ArriveAtRun(arrival.what);
  const Words& words =
      *OpenedBy(run_.events[static_cast<std::size_t>(id - 1)].word);
  if (arrival.what == 'q' || arrival.what == 'l') {
    const bool arrived = arrival.what == 'q';
    told_.push_back(id);
    Append({arrived ? "NexusCancelArrived" : "NexusCancelLost", id});
    return code_.CancelArrived(id, arrived);
  }
  const auto end =
      std::find_if(std::begin(kEnds), std::end(kEnds), [&](const EndWord& e) {
        return e.kind == words.kind && e.what == arrival.what;
      });
  const bool starts = end == std::end(kEnds) || end->starts;
  const bool is_started =
      std::find(started_.begin(), started_.end(), id) != started_.end();
  if (starts && !is_started) {
    Append({words.started, id});
    started_.push_back(id);
    code_.Start(id);
  }
  if (end == std::end(kEnds)) return;
  Append({end->word, id});
  code_.Settle(id, end->result);
  if (words.kind == 'R') code_.CancelArrived(id, end->result == 'c');
  std::erase(open_, id);
}

namespace {

// Something that came in.
void Deliver(Interpreter& code, const OracleEvent& e) {
  if (e.word == "ChildStarted" || e.word == "NexusStarted") {
    code.Start(e.about);
  }
  if (const EndWord* end = EndOf(e.word)) code.Settle(e.about, end->result);
  if (e.word == "CancelArrived" || e.word == "CancelLost" ||
      e.word == "NexusCancelArrived" || e.word == "NexusCancelLost") {
    code.CancelArrived(e.about, e.word.ends_with("Arrived"));
  }
  if (e.word == "CancelRun") code.CancelRun();
  if (e.word.starts_with("Received ")) code.Signal(e.word.back());
}

// A turn's events are [inbound, first), its outputs [first, end). Updates come
// in where their acceptance says.
void DeliverAll(Interpreter& code, const std::vector<OracleEvent>& events,
                std::size_t inbound, std::size_t first, std::size_t end) {
  std::vector<int> behind;
  for (std::size_t k = first; k < end; ++k) {
    if (events[k].word == "UpdateAccepted") behind.push_back(events[k].about);
  }
  std::stable_sort(behind.begin(), behind.end());
  auto next = behind.begin();
  for (std::size_t k = inbound; k <= first; ++k) {
    for (; next != behind.end() && *next <= static_cast<int>(k); ++next) {
      (void)code.Update(*next);
    }
    if (k < first) Deliver(code, events[k]);
  }
}

// The next output against the next event. False where they differ.
bool TakeOutput(Interpreter& code, const OracleEvent& event, int id) {
  if (code.out().empty() || !(code.out().front() == event)) return false;
  const OracleEvent out = code.out().front();
  code.out().pop_front();
  if (out.tag != 0) code.Record(out.tag, id);
  if (out.child != 0) code.ExpectArrival(id, out.child);
  for (OracleEvent& later : code.out()) {
    const bool ends = later.word == "UpdateCompleted";
    if (out.update != 0 && ends && later.update == out.update) later.about = id;
  }
  return true;
}

int IdOf(std::size_t k) { return static_cast<int>(k) + 1; }

// What a turn's outputs say of versions and side effects. The event whose
// version was asked too early, and answered without it; 0 if there is none.
int ReadMarkers(const Interpreter& code, const std::vector<OracleEvent>& events,
                std::size_t first, std::size_t end, Recorded& recorded) {
  for (std::size_t k = first; k < end; ++k) {
    const OracleEvent& e = events[k];
    if (e.word == "SideEffect") ++recorded.side_effects;
    if (!IsVersion(e) && !IsPatch(e)) continue;
    const char tag = IsPatch(e) ? e.word.back() : e.word[8];
    if (code.Knows(tag)) return IdOf(k);
    recorded.versions[tag] = IsPatch(e) ? 1 : std::stoi(e.word.substr(10));
  }
  return 0;
}

// One completed turn of another program's history. "" where it agrees.
Judgement JudgeTurn(Interpreter& code, const std::vector<OracleEvent>& events,
                    std::size_t first, std::size_t end) {
  Recorded recorded;
  const int too_late = ReadMarkers(code, events, first, end, recorded);
  if (too_late != 0) return {"divergent", too_late};
  const auto run = [&]() -> Judgement {
    code.Run(&recorded, VersionChoice::kNewest);
    if (code.out_of_range()) return {"failed"};
    return {code.diverged() ? "divergent" : ""};
  };
  Judgement found = run();
  for (std::size_t k = first; k < end && found.verdict.empty(); ++k) {
    const OracleEvent& e = events[k];
    if (IsVersion(e)) {
      ++k;  // the upsert goes with its marker, wherever they stand
    } else if (IsPatch(e)) {
      // Code that is beyond a deprecated patch need not call for it.
      const bool deprecated = e.word.starts_with("Deprecated ");
      if (code.TakePatch(e.word.back(), deprecated)) continue;
      if (!deprecated) return {"divergent", IdOf(k)};
      ++k;
    } else if (!IsLocal(e)) {
      if (!TakeOutput(code, e, IdOf(k))) return {"divergent", IdOf(k)};
    } else if (code.EndLocal(e.word).empty()) {
      found = {"divergent", IdOf(k)};
    } else {
      found = run();
    }
  }
  if (found.verdict.empty() && !code.out().empty()) found = {"divergent", 0};
  for (const auto& [tag, version] : recorded.versions) code.Learn(tag, version);
  code.EndTurn();
  return found;
}

}  // namespace

Judgement Judge(const Program& program,
                const std::vector<OracleEvent>& events) {
  Interpreter code(program);
  std::size_t inbound = 0;
  for (std::size_t i = 0; i < events.size();) {
    if (events[i++].word != "TaskCompleted") continue;
    const std::size_t first = i;
    while (i < events.size() && IsOutput(events[i])) ++i;
    DeliverAll(code, events, inbound, first, i);
    const Judgement found = JudgeTurn(code, events, first, i);
    if (!found.verdict.empty()) return found;
    inbound = i;
  }
  return {"clean"};
}

}  // namespace cohort_testing
