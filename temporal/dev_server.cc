#include "cohort/temporal/dev_server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cohort/base/status.h"
#include "cohort/temporal/service.h"

namespace cohort {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

absl::StatusOr<std::string> TemporalProgram() {
  std::string folder = Variable("COHORT_TEMPORAL_TOOLS");
  if (folder.empty()) {
    const std::string cache = Variable("XDG_CACHE_HOME");
    // Bazel runs tests without HOME.
    std::string home = Variable("HOME");
    const passwd* user = home.empty() ? getpwuid(getuid()) : nullptr;
    if (user != nullptr) home = user->pw_dir;
    folder = (cache.empty() ? home + "/.cache" : cache) + "/cohort/temporal";
  }
  const std::string program = folder + "/bin/temporal";
  if (access(program.c_str(), X_OK) == 0) return program;
  return NotFound("{} is not there; build/temporal_tools gets it", program);
}

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* at = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  int port = 0;
  if (bind(fd, at, size) == 0 && getsockname(fd, at, &size) == 0) {
    port = ntohs(address.sin_port);
  }
  close(fd);
  return port;
}

absl::StatusOr<std::unique_ptr<DevServer>> DevServer::Start() {
  auto server = std::unique_ptr<DevServer>(new DevServer());
  COHORT_ASSIGN_OR_RETURN(server->program_, TemporalProgram());
  const std::string port = std::to_string(FreePort());
  server->address_ = "127.0.0.1:" + port;
  server->pid_ = fork();
  if (server->pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    const char* const program = server->program_.c_str();
    execl(program, program, "server", "start-dev", "--headless", "--ip",
          "127.0.0.1", "--port", port.c_str(), "--log-level", "never",
          static_cast<char*>(nullptr));
    _exit(127);
  }
  ServiceOptions options;
  options.retry.patience = kPatience;
  options.retry.maximum = absl::Milliseconds(300);
  COHORT_ASSIGN_OR_RETURN(
      const auto service,
      Service::Open({.address = server->address_}, options));
  COHORT_RETURN_IF_ERROR(service->CallJson("GetSystemInfo", {}).status());
  // The namespace is made a little later than the port is opened.
  const absl::Time deadline = absl::Now() + kPatience;
  while (true) {
    const auto listed = service->CallJson("ListWorkflowExecutions", {});
    if (listed.ok()) return server;
    if (absl::Now() > deadline) return listed.status();
    absl::SleepFor(absl::Milliseconds(100));
  }
}

DevServer::~DevServer() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

absl::StatusOr<std::string> DevServer::Cli(
    const std::vector<std::string>& args) const {
  std::string command = program_;
  for (const std::string& arg : args) command += " '" + arg + "'";
  command += " --address " + address_ + " 2>&1";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(
      popen(command.c_str(), "r"), pclose);
  if (pipe == nullptr) return Internal("{}: cannot be run", command);
  std::string out;
  std::array<char, 4096> block;
  while (const std::size_t n =
             std::fread(block.data(), 1, block.size(), pipe.get())) {
    out.append(block.data(), n);
  }
  return out;
}

}  // namespace cohort
