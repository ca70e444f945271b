// Messages on their way to one client: in order, one being written at a time.
//
// Not thread-safe: whoever owns it guards it.
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "broker/wire/wire_message.h"

namespace strata::broker {

class Outbox {
 public:
  void Push(WireMessage message) {
    queued_bytes_ += TotalBytes(message);
    queue_.push_back(std::move(message));
  }

  // The next message to write; nothing while one is being written, or if there is none.
  std::optional<WireMessage> Next() {
    if (writing_ || queue_.empty()) return std::nullopt;
    writing_ = true;
    WireMessage message = std::move(queue_.front());
    queue_.pop_front();
    queued_bytes_ -= TotalBytes(message);
    return message;
  }

  // The message that Next returned last has been written.
  void Written() { writing_ = false; }

  // Forgets what has not been taken.
  void Clear() {
    queue_.clear();
    queued_bytes_ = 0;
  }

  bool writing() const { return writing_; }
  // Of what waits, without the message that is being written.
  std::size_t queued_messages() const { return queue_.size(); }
  std::size_t queued_bytes() const { return queued_bytes_; }

 private:
  std::deque<WireMessage> queue_;
  std::size_t queued_bytes_ = 0;
  bool writing_ = false;
};

}  // namespace strata::broker
