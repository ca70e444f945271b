// Reading without a group.
#include <vector>

#include "client/cli/consume.h"
#include "client/cli/topic_reader.h"

namespace strata::cli {
namespace {

std::vector<std::int32_t> PartitionsToRead(const TopicDescription& topic,
                                           const ConsumeOptions& options) {
  if (options.partition) return {*options.partition};
  return AllPartitions(topic);
}

}  // namespace

Result<void> ConsumePartitions(const std::shared_ptr<Connection>& connection,
                               const TopicDescription& topic, const ConsumeOptions& options,
                               RecordWriter& writer, Interrupt& interrupt) {
  const auto doorbell = std::make_shared<Doorbell>();
  interrupt.SetWakeUp([doorbell] { doorbell->Ring(); });
  STRATA_TRY_ASSIGN(
      auto reader, TopicReader::Open(connection, topic.topic.name, PartitionsToRead(topic, options),
                                     options.from.value_or(Position::Beginning()),
                                     options.exit_at_end, doorbell));
  const auto write = [&](std::int32_t partition,
                         const std::vector<RecordView>& records) -> Result<void> {
    for (const RecordView& record : records) {
      if (writer.finished()) break;
      STRATA_TRY(writer.Write(topic.topic.name, partition, record));
    }
    return Ok();
  };
  while (!reader.finished() && !writer.finished() && !interrupt.requested()) {
    STRATA_TRY_ASSIGN(const bool any, reader.ServeInTurn(write));
    if (any || reader.finished()) continue;
    STRATA_TRY(writer.Flush());
    reader.Wait();
  }
  return Ok();
}

}  // namespace strata::cli
