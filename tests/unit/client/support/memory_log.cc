#include "tests/unit/client/support/memory_log.h"

#include <chrono>
#include <utility>

namespace strata::testing {
namespace {

constexpr std::chrono::milliseconds kMoment{20};

Offset EndOf(const std::vector<std::string>& batches) {
  return batches.empty() ? 0 : ParseBatchHeader(batches.back())->next_offset();
}

std::string PlaceAt(Offset offset, std::string batch) {
  const BatchHeader header = *ParseBatchHeader(batch);
  const auto placement = EncodePlacement(offset, header.batch_length, /*epoch=*/0);
  return batch.replace(0, placement.size(), placement.data(), placement.size());
}

std::optional<std::string> Own(const std::optional<std::string_view>& view) {
  if (!view) return std::nullopt;
  return std::string(*view);
}

}  // namespace

void MemoryLog::AddTopic(const std::string& topic, std::int32_t partition_count) {
  MutexLock lock(mutex_);
  topics_[topic].resize(static_cast<std::size_t>(partition_count));
}

std::int32_t MemoryLog::PartitionCount(const std::string& topic) const {
  MutexLock lock(mutex_);
  const auto found = topics_.find(topic);
  return found == topics_.end() ? 0 : static_cast<std::int32_t>(found->second.size());
}

Offset MemoryLog::Append(const std::string& topic, std::int32_t partition, std::string batch) {
  MutexLock lock(mutex_);
  Batches& batches = topics_.at(topic).at(static_cast<std::size_t>(partition));
  const Offset base_offset = EndOf(batches);
  batches.push_back(PlaceAt(base_offset, std::move(batch)));
  appended_.NotifyAll();
  return base_offset;
}

std::string MemoryLog::BatchesFrom(const std::string& topic, std::int32_t partition, Offset from,
                                   std::size_t max_bytes, Offset* next) const {
  MutexLock lock(mutex_);
  std::string bytes;
  for (const std::string& batch : At(topic, partition)) {
    const BatchHeader header = *ParseBatchHeader(batch);
    if (header.last_offset() < from) continue;
    if (!bytes.empty() && bytes.size() + batch.size() > max_bytes) break;
    bytes += batch;
    *next = header.next_offset();
  }
  return bytes;
}

Offset MemoryLog::End(const std::string& topic, std::int32_t partition) const {
  MutexLock lock(mutex_);
  return EndOf(At(topic, partition));
}

std::vector<Record> MemoryLog::Records(const std::string& topic, std::int32_t partition) const {
  MutexLock lock(mutex_);
  std::vector<Record> records;
  for (const std::string& batch : At(topic, partition)) {
    RecordBatchReader reader = *RecordBatchReader::Open(batch);
    for (RecordView view; reader.Next(&view);) {
      records.push_back({.key = Own(view.key),
                         .value = Own(view.value),
                         .timestamp_ms = view.timestamp_ms,
                         .offset = view.offset});
    }
  }
  return records;
}

void MemoryLog::AwaitBehind(const std::string& topic, std::int32_t partition, Offset offset) const {
  MutexLock lock(mutex_);
  if (EndOf(At(topic, partition)) > offset) return;
  appended_.WaitUntil(mutex_, std::chrono::steady_clock::now() + kMoment);
}

const MemoryLog::Batches& MemoryLog::At(const std::string& topic, std::int32_t partition) const {
  return topics_.at(topic).at(static_cast<std::size_t>(partition));
}

std::string EncodeBatch(const std::vector<std::string>& values, TimestampMs timestamp_ms) {
  RecordBatchBuilder builder;
  for (const std::string& value : values) {
    builder.Add({.value = value, .timestamp_ms = timestamp_ms});
  }
  return builder.Finish();
}

std::string EncodeBatchAt(Offset base_offset, const std::vector<std::string>& values,
                          TimestampMs timestamp_ms) {
  return PlaceAt(base_offset, EncodeBatch(values, timestamp_ms));
}

}  // namespace strata::testing
