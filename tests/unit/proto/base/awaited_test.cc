#include "proto/base/awaited.h"

#include <thread>

#include <gtest/gtest.h>

namespace strata {
namespace {

TEST(Awaited, WaitsForTheResultOfAnotherThread) {
  const Awaited<int> awaited;
  std::thread other([callback = awaited.Callback()] { callback(7); });
  EXPECT_EQ(awaited.Wait(), 7);
  other.join();
}

TEST(Awaited, HandsOnErrors) {
  const Awaited<void> awaited;
  awaited.Callback()(Fail(ErrorCode::IO_ERROR, "the disk is gone"));
  EXPECT_EQ(awaited.Wait().error().code, ErrorCode::IO_ERROR);
}

TEST(Awaited, ItsCallbackMayOutliveIt) {
  std::function<void(Result<void>)> callback;
  {
    const Awaited<void> awaited;
    callback = awaited.Callback();
  }
  callback(Ok());
}

}  // namespace
}  // namespace strata
