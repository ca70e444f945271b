#include "client/lib/produce/append_stream.h"

#include <utility>

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include "client/lib/rpc/buffers.h"
#include "client/lib/rpc/status.h"
#include "strata/v1/data.pb.h"

namespace strata {
namespace {

constexpr char kMethod[] = "/strata.v1.Data/AppendStream";

// Answers are small, and no more than batches that are under way.
constexpr std::size_t kMaxAnswersWaiting = 1'000;

v1::Durability ToMessage(std::optional<Durability> durability) {
  return durability ? static_cast<v1::Durability>(*durability) : v1::DURABILITY_UNSPECIFIED;
}

Result<Placed> OutcomeOf(const v1::AppendResponse& response) {
  if (response.has_error()) return Fail(ErrorFromMessage(response.error()));
  return Placed{.partition = response.partition(), .offset = response.base_offset()};
}

}  // namespace

AppendStream::AppendStream(Connection& connection, std::string topic,
                           std::optional<Durability> durability, std::shared_ptr<Doorbell> doorbell)
    : topic_(std::move(topic)),
      durability_(durability),
      broker_(connection.options().broker),
      stream_(connection, kMethod, kMaxAnswersWaiting,
              [doorbell = std::move(doorbell)] { doorbell->Ring(); }) {}

void AppendStream::Send(std::uint64_t correlation_id, std::int32_t partition,
                        const SharedBytes& batch) {
  v1::AppendRequest request;
  request.set_topic(topic_);
  request.set_partition(partition);
  request.set_durability(ToMessage(durability_));
  request.set_correlation_id(correlation_id);
  stream_.Write(ToBuffer(request, v1::AppendRequest::kBatchFieldNumber, batch));
}

std::optional<AppendAnswer> AppendStream::TakeAnswer() {
  const auto message = stream_.Take();
  if (!message) return std::nullopt;
  v1::AppendResponse response;
  if (!Parse(*message, &response)) {
    return AppendAnswer{.correlation_id = 0, .outcome = Fail(NotAnAnswer())};
  }
  return AppendAnswer{response.correlation_id(), OutcomeOf(response)};
}

std::optional<Error> AppendStream::Ended() const {
  const auto status = stream_.Ended();
  if (!status) return std::nullopt;
  return ErrorFromStatus(*status, broker_);
}

}  // namespace strata
