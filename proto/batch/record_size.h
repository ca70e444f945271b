// How large a record is, as its sender sees it.
#pragma once

#include <cstddef>

#include "proto/batch/record.h"

namespace strata {

// Bytes of its key, value and headers, without what an encoding adds.
inline std::size_t PayloadBytes(const RecordView& record) {
  std::size_t bytes = record.key.value_or("").size() + record.value.value_or("").size();
  for (const HeaderView& header : record.headers) {
    bytes += header.name.size() + header.value.value_or("").size();
  }
  return bytes;
}

}  // namespace strata
