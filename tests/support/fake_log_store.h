// A LogStore that keeps whole batches in memory, for tests of what stands above the logs.
//
// It keeps the interface's promises: dense offsets, placement in the batch header, the three ends
// in order, callbacks on a thread of its own, one at a time and in order. What a test can do
// beyond that: hold flushes back, make operations fail, see what is open, and wait for callbacks.
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proto/base/mutex.h"
#include "proto/batch/batch_header.h"
#include "storage/log_store.h"
#include "tests/support/callback_thread.h"

namespace strata::testing {

class FakeLogStore : public storage::LogStore {
 public:
  using PartitionId = storage::PartitionId;

  // Called before Open, Configure and Trim do anything, and for each log that Remove gets to; an
  // error becomes their result. Set it before the store is used.
  std::function<Result<void>()> fault = [] { return Ok(); };

  // From now on appended records reach the operating system, but not the disk...
  void HoldFlushes() {
    MutexLock lock(mutex_);
    holding_ = true;
  }
  // ...until this, which flushes what was held and acknowledges it.
  void ReleaseFlushes() {
    MutexLock lock(mutex_);
    holding_ = false;
    for (auto& [id, log] : logs_) Flush(log);
  }

  // Every append to the partition fails with this from now on.
  void Poison(PartitionId partition, Error error) {
    MutexLock lock(mutex_);
    logs_[partition].health = Fail(std::move(error));
  }

  // Waits for the callbacks of everything done so far. Not from a callback.
  void DrainCallbacks() { callbacks_.Drain(); }

  std::vector<PartitionId> OpenPartitions() {
    MutexLock lock(mutex_);
    std::vector<PartitionId> partitions;
    for (const auto& [id, log] : logs_) partitions.push_back(id);
    return partitions;
  }

  // The options that a log was opened or configured with last; nothing if it is not open.
  std::optional<storage::LogOptions> Options(PartitionId partition) {
    MutexLock lock(mutex_);
    const auto log = logs_.find(partition);
    if (log == logs_.end()) return std::nullopt;
    return log->second.options;
  }

  Result<void> Open(PartitionId partition, const storage::LogOptions& options) override {
    STRATA_TRY(fault());
    MutexLock lock(mutex_);
    Log& log = logs_[partition];
    log.shown = EndsOf(log).visible;
    log.options = options;
    if (!log.health && log.health.error().code == ErrorCode::LOG_POISONED) log.health = Ok();
    return Ok();
  }

  Result<void> Configure(PartitionId partition, const storage::LogOptions& options) override {
    STRATA_TRY(fault());
    MutexLock lock(mutex_);
    STRATA_TRY_ASSIGN(Log * log, FindLog(partition));
    log->shown = EndsOf(*log).visible;
    log->options = options;
    return Ok();
  }

  Result<void> Remove(const std::vector<PartitionId>& partitions) override {
    for (const PartitionId partition : partitions) STRATA_TRY(RemoveOne(partition));
    return Ok();
  }

  void Append(PartitionId partition, const BatchHeader& header, Fragments batch,
              Durability durability, storage::AppendCallback done) override {
    MutexLock lock(mutex_);
    auto found = FindLog(partition);
    if (!found) return Call(std::move(done), Fail(found.error()));
    Log& log = **found;
    if (closed_)
      return Call(std::move(done), Fail(ErrorCode::SHUTTING_DOWN, "the store is closed"));
    if (!log.health) return Call(std::move(done), Fail(log.health.error()));

    const Offset base = log.log_end;
    log.batches.push_back(Place(base, header, Joined(batch)));
    log.log_end = log.batches.back().next_offset;
    if (durability == Durability::kNone) {
      Call(std::move(done), storage::AppendResult{base, Durability::kNone});
    } else if (durability == Durability::kOs) {
      Call(std::move(done), storage::AppendResult{base, Durability::kOs});
    } else {
      log.held.push_back({base, std::move(done)});
    }
    if (!holding_) Flush(log);
    WakeReaders(log);
  }

  void FenceProducers(std::span<const storage::ProducerFence> fences) override {
    MutexLock lock(mutex_);
    for (const storage::ProducerFence& fence : fences) fences_[fence.producer_id] = fence.epoch;
  }

  // The epochs that producers were fenced at last.
  std::map<std::int64_t, std::int32_t> Fences() {
    MutexLock lock(mutex_);
    return fences_;
  }

  Result<storage::ReadResult> Read(PartitionId partition, Offset from,
                                   const storage::ReadLimits& limits) override {
    MutexLock lock(mutex_);
    STRATA_TRY_ASSIGN(const Log* log, FindLog(partition));
    const storage::LogEnds ends = EndsOf(*log);
    if (from < ends.log_start || from > ends.visible) {
      return Fail(ErrorCode::OFFSET_OUT_OF_RANGE,
                  "offset " + std::to_string(from) + " is not between " +
                      std::to_string(ends.log_start) + " and " + std::to_string(ends.visible));
    }
    storage::ReadResult result;
    result.next_offset = from;
    result.ends = ends;
    for (const StoredBatch& batch : log->batches) {
      if (batch.next_offset <= from || batch.next_offset > ends.visible) continue;
      if (result.bytes > 0 && result.bytes + batch.bytes.size() > limits.max_bytes) break;
      result.fragments.push_back(batch.bytes);
      result.bytes += batch.bytes.size();
      result.next_offset = batch.next_offset;
    }
    return result;
  }

  std::optional<Result<storage::ReadResult>> ReadCached(
      PartitionId partition, Offset from, const storage::ReadLimits& limits) override {
    return Read(partition, from, limits);
  }

  Result<Offset> OffsetForTime(PartitionId partition, TimestampMs time) override {
    MutexLock lock(mutex_);
    STRATA_TRY_ASSIGN(const Log* log, FindLog(partition));
    const storage::LogEnds ends = EndsOf(*log);
    for (const StoredBatch& batch : log->batches) {
      if (batch.next_offset > ends.visible) break;
      if (batch.next_offset <= ends.log_start) continue;
      if (batch.max_timestamp_ms >= time) return std::max(batch.base_offset, ends.log_start);
    }
    return ends.visible;
  }

  Result<Offset> Trim(PartitionId partition, Offset new_start) override {
    STRATA_TRY(fault());
    MutexLock lock(mutex_);
    STRATA_TRY_ASSIGN(Log * log, FindLog(partition));
    log->log_start = std::max(log->log_start, std::min(new_start, log->stable));
    std::erase_if(log->batches,
                  [log](const StoredBatch& batch) { return batch.next_offset <= log->log_start; });
    return log->log_start;
  }

  Result<storage::LogEnds> Ends(PartitionId partition) override {
    MutexLock lock(mutex_);
    STRATA_TRY_ASSIGN(const Log* log, FindLog(partition));
    return EndsOf(*log);
  }

  Result<storage::LogStatus> Status(PartitionId partition) override {
    MutexLock lock(mutex_);
    STRATA_TRY_ASSIGN(const Log* log, FindLog(partition));
    storage::LogStatus status;
    status.ends = EndsOf(*log);
    for (const StoredBatch& batch : log->batches) {
      status.size_bytes += static_cast<std::int64_t>(batch.bytes.size());
    }
    status.segment_count = 1;
    status.health = log->health;
    return status;
  }

  Result<std::uint64_t> NotifyBeyond(PartitionId partition, Offset offset,
                                     std::function<void()> ready) override {
    {
      MutexLock lock(mutex_);
      STRATA_TRY_ASSIGN(Log * log, FindLog(partition));
      if (!closed_ && EndsOf(*log).visible <= offset) {
        log->waiters[++last_ticket_] = {offset, std::move(ready)};
        return last_ticket_;
      }
    }
    ready();
    return 0;
  }

  void CancelNotify(PartitionId partition, std::uint64_t ticket) override {
    MutexLock lock(mutex_);
    const auto log = logs_.find(partition);
    if (log != logs_.end()) log->second.waiters.erase(ticket);
  }

  Result<void> Close() override {
    MutexLock lock(mutex_);
    closed_ = true;
    for (auto& [id, log] : logs_) {
      Flush(log);
      for (auto& [ticket, waiter] : log.waiters) callbacks_.Post(std::move(waiter.ready));
      log.waiters.clear();
    }
    return Ok();
  }

 private:
  struct StoredBatch {
    Offset base_offset;
    Offset next_offset;
    TimestampMs max_timestamp_ms;
    SharedBytes bytes;
  };
  struct HeldAck {
    Offset base_offset;
    storage::AppendCallback done;
  };
  struct Waiter {
    Offset offset;
    std::function<void()> ready;
  };
  struct Log {
    storage::LogOptions options;
    std::vector<StoredBatch> batches;
    Offset log_start = 0;
    Offset stable = 0;
    Offset log_end = 0;
    Offset shown = 0;  // what readers could see when the options changed last
    std::vector<HeldAck> held;
    std::map<std::uint64_t, Waiter> waiters;
    Result<void> health;
  };

  Result<void> RemoveOne(PartitionId partition) {
    STRATA_TRY(fault());
    MutexLock lock(mutex_);
    const auto found = logs_.find(partition);
    if (found == logs_.end()) return Ok();
    Log& log = found->second;
    for (auto& held : log.held) {
      Call(std::move(held.done), Fail(ErrorCode::UNKNOWN_PARTITION, "the log was removed"));
    }
    for (auto& [ticket, waiter] : log.waiters) callbacks_.Post(std::move(waiter.ready));
    logs_.erase(found);
    return Ok();
  }

  Result<Log*> FindLog(PartitionId partition) STRATA_REQUIRES(mutex_) {
    const auto log = logs_.find(partition);
    if (log == logs_.end()) {
      return Fail(ErrorCode::UNKNOWN_PARTITION,
                  "partition " + std::to_string(partition.partition) + " is not open");
    }
    return &log->second;
  }

  static storage::LogEnds EndsOf(const Log& log) {
    const bool waits_for_disk = log.options.durability == Durability::kFsync;
    const Offset visible = waits_for_disk ? log.stable : log.log_end;
    return {log.log_start, log.stable, log.log_end, std::max(visible, log.shown)};
  }

  static StoredBatch Place(Offset base, const BatchHeader& header, const SharedBytes& batch) {
    std::string placed(batch.view());
    const auto placement = EncodePlacement(base, header.batch_length, header.epoch);
    std::memcpy(placed.data(), placement.data(), placement.size());
    return {base, base + header.last_offset_delta + 1, header.max_timestamp_ms,
            SharedBytes::FromString(std::move(placed))};
  }

  void Flush(Log& log) STRATA_REQUIRES(mutex_) {
    log.stable = log.log_end;
    for (HeldAck& ack : log.held) {
      Call(std::move(ack.done), storage::AppendResult{ack.base_offset, Durability::kFsync});
    }
    log.held.clear();
    WakeReaders(log);
  }

  void WakeReaders(Log& log) STRATA_REQUIRES(mutex_) {
    const Offset visible = EndsOf(log).visible;
    for (auto waiter = log.waiters.begin(); waiter != log.waiters.end();) {
      if (visible <= waiter->second.offset) {
        ++waiter;
        continue;
      }
      callbacks_.Post(std::move(waiter->second.ready));
      waiter = log.waiters.erase(waiter);
    }
  }

  void Call(storage::AppendCallback done, Result<storage::AppendResult> result) {
    callbacks_.Post([done = std::move(done), result = std::move(result)] { done(result); });
  }

  Mutex mutex_;
  std::map<PartitionId, Log> logs_ STRATA_GUARDED_BY(mutex_);
  std::map<std::int64_t, std::int32_t> fences_ STRATA_GUARDED_BY(mutex_);
  std::uint64_t last_ticket_ STRATA_GUARDED_BY(mutex_) = 0;
  bool holding_ STRATA_GUARDED_BY(mutex_) = false;
  bool closed_ STRATA_GUARDED_BY(mutex_) = false;
  CallbackThread callbacks_;  // last: its callbacks may use the rest until it has ended
};

}  // namespace strata::testing
