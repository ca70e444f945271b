// One AppendStream call to the broker: encoded batches go out, answers come back. Use it from one
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "client/lib/connection.h"
#include "client/lib/doorbell.h"
#include "client/lib/producer.h"
#include "client/lib/rpc/message_stream.h"
#include "proto/base/bytes.h"

namespace strata {

struct AppendAnswer {
  std::uint64_t correlation_id = 0;
  Result<Placed> outcome;  // place of the first record
};

class AppendStream {
 public:
  // Rings the doorbell when an answer came or the stream has ended.
  AppendStream(Connection& connection, std::string topic, std::optional<Durability> durability,
               std::shared_ptr<Doorbell> doorbell);

  // Queues a batch, which is shared, not copied.
  void Send(std::uint64_t correlation_id, std::int32_t partition, const SharedBytes& batch);

  // The next answer, if there is one.
  std::optional<AppendAnswer> TakeAnswer();

  // Why the stream has ended, as soon as all answers are taken.
  std::optional<Error> Ended() const;

 private:
  const std::string topic_;
  const std::optional<Durability> durability_;
  const std::string broker_;
  MessageStream stream_;
};

}  // namespace strata
