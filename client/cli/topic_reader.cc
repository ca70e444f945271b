#include "client/cli/topic_reader.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

namespace strata::cli {
namespace {

// A Reader that has lost its way to the broker opens it again only when it is polled.
constexpr std::chrono::milliseconds kLookAfterReaders{100};

}  // namespace

Result<TopicReader> TopicReader::Open(const std::shared_ptr<Connection>& connection,
                                      const std::string& topic,
                                      const std::vector<std::int32_t>& partitions, Position from,
                                      bool stop_at_end, std::shared_ptr<Doorbell> doorbell) {
  TopicReader reader(doorbell);
  for (const std::int32_t partition : partitions) {
    STRATA_TRY_ASSIGN(auto opened, Reader::Open(connection, topic, partition, from,
                                                {.stop_at_end = stop_at_end,
                                                 .on_ready = [doorbell] { doorbell->Ring(); }}));
    reader.partitions_.push_back({partition, std::move(opened)});
  }
  return reader;
}

Result<bool> TopicReader::ServeInTurn(const Handler& handle) {
  bool any = false;
  for (auto& [number, reader] : partitions_) {
    STRATA_TRY_ASSIGN(const auto records, reader->Poll(std::chrono::milliseconds(0)));
    if (records.empty()) continue;
    STRATA_TRY(handle(number, records));
    any = true;
  }
  std::erase_if(partitions_, [](const Partition& each) { return each.reader->at_end(); });
  return any;
}

void TopicReader::Wait() {
  doorbell_->WaitUntil(std::chrono::steady_clock::now() + kLookAfterReaders);
}

std::vector<std::int32_t> AllPartitions(const TopicDescription& topic) {
  std::vector<std::int32_t> partitions(static_cast<std::size_t>(topic.topic.partition_count));
  std::iota(partitions.begin(), partitions.end(), 0);
  return partitions;
}

}  // namespace strata::cli
