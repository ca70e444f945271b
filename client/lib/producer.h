// Sends records to a topic: batched, compressed, pipelined, and retried until acknowledged.
//
//   auto producer = strata::Producer::Open(connection, "orders", {});
//   (*producer)->Send({.key = "k", .value = "v"}, [](const auto& placed) { ... });
//   (*producer)->Flush();
//
// Records of one partition keep the order of the Send calls, retries included. A record is
// acknowledged when it has reached the durability asked for (by default: as the topic says, and
// that is by default on disk).
//
// Retries: what fails for a reason that may pass (UNAVAILABLE, OVERLOADED, DISK_FULL, TIMEOUT,
// SHUTTING_DOWN, NOT_OWNER) is sent again with exponential back-off and full jitter, until
// `delivery_timeout`; then it fails with TIMEOUT, or, where it is certain that it is not stored,
// with what the broker has answered last. Several batches of a partition are under way at once.
// When one of them has to be sent again, so is everything behind it that has no answer, in order; a
// broken stream starts again from the first batch without an answer. The offsets that callbacks
// tell for a partition always ascend in the order of the Send calls.
//
// Exactly once: batches are numbered (`idempotent`), and the broker stores each once, however often
// it is sent, in the order of the Send calls. So a record that is acknowledged is stored once. One
// that fails with
//   * UNAVAILABLE, TIMEOUT, CANCELLED, IO_ERROR, LOG_POISONED or INTERNAL is stored once or not at
//     all: an answer was lost, or the broker does not know either;
//   * any other error is not stored.
// Records behind one that has failed go on. What this leaves open: a record that the caller Sends
// again is another record; and if the broker forgets a producer (for many others, or after a week)
// between an attempt and its retry, it may store the first batch of a partition twice.
//
// A `name` makes a producer the only one: opening another one of that name shuts this one out of
// all partitions, and it fails for good with STALE_PRODUCER_EPOCH. A named producer also stops for
// good when a record fails and is not stored (OUT_OF_ORDER_SEQUENCE for what follows), unless Send
// itself refused it: what a partition has of it is always the beginning of what it was given. Open
// a new one to go on.
//
// Threads: a Producer has one of its own, which compresses, sends and calls the callbacks, in order
// within a partition. Callbacks must be short; they may call Send, which does not wait there, but
// not Flush. Send and Flush may be called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "client/lib/connection.h"
#include "proto/base/types.h"
#include "proto/batch/batch_header.h"
#include "proto/batch/record.h"

namespace strata {

struct ProducerOptions {
  bool idempotent = true;  // without it a retry may store a batch twice
  std::string name;        // only if idempotent; as a topic may be called; empty: none
  Compression compression = Compression::kNone;
  std::optional<Durability> durability;  // absent: as the topic says
  std::size_t batch_bytes = 256 << 10;   // a batch is sent when it has grown to this...
  // ...or when its first record has waited this long. Absent: not at all while nothing is under way
  // and few records come, else until the answers are there, 2 ms at most; always 2 ms if batches
  // are compressed. Waiting longer makes fewer and larger batches, which cost the broker less.
  std::optional<std::chrono::milliseconds> linger;
  // Bytes of records accepted and not yet acknowledged; Send waits while there are more.
  std::size_t buffer_bytes = 64 << 20;
  std::chrono::milliseconds delivery_timeout{120'000};
  std::chrono::milliseconds retry_backoff{20};  // before the first retry; doubles each time
  std::chrono::milliseconds retry_backoff_max{2'000};
  // Called on the producer's thread whenever something has to be sent again, with the reason. Must
  // be short. May be empty.
  std::function<void(const Error& why)> delayed;
};

// Where an acknowledged record is. The offset is -1 with Durability::kNone.
struct Placed {
  std::int32_t partition = 0;
  Offset offset = kNoOffset;
};

class Producer {
 public:
  using Callback = std::function<void(const Result<Placed>&)>;

  // Asks the broker for the topic. UNKNOWN_TOPIC, UNAVAILABLE, TIMEOUT.
  static Result<std::unique_ptr<Producer>> Open(std::shared_ptr<Connection> connection,
                                                std::string topic, ProducerOptions options);

  // Waits for what was sent, up to `delivery_timeout`.
  virtual ~Producer() = default;

  // Copies the record and returns; waits while the buffer is full. `partition` absent: by key over
  // the partitions that the topic had at Open, or without a key batch by batch in turn. `done` is
  // called exactly once, and may be empty: RECORD_TOO_LARGE, UNKNOWN_PARTITION, TIMEOUT, and
  // everything that the broker may answer. An absent timestamp: now.
  virtual void Send(const RecordView& record, Callback done,
                    std::optional<std::int32_t> partition = std::nullopt) = 0;

  // The same with a future.
  std::future<Result<Placed>> SendWithFuture(const RecordView& record,
                                             std::optional<std::int32_t> partition = std::nullopt);

  // Sends what lingers, and waits until everything sent so far is acknowledged or has failed.
  virtual void Flush() = 0;
};

}  // namespace strata
