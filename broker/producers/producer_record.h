// How named producers are written in the metadata store: keys, and JSON values with a version.
// README.md beside this file shows them.
//
// Pure functions; callable from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/base/error.h"
#include "proto/base/types.h"

namespace strata::broker {

inline constexpr std::string_view kProducerPrefix = "producer/name/";
// The first id that has not been set aside to be given out, in decimal.
inline constexpr std::string_view kNextProducerIdKey = "producer/next-id";

struct ProducerRecord {
  std::string name;
  std::int64_t id = 0;
  std::int16_t epoch = 0;  // of the latest instance
  // The id that the name had before its epochs were used up; no instance of it may write.
  std::optional<std::int64_t> retired_id;
  TimestampMs initialized_at_ms = 0;  // when the latest instance came

  bool operator==(const ProducerRecord&) const = default;
};

std::string ProducerKey(std::string_view name);

std::string EncodeProducerRecord(const ProducerRecord& record);

// `key` is only named in messages. CORRUPT_LOG: the record is damaged. DATA_DIR_NEWER_FORMAT: a
// newer stratad wrote it.
Result<ProducerRecord> DecodeProducerRecord(std::string_view key, std::string_view value);

}  // namespace strata::broker
