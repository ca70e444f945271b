#include "tests/fault/store/work_calls.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "proto/batch/record_batch.h"
#include "tests/fault/history/partition_check.h"
#include "tests/fault/history/payload_record.h"

namespace strata::testing {
namespace {

constexpr std::size_t kMostPayloadBytes = 400;

std::string BatchOf(const WorkPartition& partition, const WorkAppend& append) {
  RecordBatchBuilder builder;
  for (const PayloadId payload : append.payloads) {
    const PayloadRecord sent(payload, partition.options.cleanup.compact, kMostPayloadBytes);
    RecordView record = sent.view();
    record.timestamp_ms = 1000 + static_cast<TimestampMs>(payload);
    builder.Add(record);
  }
  if (const auto& stamp = append.stamp) {
    builder.SetProducer(static_cast<std::int64_t>(stamp->producer),
                        static_cast<std::int16_t>(stamp->epoch), stamp->sequence);
  }
  return builder.Finish();
}

// What an answer says of the effect: see LogStore::Append.
AppendReturned ToEvent(CallId call, const Result<storage::AppendResult>& result) {
  AppendReturned answer{.call = call};
  if (result) {
    answer.outcome = Outcome::kOk;
    answer.base_offset = result->base_offset;
    answer.durable = result->durability == Durability::kFsync;
    return answer;
  }
  const ErrorCode code = result.error().code;
  answer.stopped = code == ErrorCode::LOG_POISONED;
  answer.out_of_order = code == ErrorCode::OUT_OF_ORDER_SEQUENCE;
  const bool unknown = answer.stopped || code == ErrorCode::IO_ERROR;
  answer.outcome = unknown ? Outcome::kUnknown : Outcome::kFailed;
  return answer;
}

}  // namespace

Answer AppendAndTell(storage::LogStore& logs, History& history, const WorkPartition& partition,
                     const WorkAppend& append) {
  std::string batch = BatchOf(partition, append);
  const BatchHeader header = ParseBatchHeader(batch).value();
  const CallId call = history.NextCall();
  history.Add(AppendInvoked{call, partition.name, append.payloads, append.stamp});
  auto done = std::make_shared<std::promise<Result<storage::AppendResult>>>();
  Answer answer = done->get_future();
  logs.Append(partition.id, header, {SharedBytes::FromString(std::move(batch))}, append.durability,
              [&history, call, done](const Result<storage::AppendResult>& result) {
                history.Add(ToEvent(call, result));
                done->set_value(result);
              });
  return answer;
}

Result<storage::AppendResult> WaitFor(Answer& answer) {
  // Who has failed already is not to wait for more that do not come.
  const bool failed = ::testing::Test::HasFailure();
  const auto patience = failed ? std::chrono::seconds(0) : kTimeToHeal;
  if (answer.wait_for(patience) == std::future_status::ready) return answer.get();
  if (!failed) ADD_FAILURE() << "I9: an append has no answer";
  return Fail(ErrorCode::TIMEOUT, "an append has no answer");
}

Result<FoundBatches> BatchesOf(const storage::ReadResult& read, const WorkPartition& partition,
                               Offset from) {
  std::string bytes;
  for (const SharedBytes& fragment : read.fragments) bytes.append(fragment.view());
  FoundBatches found;
  std::optional<Offset> next;
  for (std::string_view rest = bytes; !rest.empty();) {
    STRATA_TRY_ASSIGN(const BatchHeader header, ParseBatchHeader(rest));
    const std::string_view batch = rest.substr(0, header.total_bytes());
    if (!BatchCrcMatches(batch)) return Fail(ErrorCode::CORRUPT_BATCH, "wrong CRC");
    const bool fits = next ? header.base_offset == *next : header.base_offset <= from;
    if (!fits) return Fail(ErrorCode::CORRUPT_BATCH, "batches are missing");
    next = header.next_offset();
    STRATA_TRY_ASSIGN(RecordBatchReader reader, RecordBatchReader::Open(batch));
    RecordView record;
    while (reader.Next(&record)) {
      if (record.offset < from) continue;
      found.records.push_back(
          {record.offset,
           PayloadRecord::In(record, partition.options.cleanup.compact, kMostPayloadBytes)});
    }
    if (header.record_count == 0) {
      found.without_records.push_back({header.base_offset, header.next_offset()});
    }
    STRATA_TRY(reader.status());
    rest.remove_prefix(batch.size());
  }
  if (next.value_or(from) != read.next_offset) {
    return Fail(ErrorCode::CORRUPT_BATCH, "batches end elsewhere than where to read on");
  }
  return found;
}

}  // namespace strata::testing
