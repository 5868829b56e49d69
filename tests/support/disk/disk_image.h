// What a disk holds besides what programs see: the durable bytes of a file, and what was written since its last sync.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace usher {

class FileImage {
 public:
  FileImage() = default;
  explicit FileImage(std::string durable) : durable_(std::move(durable)), size_(durable_.size()) {}

  // As programs see it, by now.
  std::size_t size() const { return size_; }

  void Write(std::size_t offset, std::string_view bytes);
  void Truncate(std::size_t size);
  // Everything written so far is durable.
  void Sync();

  // What a power cut leaves of the file: see cuttable_disk.h.
  std::string Survivor(std::mt19937& random) const;

 private:
  struct Operation {
    bool truncates = false;
    std::size_t offset = 0;  // the new size, when it truncates
    std::string bytes;
  };

  static std::vector<Operation> Pieces(const std::vector<Operation>& operations, std::size_t piece);
  static void Apply(const Operation& operation, char filler, std::string& bytes);

  std::string durable_;
  std::size_t size_ = 0;
  std::vector<Operation> pending_;
};

}  // namespace usher
