#include "proto/base/freed_memory.h"

#include <cstring>
#include <memory>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tests/unit/proto/testing/allocations.h"

namespace strata {
namespace {

// As a message of 8 MiB that comes in pieces, and is freed.
void UseMemory() {
  constexpr std::size_t kPieceBytes = 64 << 10;
  std::vector<std::unique_ptr<char[]>> pieces(128);
  for (auto& piece : pieces) {
    piece = std::make_unique_for_overwrite<char[]>(kPieceBytes);
    std::memset(piece.get(), 1, kPieceBytes);
  }
}

long NewPages() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

TEST(FreedMemory, IsThereForTheNextTime) {
#ifndef __GLIBC__
  GTEST_SKIP() << "the allocator is not glibc's";
#endif
  if (!testing::kAllocationsAreCounted) GTEST_SKIP() << "a sanitizer owns the heap";
  KeepFreedMemory();
  UseMemory();
  const long before = NewPages();
  for (int i = 0; i < 10; ++i) UseMemory();
  EXPECT_LT(NewPages() - before, 2'000) << "once through is as many pages";
}

}  // namespace
}  // namespace strata
