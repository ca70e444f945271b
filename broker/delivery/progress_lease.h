// How long a member may hold records without a sign of progress. Pure.
//
// The lease runs while the member holds records and waits for no answer to a commit or a seek, and
// begins anew with each sign: such an answer, more credit, or the word that it is still at work. So
// a member that has nothing to process is never late, nor is one that waits for the broker; one
// that was sent records and then stands still is.
#pragma once

#include <chrono>
#include <optional>

namespace strata::broker {

class ProgressLease {
 public:
  using Clock = std::chrono::steady_clock;

  explicit ProgressLease(std::chrono::milliseconds length) : length_(length) {}

  // Whether something is expected of the member: it holds records that it has not finished with,
  // and has no commit or seek under way.
  void SetRunning(bool running, Clock::time_point now) {
    if (!running) {
      ends_.reset();
    } else if (!ends_) {
      ends_ = now + length_;
    }
  }

  // It has given a sign.
  void Progressed(Clock::time_point now) {
    if (ends_) ends_ = now + length_;
  }

  // When the member has stood still for too long; nothing if no lease runs.
  const std::optional<Clock::time_point>& ends() const { return ends_; }
  std::chrono::milliseconds length() const { return length_; }

 private:
  std::chrono::milliseconds length_;
  std::optional<Clock::time_point> ends_;
};

}  // namespace strata::broker
