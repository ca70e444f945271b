// Standard output, written in big blocks. Use it from one thread.
#pragma once

#include <string>

#include "proto/base/error.h"

namespace strata::cli {

class Sink {
 public:
  explicit Sink(int fd) : fd_(fd) {}

  // Append here, then call MaybeFlush.
  std::string& buffer() { return buffer_; }

  // Writes the buffer out if it has become big.
  Result<void> MaybeFlush() { return buffer_.size() < kBlockBytes ? Ok() : Flush(); }

  // Writes the buffer out. IO_ERROR, unless the reader has gone away: see closed().
  Result<void> Flush();

  // Nobody reads any more (EPIPE): stop quietly. What is appended afterwards is dropped.
  bool closed() const { return closed_; }

 private:
  static constexpr std::size_t kBlockBytes = 256 << 10;

  const int fd_;
  std::string buffer_;
  bool closed_ = false;
};

// Writes `text` to standard output at once.
Result<void> Print(const std::string& text);

}  // namespace strata::cli
