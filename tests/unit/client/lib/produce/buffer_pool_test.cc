#include "client/lib/produce/buffer_pool.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace strata {
namespace {

std::string OfBytes(std::size_t count) {
  std::string buffer;
  buffer.reserve(count);
  return buffer;
}

TEST(BufferPool, GivesWhatWasGivenBack) {
  BufferPool pool(10'000);
  std::string buffer = OfBytes(1'000);
  const char* const memory = buffer.data();
  pool.GiveBack(std::move(buffer));
  EXPECT_EQ(pool.Take().data(), memory);
  EXPECT_LT(pool.Take().capacity(), 1'000U) << "it was given once";
}

TEST(BufferPool, WhatIsSharedComesBackWithTheLastShare) {
  BufferPool pool(10'000);
  std::string buffer(1'000, 'x');
  const char* const memory = buffer.data();
  std::optional<SharedBytes> first = pool.Share(std::move(buffer));
  std::optional<SharedBytes> second = first->Slice(500);
  EXPECT_EQ(first->view(), std::string(1'000, 'x'));
  first.reset();
  EXPECT_NE(pool.Take().data(), memory);
  second.reset();
  EXPECT_EQ(pool.Take().data(), memory);
}

TEST(BufferPool, WhatIsSharedOutlivesThePool) {
  std::optional<BufferPool> pool(10'000);
  const SharedBytes shared = pool->Share(std::string(1'000, 'x'));
  pool.reset();
  EXPECT_EQ(shared.view(), std::string(1'000, 'x'));
}

TEST(BufferPool, KeepsNoMoreThanItIsToldTo) {
  BufferPool pool(2'500);
  for (int i = 0; i < 3; ++i) pool.GiveBack(OfBytes(1'000));
  EXPECT_GE(pool.Take().capacity(), 1'000U);
  EXPECT_GE(pool.Take().capacity(), 1'000U);
  EXPECT_LT(pool.Take().capacity(), 1'000U);
}

}  // namespace
}  // namespace strata
