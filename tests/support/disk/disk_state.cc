#include "tests/support/disk/disk_state.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace usher {
namespace {

std::string BytesOf(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

}  // namespace

CuttableDisk::State::File CuttableDisk::State::Open(const std::string& path) {
  MutexLock lock(mutex_);
  if (cut_) return nullptr;
  if (const auto known = names_.find(path); known != names_.end()) return known->second;
  if (std::filesystem::exists(path)) {
    durable_names_[path] = names_[path] = std::make_shared<FileImage>(BytesOf(path));
  } else {
    names_[path] = std::make_shared<FileImage>();
  }
  return names_[path];
}

// An interrupted write is under way: any part of it may reach the disk.
CuttableDisk::State::Answer CuttableDisk::State::Write(const File& file, std::size_t offset, std::string_view bytes) {
  MutexLock lock(mutex_);
  if (cut_) return Answer::kNoPower;
  if (offset + bytes.size() > file->size()) {
    if (growths_left_ > 0 && --growths_left_ == 0) full_ = true;
    if (full_) return Answer::kNoRoom;
  }
  file->Write(offset, bytes);
  return CountOperation(false) ? Answer::kNoPower : Answer::kDone;
}

CuttableDisk::State::Answer CuttableDisk::State::Truncate(const File& file, std::size_t size) {
  MutexLock lock(mutex_);
  if (cut_) return Answer::kNoPower;
  file->Truncate(size);
  return CountOperation(false) ? Answer::kNoPower : Answer::kDone;
}

CuttableDisk::State::Answer CuttableDisk::State::Sync(const File& file, bool folder_too) {
  MutexLock lock(mutex_);
  if (cut_ || CountOperation(true)) return Answer::kNoPower;
  file->Sync();
  if (folder_too) durable_names_ = names_;
  return Answer::kDone;
}

CuttableDisk::State::Answer CuttableDisk::State::Delete(const std::string& path, bool sync_folder) {
  MutexLock lock(mutex_);
  if (cut_) return Answer::kNoPower;
  names_.erase(path);
  if (CountOperation(false)) return Answer::kNoPower;
  if (sync_folder) durable_names_ = names_;
  return Answer::kDone;
}

bool CuttableDisk::State::CountOperation(bool sync) {
  if (operations_left_ > 0 && --operations_left_ == 0) cut_ = true;
  if (sync && syncs_left_ > 0 && --syncs_left_ == 0) cut_ = true;
  return cut_;
}

void CuttableDisk::State::CutAt(int operations, int syncs) {
  MutexLock lock(mutex_);
  operations_left_ = operations;
  syncs_left_ = syncs;
  if (operations == 0 && syncs == 0) cut_ = true;
}

void CuttableDisk::State::FillUpAt(int writes) {
  MutexLock lock(mutex_);
  growths_left_ = writes;
  full_ = false;
}

bool CuttableDisk::State::cut() const {
  MutexLock lock(mutex_);
  return cut_;
}

bool CuttableDisk::State::was_full() const {
  MutexLock lock(mutex_);
  return full_;
}

void CuttableDisk::State::LeaveBehind(std::mt19937& random, const std::vector<std::string>& folders) const {
  MutexLock lock(mutex_);
  std::set<std::string> paths;
  for (const auto& [path, file] : names_) paths.insert(path);
  for (const auto& [path, file] : durable_names_) paths.insert(path);
  for (const std::string& path : paths) {
    // Which of the two folders has the last word is drawn for each name that differs.
    const auto now = names_.find(path);
    const auto durable = durable_names_.find(path);
    File file = now == names_.end() ? nullptr : now->second;
    const File old = durable == durable_names_.end() ? nullptr : durable->second;
    if (file != old && random() % 2 == 0) file = old;
    if (file == nullptr) continue;
    const std::string bytes = file->Survivor(random);
    for (const std::string& folder : folders) {
      std::ofstream(folder + "/" + std::filesystem::path(path).filename().string(), std::ios::binary) << bytes;
    }
  }
}

}  // namespace usher
