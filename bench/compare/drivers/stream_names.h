// Where a peer has no partitions, each is a stream of its own.
//
// Pure.
#pragma once

#include <string>
#include <vector>

#include "bench/compare/drivers/peer.h"

namespace strata::compare {

// The stream of partition i stands at i.
inline std::vector<std::string> StreamNames(const PeerOptions& options) {
  std::vector<std::string> names;
  for (int i = 0; i < options.partitions; ++i) {
    names.push_back(options.topic + "-" + std::to_string(i));
  }
  return names;
}

}  // namespace strata::compare
