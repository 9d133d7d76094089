#include "cohort/embedded/fault_vfs.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace cohort {
namespace {

constexpr std::size_t kSector = 512;

// What SQLite calls a file: its own part first.
struct Handle {
  sqlite3_file base;
  FaultVfs* vfs;
  std::shared_ptr<FaultVfs::File> file;
};

Handle& Of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
FaultVfs& Of(sqlite3_vfs* vfs) {
  return *static_cast<FaultVfs*>(vfs->pAppData);
}

int Close(sqlite3_file* file) {
  Of(file).file.reset();
  return SQLITE_OK;
}

int Read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  const std::string& now = Of(file).file->now;
  const auto want = static_cast<std::size_t>(size);
  const auto from = std::min(static_cast<std::size_t>(offset), now.size());
  const std::size_t have = std::min(want, now.size() - from);
  std::memcpy(into, now.data() + from, have);
  std::memset(static_cast<char*>(into) + have, 0, want - have);
  return have == want ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int Write(sqlite3_file* file, const void* data, int size,
          sqlite3_int64 offset) {
  return Of(file).vfs->Write(*Of(file).file, data, size, offset);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  Of(file).file->now.resize(static_cast<std::size_t>(size));
  return SQLITE_OK;
}

int Sync(sqlite3_file* file, int) { return Of(file).vfs->Sync(*Of(file).file); }

int Size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(Of(file).file->now.size());
  return SQLITE_OK;
}

int Lock(sqlite3_file*, int) { return SQLITE_OK; }
int CheckLock(sqlite3_file*, int* held) {
  *held = 0;
  return SQLITE_OK;
}
int Control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int SectorSize(sqlite3_file*) { return kSector; }
int Characteristics(sqlite3_file*) { return 0; }

const sqlite3_io_methods kMethods = {1,
                                     Close,
                                     Read,
                                     Write,
                                     Truncate,
                                     Sync,
                                     Size,
                                     Lock,
                                     Lock,
                                     CheckLock,
                                     Control,
                                     SectorSize,
                                     Characteristics,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     nullptr};

int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
         int* out_flags) {
  file->pMethods = nullptr;
  auto opened = Of(vfs).OpenFile(name == nullptr ? "temporary" : name,
                                 (flags & SQLITE_OPEN_CREATE) != 0);
  if (opened == nullptr) return SQLITE_CANTOPEN;
  auto* handle = new (file) Handle{};
  handle->vfs = &Of(vfs);
  handle->file = std::move(opened);
  handle->base.pMethods = &kMethods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs* vfs, const char* name, int) {
  Of(vfs).Delete(name);
  return SQLITE_OK;
}

int Access(sqlite3_vfs* vfs, const char* name, int, int* result) {
  *result = Of(vfs).Has(name) ? 1 : 0;
  return SQLITE_OK;
}

int FullPath(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

int Random(sqlite3_vfs*, int size, char* out) {
  std::memset(out, 7, static_cast<std::size_t>(size));
  return size;
}
int Sleep(sqlite3_vfs*, int microseconds) { return microseconds; }
int Time(sqlite3_vfs*, double* julian) {
  *julian = 2'461'041.5;
  return SQLITE_OK;
}
int LastError(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

FaultVfs::FaultVfs() {
  vfs_.iVersion = 1;
  vfs_.szOsFile = sizeof(Handle);
  vfs_.mxPathname = 512;
  vfs_.zName = "cohort-faults";
  vfs_.pAppData = this;
  vfs_.xOpen = Open;
  vfs_.xDelete = cohort::Delete;
  vfs_.xAccess = Access;
  vfs_.xFullPathname = FullPath;
  vfs_.xRandomness = Random;
  vfs_.xSleep = Sleep;
  vfs_.xCurrentTime = Time;
  vfs_.xGetLastError = LastError;
  sqlite3_vfs_register(&vfs_, 1);
}

FaultVfs::~FaultVfs() { sqlite3_vfs_unregister(&vfs_); }

std::shared_ptr<FaultVfs::File> FaultVfs::OpenFile(const std::string& name,
                                                   bool create) {
  auto found = files_.find(name);
  if (found != files_.end()) return found->second;
  if (!create) return nullptr;
  return files_[name] = std::make_shared<File>();
}

int FaultVfs::Write(File& file, const void* data, int size,
                    sqlite3_int64 offset) {
  ++writes_;
  if (full_from_ != 0 && writes_ >= full_from_) return SQLITE_FULL;
  const bool broken = writes_ == short_write_;
  const auto count = static_cast<std::size_t>(broken ? size / 2 : size);
  const auto at = static_cast<std::size_t>(offset);
  if (file.now.size() < at + count) file.now.resize(at + count);
  std::memcpy(file.now.data() + at, data, count);
  file.unsynced.emplace_back(at, count);
  return broken ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int FaultVfs::Sync(File& file) {
  const auto written = std::exchange(file.unsynced, {});
  if (++syncs_ == fail_sync_) return SQLITE_IOERR_FSYNC;
  file.durable.resize(file.now.size());
  for (const auto& [at, count] : written) {
    if (at >= file.now.size()) continue;  // it was truncated behind that
    file.durable.replace(at, std::min(count, file.now.size() - at), file.now,
                         at, count);
  }
  return SQLITE_OK;
}

FaultVfs::Files FaultVfs::AfterPowerCut(bool torn, std::uint64_t seed) const {
  std::mt19937_64 random(seed);
  Files files;
  for (const auto& [name, file] : files_) {
    std::string left = file->durable;
    for (std::size_t at = 0; torn && at < file->now.size(); at += kSector) {
      if (random() % 2 == 0) continue;
      const std::size_t end = std::min(at + kSector, file->now.size());
      if (left.size() < end) left.resize(end);
      std::copy(file->now.begin() + static_cast<std::ptrdiff_t>(at),
                file->now.begin() + static_cast<std::ptrdiff_t>(end),
                left.begin() + static_cast<std::ptrdiff_t>(at));
    }
    files[name] = std::make_shared<File>(File{left, left});
  }
  return files;
}

}  // namespace cohort
