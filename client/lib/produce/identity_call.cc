#include "client/lib/produce/identity_call.h"

#include <limits>
#include <utility>

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include "client/lib/rpc/buffers.h"
#include "client/lib/rpc/status.h"
#include "strata/v1/data.pb.h"

namespace strata {
namespace {

constexpr char kMethod[] = "/strata.v1.Data/InitProducer";

Result<ProducerIdentity> IdentityIn(const Fragments& message) {
  v1::InitProducerResponse response;
  if (!Parse(message, &response) || response.producer_id() < 0 || response.epoch() < 0 ||
      response.epoch() > std::numeric_limits<std::int16_t>::max()) {
    return Fail(NotAnAnswer());
  }
  return ProducerIdentity{response.producer_id(), static_cast<std::int16_t>(response.epoch())};
}

}  // namespace

IdentityCall::IdentityCall(Connection& connection, const std::string& name,
                           std::shared_ptr<Doorbell> doorbell)
    : broker_(connection.options().broker),
      stream_(connection, kMethod, /*max_waiting=*/1,
              [doorbell = std::move(doorbell)] { doorbell->Ring(); }) {
  v1::InitProducerRequest request;
  request.set_name(name);
  stream_.Write(ToBuffer(request));
  stream_.WritesDone();
}

std::optional<Result<ProducerIdentity>> IdentityCall::TakeAnswer() {
  if (const auto message = stream_.Take()) return IdentityIn(*message);
  const auto status = stream_.Ended();
  if (!status) return std::nullopt;
  return Fail(ErrorFromStatus(*status, broker_));
}

}  // namespace strata
