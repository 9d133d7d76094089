// DevServer: Temporal's own development server, for tests.
//
//   absl::StatusOr<std::unique_ptr<DevServer>> server = DevServer::Start();
//   if (!server.ok()) GTEST_SKIP() << server.status();
//   auto service = Service::Open({.address = (*server)->address()});
//
// On a free port of the loopback, in memory, ended with the object (and with
// the test's process). The program comes from build/temporal_tools.
// Threads: one. Errors: kNotFound where the program is not there;
// kUnavailable where the server did not answer in time.
#ifndef COHORT_TEMPORAL_DEV_SERVER_H_
#define COHORT_TEMPORAL_DEV_SERVER_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cohort {

class DevServer {
 public:
  static absl::StatusOr<std::unique_ptr<DevServer>> Start();
  ~DevServer();
  DevServer(const DevServer&) = delete;
  DevServer& operator=(const DevServer&) = delete;

  const std::string& address() const { return address_; }
  // What `temporal ARGS --address ...` prints; for what a user would see.
  absl::StatusOr<std::string> Cli(const std::vector<std::string>& args) const;

 private:
  DevServer() = default;

  std::string program_;
  std::string address_;
  pid_t pid_ = -1;
};

// bin/temporal of build/temporal_tools; kNotFound with what to do.
absl::StatusOr<std::string> TemporalProgram();

// A port of the loopback that nobody listens on, for now.
int FreePort();

}  // namespace cohort

#endif  // COHORT_TEMPORAL_DEV_SERVER_H_
