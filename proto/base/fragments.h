// Bytes in pieces, back to back: as a message was received, or as it is sent. Nothing that is kept
// or passed on is copied for being in one piece; whoever must have that says so with Joined.
//
// An empty fragment means nothing. The functions are pure and may be called from any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "proto/base/bytes.h"

namespace strata {

using Fragments = std::vector<SharedBytes>;

std::size_t TotalBytes(const Fragments& fragments);

// All of it in one piece; copies only if there are several.
SharedBytes Joined(const Fragments& fragments);

// What stands behind the first `count` bytes, without copying it; nothing if there are fewer.
Fragments Behind(const Fragments& fragments, std::size_t count);

}  // namespace strata
