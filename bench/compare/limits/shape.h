// The messages of a limit: as large as Strata's client would make them of records of a size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace strata::compare {

constexpr std::size_t kSendMessageBytes = 256 << 10;   // as ProducerOptions::batch_bytes
constexpr std::size_t kReceiveMessageBytes = 1 << 20;  // as ReaderOptions::max_bytes

struct Shape {
  std::string message;  // record batches, one behind the other
  std::uint64_t records_per_message = 0;

  // So many messages hold `records`, or a few more.
  std::uint64_t MessagesFor(std::uint64_t records) const {
    return (records + records_per_message - 1) / records_per_message;
  }
};

// Batches of kSendMessageBytes with random values of `value_bytes`, as many as fit into
// `message_bytes` and at least one.
Shape ShapeOf(std::size_t value_bytes, std::size_t message_bytes);

}  // namespace strata::compare
