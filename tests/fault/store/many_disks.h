// Runs lives on many disks, a few at a time, because much of a life is waiting.
#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace strata::testing {

inline constexpr int kDisksAtATime = 4;

// Calls `live` with 0 to `disks` - 1, each on a thread of its own, until a test assertion fails.
template <class Live>
void OnManyDisks(int disks, const Live& live) {
  std::atomic<int> next = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kDisksAtATime; ++i) {
    threads.emplace_back([&] {
      for (int disk = next++; disk < disks && !::testing::Test::HasFailure(); disk = next++) {
        live(disk);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace strata::testing
