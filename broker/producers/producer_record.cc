#include "broker/producers/producer_record.h"

#include <limits>

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

// Nothing if the record has no such field, or it is not a number from 0 to `max`.
std::optional<std::int64_t> Number(const Json& record, const char* name,
                                   std::int64_t max = std::numeric_limits<std::int64_t>::max()) {
  const auto field = record.find(name);
  if (field == record.end() || !field->is_number_integer()) return std::nullopt;
  const auto value = field->get<std::int64_t>();
  if (value < 0 || value > max) return std::nullopt;
  return value;
}

}  // namespace

std::string ProducerKey(std::string_view name) {
  return std::string(kProducerPrefix) + std::string(name);
}

std::string EncodeProducerRecord(const ProducerRecord& record) {
  Json json{{"version", kVersion},
            {"name", record.name},
            {"id", record.id},
            {"epoch", record.epoch},
            {"initialized_at_ms", record.initialized_at_ms}};
  if (record.retired_id) json["retired_id"] = *record.retired_id;
  return json.dump();
}

Result<ProducerRecord> DecodeProducerRecord(std::string_view key, std::string_view value) {
  const Json json = Json::parse(value, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Damaged(key, "it is not a JSON object");
  const auto version = Number(json, "version");
  if (version && *version > kVersion) {
    return Fail(ErrorCode::DATA_DIR_NEWER_FORMAT,
                fmt::format("the metadata record {} has version {}, this stratad knows up to {}",
                            Quoted(key), *version, kVersion));
  }
  const auto name = json.find("name");
  const auto id = Number(json, "id");
  const auto epoch = Number(json, "epoch", std::numeric_limits<std::int16_t>::max());
  const auto initialized_at_ms = Number(json, "initialized_at_ms");
  if (!version || name == json.end() || !name->is_string() || !id || !epoch || !initialized_at_ms) {
    return Damaged(key, "a field is missing or has another type");
  }
  return ProducerRecord{name->get<std::string>(), *id, static_cast<std::int16_t>(*epoch),
                        Number(json, "retired_id"), *initialized_at_ms};
}

}  // namespace strata::broker
