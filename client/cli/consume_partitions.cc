// Reading without a group: one Reader for each partition, served in turn.
#include <algorithm>
#include <vector>

#include "client/cli/consume.h"
#include "client/lib/admin.h"
#include "client/lib/doorbell.h"
#include "client/lib/reader.h"

namespace strata::cli {
namespace {

// A Reader that has lost its way to the broker opens it again only when it is polled.
constexpr std::chrono::milliseconds kLookAfterReaders{100};

struct PartitionReader {
  std::int32_t partition;
  std::unique_ptr<Reader> reader;
};

Result<std::vector<std::int32_t>> PartitionsToRead(const std::shared_ptr<Connection>& connection,
                                                   const ConsumeOptions& options) {
  // Asked in any case: a Reader would wait for a broker that is not there.
  STRATA_TRY_ASSIGN(const auto description, Admin(connection).DescribeTopic(options.topic));
  if (options.partition) return std::vector<std::int32_t>{*options.partition};
  std::vector<std::int32_t> partitions;
  for (std::int32_t i = 0; i < description.topic.partition_count; ++i) partitions.push_back(i);
  return partitions;
}

Result<std::vector<PartitionReader>> OpenReaders(const std::shared_ptr<Connection>& connection,
                                                 const ConsumeOptions& options,
                                                 const std::shared_ptr<Doorbell>& doorbell) {
  STRATA_TRY_ASSIGN(const auto partitions, PartitionsToRead(connection, options));
  std::vector<PartitionReader> readers;
  for (const std::int32_t partition : partitions) {
    STRATA_TRY_ASSIGN(auto reader, Reader::Open(connection, options.topic, partition,
                                                options.from.value_or(Position::Beginning()),
                                                {.stop_at_end = options.exit_at_end,
                                                 .on_ready = [doorbell] { doorbell->Ring(); }}));
    readers.push_back({partition, std::move(reader)});
  }
  return readers;
}

// Writes what is there, one batch of each. Whether there was anything.
Result<bool> ServeInTurn(const ConsumeOptions& options, std::vector<PartitionReader>& readers,
                         RecordWriter& writer) {
  bool any = false;
  for (auto& [partition, reader] : readers) {
    STRATA_TRY_ASSIGN(const auto records, reader->Poll(std::chrono::milliseconds(0)));
    for (const RecordView& record : records) {
      if (writer.finished()) return any;
      STRATA_TRY(writer.Write(options.topic, partition, record));
    }
    any |= !records.empty();
  }
  std::erase_if(readers, [](const PartitionReader& reader) { return reader.reader->at_end(); });
  return any;
}

}  // namespace

Result<void> ConsumePartitions(const std::shared_ptr<Connection>& connection,
                               const ConsumeOptions& options, RecordWriter& writer,
                               Interrupt& interrupt) {
  const auto doorbell = std::make_shared<Doorbell>();
  interrupt.SetWakeUp([doorbell] { doorbell->Ring(); });
  STRATA_TRY_ASSIGN(auto readers, OpenReaders(connection, options, doorbell));
  while (!readers.empty() && !writer.finished() && !interrupt.requested()) {
    STRATA_TRY_ASSIGN(const bool any, ServeInTurn(options, readers, writer));
    if (any || readers.empty()) continue;
    STRATA_TRY(writer.Flush());
    doorbell->WaitUntil(std::chrono::steady_clock::now() + kLookAfterReaders);
  }
  return Ok();
}

}  // namespace strata::cli
