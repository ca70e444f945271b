#include "client/cli/bench/quiet_topic.h"

#include <utility>

#include <fmt/format.h>

namespace strata::cli {

QuietTopic::QuietTopic(std::shared_ptr<Connection> connection, std::string topic)
    : admin_(std::move(connection)), topic_(std::move(topic)) {}

Result<QuietTopic> QuietTopic::Begin(std::shared_ptr<Connection> connection, std::string topic) {
  QuietTopic quiet(std::move(connection), std::move(topic));
  STRATA_TRY_ASSIGN(quiet.begin_, quiet.RecordsEver());
  return quiet;
}

Result<void> QuietTopic::Check(const Amount& sent) {
  STRATA_TRY_ASSIGN(const std::uint64_t end, RecordsEver());
  if (end - begin_ <= sent.records) return Ok();
  return Fail(ErrorCode::CONFLICT,
              fmt::format("{} records were sent to topic '{}', and {} were appended: somebody else "
                          "writes to it, too",
                          sent.records, topic_, end - begin_));
}

Result<std::uint64_t> QuietTopic::RecordsEver() {
  STRATA_TRY_ASSIGN(const TopicDescription description, admin_.DescribeTopic(topic_));
  Offset sum = 0;
  for (const PartitionInfo& partition : description.partitions) sum += partition.log_end;
  return static_cast<std::uint64_t>(sum);
}

}  // namespace strata::cli
