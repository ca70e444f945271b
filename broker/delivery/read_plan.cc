#include "broker/delivery/read_plan.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "broker/delivery/record_page.h"
#include "strata/v1/data.pb.h"

namespace strata::broker {
Result<ReadPlan> PlanRead(const TopicRegistry& topics, const v1::ReadRequest& request,
                          const ReadLimitsOfBroker& limits) {
  ReadPlan plan;
  STRATA_TRY_ASSIGN(plan.topic, topics.Find(request.topic()));
  STRATA_TRY(CheckPartition(*plan.topic, request.partition()));
  if (!v1::Encoding_IsValid(request.encoding())) {
    return Fail(ErrorCode::INVALID_ARGUMENT, fmt::format("encoding {} is not one of the three",
                                                         static_cast<int>(request.encoding())));
  }
  plan.partition = plan.topic->Partition(request.partition());
  plan.as_batches = request.encoding() == v1::ENCODING_BATCHES;
  plan.max_bytes = request.max_bytes() == 0 ? kDefaultReadBytes : request.max_bytes();
  plan.max_bytes = std::min(plan.max_bytes, limits.max_bytes);
  const bool unbounded = request.max_records() == 0 || plan.as_batches;
  plan.max_records = unbounded ? std::numeric_limits<std::int64_t>::max() : request.max_records();
  plan.max_wait_ms = std::min<std::int64_t>(request.max_wait_ms(), limits.max_wait_ms);
  return plan;
}

Result<EncodedRead> EncodeRead(const ReadPlan& plan, Offset from, Offset until,
                               storage::ReadResult read) {
  v1::ReadResponse response;
  response.set_log_start_offset(read.ends.log_start);
  response.set_stable_offset(read.ends.stable);
  response.set_log_end_offset(read.ends.log_end);
  Page page{.batches = {}, .bytes = 0, .records = 0, .next_offset = from};
  if (!read.fragments.empty() && from < until) {
    if (plan.as_batches) {
      STRATA_TRY_ASSIGN(page, TakeBatches(std::move(read), from, until - from));
    } else {
      STRATA_TRY_ASSIGN(page,
                        DecodeRecords(read, plan.partition.partition, from, until, plan.max_records,
                                      plan.max_bytes, response.mutable_records()));
    }
  }
  response.set_next_offset(page.next_offset);
  EncodedRead encoded{{}, page.bytes, page.next_offset, page.records > 0};
  encoded.message = page.batches.empty()
                        ? Serialize(response)
                        : SerializeWithPayload(response, v1::ReadResponse::kBatchesFieldNumber,
                                               std::move(page.batches));
  return encoded;
}

}  // namespace strata::broker
