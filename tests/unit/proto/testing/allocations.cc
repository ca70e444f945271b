#include "tests/unit/proto/testing/allocations.h"

#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t allocation_count = 0;

}  // namespace

std::size_t strata::testing::AllocationCount() {
  return allocation_count;
}

#if !defined(STRATA_SANITIZER_OWNS_NEW)

// The standard library's other forms of new and delete lead to these.
void* operator new(std::size_t bytes) {
  ++allocation_count;
  void* memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new[](std::size_t bytes) {
  return ::operator new(bytes);
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

#endif
