// A point in time for people: "2026-01-02T03:04:05Z".
#pragma once

#include <string>

#include "proto/base/types.h"

namespace strata::cli {

std::string TimeText(TimestampMs time);

}  // namespace strata::cli
