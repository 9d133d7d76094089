#include "cohort/testing/environment.h"

#include <filesystem>
#include <fstream>

#include "cohort/history/json_writer.h"
#include "cohort/testing/replayer.h"
#include "fmt/core.h"
#include "gtest/gtest.h"

namespace cohort_testing {
namespace {

// Page sizes: all at once, and small ones that cut turns.
constexpr std::size_t kPages[] = {0, 1, 7};

}  // namespace

TestEnvironment::TestEnvironment(cohort::Registry registry)
    : registry_(std::move(registry)) {
  auto opened = cohort::EmbeddedEngine::Open(
      "", cohort::EngineOptions().VirtualTime().Seed(1));
  EXPECT_TRUE(opened.ok()) << opened.status();
  engine_ = *std::move(opened);
  begun_ = engine_->Now();
}

TestEnvironment::~TestEnvironment() {
  ReplayAll();
  worker_.reset();
}

TestEnvironment& TestEnvironment::Version(std::string change_id,
                                          cohort::Version version) {
  policy_ = std::move(policy_).For(std::move(change_id),
                                   cohort::CohortPolicy::Pinned(version));
  return *this;
}

void TestEnvironment::Work() {
  worker_ = std::make_unique<cohort::Worker>(
      engine_->port(), cohort::WorkerOptions(kQueue)
                           .Workflows(registry_)
                           .Does(activities_)
                           .Policy(policy_)
                           .CachedRuns(cached_runs_)
                           .Clock(engine_->WorkerClock()));
  engine_->Drive(*worker_);
}

void TestEnvironment::Deploy(cohort::Registry registry) {
  if (worker_ != nullptr) engine_->Undrive(*worker_);
  worker_.reset();
  registry_ = std::move(registry);
  Work();
}

cohort::RunKey TestEnvironment::StartRun(cohort::StartRequest request) {
  if (worker_ == nullptr) Work();
  auto run = client().Start(std::move(request));
  EXPECT_TRUE(run.ok()) << run.status();
  return run.ok() ? *run : cohort::RunKey{};
}

void TestEnvironment::Pass(absl::Duration duration) {
  const absl::Status passed = engine_->RunFor(duration);
  EXPECT_TRUE(passed.ok()) << passed;
}

void TestEnvironment::ReplayAll() {
  const auto runs = client().List();
  EXPECT_TRUE(runs.ok()) << runs.status();
  if (!runs.ok()) return;
  int number = 0;
  for (const cohort::RunDescription& run : *runs) {
    const auto history =
        client().FetchHistory({run.listing.workflow_id, run.listing.run_id});
    EXPECT_TRUE(history.ok()) << history.status();
    if (!history.ok()) continue;
    for (const std::size_t page : kPages) {
      cohort::ReplayOptions options;
      options.page_events = page;
      const cohort::ReplayReport report =
          cohort::Replayer(registry_, options).Replay(*history);
      if (report.verdict == cohort::Verdict::kClean) continue;
      ADD_FAILURE() << "workflow " << run.listing.workflow_id
                    << " does not replay:\n"
                    << report.ToString();
      break;
    }
    if (seeds_.empty()) continue;
    std::filesystem::create_directories(seeds_);
    std::ofstream(fmt::format("{}/{}-{}.json", seeds_,
                              run.listing.workflow_type, ++number))
        << cohort::WriteHistory(*history) << "\n";
  }
}

}  // namespace cohort_testing
