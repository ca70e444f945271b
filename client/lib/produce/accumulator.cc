#include "client/lib/produce/accumulator.h"

#include <algorithm>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "client/lib/produce/linger.h"
#include "proto/batch/partitioner.h"
#include "proto/batch/record_size.h"

namespace strata {
namespace {

// Varints around a record's key and value, and around a header's name and value, at most.
constexpr std::size_t kRecordOverheadBytes = 40;
constexpr std::size_t kHeaderOverheadBytes = 10;

// What readers inflate at most (BatchLimits).
constexpr std::size_t kMaxInflatedBytes = 64 << 20;

std::size_t EncodedBytesAtMost(const RecordView& record) {
  return PayloadBytes(record) + kRecordOverheadBytes + record.headers.size() * kHeaderOverheadBytes;
}

std::int32_t RandomPartition(std::int32_t partition_count) {
  std::random_device random;
  return std::uniform_int_distribution<std::int32_t>(0, partition_count - 1)(random);
}

}  // namespace

Accumulator::Accumulator(const ProducerOptions& options, Limits limits, Doorbell& doorbell)
    : options_(options),
      limits_(limits),
      batch_bytes_(std::min(options.batch_bytes, limits.max_batch_bytes)),
      doorbell_(doorbell),
      open_(static_cast<std::size_t>(limits.partition_count)),
      sticky_partition_(RandomPartition(limits.partition_count)) {}

void Accumulator::Append(const RecordView& record, Callback&& done,
                         std::optional<std::int32_t> partition) {
  auto refused = WhyRefused(record, partition);
  const std::size_t bytes = EncodedBytesAtMost(record);

  MutexLock lock(mutex_);
  if (refused) return AppendFailed(Queue(record, partition), std::move(done), *std::move(refused));
  WaitForRoom(bytes);
  std::int32_t chosen = Choose(record, partition);
  // Where a record without a key moves on to, keyed ones may have filled the batch.
  while (IsOpen(chosen) && At(chosen)->builder.uncompressed_bytes() + bytes > batch_bytes_) {
    CloseBatch(chosen);
    doorbell_.Ring();
    chosen = Choose(record, partition);
  }
  PendingBatch& batch = OpenBatch(chosen, bytes);
  batch.builder.Add(record,
                    record.timestamp_ms == kNoTimestamp ? WallClockMs() : record.timestamp_ms);
  batch.callbacks.push_back(std::move(done));
  batch.buffered_bytes += bytes;
  buffered_bytes_ += bytes;
  open_bytes_ += bytes;
  if (batch.builder.uncompressed_bytes() >= batch_bytes_) {
    CloseBatch(chosen);
    doorbell_.Ring();
  }
}

void Accumulator::Flush() {
  MutexLock lock(mutex_);
  for (const Lingering& batch : lingering_) {
    if (IsOpen(batch.partition)) CloseBatch(batch.partition);
  }
  lingering_.clear();
  doorbell_.Ring();
  const std::uint64_t limit = next_ticket_;
  while (!unfinished_.empty() && *unfinished_.begin() < limit) finished_.Wait(mutex_);
}

void Accumulator::OwnedByThisThread() {
  MutexLock lock(mutex_);
  owner_ = std::this_thread::get_id();
}

std::vector<std::unique_ptr<PendingBatch>> Accumulator::TakeClosed(TimePoint now) {
  MutexLock lock(mutex_);
  DropStaleLingering();
  // Of all that are open now: what is left when the first are closed does not go sooner for it.
  const std::chrono::nanoseconds linger = Linger();
  while (!lingering_.empty() && lingering_.front().since + linger <= now) {
    CloseBatch(lingering_.front().partition);
    DropStaleLingering();
  }
  return std::exchange(closed_, {});
}

Accumulator::TimePoint Accumulator::NextDue() {
  MutexLock lock(mutex_);
  DropStaleLingering();
  return lingering_.empty() ? TimePoint::max() : lingering_.front().since + Linger();
}

void Accumulator::Finished(const PendingBatch& batch) {
  MutexLock lock(mutex_);
  buffered_bytes_ -= batch.buffered_bytes;
  unfinished_.erase(batch.ticket);
  room_.NotifyAll();
  finished_.NotifyAll();
}

std::optional<Error> Accumulator::WhyRefused(const RecordView& record,
                                             std::optional<std::int32_t> partition) const {
  if (partition && !IsPartition(*partition)) {
    return Error{ErrorCode::UNKNOWN_PARTITION,
                 fmt::format("there is no partition {}: the topic has {}, numbered from 0",
                             *partition, limits_.partition_count)};
  }
  if (record.timestamp_ms < 0 && record.timestamp_ms != kNoTimestamp) {
    return Error{ErrorCode::TIMESTAMP_OUT_OF_RANGE,
                 fmt::format("the timestamp {} lies before 1970", record.timestamp_ms)};
  }
  // Compressed, a batch may still fit into the topic's limit; only the broker can tell.
  const std::size_t limit = options_.compression == Compression::kNone
                                ? limits_.max_batch_bytes
                                : std::max(limits_.max_batch_bytes, kMaxInflatedBytes);
  const std::size_t bytes = kBatchHeaderBytes + PayloadBytes(record);
  if (bytes > limit) {
    return Error{
        ErrorCode::RECORD_TOO_LARGE,
        fmt::format("a record of {} bytes does not fit into a batch of {} bytes", bytes, limit)};
  }
  return std::nullopt;
}

void Accumulator::WaitForRoom(std::size_t bytes) {
  while (buffered_bytes_ > 0 && buffered_bytes_ + bytes > options_.buffer_bytes &&
         std::this_thread::get_id() != owner_) {
    room_.Wait(mutex_);
  }
}

std::int32_t Accumulator::Choose(const RecordView& record,
                                 std::optional<std::int32_t> partition) const {
  if (partition) return *partition;
  if (record.key) return PartitionForKey(*record.key, limits_.partition_count);
  return sticky_partition_;
}

std::int32_t Accumulator::Queue(const RecordView& record,
                                std::optional<std::int32_t> partition) const {
  const bool known = !partition || IsPartition(*partition);
  return known ? Choose(record, partition) : 0;
}

PendingBatch& Accumulator::OpenBatch(std::int32_t partition, std::size_t bytes) {
  auto& open = At(partition);
  if (!open) {
    open = NewBatch(partition);
    open->callbacks.reserve(usual_records_);
    // While others linger the Sender wakes up soon enough by itself.
    if (lingering_.empty()) doorbell_.Ring();
    lingering_.push_back({open->begun_at, partition, open->ticket, bytes});
    ++open_batches_;
  }
  return *open;
}

std::unique_ptr<PendingBatch> Accumulator::NewBatch(std::int32_t partition) {
  auto batch = std::make_unique<PendingBatch>(options_.compression, buffers_.Take());
  batch->partition = partition;
  batch->ticket = next_ticket_++;
  batch->begun_at = std::chrono::steady_clock::now();
  unfinished_.insert(batch->ticket);
  return batch;
}

void Accumulator::CloseBatch(std::int32_t partition) {
  usual_records_ = At(partition)->callbacks.size();
  open_bytes_ -= At(partition)->buffered_bytes;
  --open_batches_;
  closed_.push_back(std::move(At(partition)));
  if (partition == sticky_partition_) {
    sticky_partition_ = (sticky_partition_ + 1) % limits_.partition_count;
  }
}

void Accumulator::AppendFailed(std::int32_t partition, Callback done, Error error) {
  if (IsOpen(partition)) CloseBatch(partition);
  auto batch = NewBatch(partition);
  batch->callbacks.push_back(std::move(done));
  batch->outcome = Fail(std::move(error));
  closed_.push_back(std::move(batch));
  doorbell_.Ring();
}

void Accumulator::DropStaleLingering() {
  while (!lingering_.empty()) {
    const auto& open = At(lingering_.front().partition);
    if (open && open->ticket == lingering_.front().ticket) return;
    lingering_.pop_front();
  }
}

std::chrono::nanoseconds Accumulator::Linger() const {
  if (lingering_.empty()) return std::chrono::nanoseconds(0);
  return LingerNow(options_, batch_bytes_, /*idle=*/unfinished_.size() == open_batches_,
                   open_bytes_ - lingering_.front().first_bytes);
}

}  // namespace strata
