// Memory for large things that are read at random.
#pragma once

#include <cstddef>
#include <memory_resource>

namespace usher {

// Asks the kernel for huge pages, where it has them: a random read of a table of many megabytes then costs one miss,
// not two. Large blocks only; small ones are taken from the heap. Any thread.
class HugePages final : public std::pmr::memory_resource {
 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override;
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }
};

}  // namespace usher
