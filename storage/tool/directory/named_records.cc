#include "storage/tool/directory/named_records.h"

#include <nlohmann/json.hpp>

namespace strata::storage::tool {
namespace {

using Json = nlohmann::json;

constexpr char kTopicPrefix[] = "topic/name/";
constexpr char kDeletedPrefix[] = "topic/deleting/";
constexpr char kProducerPrefix[] = "producer/name/";
constexpr int kVersion = 1;

}  // namespace

bool IsTopicRecord(const VersionedValue& entry) {
  return entry.key.starts_with(kTopicPrefix) || entry.key.starts_with(kDeletedPrefix);
}

bool IsProducerRecord(const VersionedValue& entry) {
  return entry.key.starts_with(kProducerPrefix);
}

std::optional<NamedRecord> ParseNamedRecord(const VersionedValue& entry) {
  const Json json = Json::parse(entry.value, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  const auto id = json.find("id");
  const auto name = json.find("name");
  if (id == json.end() || !id->is_number_unsigned()) return std::nullopt;
  if (name == json.end() || !name->is_string()) return std::nullopt;
  return NamedRecord{id->get<std::uint64_t>(), name->get<std::string>()};
}

VersionedValue MakeTopicRecord(const NamedRecord& topic, std::int32_t partition_count,
                               std::int64_t version) {
  const Json json = {{"config", Json::object()},
                     {"created_at_ms", 0},
                     {"id", topic.id},
                     {"name", topic.name},
                     {"partition_count", partition_count},
                     {"version", kVersion}};
  return {kTopicPrefix + topic.name, json.dump(), version};
}

std::map<TopicId, std::string> TopicNames(const std::vector<VersionedValue>& metadata) {
  std::map<TopicId, std::string> names;
  for (const VersionedValue& entry : metadata) {
    if (!IsTopicRecord(entry)) continue;
    if (const auto topic = ParseNamedRecord(entry)) names[topic->id] = topic->name;
  }
  return names;
}

}  // namespace strata::storage::tool
