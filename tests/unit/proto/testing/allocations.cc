#include "tests/unit/proto/testing/allocations.h"

#include <cstdlib>
#include <new>

namespace strata::testing {
namespace {

thread_local std::size_t allocation_count = 0;

}  // namespace

std::size_t AllocationCount() {
  return allocation_count;
}

void* CountedAllocation(std::size_t bytes) {
  ++allocation_count;
  void* memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace strata::testing

// The standard library's other forms of new and delete lead to these.
void* operator new(std::size_t bytes) {
  return strata::testing::CountedAllocation(bytes);
}
void* operator new[](std::size_t bytes) {
  return strata::testing::CountedAllocation(bytes);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
