// The broker's side of the Consume stream, encoded (proto/strata/v1/groups.proto).
//
// Pure functions; callable from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/delivery/record_page.h"
#include "broker/groups/member_sink.h"
#include "broker/wire/wire_message.h"

namespace strata::v1 {
class Records;
}

namespace strata::broker {

struct NamedPartition {
  std::string topic;
  std::int32_t partition = 0;
};

struct NamedFailure {
  NamedPartition partition;
  Error error;
};

WireMessage JoinedMessage(const MemberId& member, Generation generation);

// `stable` is parallel to `assignments`: behind the newest visible record of each.
WireMessage AssignedMessage(Generation newest, const std::vector<Assignment>& assignments,
                            const std::vector<Offset>& stable, std::uint64_t seek_correlation_id);

WireMessage RevokedMessage(const std::vector<NamedPartition>& partitions,
                           std::chrono::milliseconds finish_within, std::string_view reason);

// A partition that cannot be delivered to anybody, and why.
WireMessage DamagedMessage(const NamedPartition& partition, const Error& error);

WireMessage CommittedMessage(std::uint64_t correlation_id,
                             const std::vector<NamedFailure>& failures);

WireMessage SeekFailedMessage(std::uint64_t correlation_id, const Error& error);

// `records` is complete but for its batches, which are not copied.
WireMessage RecordsMessage(const v1::Records& records, Fragments batches);

}  // namespace strata::broker
