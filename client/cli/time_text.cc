#include "client/cli/time_text.h"

#include <ctime>

#include <fmt/chrono.h>

namespace strata::cli {

std::string TimeText(TimestampMs time) {
  return fmt::format("{:%FT%TZ}", fmt::gmtime(static_cast<std::time_t>(time / 1000)));
}

}  // namespace strata::cli
