// A Read or ReadStream request, checked and made into what the log is asked and how it is answered.
//
// PlanRead and EncodeRead wait for no disk; EncodeRead decompresses where records are asked for:
// keep it off gRPC's threads. Callable from any thread.
#pragma once

#include <cstdint>

#include "broker/topics/topic_registry.h"
#include "broker/wire/wire_message.h"
#include "proto/base/error.h"
#include "storage/log_store.h"

namespace strata::v1 {
class ReadRequest;
}

namespace strata::broker {

// Of records in one response, where a client does not say.
inline constexpr std::size_t kDefaultReadBytes = 1 << 20;

struct ReadLimitsOfBroker {
  std::size_t max_bytes = 16 << 20;
  std::int64_t max_wait_ms = 60'000;
};

struct ReadPlan {
  TopicPtr topic;
  storage::PartitionId partition;
  bool as_batches = false;
  std::size_t max_bytes = 0;
  std::int64_t max_records = 0;
  std::int64_t max_wait_ms = 0;
};

// UNKNOWN_TOPIC, UNKNOWN_PARTITION, INVALID_ARGUMENT (the encoding).
Result<ReadPlan> PlanRead(const TopicRegistry& topics, const v1::ReadRequest& request,
                          const ReadLimitsOfBroker& limits);

struct EncodedRead {
  WireMessage message;  // a v1::ReadResponse
  std::size_t bytes = 0;
  Offset next_offset = 0;
  // There is something for the client in it: not only offsets whose records compaction has removed.
  bool any = false;
};

// The answer to a read at `from`, with nothing at or behind `until`. CORRUPT_LOG.
Result<EncodedRead> EncodeRead(const ReadPlan& plan, Offset from, Offset until,
                               storage::ReadResult read);

}  // namespace strata::broker
