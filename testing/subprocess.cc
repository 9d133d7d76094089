#include "cohort/testing/subprocess.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "cohort/base/status.h"

namespace cohort {
namespace {

constexpr int kNotStarted = 127;

[[noreturn]] void Become(
    const std::vector<std::string>& command, int output,
    const std::vector<std::pair<std::string, std::string>>& environment) {
  dup2(output, STDOUT_FILENO);
  // Ctrl-C ends it, also where we wait with the signal blocked.
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  for (const auto& [name, value] : environment) {
    setenv(name.c_str(), value.c_str(), 1);
  }
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(kNotStarted);
}

}  // namespace

absl::StatusOr<ProcessEnd> RunProcess(
    const std::vector<std::string>& command,
    const std::vector<std::pair<std::string, std::string>>& environment) {
  int ends[2];
  if (pipe(ends) != 0) {
    return ResourceExhausted("no pipe for {}: {}", command[0],
                             std::strerror(errno));
  }
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    Become(command, ends[1], environment);
  }
  close(ends[1]);
  ProcessEnd end;
  char block[1 << 16];
  while (pid > 0) {
    const ssize_t n = read(ends[0], block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    end.output.append(block, static_cast<std::size_t>(n));
  }
  close(ends[0]);
  if (pid < 0) return ResourceExhausted("no process for {}", command[0]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) {
    return Internal("{} was ended by signal {}", command[0], WTERMSIG(status));
  }
  end.exit_code = WEXITSTATUS(status);
  if (end.exit_code == kNotStarted) {
    return NotFound("{}: cannot be started; is it a program?", command[0]);
  }
  return end;
}

std::string OwnProgram() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

}  // namespace cohort
