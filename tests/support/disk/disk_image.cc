#include "tests/support/disk/disk_image.h"

#include <algorithm>
#include <utility>

namespace usher {

void FileImage::Write(std::size_t offset, std::string_view bytes) {
  pending_.push_back({.truncates = false, .offset = offset, .bytes = std::string(bytes)});
  size_ = std::max(size_, offset + bytes.size());
}

void FileImage::Truncate(std::size_t size) {
  pending_.push_back({.truncates = true, .offset = size, .bytes = ""});
  size_ = size;
}

void FileImage::Sync() {
  for (const Operation& operation : pending_) Apply(operation, '\0', durable_);
  pending_.clear();
}

std::string FileImage::Survivor(std::mt19937& random) const {
  std::string survivor = durable_;
  const auto fate = random() % 4;
  if (fate == 0) return survivor;
  std::vector<Operation> pieces = Pieces(pending_, random() % 2 == 0 ? 512 : 4096);
  if (fate == 1) std::shuffle(pieces.begin(), pieces.end(), random);
  // Of eight pieces so many survive; all of them, when the power went after the last one.
  const auto share = fate == 2 ? 8 : 1 + random() % 7;
  const char filler = random() % 2 == 0 ? '\0' : static_cast<char>(random());
  for (const Operation& operation : pieces) {
    if (random() % 8 < share) Apply(operation, filler, survivor);
  }
  return survivor;
}

std::vector<FileImage::Operation> FileImage::Pieces(const std::vector<Operation>& operations, std::size_t piece) {
  std::vector<Operation> pieces;
  for (const Operation& operation : operations) {
    if (operation.truncates) pieces.push_back(operation);
    for (std::size_t done = 0; done < operation.bytes.size();) {
      const std::size_t offset = operation.offset + done;
      const std::size_t size = std::min(operation.bytes.size() - done, piece - offset % piece);
      pieces.push_back({.truncates = false, .offset = offset, .bytes = operation.bytes.substr(done, size)});
      done += size;
    }
  }
  return pieces;
}

void FileImage::Apply(const Operation& operation, char filler, std::string& bytes) {
  if (operation.truncates) {
    bytes.resize(std::min(bytes.size(), operation.offset));
    return;
  }
  const std::size_t end = operation.offset + operation.bytes.size();
  if (bytes.size() < end) bytes.resize(end, filler);
  bytes.replace(operation.offset, operation.bytes.size(), operation.bytes);
}

}  // namespace usher
