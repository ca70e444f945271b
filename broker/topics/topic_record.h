// How topics are written in the metadata store: keys, and JSON values with a version. README.md
// beside this file shows them.
//
// Pure functions; callable from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/topics/topic.h"
#include "proto/base/error.h"

namespace strata::broker {

// Every topic, by name; a deleted one, by id, while there is anything left of it.
inline constexpr std::string_view kTopicPrefix = "topic/name/";
inline constexpr std::string_view kTombstonePrefix = "topic/deleting/";
// The id that the next topic gets, in decimal.
inline constexpr std::string_view kNextTopicIdKey = "topic/next-id";

std::string TopicKey(std::string_view name);
std::string TombstoneKey(storage::TopicId id);

std::string EncodeTopicRecord(const Topic& topic);

// `key` is only named in messages. CORRUPT_LOG: the record is damaged, or a configuration in it is
// not valid. DATA_DIR_NEWER_FORMAT: a newer stratad wrote it.
Result<Topic> DecodeTopicRecord(std::string_view key, std::string_view value);

}  // namespace strata::broker
