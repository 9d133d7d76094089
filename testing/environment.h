// TestEnvironment: a workflow test in a few lines. The embedded engine keeps
// nothing on disk, time is virtual, activities are mocked or real, and every
// run's history is replayed when the test is over.
//
//   TEST(Order, ShipsAfterADay) {
//     cohort_testing::TestEnvironment env(OrderRegistry());
//     env.activities().Add("charge", [](std::string) { return "paid"; });
//     auto run = env.Start("Order", std::string("o-17"));
//     EXPECT_EQ(*env.Result<std::string>(run), "shipped:o-17");
//     EXPECT_EQ(env.Elapsed(), absl::Hours(24));
//   }
//
// `env.Version("Step1", 1)` lets first calls answer as an old cohort did.
// Threads: one.
// Errors: a history that does not replay (whole, page by page) fails the test
// when the environment goes, with the report.
#ifndef COHORT_TESTING_ENVIRONMENT_H_
#define COHORT_TESTING_ENVIRONMENT_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/embedded/embedded.h"
#include "cohort/versioning/policy.h"

namespace cohort_testing {

class TestEnvironment {
 public:
  static constexpr const char* kQueue = "test";

  explicit TestEnvironment(cohort::Registry registry);
  ~TestEnvironment();
  TestEnvironment(const TestEnvironment&) = delete;
  TestEnvironment& operator=(const TestEnvironment&) = delete;

  // --- Before the first Start ----------------------------------------------
  cohort::Activities& activities() { return activities_; }
  // What live first calls for the id answer.
  TestEnvironment& Version(std::string change_id, cohort::Version version);
  // No run is cached: each turn replays its whole history first.
  TestEnvironment& EvictEachTurn() {
    cached_runs_ = 0;
    return *this;
  }
  // Where each history goes when the test is over, as TYPE-N.json.
  TestEnvironment& StoreSeeds(std::string folder) {
    seeds_ = std::move(folder);
    return *this;
  }

  template <typename... Args>
  cohort::RunKey Start(std::string type, const Args&... args) {
    return StartRun(cohort::StartRequest(std::move(type), kQueue)
                        .Input(cohort::ToPayloads(args...)));
  }
  // The request's queue has to be kQueue.
  cohort::RunKey StartRun(cohort::StartRequest request);
  // Lets time pass until the run is over.
  template <typename R>
  absl::StatusOr<R> Result(const cohort::RunKey& run) {
    return client().Result<R>(run);
  }
  // Workers run, and what is due happens, for so long.
  void Pass(absl::Duration duration);
  // Virtual time since the environment was made.
  absl::Duration Elapsed() { return engine_->Now() - begun_; }

  cohort::Client& client() { return engine_->client(); }
  cohort::EmbeddedEngine& engine() { return *engine_; }
  // Other code from now on, as by a deployment.
  void Deploy(cohort::Registry registry);

 private:
  void Work();
  void ReplayAll();

  // Those deployed before have made some of the histories; the last one has to
  // replay them all.
  cohort::Registry registry_;
  cohort::Activities activities_;
  cohort::CohortPolicy policy_;
  std::size_t cached_runs_ = 1000;
  std::string seeds_;
  std::unique_ptr<cohort::EmbeddedEngine> engine_;
  std::unique_ptr<cohort::Worker> worker_;
  absl::Time begun_;
};

}  // namespace cohort_testing

#endif  // COHORT_TESTING_ENVIRONMENT_H_
