// Calls to a cluster's frontend.
//
//   COHORT_ASSIGN_OR_RETURN(std::shared_ptr<Service> service,
//                           Service::Open(options));
//   COHORT_ASSIGN_OR_RETURN(nlohmann::json answer,
//                           service->CallJson("GetSystemInfo", {}));
//
// A method is named as in temporal.api.workflowservice.v1.WorkflowService.
// Opening connects to nothing; the first call does.
// Threads: any.
// Errors: the server's status codes; what may pass is tried again
// (temporal/rpc_retry.h) first. Messages name the method, the address, and what
// to look at; they hold no secret of the options. kCancelled after Shutdown.
#ifndef COHORT_TEMPORAL_SERVICE_H_
#define COHORT_TEMPORAL_SERVICE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cohort/temporal/connection.h"
#include "cohort/temporal/rpc_retry.h"
#include "nlohmann/json.hpp"

namespace google::protobuf {
class Message;
}

namespace cohort {

// One attempt of a call; for metrics.
struct CallNote {
  std::string_view method;
  absl::Duration latency;
  absl::StatusCode code = absl::StatusCode::kOk;
  bool long_poll = false;
};

struct ServiceOptions {
  RpcRetryOptions retry;
  std::function<void(const CallNote&)> on_call;
};

struct CallOptions {
  absl::Duration timeout = absl::Seconds(10);  // of one attempt
  // A call that waits for something to happen; not tried again when its time is
  // over.
  bool long_poll = false;
  // Calls that Cancel ends together.
  std::string group = {};
};

class Service {
 public:
  static absl::StatusOr<std::shared_ptr<Service>> Open(
      const ConnectionOptions& connection, ServiceOptions options = {});
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  absl::Status Call(std::string_view method,
                    const google::protobuf::Message& request,
                    google::protobuf::Message& response,
                    const CallOptions& options = {});

  // The messages as proto3 JSON. "namespace" is filled in where it is missing.
  absl::StatusOr<nlohmann::json> CallJson(std::string_view method,
                                          nlohmann::json request,
                                          const CallOptions& options = {});

  // Ends the calls of a group that are under way: kCancelled.
  void Cancel(std::string_view group);
  // Ends the calls under way, and lets no more begin.
  void Shutdown();

  const std::string& ns() const { return connection_.ns; }
  const std::string& address() const { return connection_.address; }
  // Of this process: "pid@host".
  const std::string& identity() const { return identity_; }

 private:
  struct Wire;

  Service(ConnectionOptions connection, ServiceOptions options);

  absl::Status CallOnce(const std::string& path,
                        const google::protobuf::Message& request,
                        google::protobuf::Message& response,
                        const CallOptions& options);
  absl::Status Explained(std::string_view method,
                         const absl::Status& status) const;

  ConnectionOptions connection_;
  ServiceOptions options_;
  std::string identity_;
  std::unique_ptr<Wire> wire_;
};

}  // namespace cohort

#endif  // COHORT_TEMPORAL_SERVICE_H_
