// One InitProducer call to the broker. Use it from one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "client/lib/connection.h"
#include "client/lib/doorbell.h"
#include "client/lib/rpc/message_stream.h"
#include "proto/base/error.h"

namespace strata {

struct ProducerIdentity {
  std::int64_t id = 0;
  std::int16_t epoch = 0;
};

class IdentityCall {
 public:
  // Rings the doorbell when it is answered.
  IdentityCall(Connection& connection, const std::string& name, std::shared_ptr<Doorbell> doorbell);

  // The answer, once it is there.
  std::optional<Result<ProducerIdentity>> TakeAnswer();

 private:
  const std::string broker_;
  MessageStream stream_;
};

}  // namespace strata
