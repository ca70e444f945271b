// What `strata group describe --output json` says, as numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "tests/e2e/support/command.h"

namespace strata::e2e {

// The fields that scripts may rely on.
struct PartitionView {
  std::int64_t current = 0;
  std::int64_t committed = 0;
  std::int64_t log_end = 0;
  std::int64_t lag_records = 0;
  double lag_seconds = 0;
  std::int64_t lag_delivery_records = 0;
  double lag_delivery_seconds = 0;
  std::string member;
};

// By topic and partition.
using GroupView = std::map<std::pair<std::string, int>, PartitionView>;

// Throws if the command fails, or if a field is missing or of another type.
GroupView DescribeGroup(const StrataCommand& strata, const std::string& group);

}  // namespace strata::e2e
