// A disk whose power can be cut and which can be full, under SQLite.
//
// A VFS between SQLite and the operating system. While the power is on, programs see what they wrote. Beside that it
// keeps, for every file of one folder, what a sync has made durable and what was written since. When the power is cut,
// every call fails from then on; what the disk holds afterwards is drawn at random: of the writes since the last sync
// any subset survives, in pieces of 512 or 4096 bytes, in any order; grown files may hold garbage; names of files that
// were created or deleted may be the old ones until a sync of their folder.
//
// It promises no more than SQLite asks of a disk: a sync that returned OK has happened, and bytes outside a write stay
// what they were (SQLITE_IOCAP_POWERSAFE_OVERWRITE, on which SQLite relies everywhere).
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace usher {

class CuttableDisk {
 public:
  // The files of `folder` are on this disk from now on, those that are there already included. The first disk of a
  // process makes its VFS the default of SQLite; files elsewhere are passed through.
  explicit CuttableDisk(std::string folder);
  // Everything on it is closed by then.
  ~CuttableDisk();
  CuttableDisk(const CuttableDisk&) = delete;
  CuttableDisk& operator=(const CuttableDisk&) = delete;

  // The power goes during the `n`-th write, truncation, sync or deletion from now on, counted from 1; with
  // CutAtSync, during the n-th sync.
  void CutAtOperation(int n);
  void CutAtSync(int n);
  void CutNow();
  bool cut() const;

  // The `n`-th write from now on that makes a file larger finds no room, and so do all that follow, until MakeRoom.
  void FillUpAt(int n);
  void MakeRoom();
  // Whether a write has found no room since FillUpAt.
  bool was_full() const;

  // Writes into each of `folders` the same files that the cut left behind. Once, after the cut.
  void LeaveBehind(std::mt19937& random, const std::vector<std::string>& folders) const;

  struct State;

 private:
  const std::shared_ptr<State> state_;
};

}  // namespace usher
