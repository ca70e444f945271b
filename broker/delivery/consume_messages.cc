#include "broker/delivery/consume_messages.h"

#include <utility>

#include "broker/wire/error_message.h"
#include "strata/v1/groups.pb.h"

namespace strata::broker {
namespace {

constexpr auto kRecordsField = v1::ConsumeResponse::kRecordsFieldNumber;
constexpr auto kBatchesField = v1::Records::kBatchesFieldNumber;

v1::ConsumeResponse Revoked(const std::vector<NamedPartition>& partitions,
                            std::chrono::milliseconds finish_within, std::string_view reason) {
  v1::ConsumeResponse response;
  v1::Revoked* revoked = response.mutable_revoked();
  for (const NamedPartition& named : partitions) {
    v1::TopicPartition* partition = revoked->add_partitions();
    partition->set_topic(named.topic);
    partition->set_partition(named.partition);
  }
  revoked->set_reason(PrintableMessage(reason));
  revoked->set_finish_within_ms(finish_within.count());
  return response;
}

}  // namespace

WireMessage JoinedMessage(const MemberId& member, Generation generation) {
  v1::ConsumeResponse response;
  response.mutable_joined()->set_member_id(member);
  response.mutable_joined()->set_generation(generation);
  return Serialize(response);
}

WireMessage AssignedMessage(Generation newest, const std::vector<Assignment>& assignments,
                            const std::vector<Offset>& stable, std::uint64_t seek_correlation_id) {
  v1::ConsumeResponse response;
  v1::Assigned* assigned = response.mutable_assigned();
  assigned->set_generation(newest);
  assigned->set_seek_correlation_id(seek_correlation_id);
  for (std::size_t i = 0; i < assignments.size(); ++i) {
    const Assignment& assignment = assignments[i];
    v1::AssignedPartition* partition = assigned->add_partitions();
    partition->set_topic(assignment.topic->name);
    partition->set_partition(assignment.partition.partition);
    partition->set_current(assignment.current);
    partition->set_committed(assignment.committed);
    partition->set_generation(assignment.generation);
    partition->set_stable_offset(stable[i]);
  }
  return Serialize(response);
}

WireMessage RevokedMessage(const std::vector<NamedPartition>& partitions,
                           std::chrono::milliseconds finish_within, std::string_view reason) {
  return Serialize(Revoked(partitions, finish_within, reason));
}

WireMessage DamagedMessage(const NamedPartition& partition, const Error& error) {
  v1::ConsumeResponse response = Revoked({partition}, std::chrono::milliseconds(0), error.message);
  *response.mutable_revoked()->mutable_error() = ToProto(error);
  return Serialize(response);
}

WireMessage CommittedMessage(std::uint64_t correlation_id,
                             const std::vector<NamedFailure>& failures) {
  v1::ConsumeResponse response;
  v1::Committed* committed = response.mutable_committed();
  committed->set_correlation_id(correlation_id);
  for (const NamedFailure& failure : failures) {
    v1::CommitFailure* added = committed->add_failures();
    added->set_topic(failure.partition.topic);
    added->set_partition(failure.partition.partition);
    *added->mutable_error() = ToProto(failure.error);
  }
  return Serialize(response);
}

WireMessage SeekFailedMessage(std::uint64_t correlation_id, const Error& error) {
  v1::ConsumeResponse response;
  response.mutable_seek_failed()->set_correlation_id(correlation_id);
  *response.mutable_seek_failed()->mutable_error() = ToProto(error);
  return Serialize(response);
}

WireMessage RecordsMessage(const v1::Records& records, Fragments batches) {
  if (batches.empty()) return Enclose(kRecordsField, Serialize(records));
  return Enclose(kRecordsField, SerializeWithPayload(records, kBatchesField, std::move(batches)));
}

}  // namespace strata::broker
