#include "cohort/corpus/whole_file.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <system_error>

#include "cohort/base/check.h"
#include "cohort/base/status.h"

namespace cohort {
namespace {

namespace fs = std::filesystem;

absl::Status SystemError(std::string_view path, std::string_view what,
                         int error) {
  const std::string why = std::generic_category().message(error);
  const bool room = error == ENOSPC || error == EDQUOT || error == EFBIG;
  if (error == ENOENT) return NotFound("{}: {}: {}", path, what, why);
  if (room) {
    return ResourceExhausted("{}: {}: {}; make room and run it again", path,
                             what, why);
  }
  return Internal("{}: {}: {}", path, what, why);
}

// Closes what it holds.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  // What close() itself says.
  int Close() {
    const int fd = fd_;
    fd_ = -1;
    return close(fd);
  }

 private:
  int fd_;
};

absl::Status WriteAndSync(const std::string& path, std::string_view bytes) {
  constexpr int kMode = 0666;
  FileDescriptor file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  if (file.get() < 0) return SystemError(path, "cannot be written", errno);
  while (!bytes.empty()) {
    const ssize_t written = write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError(path, "cannot be written", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(file.get()) != 0 || file.Close() != 0) {
    return SystemError(path, "cannot be written", errno);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteWholeFile(const std::string& path, std::string_view bytes) {
  const fs::path folder = fs::path(path).parent_path();
  std::error_code error;
  if (!folder.empty()) fs::create_directories(folder, error);
  if (error) {
    return SystemError(folder.string(), "cannot be made", error.value());
  }
  const std::string part = fmt::format("{}.{}.part", path, getpid());
  absl::Status status = WriteAndSync(part, bytes);
  if (status.ok() && std::rename(part.c_str(), path.c_str()) != 0) {
    status = SystemError(path, "cannot get its name", errno);
  }
  if (!status.ok()) unlink(part.c_str());
  return status;
}

absl::StatusOr<std::string> ReadWholeFile(const std::string& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return SystemError(path, "cannot be read", errno);
  std::string bytes;
  char block[1 << 16];
  while (true) {
    const ssize_t n = read(file.get(), block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(path, "cannot be read", errno);
    if (n == 0) return bytes;
    bytes.append(block, static_cast<std::size_t>(n));
  }
}

std::string Sha256Hex(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  const int ok = EVP_Digest(bytes.data(), bytes.size(), digest, &size,
                            EVP_sha256(), nullptr);
  COHORT_CHECK(ok == 1, "OpenSSL has no SHA-256");
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += fmt::format("{:02x}", digest[i]);
  }
  return hex;
}

}  // namespace cohort
