// One process for each history.
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "cohort/base/status.h"
#include "cohort/testing/corpus_replay.h"

namespace cohort {
namespace {

using Clock = std::chrono::steady_clock;

// A child that judges one item, and what it has said so far.
struct Child {
  std::size_t item = 0;
  pid_t pid = 0;
  int pipe = -1;
  Clock::time_point deadline;
  std::string text;
  bool timed_out = false;
};

void WriteAll(int file, const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t n = write(file, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    at += static_cast<std::size_t>(n);
  }
}

CaseResult Failed(const CorpusItem& item, std::string why) {
  CaseReport report;
  report.replay.source = item.name;
  report.replay.verdict = Verdict::kFailed;
  report.replay.status = Internal("{}", why);
  return ResultOf(report);
}

// What a child left behind. Half an answer is none.
CaseResult Gather(const Child& child, const CorpusItem& item, int status,
                  std::optional<std::chrono::milliseconds> timeout) {
  if (child.timed_out) {
    return Failed(item,
                  fmt::format("not done after {} ms: the code never suspends, "
                              "or this history needs a longer --timeout",
                              timeout->count()));
  }
  if (WIFSIGNALED(status)) {
    return Failed(
        item, fmt::format("the code crashed: signal {} ({})", WTERMSIG(status),
                          strsignal(WTERMSIG(status))));
  }
  auto json = nlohmann::ordered_json::parse(child.text, nullptr, false);
  if (json.is_discarded()) {
    return Failed(item, fmt::format("the code ended the process, exit code {}",
                                    WEXITSTATUS(status)));
  }
  return {.json = json.at("json"),
          .text = json.at("text").get<std::string>(),
          .exit_code = json.at("exit_code").get<int>(),
          .next_history = json.at("next").get<std::string>()};
}

// False when the child has said all.
bool ReadSome(Child& child) {
  char block[1 << 16];
  const ssize_t n = read(child.pipe, block, sizeof block);
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  child.text.append(block, static_cast<std::size_t>(n));
  return n > 0;
}

// How long to wait before looking again whether to stop.
constexpr auto kWaitMax = std::chrono::milliseconds(200);

// Waits until one of the children says something, or its time is over.
void WaitForOne(const std::vector<Child>& children, bool timed) {
  std::vector<pollfd> polls;
  std::chrono::milliseconds wait = kWaitMax;
  for (const Child& child : children) {
    polls.push_back({.fd = child.pipe, .events = POLLIN, .revents = 0});
    if (!timed) continue;
    const auto left = std::max(std::chrono::milliseconds(0),
                               std::chrono::ceil<std::chrono::milliseconds>(
                                   child.deadline - Clock::now()));
    wait = std::min(wait, left);
  }
  poll(polls.data(), polls.size(), static_cast<int>(wait.count()));
}

// Ends them without an answer.
void End(std::vector<Child>& children) {
  for (const Child& child : children) {
    kill(child.pid, SIGKILL);
    close(child.pipe);
    waitpid(child.pid, nullptr, 0);
  }
  children.clear();
}

bool IsReadable(int pipe) {
  pollfd one{.fd = pipe, .events = POLLIN, .revents = 0};
  return poll(&one, 1, 0) > 0;
}

}  // namespace

void CorpusReplay::RunProcesses(std::span<const CorpusItem> items) {
  std::vector<Child> children;
  std::size_t next = 0;
  std::size_t done = 0;
  const auto finish = [&](std::size_t item, CaseResult result) {
    results_[item] = std::move(result);
    if (options_.on_done) options_.on_done(++done, *results_[item]);
  };
  const auto start = [&](std::size_t i) {
    // A source may have threads and connections, which a fork does not keep.
    std::optional<absl::StatusOr<History>> fetched;
    if (items[i].source != nullptr) fetched = Read(items[i]);
    int ends[2];
    if (pipe(ends) != 0) {
      return finish(i, Failed(items[i], "no pipe for another process"));
    }
    const pid_t pid = fork();
    if (pid == 0) {
      close(ends[0]);
      const CaseResult result =
          Judged(items[i], fetched ? *std::move(fetched) : Read(items[i]));
      const nlohmann::ordered_json all = {{"json", result.json},
                                          {"text", result.text},
                                          {"exit_code", result.exit_code},
                                          {"next", result.next_history}};
      WriteAll(ends[1], JsonText(all));
      _exit(0);
    }
    close(ends[1]);
    if (pid < 0) {
      close(ends[0]);
      return finish(i, Failed(items[i], "no more processes"));
    }
    children.push_back({.item = i,
                        .pid = pid,
                        .pipe = ends[0],
                        .deadline = Clock::now() + options_.timeout.value_or(
                                                       std::chrono::hours(1))});
  };
  const auto jobs = static_cast<std::size_t>(std::max(1, options_.jobs));
  while (next < items.size() || !children.empty()) {
    if (stopped()) return End(children);
    while (next < items.size() && children.size() < jobs) start(next++);
    if (children.empty()) continue;
    WaitForOne(children, options_.timeout.has_value());
    for (std::size_t i = children.size(); i-- > 0;) {
      Child& child = children[i];
      if (options_.timeout && Clock::now() >= child.deadline) {
        child.timed_out = true;
        kill(child.pid, SIGKILL);
      } else if (!IsReadable(child.pipe) || ReadSome(child)) {
        continue;
      }
      close(child.pipe);
      int status = 0;
      while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
      }
      const Child over = std::move(child);
      children.erase(children.begin() + static_cast<std::ptrdiff_t>(i));
      finish(over.item,
             Gather(over, items[over.item], status, options_.timeout));
    }
  }
}

}  // namespace cohort
