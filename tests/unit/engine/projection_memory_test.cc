// What the projection costs: bytes for each tenant, and nothing for a question. Every allocation of this program is
// counted.
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <new>

#include <gtest/gtest.h>
#include <malloc.h>

#include "server/core/trace_model.h"
#include "server/engine/projection.h"
#include "tests/support/ledger/ledger_world.h"

namespace {

std::atomic<std::int64_t> live_bytes = 0;  // with what the allocator adds
std::atomic<std::int64_t> allocations = 0;

constexpr std::int64_t kHeader = sizeof(std::size_t);  // of glibc, before each block

}  // namespace

void* operator new(std::size_t bytes) {
  void* block = std::malloc(bytes);
  if (block == nullptr) throw std::bad_alloc();
  live_bytes += static_cast<std::int64_t>(malloc_usable_size(block)) + kHeader;
  ++allocations;
  return block;
}
// What lies between large blocks for the sake of their alignment is never touched, so it costs nothing.
// What asks for it, gives it back to the operators below.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  try {
    return operator new(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  void* block = std::aligned_alloc(step, (bytes + step - 1) / step * step);
  if (block == nullptr) throw std::bad_alloc();
  live_bytes += static_cast<std::int64_t>(bytes) + kHeader;
  ++allocations;
  return block;
}
void operator delete(void* block) noexcept {
  if (block != nullptr) live_bytes -= static_cast<std::int64_t>(malloc_usable_size(block)) + kHeader;
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }
void operator delete(void* block, std::size_t bytes, std::align_val_t) noexcept {
  live_bytes -= static_cast<std::int64_t>(bytes) + kHeader;
  std::free(block);
}
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }

namespace usher {
namespace {

constexpr int kTenants = 100'000;

std::string NameOf(int n) { return "tenant-" + std::to_string(1'000'000 + n); }

// Paid for growth, each at a time of its own.
TenantChange PaidAt(const std::string& name, Instant at) {
  const std::vector<Fact> facts = {LinkOf(CustomerObject("cus_1"), name),
                                   PaidInvoice("in_1", "cus_1", "sub_1", "price_growth", at)};
  return {.tenant = TenantId(name),
          .version = 1,
          .trace = std::make_shared<const Trace>(BuildTrace(TenantId(name), facts)),
          .timeline = nullptr,
          .generation = 0,
          .now = at + kDay};
}

class ProjectionMemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    projection_.Adopt(projection_.StartDraft(1, TestCatalog()));
    const std::int64_t before = live_bytes;
    for (int n = 0; n < kTenants; ++n) {
      projection_.Publish(std::vector{PaidAt(NameOf(n), kJanuary + std::chrono::seconds(n))});
    }
    bytes_ = live_bytes - before;
  }

  Projection projection_;
  std::int64_t bytes_ = 0;
};

TEST_F(ProjectionMemoryTest, ATenantOnAStandardPlanCostsAtMost160BytesBesidesItsName) {
  const auto each = bytes_ / kTenants - static_cast<std::int64_t>(NameOf(0).size());
  std::cout << "projection: " << each << " bytes for each of " << kTenants << " tenants besides the name, "
            << projection_.shared_parts() << " shared parts\n";
  EXPECT_LE(each, 160);
}

TEST_F(ProjectionMemoryTest, ACheckAllocatesNothing) {
  const std::string known = NameOf(17);
  const std::string stranger = "nobody";
  const auto check = [&](const std::string& tenant) {
    const Projection::View view = *projection_.Current();
    const ProjectedTenant found = view.Find(tenant);
    const CheckRequest request{.feature = 1, .quantity = 1, .current_usage = 3, .access = Access::kUse};
    const Instant at = EvaluationInstant(found.outlook, kJanuary + kDay);
    EXPECT_TRUE(Covers(*view.catalog(), found.outlook, request, at));
    return Judge(*view.catalog(), found.outlook, request, at).allowed;
  };
  EXPECT_TRUE(check(known));
  const std::int64_t before = allocations;
  const bool known_allowed = check(known);
  const bool stranger_allowed = check(stranger);
  EXPECT_EQ(allocations, before);
  EXPECT_TRUE(known_allowed);
  EXPECT_FALSE(stranger_allowed);
}

}  // namespace
}  // namespace usher
