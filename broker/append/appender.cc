#include "broker/append/appender.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "proto/base/mutex.h"
#include "proto/batch/partitioner.h"
#include "proto/batch/record_batch.h"
#include "strata/v1/data.pb.h"

namespace strata::broker {

// What goes to one partition.
struct Appender::Piece {
  std::int32_t partition = 0;
  BatchHeader header;
  Fragments batch;
  std::vector<int> indexes;  // of the request's records; empty for an encoded batch
};

namespace {

Result<Durability> DurabilityOf(const Topic& topic, v1::Durability asked) {
  switch (asked) {
    case v1::DURABILITY_UNSPECIFIED:
      return topic.config.durability;
    case v1::DURABILITY_NONE:
      return Durability::kNone;
    case v1::DURABILITY_OS:
      return Durability::kOs;
    case v1::DURABILITY_FSYNC:
      return Durability::kFsync;
    default:
      return Fail(ErrorCode::INVALID_ARGUMENT,
                  fmt::format("durability {} is not one of the four", static_cast<int>(asked)));
  }
}

Result<void> CheckTimestamp(const Topic& topic, TimestampMs newest) {
  const TimestampMs limit = WallClockMs() + topic.config.max_timestamp_ahead_ms;
  if (newest <= limit) return Ok();
  return Fail(ErrorCode::TIMESTAMP_OUT_OF_RANGE,
              fmt::format("a record's timestamp {} is more than {} ms ahead of the broker's clock",
                          newest, topic.config.max_timestamp_ahead_ms));
}

Result<void> CheckProducer(const v1::AppendRequest& request) {
  const v1::ProducerSequence& producer = request.producer();
  if (!request.has_partition()) {
    return Fail(ErrorCode::INVALID_ARGUMENT,
                "records of a producer must name their partition: a retry has to find it again");
  }
  if (producer.producer_id() < 0 || producer.epoch() < 0 || producer.sequence() < 0 ||
      producer.epoch() > std::numeric_limits<std::int16_t>::max()) {
    return Fail(ErrorCode::INVALID_ARGUMENT,
                fmt::format("there is no producer {} with epoch {} and sequence {}",
                            producer.producer_id(), producer.epoch(), producer.sequence()));
  }
  return Ok();
}

RecordView ViewOf(const v1::Record& record, TimestampMs now) {
  RecordView view;
  if (record.has_key()) view.key = record.key();
  if (record.has_value()) view.value = record.value();
  for (const v1::Header& header : record.headers()) {
    view.headers.push_back({header.name(), header.has_value()
                                               ? std::optional<std::string_view>(header.value())
                                               : std::nullopt});
  }
  view.timestamp_ms = record.has_timestamp_ms() ? record.timestamp_ms() : now;
  return view;
}

// Waits for all pieces of a request and puts the answer together.
class Gathering {
 public:
  Gathering(std::size_t pieces, const v1::AppendRequest& request, Appender::Done done)
      : done_(std::move(done)), missing_(pieces) {
    response_.set_correlation_id(request.correlation_id());
    response_.set_base_offset(kNoOffset);
    for (int i = 0; i < request.records_size(); ++i) response_.add_places();
  }

  void Add(std::int32_t partition, const std::vector<int>& indexes, std::int32_t record_count,
           const Result<storage::AppendResult>& result) {
    if (!Take(partition, indexes, record_count, result)) return;
    if (error_) {
      done_(Fail(*error_));
    } else {
      done_(std::move(response_));
    }
  }

 private:
  // True for the last piece.
  bool Take(std::int32_t partition, const std::vector<int>& indexes, std::int32_t record_count,
            const Result<storage::AppendResult>& result) {
    MutexLock lock(mutex_);
    if (!result) {
      if (!error_) error_ = result.error();
      return --missing_ == 0;
    }
    const bool only_piece = response_.record_count() == 0;
    response_.set_record_count(response_.record_count() + record_count);
    response_.set_partition(partition);
    response_.set_base_offset(only_piece ? result->base_offset : kNoOffset);
    const auto durability = static_cast<v1::Durability>(result->durability);
    response_.set_duplicate(result->duplicate);
    response_.set_durability(only_piece ? durability
                                        : std::min(durability, response_.durability()));
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      v1::RecordPlace* place = response_.mutable_places(indexes[i]);
      place->set_partition(partition);
      place->set_offset(result->base_offset == kNoOffset
                            ? kNoOffset
                            : result->base_offset + static_cast<Offset>(i));
    }
    return --missing_ == 0;
  }

  const Appender::Done done_;
  Mutex mutex_;
  std::size_t missing_;
  v1::AppendResponse response_;
  std::optional<Error> error_;
};

}  // namespace

void Appender::Append(const v1::AppendRequest& request, Fragments batch, Done done) {
  const auto refuse = [&](Error error) {
    metrics_.CountAppendError(error.code);
    done(Fail(std::move(error)));
  };
  const auto topic = topics_.Find(request.topic());
  if (!topic) return refuse(topic.error());
  const auto durability = DurabilityOf(**topic, request.durability());
  if (!durability) return refuse(durability.error());
  auto pieces = Cut(**topic, request, std::move(batch));
  if (!pieces) return refuse(pieces.error());

  const auto started = std::chrono::steady_clock::now();
  auto gathering = std::make_shared<Gathering>(pieces->size(), request, std::move(done));
  for (Piece& piece : *pieces) {
    const auto bytes = static_cast<std::int64_t>(piece.header.total_bytes());
    auto placed = [this, gathering, started, bytes, partition = piece.partition,
                   indexes = std::move(piece.indexes),
                   count = piece.header.record_count](const Result<storage::AppendResult>& result) {
      if (result && result->duplicate) {
        metrics_.CountDuplicate();
      } else if (result) {
        metrics_.CountAppend(count, bytes, std::chrono::steady_clock::now() - started);
      } else {
        metrics_.CountAppendError(result.error().code);
      }
      gathering->Add(partition, indexes, count, result);
    };
    logs_.Append((*topic)->Partition(piece.partition), piece.header, std::move(piece.batch),
                 *durability, std::move(placed));
  }
}

Result<std::vector<Appender::Piece>> Appender::Cut(const Topic& topic,
                                                   const v1::AppendRequest& request,
                                                   Fragments batch) {
  const bool has_records = request.records_size() > 0;
  if (has_records && batch.empty()) return CutRecords(topic, request);
  if (!has_records && !batch.empty()) {
    if (!request.has_producer()) return CutBatch(topic, request, std::move(batch));
    return Fail(ErrorCode::INVALID_ARGUMENT, "a batch names its producer itself");
  }
  return Fail(ErrorCode::INVALID_ARGUMENT,
              has_records ? "the request has both records and a batch: send one of them"
                          : "the request has neither records nor a batch");
}

Result<std::int32_t> Appender::ChoosePartition(const Topic& topic,
                                               const v1::AppendRequest& request) const {
  if (request.has_partition()) return request.partition();
  if (topic.partition_count == 1) return 0;
  return Fail(ErrorCode::INVALID_ARGUMENT,
              fmt::format("a batch for topic '{}' must name its partition: the topic has {}",
                          topic.name, topic.partition_count));
}

Result<std::vector<Appender::Piece>> Appender::CutBatch(const Topic& topic,
                                                        const v1::AppendRequest& request,
                                                        Fragments batch) const {
  STRATA_TRY_ASSIGN(const std::int32_t partition, ChoosePartition(topic, request));
  STRATA_TRY(CheckPartition(topic, partition));
  BatchLimits limits;
  limits.max_batch_bytes = static_cast<std::size_t>(topic.config.max_batch_bytes);
  limits.keys_required = topic.config.compacts();
  STRATA_TRY_ASSIGN(const BatchHeader header, ValidateBatch(batch, limits));
  STRATA_TRY(CheckTimestamp(topic, header.max_timestamp_ms));
  std::vector<Piece> pieces;
  pieces.push_back({partition, header, std::move(batch), {}});
  return pieces;
}

Result<std::vector<Appender::Piece>> Appender::CutRecords(const Topic& topic,
                                                          const v1::AppendRequest& request) {
  if (request.has_partition()) STRATA_TRY(CheckPartition(topic, request.partition()));
  if (request.has_producer()) STRATA_TRY(CheckProducer(request));
  const TimestampMs now = WallClockMs();
  const auto keyless = static_cast<std::int32_t>(turn_.fetch_add(1, std::memory_order_relaxed) %
                                                 static_cast<std::uint32_t>(topic.partition_count));
  std::map<std::int32_t, std::pair<RecordBatchBuilder, std::vector<int>>> builders;
  for (int i = 0; i < request.records_size(); ++i) {
    const v1::Record& record = request.records(i);
    const RecordView view = ViewOf(record, now);
    if (view.timestamp_ms < 0) {
      return Fail(ErrorCode::INVALID_ARGUMENT,
                  fmt::format("record {} has the negative timestamp {}", i, view.timestamp_ms));
    }
    STRATA_TRY(CheckTimestamp(topic, view.timestamp_ms));
    if (topic.config.compacts() && !view.key) {
      return Fail(ErrorCode::KEY_REQUIRED,
                  fmt::format("record {} has no key, and topic '{}' is compacted", i, topic.name));
    }
    const std::int32_t partition = request.has_partition() ? request.partition()
                                   : view.key ? PartitionForKey(*view.key, topic.partition_count)
                                              : keyless;
    auto& [builder, indexes] = builders[partition];
    builder.Add(view);
    indexes.push_back(i);
  }
  std::vector<Piece> pieces;
  for (auto& [partition, built] : builders) {
    if (request.has_producer()) {
      const v1::ProducerSequence& producer = request.producer();
      built.first.SetProducer(producer.producer_id(), static_cast<std::int16_t>(producer.epoch()),
                              producer.sequence());
    }
    std::string bytes = built.first.Finish();
    if (static_cast<std::int64_t>(bytes.size()) > topic.config.max_batch_bytes) {
      return Fail(ErrorCode::RECORD_TOO_LARGE,
                  fmt::format("the records for partition {} have {} bytes, more than "
                              "max.batch.bytes of topic '{}' ({})",
                              partition, bytes.size(), topic.name, topic.config.max_batch_bytes));
    }
    STRATA_TRY_ASSIGN(const BatchHeader header, ParseBatchHeader(bytes));
    pieces.push_back(
        {partition, header, {SharedBytes::FromString(std::move(bytes))}, std::move(built.second)});
  }
  return pieces;
}

}  // namespace strata::broker
