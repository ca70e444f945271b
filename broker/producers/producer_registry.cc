#include "broker/producers/producer_registry.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "broker/topics/names.h"

namespace strata::broker {
namespace {

// Set aside with one write. What is left of them is never given out after a restart.
constexpr std::int64_t kIdsAtOnce = 1'000;
constexpr std::int64_t kFirstId = 1;

constexpr std::int16_t kLastEpoch = std::numeric_limits<std::int16_t>::max();
constexpr std::int32_t kShutOutForGood = std::int32_t{kLastEpoch} + 1;

void AddFences(const ProducerRecord& record, std::vector<storage::ProducerFence>* fences) {
  fences->push_back({record.id, record.epoch});
  if (record.retired_id) fences->push_back({*record.retired_id, kShutOutForGood});
}

std::optional<std::int64_t> ParseId(std::string_view text) {
  std::int64_t id = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, id);
  if (error != std::errc() || rest != end || id < kFirstId) return std::nullopt;
  return id;
}

}  // namespace

Result<std::unique_ptr<ProducerRegistry>> ProducerRegistry::Open(storage::MetadataStore& metadata,
                                                                 storage::LogStore& logs,
                                                                 const Limits& limits) {
  std::unique_ptr<ProducerRegistry> registry(new ProducerRegistry(metadata, logs, limits));
  MutexLock lock(registry->mutex_);
  STRATA_TRY(registry->Load());
  return registry;
}

Result<void> ProducerRegistry::Load() {
  STRATA_TRY_ASSIGN(const auto entries, metadata_.Range(kProducerPrefix));
  std::vector<storage::ProducerFence> fences;
  for (const storage::VersionedValue& entry : entries) {
    STRATA_TRY_ASSIGN(auto record, DecodeProducerRecord(entry.key, entry.value));
    AddFences(record, &fences);
    names_[record.name] = {record, entry.version};
  }
  logs_.FenceProducers(fences);
  return Ok();
}

Result<ProducerIdentity> ProducerRegistry::Init(const std::string& name) {
  if (!name.empty()) STRATA_TRY(ValidateProducerName(name));
  MutexLock lock(mutex_);
  if (name.empty()) {
    STRATA_TRY_ASSIGN(const std::int64_t id, NewId());
    return ProducerIdentity{id, 0};
  }
  STRATA_TRY_ASSIGN(const ProducerRecord record, NextInstance(name));
  STRATA_TRY(Write(record));
  std::vector<storage::ProducerFence> fences;
  AddFences(record, &fences);
  logs_.FenceProducers(fences);
  return ProducerIdentity{record.id, record.epoch};
}

Result<ProducerRecord> ProducerRegistry::NextInstance(const std::string& name) {
  ProducerRecord record{.name = name};
  const auto known = names_.find(name);
  if (known != names_.end()) record = known->second.record;
  if (known != names_.end() && record.epoch < kLastEpoch) {
    ++record.epoch;
  } else {
    if (known != names_.end()) record.retired_id = record.id;
    STRATA_TRY_ASSIGN(record.id, NewId());
    record.epoch = 0;
  }
  record.initialized_at_ms = WallClockMs();
  return record;
}

Result<void> ProducerRegistry::Write(const ProducerRecord& record) {
  const auto known = names_.find(record.name);
  storage::MetadataTransaction transaction;
  std::string forgotten;
  if (known == names_.end()) {
    STRATA_TRY_ASSIGN(forgotten, MakeRoom(&transaction));
  }
  const std::string key = ProducerKey(record.name);
  transaction.compares.push_back({key, known == names_.end() ? 0 : known->second.version});
  transaction.writes.push_back({key, EncodeProducerRecord(record)});
  STRATA_TRY_ASSIGN(const std::int64_t version, metadata_.Commit(transaction));
  names_.erase(forgotten);
  names_[record.name] = {record, version};
  return Ok();
}

Result<std::string> ProducerRegistry::MakeRoom(storage::MetadataTransaction* transaction) {
  if (static_cast<std::int64_t>(names_.size()) < limits_.max_names) return std::string();
  const auto oldest =
      std::min_element(names_.begin(), names_.end(), [](const auto& a, const auto& b) {
        return a.second.record.initialized_at_ms < b.second.record.initialized_at_ms;
      });
  if (WallClockMs() - oldest->second.record.initialized_at_ms < limits_.expiry_ms) {
    return Fail(ErrorCode::OVERLOADED,
                fmt::format("there are {} names of producers already, the limit of this broker, "
                            "and none of them has expired",
                            names_.size()));
  }
  const std::string key = ProducerKey(oldest->first);
  transaction->compares.push_back({key, oldest->second.version});
  transaction->writes.push_back({key, std::nullopt});
  return oldest->first;
}

Result<std::int64_t> ProducerRegistry::NewId() {
  if (next_id_ < ids_end_) return next_id_++;
  const std::string key(kNextProducerIdKey);
  STRATA_TRY_ASSIGN(const auto stored, metadata_.Get(key));
  std::int64_t first = kFirstId;
  if (stored) {
    const auto parsed = ParseId(stored->value);
    if (!parsed) {
      return Fail(ErrorCode::CORRUPT_LOG, "the next producer id in the metadata is damaged");
    }
    first = *parsed;
  }
  storage::MetadataTransaction transaction;
  transaction.compares = {{key, stored ? stored->version : 0}};
  transaction.writes = {{key, std::to_string(first + kIdsAtOnce)}};
  STRATA_TRY(metadata_.Commit(transaction));
  next_id_ = first;
  ids_end_ = first + kIdsAtOnce;
  return next_id_++;
}

}  // namespace strata::broker
