#include "storage/io/time_source.h"

namespace strata::storage {
namespace {

class RealTime final : public TimeSource {
 public:
  TimestampMs Wall() const override { return WallClockMs(); }
  std::chrono::milliseconds Steady() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  }
};

}  // namespace

const TimeSource& TimeSource::Real() {
  static const RealTime real;
  return real;
}

}  // namespace strata::storage
