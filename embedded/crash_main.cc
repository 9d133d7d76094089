// Kills a process that works on a store, again and again, and looks whether
// anything that was acknowledged is lost or anything recorded is done again.
//
//   crash_kills [KILLS [STORE]]
//
// The last line: kills: N, lost: N, repeated: N
//
// The child runs workflows and writes a line into a pipe for each thing that
// was acknowledged to it, and for each activity that begins.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "cohort/embedded/check.h"
#include "cohort/embedded/embedded.h"
#include "fmt/core.h"

namespace cohort {
namespace {

Task<int> Job(Context& ctx, std::string name) {
  int sum = 0;
  for (int i = 0; i < 3; ++i) {
    sum += co_await ctx.Activity<int>("work", name, i);
    co_await ctx.Sleep(std::chrono::milliseconds(2));
    sum += co_await ctx.Signals<int>("add").Receive();
  }
  co_return sum;
}

void Say(int pipe, const std::string& line) {
  const std::string text = line + "\n";
  if (write(pipe, text.data(), text.size()) < 0) _exit(3);
}

// One child: goes on with what is there, and begins new jobs, until it is
// killed.
[[noreturn]] void WorkUntilKilled(const std::string& store, int generation,
                                  int pipe) {
  auto engine = EmbeddedEngine::Open(store, EngineOptions());
  if (!engine.ok()) {
    Say(pipe, "X " + engine.status().ToString());
    _exit(2);
  }
  Registry registry;
  registry.Workflow("Job", Job);
  Activities activities;
  activities.Add("work", [pipe](ActivityContext& ctx, std::string name, int i) {
    Say(pipe,
        fmt::format("A {} {}", ctx.task().run_id, ctx.task().activity_id));
    (void)name;
    return i;
  });
  Worker worker((*engine)->port(),
                WorkerOptions("q").Workflows(registry).Does(activities));
  if (!worker.Start().ok()) _exit(2);
  Say(pipe, "R");
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([&, c] {
      for (int n = 0;; ++n) {
        const std::string id = fmt::format("job-{}-{}-{}", generation, c, n);
        const auto run = (*engine)->client().Start(
            StartRequest("Job", "q").WorkflowId(id).Input(ToPayloads(id)));
        if (!run.ok()) continue;
        Say(pipe, "S " + id);
        for (int i = 1; i <= 3; ++i) {
          if ((*engine)->client().Signal(*run, "add", 100 * i).ok()) {
            Say(pipe, fmt::format("G {} {}", id, 100 * i));
          }
        }
        const auto sum = (*engine)->client().Result<int>(*run);
        if (sum.ok()) Say(pipe, fmt::format("E {} {}", id, *sum));
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  _exit(0);
}

struct Acknowledged {
  std::set<std::string> started;
  std::map<std::string, std::set<int>> signals;
  std::map<std::string, int> ended;
};

struct Counts {
  int lost = 0;
  int repeated = 0;
};

class Referee {
 public:
  explicit Referee(std::string store) : store_(std::move(store)) {}

  // One child from its birth to its death; false when it could not begin.
  bool KillOne(int generation, std::mt19937& random) {
    int ends[2];
    if (pipe(ends) != 0) return false;
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      WorkUntilKilled(store_, generation, ends[1]);
    }
    close(ends[1]);
    // Some die while they open the store, most while they work.
    const int patience = 5 + static_cast<int>(random() % 300);
    std::thread killer([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(patience));
      kill(child, SIGKILL);
    });
    std::string text;
    char buffer[4096];
    for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(n));
    }
    killer.join();
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return Read(text);
  }

  // Holds the store against what was said.
  Counts Look() {
    Counts counts;
    auto store = Store::OpenToRead(store_);
    // Killed before there was a store: nothing may have been promised.
    if (!store.ok() && said_.started.empty()) return counts;
    const auto report = CheckStore(store_);
    if (!report.ok() || !report->problems.empty()) {
      fmt::print("{}\n", report.ok() ? report->problems[0]
                                     : report.status().ToString());
      ++counts.lost;
      return counts;
    }
    if (!store.ok()) return {1, 0};
    for (const std::string& id : said_.started) {
      if (!LookAt(**store, id, counts)) {
        fmt::print("lost: workflow {}\n", id);
        ++counts.lost;
      }
    }
    // What is over and seen to be there is not looked at again.
    for (const auto& [id, sum] : said_.ended) {
      said_.started.erase(id);
      said_.signals.erase(id);
    }
    said_.ended.clear();
    counts.repeated = std::exchange(repeated_, 0);
    return counts;
  }

 private:
  bool Read(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line)) {
      std::istringstream words(line);
      char kind = 0;
      std::string id;
      words >> kind >> id;
      int number = 0;
      if (kind == 'X') {
        fmt::print("{}\n", line);
        return false;
      }
      if (kind == 'S') said_.started.insert(id);
      if (kind == 'G' && words >> number) said_.signals[id].insert(number);
      if (kind == 'E' && words >> number) said_.ended[id] = number;
      std::string activity;
      if (kind == 'A' && words >> activity &&
          completed_.contains(id + " " + activity)) {
        fmt::print("repeated: {} {}\n", id, activity);
        ++repeated_;
      }
    }
    return true;
  }

  bool LookAt(Store& store, const std::string& id, Counts& counts) {
    const auto run = store.FindWorkflow(id);
    if (!run.ok() || !*run) return false;
    auto text = store.ReadHistory((*run)->row);
    if (!text.ok()) return false;
    const auto history = History::FromJson(*std::move(text));
    if (!history.ok()) return false;
    std::set<int> signals;
    std::map<std::int64_t, std::string> scheduled;
    PayloadReader reader;
    for (const Event& event : history->events()) {
      const Payloads input = *reader.ReadPayloads(event.input);
      if (event.type == EventType::kWorkflowExecutionSignaled) {
        signals.insert(FromPayload<int>(input.at(0)).value());
      } else if (event.type == EventType::kActivityTaskScheduled) {
        scheduled[event.id] = std::string(event.key());
      } else if (event.type == EventType::kActivityTaskCompleted) {
        completed_.insert((*run)->run_id + " " + scheduled[event.subject]);
      }
    }
    const auto kept = store.ReadKept((*run)->row);
    for (std::string event : kept->buffered) {
      // It has no id yet.
      event.replace(event.find("\"0\""), 3, "\"1\"");
      const auto page = History::FromJson("{\"events\":[" + event + "]}");
      const Event& e = page->events()[0];
      if (e.type != EventType::kWorkflowExecutionSignaled) continue;
      signals.insert(
          FromPayload<int>(reader.ReadPayloads(e.input)->at(0)).value());
    }
    for (const int signal : said_.signals[id]) {
      if (signals.contains(signal)) continue;
      fmt::print("lost: signal {} of {}\n", signal, id);
      ++counts.lost;
    }
    const auto end = said_.ended.find(id);
    if (end == said_.ended.end()) return true;
    const Event& last = history->events().back();
    const auto result = reader.ReadPayloads(last.input);
    const bool there = last.type == EventType::kWorkflowExecutionCompleted &&
                       FromPayload<int>(result->at(0)).value() == end->second;
    if (!there) {
      fmt::print("lost: the end of {}\n", id);
      ++counts.lost;
    }
    return true;
  }

  std::string store_;
  Acknowledged said_;
  std::set<std::string> completed_;  // run and activity
  int repeated_ = 0;
};

int KillMany(int kills, const std::string& store) {
  for (const char* end : {"", "-wal", "-shm", "-journal"}) {
    std::filesystem::remove(store + end);
  }
  std::mt19937 random(std::random_device{}());
  Referee referee(store);
  Counts sum;
  int done = 0;
  for (; done < kills; ++done) {
    if (!referee.KillOne(done, random)) {
      ++sum.lost;
      break;
    }
    const Counts counts = referee.Look();
    sum.lost += counts.lost;
    sum.repeated += counts.repeated;
  }
  fmt::print("kills: {}, lost: {}, repeated: {}\n", done, sum.lost,
             sum.repeated);
  return sum.lost == 0 && sum.repeated == 0 && done == kills ? 0 : 1;
}

}  // namespace
}  // namespace cohort

int main(int argc, char** argv) {
  const int kills = argc > 1 ? std::atoi(argv[1]) : 20;
  const char* folder = std::getenv("TEST_TMPDIR");
  const std::filesystem::path beside =
      folder != nullptr ? std::filesystem::path(folder)
                        : std::filesystem::temp_directory_path();
  const std::string store = argc > 2 ? argv[2] : (beside / "crash.db").string();
  return cohort::KillMany(kills, store);
}
