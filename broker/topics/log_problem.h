// What is wrong with a log, in a sentence for people.
#pragma once

#include <optional>
#include <string>

#include <fmt/format.h>

#include "storage/log_store.h"

namespace strata::broker {

// Nothing if all is well.
inline std::optional<std::string> ProblemOf(const storage::LogStatus& status) {
  std::string problem;
  if (!status.health) problem = status.health.error().message;
  if (!status.damage.empty()) {
    const storage::DamagedOffsets& first = status.damage.front();
    if (!problem.empty()) problem += "; ";
    problem += fmt::format("offsets {} to {} cannot be read ({}), the next good one is {}",
                           first.begin, first.end - 1, first.what, first.end);
    if (status.damage.size() > 1) {
      problem += fmt::format("; so it is in {} more places", status.damage.size() - 1);
    }
  }
  if (problem.empty()) return std::nullopt;
  return problem;
}

}  // namespace strata::broker
