// Reads streams of Redis from their beginnings.
#pragma once

#include <memory>

#include "bench/compare/drivers/peer.h"

namespace strata::compare {

// XREAD: the client knows how far it has read.
std::unique_ptr<Subscriber> MakeRedisReader(const PeerOptions& options);

// XREADGROUP NOACK: the server keeps the position of the group, and writes each step to its file.
std::unique_ptr<Subscriber> MakeRedisMember(const PeerOptions& options, int group);

}  // namespace strata::compare
