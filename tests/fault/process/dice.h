// The one source of chance in a run. It follows from a seed (tests/fault/seed.h): the same seed
// gives the same choices, though not the same timing.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace strata::fault {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  // From `least` to `most`, both included.
  std::int64_t Between(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random_);
  }
  std::chrono::milliseconds Between(std::chrono::milliseconds least,
                                    std::chrono::milliseconds most) {
    return std::chrono::milliseconds(Between(least.count(), most.count()));
  }
  // One time in `times`.
  bool OneIn(std::int64_t times) { return Between(1, times) == 1; }

  // Dice of its own for another thread.
  Dice Split() { return Dice(random_()); }

 private:
  std::mt19937_64 random_;
};

}  // namespace strata::fault
