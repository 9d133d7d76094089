#include "cohort/temporal/service.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "cohort/base/status.h"
#include "cohort/base/version.h"
#include "google/protobuf/message.h"

namespace cohort {
namespace {

constexpr const char* kPath =
    "/temporal.api.workflowservice.v1.WorkflowService/";
// What the server lets through at most, with room.
constexpr int kMessageBytesMax = 128 * 1024 * 1024;
constexpr int kKeepAliveMs = 30'000;
constexpr int kKeepAliveTimeoutMs = 15'000;

std::string Identity() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return fmt::format("{}@{}", getpid(), host.data());
}

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(
    const ConnectionOptions& connection) {
  if (!connection.tls) return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials({.pem_root_certs = connection.tls->server_ca,
                               .pem_private_key = connection.tls->client_key,
                               .pem_cert_chain = connection.tls->client_cert});
}

absl::Status StatusOf(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string& message = status.error_message();
  return {static_cast<absl::StatusCode>(status.error_code()), message};
}

}  // namespace

struct Service::Wire {
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<grpc::GenericStub> stub;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<grpc::ClientContext*, std::string> calls;  // and their groups
  bool down = false;
  std::minstd_rand random{std::random_device{}()};  // under mutex

  double Random01() {
    const std::lock_guard lock(mutex);
    return std::uniform_real_distribution<double>(0, 1)(random);
  }
};

Service::Service(ConnectionOptions connection, ServiceOptions options)
    : connection_(std::move(connection)),
      options_(std::move(options)),
      identity_(Identity()),
      wire_(std::make_unique<Wire>()) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  arguments.SetMaxSendMessageSize(kMessageBytesMax);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepAliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepAliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // Calls are tried again here, by our own rules.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // After a lost connection gRPC would wait longer than a call does. Its least
  // wait is left alone: an attempt to connect may take that long.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  if (connection_.tls && !connection_.tls->server_name.empty()) {
    arguments.SetSslTargetNameOverride(connection_.tls->server_name);
  }
  wire_->channel = grpc::CreateCustomChannel(
      connection_.address, CredentialsOf(connection_), arguments);
  wire_->stub = std::make_unique<grpc::GenericStub>(wire_->channel);
}

Service::~Service() { Shutdown(); }

absl::StatusOr<std::shared_ptr<Service>> Service::Open(
    const ConnectionOptions& connection, ServiceOptions options) {
  COHORT_RETURN_IF_ERROR(CheckSecrets(connection));
  return std::shared_ptr<Service>(new Service(connection, std::move(options)));
}

void Service::Shutdown() {
  std::unique_lock lock(wire_->mutex);
  wire_->down = true;
  for (const auto& [call, group] : wire_->calls) call->TryCancel();
  wire_->changed.notify_all();
  wire_->changed.wait(lock, [&] { return wire_->calls.empty(); });
}

void Service::Cancel(std::string_view group) {
  const std::lock_guard lock(wire_->mutex);
  for (const auto& [call, of] : wire_->calls) {
    if (of == group) call->TryCancel();
  }
}

absl::Status Service::CallOnce(const std::string& path,
                               const google::protobuf::Message& request,
                               google::protobuf::Message& response,
                               const CallOptions& options) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + options.timeout));
  context.AddMetadata("client-name", std::string(kSdkName));
  context.AddMetadata("client-version", std::string(kSdkVersion));
  context.AddMetadata("temporal-namespace", connection_.ns);
  if (!connection_.api_key.empty()) {
    context.AddMetadata("authorization", "Bearer " + connection_.api_key);
  }
  for (const auto& [name, value] : connection_.metadata) {
    context.AddMetadata(name, value);
  }
  const std::string bytes = request.SerializeAsString();
  const grpc::Slice slice(bytes);
  grpc::ByteBuffer sent(&slice, 1);
  grpc::ByteBuffer received;
  grpc::Status status;
  bool done = false;
  std::unique_lock lock(wire_->mutex);
  if (wire_->down) return absl::CancelledError("the connection was closed");
  wire_->calls.emplace(&context, options.group);
  lock.unlock();
  wire_->stub->UnaryCall(&context, path, grpc::StubOptions(), &sent, &received,
                         [&](const grpc::Status& s) {
                           const std::lock_guard held(wire_->mutex);
                           status = s;
                           done = true;
                           wire_->changed.notify_all();
                         });
  lock.lock();
  wire_->changed.wait(lock, [&] { return done; });
  wire_->calls.erase(&context);
  wire_->changed.notify_all();
  if (wire_->down && !status.ok()) {
    return absl::CancelledError("the connection was closed");
  }
  lock.unlock();
  if (!status.ok()) return StatusOf(status);
  grpc::Slice whole;
  if (received.Valid() && !received.DumpToSingleSlice(&whole).ok()) {
    return Internal("the answer could not be put together");
  }
  if (!response.ParseFromArray(whole.begin(), static_cast<int>(whole.size()))) {
    return Internal("the answer is not a {}", response.GetTypeName());
  }
  return absl::OkStatus();
}

absl::Status Service::Explained(std::string_view method,
                                const absl::Status& status) const {
  const std::string message =
      WithoutSecrets(std::string(ToStd(status.message())), connection_);
  const auto says = [&](std::string_view words) {
    return message.find(words) != std::string::npos;
  };
  const std::string& address = connection_.address;
  if (status.code() == absl::StatusCode::kUnavailable) {
    if (says("Connection refused")) {
      return MakeStatus(status.code(),
                        "cannot reach {}: connection refused; is the server "
                        "running?",
                        address);
    }
    if (says("CERTIFICATE_VERIFY_FAILED") || says("handshake") || says("Ssl") ||
        says("SSL")) {
      return MakeStatus(status.code(),
                        "cannot reach {}: the TLS handshake failed ({}); look "
                        "at tls.server_ca_cert_path, tls.server_name and the "
                        "certificates' dates",
                        address, message);
    }
    return MakeStatus(status.code(), "cannot reach {}: {}", address, message);
  }
  if (status.code() == absl::StatusCode::kUnauthenticated ||
      status.code() == absl::StatusCode::kPermissionDenied) {
    return MakeStatus(status.code(),
                      "{} at {}: {}; look at the API key or the client "
                      "certificate, and at the namespace \"{}\"",
                      method, address, message, connection_.ns);
  }
  return MakeStatus(status.code(), "{} at {}: {}", method, address, message);
}

absl::Status Service::Call(std::string_view method,
                           const google::protobuf::Message& request,
                           google::protobuf::Message& response,
                           const CallOptions& options) {
  const std::string path = kPath + std::string(method);
  RpcRetry retry(options_.retry);
  // Of the first failure: a call that waits has not failed yet.
  absl::Time failed = absl::InfiniteFuture();
  while (true) {
    const absl::Time sent = absl::Now();
    const absl::Status status = CallOnce(path, request, response, options);
    if (options_.on_call) {
      options_.on_call({.method = method,
                        .latency = absl::Now() - sent,
                        .code = status.code(),
                        .long_poll = options.long_poll});
    }
    if (status.ok()) return status;
    failed = std::min(failed, absl::Now());
    const auto wait =
        retry.Next(status.code(), absl::Now() - failed, wire_->Random01());
    if (!wait) return Explained(method, status);
    std::unique_lock lock(wire_->mutex);
    wire_->changed.wait_for(lock, absl::ToChronoNanoseconds(*wait),
                            [&] { return wire_->down; });
  }
}

}  // namespace cohort
