#include "broker/topics/topic_record.h"

#include <limits>
#include <type_traits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "broker/topics/names.h"

namespace strata::broker {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

tl::unexpected<Error> Damaged(std::string_view key, std::string_view why) {
  return Fail(ErrorCode::CORRUPT_LOG,
              fmt::format("the metadata record {} is damaged: {}", Quoted(key), why));
}

// Nothing if the record has no such field, or one of another type.
template <class T>
std::optional<T> Field(const Json& record, const char* name) {
  const auto field = record.find(name);
  if (field == record.end()) return std::nullopt;
  if constexpr (std::is_same_v<T, std::string>) {
    if (!field->is_string()) return std::nullopt;
  } else if constexpr (std::is_unsigned_v<T>) {
    if (!field->is_number_unsigned()) return std::nullopt;
  } else {
    if (!field->is_number_integer()) return std::nullopt;
  }
  return field->template get<T>();
}

std::optional<TopicConfigText> ReadConfig(const Json& record) {
  const auto field = record.find("config");
  if (field == record.end() || !field->is_object()) return std::nullopt;
  TopicConfigText config;
  for (const auto& [key, value] : field->items()) {
    if (!value.is_string()) return std::nullopt;
    config[key] = value.get<std::string>();
  }
  return config;
}

}  // namespace

std::string TopicKey(std::string_view name) {
  return std::string(kTopicPrefix) + std::string(name);
}

std::string TombstoneKey(storage::TopicId id) {
  return fmt::format("{}{:016x}", kTombstonePrefix, id);
}

std::string EncodeTopicRecord(const Topic& topic) {
  return Json{{"version", kVersion},         {"id", topic.id},
              {"name", topic.name},          {"partition_count", topic.partition_count},
              {"config", topic.config_text}, {"created_at_ms", topic.created_at_ms}}
      .dump();
}

Result<Topic> DecodeTopicRecord(std::string_view key, std::string_view value) {
  const Json record = Json::parse(value, nullptr, /*allow_exceptions=*/false);
  if (!record.is_object()) return Damaged(key, "it is not a JSON object");
  const auto version = Field<std::int64_t>(record, "version");
  if (version && *version > kVersion) {
    return Fail(ErrorCode::DATA_DIR_NEWER_FORMAT,
                fmt::format("the metadata record {} has version {}, this stratad knows up to {}",
                            Quoted(key), *version, kVersion));
  }
  const auto id = Field<storage::TopicId>(record, "id");
  const auto name = Field<std::string>(record, "name");
  const auto partition_count = Field<std::int64_t>(record, "partition_count");
  const auto config_text = ReadConfig(record);
  const auto created_at_ms = Field<TimestampMs>(record, "created_at_ms");
  if (!version || !id || !name || !partition_count || !config_text || !created_at_ms) {
    return Damaged(key, "a field is missing or has another type");
  }
  if (!ValidateTopicName(*name) || *partition_count < 1 ||
      *partition_count > std::numeric_limits<std::int32_t>::max()) {
    return Damaged(key, "its name or partition count cannot be");
  }
  const auto config = ParseTopicConfig(*config_text);
  if (!config) return Damaged(key, config.error().message);
  return Topic{*id,     *name,        static_cast<std::int32_t>(*partition_count),
               *config, *config_text, *created_at_ms};
}

}  // namespace strata::broker
