// The times of a member: what a program may want, and what its Join asks the broker for. Pure.
#pragma once

#include <algorithm>
#include <chrono>

namespace strata {

// What the broker takes at most, of each time.
constexpr std::chrono::milliseconds kLongestTime = std::chrono::hours(24);

// For how long after Working nobody has to say it again. `max_processing`: as in ConsumerOptions.
inline std::chrono::milliseconds BetweenSigns(std::chrono::milliseconds max_processing) {
  constexpr std::chrono::milliseconds kOften{1};
  constexpr std::chrono::milliseconds kSeldom{1'000};
  if (max_processing.count() == 0) return kSeldom;
  return std::clamp(max_processing / 16, kOften, kSeldom);
}

// As much more than the program wants, so that a sign that is left out costs it nothing; but the
// last second of a day cannot be made up for. 0 stays what the broker says.
inline std::chrono::milliseconds ProcessingTimeToAskFor(std::chrono::milliseconds max_processing) {
  if (max_processing.count() == 0) return max_processing;
  return std::min(max_processing + BetweenSigns(max_processing), kLongestTime);
}

}  // namespace strata
