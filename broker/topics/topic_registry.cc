#include "broker/topics/topic_registry.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "broker/topics/names.h"
#include "broker/topics/topic_record.h"

namespace strata::broker {
namespace {

using storage::MetadataTransaction;

// Logs that are removed together: enough to share their flushes, few enough to stop soon.
constexpr std::int32_t kLogsRemovedTogether = 1000;

tl::unexpected<Error> TopicExists(std::string_view name) {
  return Fail(ErrorCode::TOPIC_EXISTS, fmt::format("topic '{}' exists already", name));
}

Result<storage::TopicId> ParseNextId(const std::optional<storage::VersionedValue>& next_id) {
  if (!next_id) return storage::TopicId{1};
  storage::TopicId id = 0;
  const std::string& text = next_id->value;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size() || id == 0) {
    return Fail(ErrorCode::CORRUPT_LOG, fmt::format("the metadata record '{}' is damaged: {}",
                                                    kNextTopicIdKey, Quoted(text)));
  }
  return id;
}

// `config` with the keys of `changes` set, and those with an empty value taken out.
TopicConfigText Merge(TopicConfigText config, const TopicConfigText& changes) {
  for (const auto& [key, value] : changes) {
    if (value.empty()) {
      config.erase(key);
    } else {
      config[key] = value;
    }
  }
  return config;
}

std::vector<storage::PartitionId> PartitionsOf(const Topic& topic, std::int32_t first,
                                               std::int32_t end) {
  std::vector<storage::PartitionId> partitions;
  for (std::int32_t i = first; i < end; ++i) partitions.push_back(topic.Partition(i));
  return partitions;
}

storage::LogOptions LogOptionsOf(const Topic& topic) {
  storage::LogOptions options = ToLogOptions(topic.config);
  options.topic_name = topic.name;
  return options;
}

// An empty value sets a key back, but the key must exist.
Result<void> CheckKeysExist(const TopicConfigText& changes) {
  for (const auto& [key, value] : changes) {
    if (!FindKey(TopicConfigKeys(), key)) {
      return Fail(UnknownKey("topic", key, KeyNames(TopicConfigKeys())));
    }
  }
  return Ok();
}

}  // namespace

TopicRegistry::TopicRegistry(const Stores& stores, const TopicLimits& limits, RunBehind run_behind)
    : metadata_(stores.metadata),
      logs_(stores.logs),
      cursors_(stores.cursors),
      limits_(limits),
      run_behind_(std::move(run_behind)) {}

Result<std::unique_ptr<TopicRegistry>> TopicRegistry::Open(storage::MetadataStore& metadata,
                                                           storage::LogStore& logs,
                                                           storage::CursorStore& cursors,
                                                           const TopicLimits& limits,
                                                           RunBehind run_behind) {
  const Stores stores{metadata, logs, cursors};
  std::unique_ptr<TopicRegistry> registry(new TopicRegistry(stores, limits, std::move(run_behind)));
  MutexLock lock(registry->change_mutex_);
  STRATA_TRY(registry->Load());
  STRATA_TRY(registry->FinishDeletions());
  return registry;
}

Result<void> TopicRegistry::Load() {
  STRATA_TRY_ASSIGN(const auto records, metadata_.Range(kTopicPrefix));
  for (const storage::VersionedValue& record : records) {
    STRATA_TRY_ASSIGN(Topic topic, DecodeTopicRecord(record.key, record.value));
    STRATA_TRY(OpenLogsAtStart(topic));
    versions_[topic.id] = record.version;
    Publish(std::make_shared<const Topic>(std::move(topic)));
  }
  return Ok();
}

Result<void> TopicRegistry::FinishDeletions() {
  STRATA_TRY_ASSIGN(const auto tombstones, metadata_.Range(kTombstonePrefix));
  std::vector<TopicPtr> deleted;
  for (const storage::VersionedValue& tombstone : tombstones) {
    STRATA_TRY_ASSIGN(Topic topic, DecodeTopicRecord(tombstone.key, tombstone.value));
    deleted.push_back(std::make_shared<const Topic>(std::move(topic)));
  }
  for (const TopicPtr& topic : deleted) {
    spdlog::info("going on with the deletion of topic '{}' (id {})", topic->name, topic->id);
    RemoveDataBehind(topic);
  }
  return Ok();
}

Result<TopicPtr> TopicRegistry::Find(std::string_view name) const {
  {
    MutexLock lock(mutex_);
    if (const auto topic = by_name_.find(name); topic != by_name_.end()) return topic->second;
  }
  STRATA_TRY(ValidateTopicName(name));
  return Fail(ErrorCode::UNKNOWN_TOPIC, fmt::format("topic '{}' does not exist", name));
}

TopicPtr TopicRegistry::FindById(storage::TopicId id) const {
  MutexLock lock(mutex_);
  const auto topic = by_id_.find(id);
  return topic == by_id_.end() ? nullptr : topic->second;
}

std::vector<TopicPtr> TopicRegistry::List() const {
  MutexLock lock(mutex_);
  std::vector<TopicPtr> topics;
  topics.reserve(by_name_.size());
  for (const auto& [name, topic] : by_name_) topics.push_back(topic);
  return topics;
}

std::int32_t TopicRegistry::topic_count() const {
  MutexLock lock(mutex_);
  return static_cast<std::int32_t>(by_name_.size());
}

std::int32_t TopicRegistry::partition_count() const {
  MutexLock lock(mutex_);
  return partition_count_;
}

Result<TopicPtr> TopicRegistry::Create(const std::string& name, std::int32_t partition_count,
                                       const TopicConfigText& config_text) {
  STRATA_TRY(ValidateTopicName(name));
  STRATA_TRY_ASSIGN(const TopicConfig config, CheckConfig(config_text));
  if (partition_count == 0) partition_count = limits_.default_partitions;

  MutexLock lock(change_mutex_);
  if (Find(name)) return TopicExists(name);
  STRATA_TRY(CheckPartitionCount(name, partition_count, 0));
  STRATA_TRY_ASSIGN(TopicPtr topic, WriteNewRecord(Topic{0, name, partition_count, config,
                                                         config_text, WallClockMs()}));
  if (auto opened = OpenLogs(*topic, 0); !opened) {
    UndoCreate(*topic);
    return Fail(opened.error());
  }
  Publish(topic);
  for (TopicListener* listener : listeners_) listener->OnTopicCreated(topic);
  return topic;
}

Result<TopicPtr> TopicRegistry::Alter(const std::string& name, const TopicConfigText& changes,
                                      std::int32_t partition_count) {
  STRATA_TRY(CheckKeysExist(changes));
  MutexLock lock(change_mutex_);
  STRATA_TRY_ASSIGN(const TopicPtr before, Find(name));
  Topic after = *before;
  after.config_text = Merge(before->config_text, changes);
  STRATA_TRY_ASSIGN(after.config, CheckConfig(after.config_text));
  if (partition_count != 0) {
    STRATA_TRY(CheckPartitionCount(name, partition_count, before->partition_count));
    after.partition_count = partition_count;
  }

  STRATA_TRY(ReplaceRecord(after));
  if (auto applied = ApplyChange(*before, after); !applied) {
    UndoAlter(*before, after);
    return Fail(applied.error());
  }
  auto topic = std::make_shared<const Topic>(std::move(after));
  Publish(topic);
  if (topic->partition_count > before->partition_count) {
    for (TopicListener* listener : listeners_) {
      listener->OnPartitionsAdded(topic, before->partition_count);
    }
  }
  return topic;
}

Result<void> TopicRegistry::Delete(const std::string& name) {
  TopicPtr topic;
  {
    MutexLock lock(change_mutex_);
    STRATA_TRY_ASSIGN(topic, Find(name));
    STRATA_TRY(WriteTombstone(*topic));
    Withdraw(*topic);
    for (TopicListener* listener : listeners_) listener->OnTopicDeleted(topic);
  }
  RemoveDataBehind(std::move(topic));
  return Ok();
}

void TopicRegistry::AddListener(TopicListener* listener) {
  MutexLock lock(change_mutex_);
  listeners_.push_back(listener);
}

void TopicRegistry::RemoveListener(TopicListener* listener) {
  MutexLock lock(change_mutex_);
  listeners_.erase(std::remove(listeners_.begin(), listeners_.end(), listener), listeners_.end());
}

Result<TopicConfig> TopicRegistry::CheckConfig(const TopicConfigText& text) const {
  STRATA_TRY_ASSIGN(const TopicConfig config, ParseTopicConfig(text));
  if (config.max_batch_bytes > limits_.max_batch_bytes) {
    return Fail(ErrorCode::INVALID_CONFIG,
                fmt::format("max.batch.bytes cannot be {}: the broker's max.append.message.bytes "
                            "has room for batches of {}",
                            config.max_batch_bytes, limits_.max_batch_bytes));
  }
  return config;
}

Result<void> TopicRegistry::CheckPartitionCount(const std::string& name, std::int32_t count,
                                                std::int32_t current) const {
  const auto refuse = [&](const std::string& why) {
    return Fail(ErrorCode::INVALID_PARTITION_COUNT,
                fmt::format("topic '{}' cannot have {} partitions: {}", name, count, why));
  };
  if (count < 1 || count > limits_.max_partitions_per_topic) {
    return refuse(
        fmt::format("use 1 to {} (max.partitions.per.topic)", limits_.max_partitions_per_topic));
  }
  if (count < current) return refuse(fmt::format("it has {}, which cannot shrink", current));
  const std::int32_t used = partition_count();
  if (count - current > limits_.max_partitions_total - used) {
    return refuse(fmt::format("the broker holds {} of {} partitions (max.partitions.total)", used,
                              limits_.max_partitions_total));
  }
  return Ok();
}

Result<TopicPtr> TopicRegistry::WriteNewRecord(Topic topic) {
  const std::string key = TopicKey(topic.name);
  const std::string next_id_key(kNextTopicIdKey);
  while (true) {
    STRATA_TRY_ASSIGN(const auto next_id, metadata_.Get(kNextTopicIdKey));
    STRATA_TRY_ASSIGN(topic.id, ParseNextId(next_id));
    MetadataTransaction transaction;
    transaction.compares = {{key, 0}, {next_id_key, next_id ? next_id->version : 0}};
    transaction.writes = {{key, EncodeTopicRecord(topic)},
                          {next_id_key, std::to_string(topic.id + 1)}};
    const auto revision = metadata_.Commit(transaction);
    if (revision) {
      versions_[topic.id] = *revision;
      return std::make_shared<const Topic>(std::move(topic));
    }
    if (revision.error().code != ErrorCode::CONFLICT) return Fail(revision.error());
    STRATA_TRY_ASSIGN(const auto taken, metadata_.Get(key));
    if (taken) return TopicExists(topic.name);
  }
}

Result<void> TopicRegistry::ReplaceRecord(const Topic& topic) {
  const std::string key = TopicKey(topic.name);
  MetadataTransaction transaction;
  transaction.compares = {{key, versions_[topic.id]}};
  transaction.writes = {{key, EncodeTopicRecord(topic)}};
  STRATA_TRY_ASSIGN(versions_[topic.id], metadata_.Commit(transaction));
  return Ok();
}

Result<void> TopicRegistry::WriteTombstone(const Topic& topic) {
  const std::string key = TopicKey(topic.name);
  MetadataTransaction transaction;
  transaction.compares = {{key, versions_[topic.id]}};
  transaction.writes = {{key, std::nullopt}, {TombstoneKey(topic.id), EncodeTopicRecord(topic)}};
  STRATA_TRY(metadata_.Commit(transaction));
  versions_.erase(topic.id);
  return Ok();
}

Result<void> TopicRegistry::OpenLogs(const Topic& topic, std::int32_t first) {
  for (std::int32_t partition = first; partition < topic.partition_count; ++partition) {
    STRATA_TRY(OpenLog(topic, partition));
  }
  return Ok();
}

// One bad spot of a disk keeps one log from being served, not all of them; but where the truth is
// damaged, nobody knows what else is.
Result<void> TopicRegistry::OpenLogsAtStart(const Topic& topic) {
  for (std::int32_t partition = 0; partition < topic.partition_count; ++partition) {
    const Result<void> opened = OpenLog(topic, partition);
    if (opened) continue;
    if (opened.error().code == ErrorCode::CORRUPT_LOG) return opened;
    spdlog::error("{}; the others are served, and this one is tried again", opened.error().message);
  }
  return Ok();
}

Result<void> TopicRegistry::OpenLog(const Topic& topic, std::int32_t partition) {
  const auto opened = logs_.Open(topic.Partition(partition), LogOptionsOf(topic));
  if (opened) return Ok();
  return Fail(opened.error().code, fmt::format("cannot open topic '{}' partition {}: {}",
                                               topic.name, partition, opened.error().message));
}

std::int32_t TopicRegistry::Mend() {
  return GoOnWithDeletions() + UndoHalfMade() + UndoHalfAltered() + MendLogs();
}

std::int32_t TopicRegistry::MendLogs() {
  std::int32_t bad = 0;
  for (const TopicPtr& listed : List()) {
    // Nobody deletes it meanwhile: opening it would make it again.
    MutexLock lock(change_mutex_);
    const TopicPtr topic = FindById(listed->id);
    if (!topic) continue;
    for (std::int32_t partition = 0; partition < topic->partition_count; ++partition) {
      const auto status = logs_.Status(topic->Partition(partition));
      if (!status || status->health) continue;
      if (status->health.error().code != ErrorCode::LOG_POISONED) continue;
      if (const auto opened = OpenLog(*topic, partition); !opened) {
        spdlog::warn("{}", opened.error().message);
        ++bad;
      }
    }
  }
  return bad;
}

Result<void> TopicRegistry::ApplyChange(const Topic& before, const Topic& after) {
  STRATA_TRY(OpenLogs(after, before.partition_count));
  if (after.config == before.config) return Ok();
  const storage::LogOptions options = LogOptionsOf(after);
  for (std::int32_t partition = 0; partition < before.partition_count; ++partition) {
    STRATA_TRY(logs_.Configure(after.Partition(partition), options));
  }
  return Ok();
}

std::int32_t TopicRegistry::UndoHalfMade() {
  MutexLock lock(change_mutex_);
  std::erase_if(half_made_, [this](const auto& entry) STRATA_NO_THREAD_SAFETY_ANALYSIS {
    return TryUndoCreate(entry.second).has_value();
  });
  return static_cast<std::int32_t>(half_made_.size());
}

std::int32_t TopicRegistry::UndoHalfAltered() {
  MutexLock lock(change_mutex_);
  std::erase_if(half_altered_, [this](const auto& entry) STRATA_NO_THREAD_SAFETY_ANALYSIS {
    const TopicPtr now = FindById(entry.first);
    return !now || TryUndoAlter(*now, entry.second).has_value();
  });
  return static_cast<std::int32_t>(half_altered_.size());
}

std::int32_t TopicRegistry::GoOnWithDeletions() {
  std::vector<TopicPtr> deleted;
  {
    MutexLock lock(mutex_);
    deleted.swap(half_deleted_);
  }
  for (const TopicPtr& topic : deleted) RemoveDataBehind(topic);
  return static_cast<std::int32_t>(deleted.size());
}

Result<void> TopicRegistry::TryUndoCreate(const Topic& topic) {
  if (versions_.contains(topic.id)) STRATA_TRY(WriteTombstone(topic));
  return RemoveData(topic);
}

void TopicRegistry::UndoCreate(const Topic& topic) {
  const auto undone = TryUndoCreate(topic);
  if (undone) return;
  half_made_.emplace(topic.id, topic);
  spdlog::error(
      "topic '{}' (id {}) was made in part, and is to be removed as soon as that works: {}",
      topic.name, topic.id, undone.error().message);
}

void TopicRegistry::UndoAlter(const Topic& before, const Topic& after) {
  const Result<void> undone = TryUndoAlter(before, after);
  if (undone) return;
  half_altered_.insert_or_assign(before.id, after);
  spdlog::error("topic '{}' was altered in part, which is to be undone as soon as that works: {}",
                before.name, undone.error().message);
}

Result<void> TopicRegistry::TryUndoAlter(const Topic& before, const Topic& after) {
  Result<void> undone =
      logs_.Remove(PartitionsOf(after, before.partition_count, after.partition_count));
  // Last, since a start makes the logs that a record lacks, but does not look for others.
  if (undone) undone = ReplaceRecord(before);
  for (std::int32_t i = 0; undone && i < before.partition_count; ++i) {
    undone = logs_.Configure(before.Partition(i), LogOptionsOf(before));
  }
  return undone;
}

void TopicRegistry::RemoveDataBehind(TopicPtr topic) {
  run_behind_([this, topic = std::move(topic)] {
    const auto removed = RemoveData(*topic);
    if (removed) spdlog::info("deleted the data of topic '{}' (id {})", topic->name, topic->id);
    if (removed || stopping_) return;
    spdlog::error("topic '{}' (id {}) is deleted, but not yet its data: {}", topic->name, topic->id,
                  removed.error().message);
    MutexLock lock(mutex_);
    half_deleted_.push_back(topic);
  });
}

Result<void> TopicRegistry::RemoveData(const Topic& topic) {
  for (std::int32_t first = 0; first < topic.partition_count; first += kLogsRemovedTogether) {
    if (stopping_) return Fail(ErrorCode::SHUTTING_DOWN, "the broker is stopping");
    const auto end = std::min(first + kLogsRemovedTogether, topic.partition_count);
    STRATA_TRY(logs_.Remove(PartitionsOf(topic, first, end)));
  }
  STRATA_TRY(cursors_.DeleteTopic(topic.id));
  MetadataTransaction transaction;
  transaction.writes = {{TombstoneKey(topic.id), std::nullopt}};
  STRATA_TRY(metadata_.Commit(transaction));
  return Ok();
}

void TopicRegistry::Publish(TopicPtr topic) {
  MutexLock lock(mutex_);
  TopicPtr& known = by_id_[topic->id];
  partition_count_ += topic->partition_count - (known ? known->partition_count : 0);
  by_name_[topic->name] = topic;
  known = std::move(topic);
}

void TopicRegistry::Withdraw(const Topic& topic) {
  MutexLock lock(mutex_);
  partition_count_ -= topic.partition_count;
  by_name_.erase(topic.name);
  by_id_.erase(topic.id);
}

}  // namespace strata::broker
