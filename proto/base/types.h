// The field's words as types. Everything here is plain data.
#pragma once

#include <chrono>
#include <cstdint>

namespace strata {

// Position of a record in its partition: dense, from 0, never reused. -1 stands for "none".
using Offset = std::int64_t;
inline constexpr Offset kNoOffset = -1;

// Milliseconds since the Unix epoch (UTC). -1 stands for "none".
using TimestampMs = std::int64_t;
inline constexpr TimestampMs kNoTimestamp = -1;

// The wall clock, in the unit of TimestampMs. Jumps when somebody sets the clock.
inline TimestampMs WallClockMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// How far an appended record has come before it is acknowledged. Order matters: more is safer.
enum class Durability : std::uint8_t {
  kNone = 1,   // accepted into the broker's memory
  kOs = 2,     // written to the operating system: survives the broker's death, not the machine's
  kFsync = 3,  // on disk: survives both
};

}  // namespace strata
