#include "client/lib/consume/consume_stream.h"

#include <limits>
#include <utility>

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include "client/lib/consume/member_times.h"
#include "client/lib/rpc/buffers.h"
#include "client/lib/rpc/positions.h"
#include "client/lib/rpc/status.h"

namespace strata {
namespace {

constexpr char kMethod[] = "/strata.v1.Groups/Consume";

// Credit bounds what the broker sends; control messages must never wait behind it.
constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

v1::ConsumeRequest JoinRequest(const ConnectionOptions& connection,
                               const ConsumerOptions& options) {
  v1::ConsumeRequest request;
  v1::Join& join = *request.mutable_join();
  join.set_group(options.group);
  join.mutable_topics()->Add(options.topics.begin(), options.topics.end());
  join.set_client_id(connection.client_id);
  *join.mutable_start() = ToMessage(options.start);
  join.set_encoding(v1::ENCODING_BATCHES);
  join.set_topic_pattern(options.topic_pattern);
  join.set_strategy(options.strategy == AssignmentStrategy::kRange
                        ? v1::ASSIGNMENT_STRATEGY_RANGE
                        : v1::ASSIGNMENT_STRATEGY_UNIFORM);
  join.set_instance_id(options.instance_id);
  join.set_return_within_ms(options.return_within.count());
  join.set_max_processing_ms(ProcessingTimeToAskFor(options.max_processing).count());
  return request;
}

template <class Message>
void AddPartitions(const std::vector<TopicPartition>& partitions, Message* message) {
  for (const TopicPartition& partition : partitions) {
    v1::TopicPartition& added = *message->add_partitions();
    added.set_topic(partition.topic);
    added.set_partition(partition.partition);
  }
}

}  // namespace

ConsumeStream::ConsumeStream(Connection& connection, const ConsumerOptions& options,
                             const Credit& credit, std::function<void()> ring)
    : broker_(connection.options().broker),
      stream_(connection, kMethod, kNoLimit, std::move(ring)) {
  stream_.Write(ToBuffer(JoinRequest(connection.options(), options)));
  Grant(credit);
}

void ConsumeStream::Grant(const Credit& credit) {
  v1::ConsumeRequest request;
  request.mutable_credit()->set_records(credit.records);
  request.mutable_credit()->set_bytes(credit.bytes);
  stream_.Write(ToBuffer(request));
}

void ConsumeStream::Commit(std::uint64_t correlation_id, const std::vector<FencedCommit>& commits) {
  v1::ConsumeRequest request;
  v1::Commit& commit = *request.mutable_commit();
  commit.set_correlation_id(correlation_id);
  for (const FencedCommit& fenced : commits) {
    v1::OffsetCommit& offset = *commit.add_offsets();
    offset.set_topic(fenced.progress.partition.topic);
    offset.set_partition(fenced.progress.partition.partition);
    offset.set_offset(fenced.progress.offset);
    offset.set_generation(fenced.progress.generation);
    offset.set_metadata(fenced.metadata);
  }
  stream_.Write(ToBuffer(request));
}

void ConsumeStream::Seek(std::uint64_t correlation_id, const TopicPartition& partition,
                         const Position& to) {
  v1::ConsumeRequest request;
  v1::Seek& seek = *request.mutable_seek();
  seek.set_correlation_id(correlation_id);
  seek.set_topic(partition.topic);
  seek.set_partition(partition.partition);
  *seek.mutable_to() = ToMessage(to);
  stream_.Write(ToBuffer(request));
}

void ConsumeStream::Pause(const std::vector<TopicPartition>& partitions) {
  v1::ConsumeRequest request;
  AddPartitions(partitions, request.mutable_pause());
  stream_.Write(ToBuffer(request));
}

void ConsumeStream::Resume(const std::vector<TopicPartition>& partitions) {
  v1::ConsumeRequest request;
  AddPartitions(partitions, request.mutable_resume());
  stream_.Write(ToBuffer(request));
}

void ConsumeStream::Release(const std::vector<TopicPartition>& partitions) {
  v1::ConsumeRequest request;
  AddPartitions(partitions, request.mutable_release());
  stream_.Write(ToBuffer(request));
}

void ConsumeStream::Working() {
  v1::ConsumeRequest request;
  request.mutable_working();
  stream_.Write(ToBuffer(request));
}

Result<std::optional<ConsumeEvent>> ConsumeStream::Take() {
  const auto message = stream_.Take();
  if (!message) return std::nullopt;
  ConsumeEvent event;
  STRATA_TRY_ASSIGN(
      const Fragments records,
      ParseWithPayload(*message, v1::ConsumeResponse::kRecordsFieldNumber, &event.response));
  if (!records.empty()) {
    STRATA_TRY_ASSIGN(event.batches, ParseWithPayload(records, v1::Records::kBatchesFieldNumber,
                                                      event.response.mutable_records()));
  }
  return event;
}

std::optional<Error> ConsumeStream::Ended() const {
  const auto status = stream_.Ended();
  if (!status) return std::nullopt;
  return ErrorFromStatus(*status, broker_);
}

}  // namespace strata
