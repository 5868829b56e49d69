// The state behind a CuttableDisk. Every function may be called on any thread.
#pragma once

#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/mutex.h"
#include "tests/support/disk/cuttable_disk.h"
#include "tests/support/disk/disk_image.h"

namespace usher {

struct CuttableDisk::State {
 public:
  explicit State(std::string folder) : folder_(std::move(folder)) {}

  enum class Answer { kDone, kNoRoom, kNoPower };
  using File = std::shared_ptr<FileImage>;

  bool Holds(std::string_view path) const { return path.starts_with(folder_); }

  // The file as it is, or a new one; null without power.
  File Open(const std::string& path);
  Answer Write(const File& file, std::size_t offset, std::string_view bytes);
  Answer Truncate(const File& file, std::size_t size);
  Answer Sync(const File& file, bool folder_too);
  Answer Delete(const std::string& path, bool sync_folder);

  void CutAt(int operations, int syncs);
  void FillUpAt(int writes);
  bool cut() const;
  bool was_full() const;
  void LeaveBehind(std::mt19937& random, const std::vector<std::string>& folders) const;

 private:
  // True when the power is gone after counting one more operation: it is the one that was interrupted.
  bool CountOperation(bool sync) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string folder_;
  mutable Mutex mutex_;
  std::map<std::string, File> names_ ABSL_GUARDED_BY(mutex_);          // as programs see the folder
  std::map<std::string, File> durable_names_ ABSL_GUARDED_BY(mutex_);  // as it was when it was synced
  bool cut_ ABSL_GUARDED_BY(mutex_) = false;
  int operations_left_ ABSL_GUARDED_BY(mutex_) = 0;  // until the cut; 0: none is planned
  int syncs_left_ ABSL_GUARDED_BY(mutex_) = 0;
  int growths_left_ ABSL_GUARDED_BY(mutex_) = 0;  // until the disk is full; 0: it will not be
  bool full_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace usher
