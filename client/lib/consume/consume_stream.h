// The Consume call of one member: what may be said, as methods, and what the broker says, as
// events. Use it from one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/lib/connection.h"
#include "client/lib/consume/credit.h"
#include "client/lib/consume/held_partitions.h"
#include "client/lib/consumer.h"
#include "client/lib/rpc/message_stream.h"
#include "proto/base/fragments.h"
#include "strata/v1/groups.pb.h"

namespace strata {

// What the broker said.
struct ConsumeEvent {
  v1::ConsumeResponse response;  // without records.batches
  Fragments batches;             // records.batches
};

// An offset to commit with its generation and note.
struct FencedCommit {
  Progress progress;
  std::string metadata;
};

class ConsumeStream {
 public:
  // Opens the stream and joins. `ring` as for MessageStream.
  ConsumeStream(Connection& connection, const ConsumerOptions& options, const Credit& credit,
                std::function<void()> ring);

  void Grant(const Credit& credit);
  void Commit(std::uint64_t correlation_id, const std::vector<FencedCommit>& commits);
  void Seek(std::uint64_t correlation_id, const TopicPartition& partition, const Position& to);
  void Pause(const std::vector<TopicPartition>& partitions);
  void Resume(const std::vector<TopicPartition>& partitions);
  void Release(const std::vector<TopicPartition>& partitions);
  void Working();
  // Nothing more will be said; the broker answers what is under way and ends the stream.
  void Leave() { stream_.WritesDone(); }

  // The next event, if there is one. MALFORMED_REQUEST: not an answer of strata.v1.
  Result<std::optional<ConsumeEvent>> Take();

  // Why the stream has ended, as soon as all events are taken.
  std::optional<Error> Ended() const;

 private:
  const std::string broker_;
  MessageStream stream_;
};

}  // namespace strata
