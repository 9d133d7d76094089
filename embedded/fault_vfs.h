// A file system in memory for SQLite, whose power can be cut and whose disk
// can fail: for tests.
//
//   FaultVfs vfs;       // SQLite's default from now on
//   vfs.ShortWrite(3);  // of the next writes the third is cut short
//   EXPECT_FALSE(Store::Open("faulty.db", {}).ok());
//   vfs.Boot(vfs.AfterPowerCut(/*torn=*/true, seed));  // what was durable
//
// What was not synced before the power is cut is gone; with `torn`, of each
// file's unsynced writes a part may be there: some of their sectors.
// Threads: one. Errors: as SQLite's codes.
#ifndef COHORT_EMBEDDED_FAULT_VFS_H_
#define COHORT_EMBEDDED_FAULT_VFS_H_

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace cohort {

class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  // The n-th write from now on (from 1) fails: half of it is written.
  void ShortWrite(std::int64_t n) { short_write_ = writes_ + n; }
  void FailSync(std::int64_t n) { fail_sync_ = syncs_ + n; }
  // From the n-th write on the disk is full.
  void FillDisk(std::int64_t n) { full_from_ = writes_ + n; }
  void Mend() { short_write_ = fail_sync_ = full_from_ = 0; }
  struct File {
    std::string now;
    std::string durable;
    // Written since the last sync: offsets and sizes. Whether a sync succeeds
    // or not, the next one knows nothing of what came before it.
    std::vector<std::pair<std::size_t, std::size_t>> unsynced = {};
  };
  using Files = std::map<std::string, std::shared_ptr<File>>;
  // The files as they are when the power goes now: as at their last sync; with
  // `torn` some of the sectors written since are new.
  Files AfterPowerCut(bool torn, std::uint64_t seed) const;
  // The power is back. Whoever had files open has closed them before.
  void Boot(Files files) { files_ = std::move(files); }

  std::int64_t writes() const { return writes_; }
  std::int64_t syncs() const { return syncs_; }

  // For SQLite's calls.
  std::shared_ptr<File> OpenFile(const std::string& name, bool create);
  void Delete(const std::string& name) { files_.erase(name); }
  bool Has(const std::string& name) const { return files_.contains(name); }
  int Write(File& file, const void* data, int size, sqlite3_int64 offset);
  int Sync(File& file);

 private:
  Files files_;
  std::int64_t writes_ = 0;
  std::int64_t syncs_ = 0;
  std::int64_t short_write_ = 0;
  std::int64_t fail_sync_ = 0;
  std::int64_t full_from_ = 0;
  sqlite3_vfs vfs_{};
};

}  // namespace cohort

#endif  // COHORT_EMBEDDED_FAULT_VFS_H_
