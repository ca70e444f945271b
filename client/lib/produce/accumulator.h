// Where the records of a Producer wait to become batches: one open batch for each partition that
// has records, closed when it has grown to its size or has lingered for its time.
//
// Thread-safe: any threads Append and Flush, one thread (the Sender's) takes batches and gives them
// back as finished. Rings the doorbell when that thread has something to do.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "client/lib/doorbell.h"
#include "client/lib/produce/buffer_pool.h"
#include "client/lib/produce/pending_batch.h"
#include "proto/base/mutex.h"

namespace strata {

class Accumulator {
 public:
  using TimePoint = PendingBatch::TimePoint;
  using Callback = Producer::Callback;

  struct Limits {
    std::int32_t partition_count = 1;
    std::size_t max_batch_bytes = 1 << 20;  // the topic's
  };

  Accumulator(const ProducerOptions& options, Limits limits, Doorbell& doorbell);

  // As Producer::Send. A record that can never be stored becomes a batch of its own that has
  // failed, so that callbacks keep their order.
  void Append(const RecordView& record, Callback&& done, std::optional<std::int32_t> partition);

  // Closes all open batches and waits until everything begun before is finished.
  void Flush();

  // Append never waits on the thread that calls this: it is the one that makes room.
  void OwnedByThisThread();

  // The batches that are closed by now, in order within each partition.
  std::vector<std::unique_ptr<PendingBatch>> TakeClosed(TimePoint now);

  // When the oldest open batch has lingered long enough, as it looks now; TimePoint::max() if none
  // is open. It comes no earlier unless a batch is finished.
  TimePoint NextDue();

  // What batches are encoded in.
  BufferPool& buffers() { return buffers_; }

  // All callbacks of the batch have been called.
  void Finished(const PendingBatch& batch);

 private:
  bool IsPartition(std::int32_t partition) const {
    return partition >= 0 && partition < limits_.partition_count;
  }
  std::optional<Error> WhyRefused(const RecordView& record,
                                  std::optional<std::int32_t> partition) const;

  void WaitForRoom(std::size_t bytes) STRATA_REQUIRES(mutex_);
  std::int32_t Choose(const RecordView& record, std::optional<std::int32_t> partition) const
      STRATA_REQUIRES(mutex_);
  // Whose callbacks a refused record is reported among; an unknown partition has no order to keep.
  std::int32_t Queue(const RecordView& record, std::optional<std::int32_t> partition) const
      STRATA_REQUIRES(mutex_);
  std::unique_ptr<PendingBatch>& At(std::int32_t partition) STRATA_REQUIRES(mutex_) {
    return open_[static_cast<std::size_t>(partition)];
  }
  bool IsOpen(std::int32_t partition) STRATA_REQUIRES(mutex_) { return At(partition) != nullptr; }
  // `bytes`: of the record that it is opened for.
  PendingBatch& OpenBatch(std::int32_t partition, std::size_t bytes) STRATA_REQUIRES(mutex_);
  std::unique_ptr<PendingBatch> NewBatch(std::int32_t partition) STRATA_REQUIRES(mutex_);
  void CloseBatch(std::int32_t partition) STRATA_REQUIRES(mutex_);
  void AppendFailed(std::int32_t partition, Callback done, Error error) STRATA_REQUIRES(mutex_);
  void DropStaleLingering() STRATA_REQUIRES(mutex_);
  std::chrono::nanoseconds Linger() const STRATA_REQUIRES(mutex_);

  // As much as is usually under way.
  static constexpr std::size_t kMaxKeptBytes = 16 << 20;

  struct Lingering {
    TimePoint since;
    std::int32_t partition;
    std::uint64_t ticket;     // of the batch meant; a later one of the partition has another
    std::size_t first_bytes;  // of the record that waits
  };

  // Constant after construction.
  const ProducerOptions options_;
  const Limits limits_;
  const std::size_t batch_bytes_;
  Doorbell& doorbell_;
  BufferPool buffers_{kMaxKeptBytes};

  Mutex mutex_;
  CondVar room_;
  CondVar finished_;
  std::thread::id owner_ STRATA_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<PendingBatch>> open_ STRATA_GUARDED_BY(mutex_);  // by partition
  std::vector<std::unique_ptr<PendingBatch>> closed_ STRATA_GUARDED_BY(mutex_);
  std::deque<Lingering> lingering_ STRATA_GUARDED_BY(mutex_);  // open batches, the oldest first
  std::set<std::uint64_t> unfinished_ STRATA_GUARDED_BY(mutex_);
  std::uint64_t next_ticket_ STRATA_GUARDED_BY(mutex_) = 1;
  std::size_t buffered_bytes_ STRATA_GUARDED_BY(mutex_) = 0;
  std::size_t open_bytes_ STRATA_GUARDED_BY(mutex_) = 0;     // of them in open batches
  std::size_t open_batches_ STRATA_GUARDED_BY(mutex_) = 0;   // the other unfinished ones are closed
  std::size_t usual_records_ STRATA_GUARDED_BY(mutex_) = 0;  // of the batch closed last
  std::int32_t sticky_partition_ STRATA_GUARDED_BY(mutex_) = 0;
};

}  // namespace strata
