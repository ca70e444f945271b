// Bytes in pieces, back to back: as a message was received, or as it is sent. Nothing that is kept
// or passed on is copied for being in one piece; whoever must have that says so with Joined.
//
// An empty fragment means nothing. The functions are pure and may be called from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "proto/base/bytes.h"

namespace strata {

using Fragments = std::vector<SharedBytes>;

std::size_t TotalBytes(const Fragments& fragments);

// All of it in one piece; copies only if there are several.
SharedBytes Joined(const Fragments& fragments);

// A copy in one piece.
SharedBytes Copied(const Fragments& fragments);

// What stands behind the first `count` bytes, without copying it; nothing if there are fewer.
Fragments WithoutFirst(const Fragments& fragments, std::size_t count);

// Goes through fragments from their front. They outlive the reader, or what it is used for; they
// may be moved, as a vector is. Use it from one thread at a time.
class FragmentReader {
 public:
  FragmentReader() = default;
  explicit FragmentReader(const Fragments& fragments);

  bool AtEnd() const { return left_bytes_ == 0; }
  std::size_t left_bytes() const { return left_bytes_; }

  // Copies the next bytes, as many as fit and are there, and returns how many.
  std::size_t Peek(std::span<char> out) const;
  // Passes over so many bytes, or what is left.
  void Skip(std::size_t bytes);
  // The next bytes, shared, or what is left; they are passed.
  Fragments Take(std::size_t bytes);

 private:
  std::span<const SharedBytes> rest_;  // from the fragment that has been begun
  std::size_t position_ = 0;           // within it
  std::size_t left_bytes_ = 0;
};

}  // namespace strata
