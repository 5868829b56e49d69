#include "tests/support/disk/cuttable_disk.h"

#include <new>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "server/base/mutex.h"
#include "tests/support/disk/disk_state.h"

namespace usher {
namespace {

using State = CuttableDisk::State;

// The disks of this process. SQLite knows its VFS by a pointer that must stay valid, so that this cannot be less
// global.
struct Disks {
  Mutex mutex;
  std::vector<std::shared_ptr<State>> all ABSL_GUARDED_BY(mutex);
};

Disks& AllDisks() {
  static Disks disks;
  return disks;
}

std::shared_ptr<State> DiskOf(const char* path) {
  if (path == nullptr) return nullptr;
  Disks& disks = AllDisks();
  MutexLock lock(disks.mutex);
  for (const std::shared_ptr<State>& disk : disks.all) {
    if (disk->Holds(path)) return disk;
  }
  return nullptr;
}

// SQLite allocates an open file of ours with room for one of the system's behind it.
struct OpenFile : sqlite3_file {
  std::shared_ptr<State> disk;  // null: passed through
  State::File image;
  bool syncs_folder = false;  // as the system's VFS does after creating a journal

  sqlite3_file* system() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};
static_assert(sizeof(OpenFile) % alignof(sqlite3_int64) == 0);

OpenFile* Ours(sqlite3_file* file) { return static_cast<OpenFile*>(file); }
const sqlite3_io_methods& Methods(sqlite3_file* file) { return *Ours(file)->system()->pMethods; }
sqlite3_vfs* System(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int CodeOf(State::Answer answer, int without_power) {
  switch (answer) {
    case State::Answer::kDone: return SQLITE_OK;
    case State::Answer::kNoRoom: return SQLITE_FULL;
    case State::Answer::kNoPower: return without_power;
  }
  return SQLITE_INTERNAL;
}

int Close(sqlite3_file* file) {
  const int code = Methods(file).xClose(Ours(file)->system());
  Ours(file)->~OpenFile();
  return code;
}

int Read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  if (Ours(file)->disk && Ours(file)->disk->cut()) return SQLITE_IOERR_READ;
  return Methods(file).xRead(Ours(file)->system(), bytes, size, offset);
}

int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  if (Ours(file)->disk) {
    const std::string_view view(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
    const State::Answer answer = Ours(file)->disk->Write(Ours(file)->image, static_cast<std::size_t>(offset), view);
    if (answer != State::Answer::kDone) return CodeOf(answer, SQLITE_IOERR_WRITE);
  }
  return Methods(file).xWrite(Ours(file)->system(), bytes, size, offset);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (Ours(file)->disk) {
    const State::Answer answer = Ours(file)->disk->Truncate(Ours(file)->image, static_cast<std::size_t>(size));
    if (answer != State::Answer::kDone) return CodeOf(answer, SQLITE_IOERR_TRUNCATE);
  }
  return Methods(file).xTruncate(Ours(file)->system(), size);
}

int Sync(sqlite3_file* file, int flags) {
  if (!Ours(file)->disk) return Methods(file).xSync(Ours(file)->system(), flags);
  const State::Answer answer = Ours(file)->disk->Sync(Ours(file)->image, Ours(file)->syncs_folder);
  if (answer == State::Answer::kDone) Ours(file)->syncs_folder = false;
  return CodeOf(answer, SQLITE_IOERR_FSYNC);
}

int FileSize(sqlite3_file* file, sqlite3_int64* size) { return Methods(file).xFileSize(Ours(file)->system(), size); }
int Lock(sqlite3_file* file, int level) { return Methods(file).xLock(Ours(file)->system(), level); }
int Unlock(sqlite3_file* file, int level) { return Methods(file).xUnlock(Ours(file)->system(), level); }
int CheckReservedLock(sqlite3_file* file, int* held) {
  return Methods(file).xCheckReservedLock(Ours(file)->system(), held);
}
int FileControl(sqlite3_file* file, int operation, void* argument) {
  // The system's hint to allocate a file's room at once would go past this disk.
  if (operation == SQLITE_FCNTL_SIZE_HINT && Ours(file)->disk) return SQLITE_OK;
  return Methods(file).xFileControl(Ours(file)->system(), operation, argument);
}
int SectorSize(sqlite3_file* file) { return Methods(file).xSectorSize(Ours(file)->system()); }
int Characteristics(sqlite3_file* file) { return Methods(file).xDeviceCharacteristics(Ours(file)->system()); }
int ShmMap(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
  return Methods(file).xShmMap(Ours(file)->system(), region, size, extend, memory);
}
int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return Methods(file).xShmLock(Ours(file)->system(), offset, count, flags);
}
void ShmBarrier(sqlite3_file* file) { Methods(file).xShmBarrier(Ours(file)->system()); }
int ShmUnmap(sqlite3_file* file, int remove) { return Methods(file).xShmUnmap(Ours(file)->system(), remove); }

// Version 2: with shared memory, without memory-mapped files, whose writes nobody would see.
constexpr sqlite3_io_methods kMethods = {.iVersion = 2,
                                         .xClose = Close,
                                         .xRead = Read,
                                         .xWrite = Write,
                                         .xTruncate = Truncate,
                                         .xSync = Sync,
                                         .xFileSize = FileSize,
                                         .xLock = Lock,
                                         .xUnlock = Unlock,
                                         .xCheckReservedLock = CheckReservedLock,
                                         .xFileControl = FileControl,
                                         .xSectorSize = SectorSize,
                                         .xDeviceCharacteristics = Characteristics,
                                         .xShmMap = ShmMap,
                                         .xShmLock = ShmLock,
                                         .xShmBarrier = ShmBarrier,
                                         .xShmUnmap = ShmUnmap,
                                         .xFetch = nullptr,
                                         .xUnfetch = nullptr};

int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* opened) {
  file->pMethods = nullptr;
  auto* ours = new (file) OpenFile();
  ours->disk = DiskOf(path);
  if (ours->disk) {
    ours->image = ours->disk->Open(path);
    constexpr int kJournals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    ours->syncs_folder = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & kJournals) != 0;
  }
  const int code = ours->disk && !ours->image ? SQLITE_CANTOPEN
                                              : System(vfs)->xOpen(System(vfs), path, ours->system(), flags, opened);
  if (code != SQLITE_OK) {
    ours->~OpenFile();
    file->pMethods = nullptr;
    return code;
  }
  ours->pMethods = &kMethods;
  return SQLITE_OK;
}

int Delete(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  if (const std::shared_ptr<State> disk = DiskOf(path)) {
    const State::Answer answer = disk->Delete(path, sync_folder != 0);
    if (answer != State::Answer::kDone) return CodeOf(answer, SQLITE_IOERR_DELETE);
  }
  return System(vfs)->xDelete(System(vfs), path, sync_folder);
}

int Access(sqlite3_vfs* vfs, const char* path, int flags, int* answer) {
  return System(vfs)->xAccess(System(vfs), path, flags, answer);
}
int FullPathname(sqlite3_vfs* vfs, const char* path, int size, char* full) {
  return System(vfs)->xFullPathname(System(vfs), path, size, full);
}
int Randomness(sqlite3_vfs* vfs, int size, char* bytes) { return System(vfs)->xRandomness(System(vfs), size, bytes); }
int Pause(sqlite3_vfs* vfs, int microseconds) { return System(vfs)->xSleep(System(vfs), microseconds); }
int CurrentTime(sqlite3_vfs* vfs, double* time) { return System(vfs)->xCurrentTime(System(vfs), time); }
int LastError(sqlite3_vfs* vfs, int size, char* words) { return System(vfs)->xGetLastError(System(vfs), size, words); }

// Once per process.
void Install() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
    sqlite3_vfs shim = {};
    shim.iVersion = 1;
    shim.szOsFile = static_cast<int>(sizeof(OpenFile)) + system->szOsFile;
    shim.mxPathname = system->mxPathname;
    shim.zName = "cuttable";
    shim.pAppData = system;
    shim.xOpen = Open;
    shim.xDelete = Delete;
    shim.xAccess = Access;
    shim.xFullPathname = FullPathname;
    shim.xRandomness = Randomness;
    shim.xSleep = Pause;
    shim.xCurrentTime = CurrentTime;
    shim.xGetLastError = LastError;
    return shim;
  }();
  sqlite3_vfs_register(&vfs, 1);
}

}  // namespace

CuttableDisk::CuttableDisk(std::string folder) : state_(std::make_shared<State>(std::move(folder))) {
  static const bool installed = (Install(), true);
  static_cast<void>(installed);
  Disks& disks = AllDisks();
  MutexLock lock(disks.mutex);
  disks.all.push_back(state_);
}

CuttableDisk::~CuttableDisk() {
  Disks& disks = AllDisks();
  MutexLock lock(disks.mutex);
  std::erase(disks.all, state_);
}

void CuttableDisk::CutAtOperation(int n) { state_->CutAt(n, 0); }
void CuttableDisk::CutAtSync(int n) { state_->CutAt(0, n); }
void CuttableDisk::CutNow() { state_->CutAt(0, 0); }
bool CuttableDisk::cut() const { return state_->cut(); }
void CuttableDisk::FillUpAt(int n) { state_->FillUpAt(n); }
void CuttableDisk::MakeRoom() { state_->FillUpAt(0); }
bool CuttableDisk::was_full() const { return state_->was_full(); }
void CuttableDisk::LeaveBehind(std::mt19937& random, const std::vector<std::string>& folders) const {
  state_->LeaveBehind(random, folders);
}

}  // namespace usher
