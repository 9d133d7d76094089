#include "cohort/corpus/whole_file.h"

#include <filesystem>
#include <fstream>

#include "cohort/base/status.h"

namespace cohort {
namespace {

namespace fs = std::filesystem;

absl::Status Failed(const std::string& path, std::string_view why) {
  return MakeStatus(absl::StatusCode::kUnavailable,
                    "{}: could not be written: {}", path, why);
}

}  // namespace

absl::Status WriteWholeFile(const std::string& path, std::string_view bytes) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty()) fs::create_directories(folder, error);
  if (error) return Failed(path, error.message());
  if (fs::is_directory(path, error)) return Failed(path, "it is a folder");
  const std::string partial = path + ".partial";
  {
    std::ofstream out(partial, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) {
      fs::remove(partial, error);
      return Failed(path, "the folder is not writable, or the disk is full");
    }
  }
  fs::rename(partial, path, error);
  if (!error) return absl::OkStatus();
  const std::string why = error.message();
  fs::remove(partial, error);
  return Failed(path, why);
}

}  // namespace cohort
