#include "client/lib/reader.h"

#include <algorithm>
#include <random>
#include <utility>

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include "client/lib/doorbell.h"
#include "client/lib/fetch/batch_walker.h"
#include "client/lib/names.h"
#include "client/lib/retry/backoff.h"
#include "client/lib/rpc/buffers.h"
#include "client/lib/rpc/message_stream.h"
#include "client/lib/rpc/positions.h"
#include "client/lib/rpc/status.h"
#include "strata/v1/data.pb.h"

namespace strata {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kMethod[] = "/strata.v1.Data/ReadStream";
constexpr std::size_t kResponsesAhead = 4;
constexpr std::chrono::milliseconds kFirstBackoff{20};
constexpr std::chrono::milliseconds kLongestBackoff{2'000};

class StreamReader final : public Reader {
 public:
  StreamReader(std::shared_ptr<Connection> connection, std::string topic, std::int32_t partition,
               Position from, ReaderOptions options)
      : connection_(std::move(connection)),
        topic_(std::move(topic)),
        partition_(partition),
        from_(from),
        options_(std::move(options)),
        doorbell_(std::make_shared<Doorbell>()),
        backoff_(kFirstBackoff, kLongestBackoff, std::random_device{}()),
        position_(from.kind() == Position::Kind::kOffset ? from.offset() : kNoOffset) {
    OpenStream();
  }

  Result<std::vector<RecordView>> Poll(std::chrono::milliseconds wait) override {
    const Clock::time_point deadline = Clock::now() + wait;
    while (!at_end_) {
      STRATA_TRY_ASSIGN(auto records, NextRecords());
      if (!records.empty()) return records;
      STRATA_TRY(NoticeEnd());
      if (at_end_ || Clock::now() >= deadline) break;
      Wait(deadline);
    }
    return std::vector<RecordView>();
  }

  Offset position() const override { return position_; }
  Offset end() const override { return end_; }
  bool at_end() const override { return at_end_; }

 private:
  void OpenStream() {
    v1::ReadRequest request;
    request.set_topic(topic_);
    request.set_partition(partition_);
    *request.mutable_from() = ToMessage(position_ == kNoOffset ? from_ : Position::At(position_));
    request.set_max_bytes(static_cast<std::uint32_t>(options_.max_bytes));
    request.set_encoding(v1::ENCODING_BATCHES);
    request.set_stop_at_end(options_.stop_at_end);
    stream_.emplace(*connection_, kMethod, kResponsesAhead,
                    [doorbell = doorbell_, on_ready = options_.on_ready] {
                      doorbell->Ring();
                      if (on_ready) on_ready();
                    });
    stream_->Write(ToBuffer(request));
    stream_->WritesDone();
  }

  // Records out of what has arrived; none if there is nothing yet.
  Result<std::vector<RecordView>> NextRecords() {
    while (true) {
      auto records = Decode();
      if (!records) DropStream();
      if (!records || !records->empty()) return records;
      const auto message = stream_ ? stream_->Take() : std::nullopt;
      if (!message) return records;
      STRATA_TRY(Accept(*message));
    }
  }

  // The records wanted of the next batch that has any.
  Result<std::vector<RecordView>> Decode() {
    std::vector<RecordView> records;
    while (records.empty() && !walker_.empty()) {
      STRATA_TRY_ASSIGN(RecordBatchReader* const batch, walker_.Next());
      // The time lay behind all records when it was looked up: whatever came since is wanted.
      const bool has_records = batch->header().record_count > 0;
      if (seeks_time_ && has_records && batch->header().max_timestamp_ms < from_.timestamp_ms()) {
        seeks_time_ = false;
      }
      records.reserve(static_cast<std::size_t>(batch->header().record_count));
      for (RecordView record; batch->Next(&record);) {
        if (IsWanted(record)) records.push_back(std::move(record));
      }
      STRATA_TRY(batch->status());
      position_ = std::max(position_, batch->header().next_offset());
    }
    if (walker_.empty()) position_ = std::max(position_, next_offset_);
    return records;
  }

  // A batch may begin before the place that was asked for.
  bool IsWanted(const RecordView& record) {
    if (record.offset < std::max(position_, log_start_)) return false;
    if (seeks_time_ && record.timestamp_ms < from_.timestamp_ms()) return false;
    seeks_time_ = false;
    return true;
  }

  Result<void> Accept(const Fragments& message) {
    v1::ReadResponse response;
    STRATA_TRY_ASSIGN(Fragments batches,
                      ParseWithPayload(message, v1::ReadResponse::kBatchesFieldNumber, &response));
    walker_ = BatchWalker(std::move(batches));
    log_start_ = response.log_start_offset();
    end_ = response.stable_offset();
    next_offset_ = response.next_offset();
    backoff_.Reset();
    return Ok();
  }

  Result<void> NoticeEnd() {
    const auto status = stream_ ? stream_->Ended() : std::nullopt;
    if (status) {
      DropStream();
      at_end_ = status->ok() && options_.stop_at_end;
      const Error error = ErrorFromStatus(*status, connection_->options().broker);
      if (!at_end_ && !IsRetriable(error.code)) return Fail(error);
    }
    if (!stream_ && !at_end_ && Clock::now() >= reopen_at_) OpenStream();
    return Ok();
  }

  void DropStream() {
    stream_.reset();
    walker_ = BatchWalker();
    next_offset_ = kNoOffset;
    reopen_at_ = Clock::now() + backoff_.Next();
  }

  void Wait(Clock::time_point deadline) {
    doorbell_->WaitUntil(stream_ ? deadline : std::min(deadline, reopen_at_));
  }

  // Constant after construction.
  const std::shared_ptr<Connection> connection_;
  const std::string topic_;
  const std::int32_t partition_;
  const Position from_;
  const ReaderOptions options_;
  const std::shared_ptr<Doorbell> doorbell_;

  // Owned by the caller's thread.
  std::optional<MessageStream> stream_;
  Backoff backoff_;
  Clock::time_point reopen_at_ = Clock::time_point::min();
  BatchWalker walker_;
  Offset position_;
  Offset next_offset_ = kNoOffset;  // behind the batches in walker_
  Offset log_start_ = kNoOffset;
  Offset end_ = kNoOffset;
  bool seeks_time_ = from_.kind() == Position::Kind::kTime;
  bool at_end_ = false;
};

}  // namespace

Result<std::unique_ptr<Reader>> Reader::Open(std::shared_ptr<Connection> connection,
                                             std::string topic, std::int32_t partition,
                                             Position from, ReaderOptions options) {
  STRATA_TRY(CheckTopicName(topic));
  return std::make_unique<StreamReader>(std::move(connection), std::move(topic), partition, from,
                                        std::move(options));
}

}  // namespace strata
