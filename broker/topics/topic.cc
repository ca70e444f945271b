#include "broker/topics/topic.h"

#include <fmt/format.h>

namespace strata::broker {

Result<void> CheckPartition(const Topic& topic, std::int32_t partition) {
  if (topic.HasPartition(partition)) return Ok();
  return Fail(ErrorCode::UNKNOWN_PARTITION,
              fmt::format("topic '{}' has no partition {}: it has {}", topic.name, partition,
                          topic.partition_count));
}

}  // namespace strata::broker
