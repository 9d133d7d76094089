#include "cohort/corpus/history_file.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <new>
#include <set>
#include <utility>

#include "cohort/base/status.h"
#include "fmt/ranges.h"

namespace cohort {
namespace {

constexpr std::string_view kGzip("\x1f\x8b", 2);
constexpr std::string_view kZstd("\x28\xb5\x2f\xfd", 4);
constexpr std::size_t kBlock = 262144;

bool IsPacked(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  char first[4] = {};
  in.read(first, sizeof first);
  const std::string_view bytes(first, static_cast<std::size_t>(in.gcount()));
  return bytes.starts_with(kGzip) || bytes.starts_with(kZstd);
}

absl::Status TooLarge(std::string_view source, std::size_t bytes_max) {
  return ResourceExhausted("{}: unpacks to more than {} bytes", source,
                           bytes_max);
}

absl::StatusOr<std::string> UnpackedGzip(std::string& bytes,
                                         std::string_view source,
                                         std::size_t bytes_max) {
  z_stream stream = {};
  constexpr int kGzipWindow = 15 + 16;
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) {
    return ResourceExhausted("{}: no memory to unpack it", source);
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> owner(&stream,
                                                            inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text;
  while (true) {
    const std::size_t size = text.size();
    text.resize(size + kBlock);
    stream.next_out = reinterpret_cast<Bytef*>(text.data() + size);
    stream.avail_out = static_cast<uInt>(kBlock);
    const int result = inflate(&stream, Z_NO_FLUSH);
    text.resize(text.size() - stream.avail_out);
    if (text.size() > bytes_max) return TooLarge(source, bytes_max);
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0) return text;
      if (inflateReset(&stream) != Z_OK) break;  // another member follows
    } else if (result != Z_OK || stream.avail_out > 0) {
      break;  // damaged, or the input ended too early
    }
  }
  return DataLoss("{}: damaged or truncated gzip behind byte {}", source,
                  stream.total_in);
}

absl::StatusOr<std::string> UnpackedZstd(const std::string& bytes,
                                         std::string_view source,
                                         std::size_t bytes_max) {
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(
      ZSTD_createDStream(), ZSTD_freeDStream);
  if (stream == nullptr) {
    return ResourceExhausted("{}: no memory to unpack it", source);
  }
  ZSTD_inBuffer in = {bytes.data(), bytes.size(), 0};
  std::string text;
  std::size_t wanted = 1;  // 0: a frame is whole
  bool more = false;       // output is left inside the stream
  while (in.pos < in.size || more) {
    const std::size_t size = text.size();
    text.resize(size + kBlock);
    ZSTD_outBuffer out = {text.data() + size, kBlock, 0};
    wanted = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(wanted) != 0) {
      return DataLoss("{}: damaged zstd behind byte {}: {}", source, in.pos,
                      ZSTD_getErrorName(wanted));
    }
    text.resize(size + out.pos);
    if (text.size() > bytes_max) return TooLarge(source, bytes_max);
    more = wanted != 0 && out.pos == out.size;
  }
  if (wanted != 0) return DataLoss("{}: truncated zstd", source);
  return text;
}

}  // namespace

bool EndsInOneOf(std::string_view name,
                 std::span<const std::string_view> endings) {
  return std::any_of(
      endings.begin(), endings.end(),
      [name](std::string_view ending) { return name.ends_with(ending); });
}

absl::StatusOr<std::vector<std::string>> ListHistoryFiles(
    const std::string& path, std::span<const std::string_view> endings) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    return NotFound(
        "{}: no such file or folder; give a history's file or a folder of them",
        path);
  }
  if (!fs::is_directory(status)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  std::set<fs::path> seen = {fs::canonical(path, error)};
  error.clear();
  constexpr auto kLinks = fs::directory_options::follow_directory_symlink;
  for (fs::recursive_directory_iterator it(path, kLinks, error), end;
       !error && it != end; it.increment(error)) {
    std::error_code unknown;
    const fs::file_type type = it->status(unknown).type();
    // Links may lead to a folder twice, or round in circles.
    if (type == fs::file_type::directory &&
        !seen.insert(fs::canonical(it->path(), unknown)).second) {
      it.disable_recursion_pending();
    }
    const bool file =
        type == fs::file_type::regular || type == fs::file_type::not_found;
    if (file && EndsInOneOf(it->path().string(), endings)) {
      files.push_back(it->path().string());
    }
  }
  if (error) return NotFound("{}: {}", path, error.message());
  if (files.empty()) {
    return FailedPrecondition("{}: no *{} in this folder", path,
                              fmt::join(endings, ", *"));
  }
  std::sort(files.begin(), files.end());
  return files;
}

absl::StatusOr<std::string> Unpacked(std::string bytes, std::string_view source,
                                     std::size_t bytes_max) {
  if (bytes.starts_with(kGzip)) return UnpackedGzip(bytes, source, bytes_max);
  if (bytes.starts_with(kZstd)) return UnpackedZstd(bytes, source, bytes_max);
  return bytes;
}

absl::StatusOr<History> ReadHistoryFile(const std::string& path,
                                        ReadOptions options) {
  // Most files are plain: those are opened once. A pipe can be read once only.
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error)) {
    absl::StatusOr<History> plain = History::FromFile(path, options);
    if (plain.ok() || !IsPacked(path)) return plain;
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) return History::FromFile(path, options);  // says why
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  if (in.bad()) return DataLoss("{}: could not be read to its end", path);
  const std::size_t bytes_max = std::min(options.bytes_max, kHistoryBytesMax);
  COHORT_ASSIGN_OR_RETURN(std::string text,
                          Unpacked(std::move(bytes), path, bytes_max));
  return History::FromJson(std::move(text), options, path);
}

std::string PackedZstd(std::string_view bytes, int level) {
  const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(
      ZSTD_createCCtx(), ZSTD_freeCCtx);
  if (context == nullptr) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compress2(
      context.get(), packed.data(), packed.size(), bytes.data(), bytes.size());
  // Fails only without memory or room, and the room is enough.
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();
  packed.resize(size);
  return packed;
}

}  // namespace cohort
