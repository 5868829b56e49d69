#include "server/base/huge_pages.h"

#include <sys/mman.h>

#include <new>

namespace usher {
namespace {

constexpr std::size_t kPage = std::size_t{2} * 1024 * 1024;
// What is smaller would waste too much of a page.
constexpr std::size_t kLarge = kPage / 2;

std::size_t Rounded(std::size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

}  // namespace

void* HugePages::do_allocate(std::size_t bytes, std::size_t alignment) {
  if (bytes < kLarge) return ::operator new(bytes, std::align_val_t(alignment));
  void* block = ::operator new(Rounded(bytes), std::align_val_t(kPage));
  // Without them it is slower, no more.
  static_cast<void>(madvise(block, Rounded(bytes), MADV_HUGEPAGE));
  return block;
}

void HugePages::do_deallocate(void* block, std::size_t bytes, std::size_t alignment) {
  if (bytes < kLarge) return ::operator delete(block, bytes, std::align_val_t(alignment));
  ::operator delete(block, Rounded(bytes), std::align_val_t(kPage));
}

}  // namespace usher
