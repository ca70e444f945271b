// Bytes in fragments, as a socket might deliver them.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "proto/base/fragments.h"

namespace strata::testing {

// A copy in memory of exactly its size: a sanitizer sees what is read beyond it.
inline SharedBytes ExactCopy(std::string_view bytes) {
  const auto owner = std::make_shared<const std::vector<char>>(bytes.begin(), bytes.end());
  return SharedBytes(owner, {owner->data(), owner->size()});
}

// Copies of what lies in front of, between and behind `cuts`, which ascend.
inline Fragments CutAt(std::string_view bytes, const std::vector<std::size_t>& cuts) {
  Fragments fragments;
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    fragments.push_back(ExactCopy(bytes.substr(begin, cut - begin)));
    begin = cut;
  }
  fragments.push_back(ExactCopy(bytes.substr(begin)));
  return fragments;
}

// Fragments of this size, and a last one of what is left.
inline Fragments CutEvery(std::size_t fragment_bytes, std::string_view bytes) {
  std::vector<std::size_t> cuts;
  for (std::size_t at = fragment_bytes; at < bytes.size(); at += fragment_bytes) cuts.push_back(at);
  return CutAt(bytes, cuts);
}

}  // namespace strata::testing
