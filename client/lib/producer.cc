#include "client/lib/producer.h"

#include <charconv>
#include <utility>

#include "client/lib/admin.h"
#include "client/lib/doorbell.h"
#include "client/lib/names.h"
#include "client/lib/produce/accumulator.h"
#include "client/lib/produce/sender.h"

namespace strata {
namespace {

constexpr std::string_view kMaxBatchBytesKey = "max.batch.bytes";

std::size_t MaxBatchBytes(const TopicDescription& topic) {
  std::size_t bytes = BatchLimits{}.max_batch_bytes;
  for (const auto& entry : topic.config) {
    if (entry.key != kMaxBatchBytesKey) continue;
    std::from_chars(entry.value.data(), entry.value.data() + entry.value.size(), bytes);
  }
  return bytes;
}

Result<void> Check(const ProducerOptions& options) {
  using std::chrono::milliseconds;
  if (options.linger.value_or(milliseconds(0)) < milliseconds(0) ||
      options.delivery_timeout <= milliseconds(0) || options.retry_backoff < milliseconds(0) ||
      options.retry_backoff_max < milliseconds(0)) {
    return Fail(ErrorCode::INVALID_ARGUMENT, "a time among the producer's options is negative");
  }
  if (!options.name.empty() && !options.idempotent) {
    return Fail(ErrorCode::INVALID_ARGUMENT, "a producer with a name must be idempotent");
  }
  STRATA_TRY(CheckText(options.name));
  return Ok();
}

class BatchingProducer final : public Producer {
 public:
  BatchingProducer(const std::shared_ptr<Connection>& connection, const std::string& topic,
                   const ProducerOptions& options, Accumulator::Limits limits)
      : doorbell_(std::make_shared<Doorbell>()),
        accumulator_(options, limits, *doorbell_),
        sender_(connection, topic, options, accumulator_, doorbell_) {}

  ~BatchingProducer() override { accumulator_.Flush(); }

  void Send(const RecordView& record, Callback done,
            std::optional<std::int32_t> partition) override {
    accumulator_.Append(record, std::move(done), partition);
  }

  void Flush() override { accumulator_.Flush(); }

 private:
  const std::shared_ptr<Doorbell> doorbell_;
  Accumulator accumulator_;
  Sender sender_;
};

}  // namespace

Result<std::unique_ptr<Producer>> Producer::Open(std::shared_ptr<Connection> connection,
                                                 std::string topic, ProducerOptions options) {
  STRATA_TRY(Check(options));
  STRATA_TRY_ASSIGN(const TopicDescription description, Admin(connection).DescribeTopic(topic));
  const Accumulator::Limits limits{.partition_count = description.topic.partition_count,
                                   .max_batch_bytes = MaxBatchBytes(description)};
  if (limits.partition_count <= 0) {
    return Fail(ErrorCode::INTERNAL, "the broker says that topic '" + topic + "' has no partition");
  }
  return std::make_unique<BatchingProducer>(connection, topic, options, limits);
}

std::future<Result<Placed>> Producer::SendWithFuture(const RecordView& record,
                                                     std::optional<std::int32_t> partition) {
  auto promise = std::make_shared<std::promise<Result<Placed>>>();
  auto placed = promise->get_future();
  Send(
      record, [promise](const Result<Placed>& place) { promise->set_value(place); }, partition);
  return placed;
}

}  // namespace strata
