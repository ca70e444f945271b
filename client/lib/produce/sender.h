// The thread of a Producer: encodes the batches that the Accumulator closes, sends them over an
// AppendStream, sorts the answers, sends again what failed for a passing reason, and calls the
// callbacks. The rules of resending are PartitionQueue's.
//
// A stream that breaks is opened again after a back-off, and everything without an answer goes out
// again in order. A partition whose batch was refused for a passing reason rests alone; the others
// go on.
//
// An idempotent producer asks for its id before it sends its first batch. Where a partition has
// lost its place in the sequence, it begins a new epoch there; a named one may not, and ends.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "client/lib/connection.h"
#include "client/lib/doorbell.h"
#include "client/lib/produce/accumulator.h"
#include "client/lib/produce/append_stream.h"
#include "client/lib/produce/identity_call.h"
#include "client/lib/produce/partition_numbers.h"
#include "client/lib/produce/partition_queue.h"
#include "client/lib/retry/backoff.h"

namespace strata {

class Sender {
 public:
  Sender(std::shared_ptr<Connection> connection, std::string topic, const ProducerOptions& options,
         Accumulator& accumulator, std::shared_ptr<Doorbell> doorbell);

  // Stops the thread. Flush the accumulator before: what is not finished is dropped.
  ~Sender();

 private:
  using TimePoint = PendingBatch::TimePoint;

  // A partition with batches that are not finished.
  struct Lane {
    Lane(std::size_t max_sent, Backoff fresh) : queue(max_sent), backoff(std::move(fresh)) {}
    PartitionQueue queue;
    Backoff backoff;
    TimePoint rests_until = TimePoint::min();
  };

  void Run();
  void Accept(TimePoint now);
  void TakeIdentity(TimePoint now);
  void TakeAnswers(TimePoint now);
  void TakeAnswer(AppendAnswer answer, TimePoint now);
  void BeginEpoch(std::int32_t partition, Lane& lane, const Error& error);
  // Nothing will be stored any more.
  void End(Error error);
  void NoticeEnd(TimePoint now);
  void ExpireOld(TimePoint now);
  void SendAll(TimePoint now);
  bool SendOneOf(std::int32_t partition, Lane& lane, TimePoint now);
  // Whether batches can be encoded: nothing is missing that must stand in them.
  bool identified() const { return identity_ || !options_.idempotent; }
  void AskForIdentity();
  // Gives a batch its numbers, if it is to have any, and encodes it.
  void Encode(PendingBatch& batch);
  void EncodeUnnumbered(Lane& lane);
  // The partitions with batches, the one that was served longest ago first.
  std::vector<std::int32_t> InTurn() const;
  void Report();
  TimePoint NextWakeUp(TimePoint now);

  Lane& LaneOf(std::int32_t partition);
  std::size_t BytesUnderWay() const;
  // Something has to wait and be sent again.
  void Delayed(Error why);
  Error WhyExpired() const;

  // Constant after construction.
  const std::shared_ptr<Connection> connection_;
  const std::string topic_;
  const ProducerOptions options_;
  Accumulator& accumulator_;
  const std::shared_ptr<Doorbell> doorbell_;

  // Owned by the thread.
  std::map<std::int32_t, Lane> lanes_;  // by partition; an empty lane is removed
  std::unique_ptr<AppendStream> stream_;
  std::unique_ptr<IdentityCall> identity_call_;
  std::optional<ProducerIdentity> identity_;
  std::map<std::int32_t, PartitionNumbers> numbers_;  // by partition
  std::optional<Error> ended_;                        // why nothing more is sent
  // Of the lanes' back-offs. A random_device for each costs more than sending a batch where asking
  // for the processor's features traps, as in a virtual machine.
  std::mt19937_64 seeds_;
  Backoff reconnect_backoff_;
  TimePoint reconnect_at_ = TimePoint::min();
  TimePoint expire_at_ = TimePoint::min();
  std::uint64_t attempts_ = 0;
  std::int32_t served_last_ = -1;
  std::optional<Error> last_error_;  // why something had to be sent again last

  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace strata
