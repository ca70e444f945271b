#include "storage/tool/repair/metadata_fit.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "storage/encoding/quote.h"
#include "storage/tool/directory/named_records.h"

namespace strata::storage::tool {
namespace {

constexpr char kPlace[] = "meta, family metadata";
constexpr char kNextTopicId[] = "topic/next-id";
constexpr char kNextProducerId[] = "producer/next-id";
// The broker sets ids of producers aside in such lots, and gives them out without a further note.
constexpr std::int64_t kProducerIdsAtOnce = 1'000;

class Fitter {
 public:
  Fitter(Truth* truth, Report* report)
      : metadata_(truth->metadata), revision_(truth->revision), report_(*report) {
    for (const VersionedValue& entry : metadata_) {
      revision_ = std::max(revision_.value_or(0), entry.version);
    }
  }

  void Run(const std::map<PartitionId, CopiedLog>& logs) {
    DropDamagedRecords();
    NameTopics(logs);
    RaiseNextId(kNextTopicId, topic_ids_end_, 0);
    RaiseNextId(kNextProducerId, ProducerIdsEnd(logs), kProducerIdsAtOnce);
  }

 private:
  void DropDamagedRecords() {
    const auto dropped = [this](const VersionedValue& entry) {
      if (!IsTopicRecord(entry) || ParseNamedRecord(entry)) return false;
      Add(Quote(entry.key) + " is damaged and left out");
      return true;
    };
    metadata_.erase(std::remove_if(metadata_.begin(), metadata_.end(), dropped), metadata_.end());
  }

  void NameTopics(const std::map<PartitionId, CopiedLog>& logs) {
    const auto names = TopicNames(metadata_);
    if (!names.empty()) topic_ids_end_ = static_cast<std::int64_t>(names.rbegin()->first) + 1;
    std::map<TopicId, std::int32_t> nameless;  // with their partition counts
    for (const auto& [partition, log] : logs) {
      topic_ids_end_ = std::max(topic_ids_end_, static_cast<std::int64_t>(partition.topic) + 1);
      if (!names.contains(partition.topic)) nameless[partition.topic] = partition.partition + 1;
    }
    for (const auto& [id, partition_count] : nameless) {
      const std::string name = fmt::format("recovered-{:016x}", id);
      metadata_.push_back(MakeTopicRecord({id, name}, partition_count, NextRevision()));
      Add(
          fmt::format("the record of topic {:016x} is lost, with its name and settings; it is "
                      "called {} now and has {} partitions",
                      id, Quote(name), partition_count));
    }
  }

  std::int64_t ProducerIdsEnd(const std::map<PartitionId, CopiedLog>& logs) const {
    std::int64_t end = 0;
    for (const auto& [partition, log] : logs) end = std::max(end, log.producer_ids_end);
    for (const VersionedValue& entry : metadata_) {
      const auto producer = IsProducerRecord(entry) ? ParseNamedRecord(entry) : std::nullopt;
      if (producer) end = std::max(end, static_cast<std::int64_t>(producer->id) + 1);
    }
    return end;
  }

  void RaiseNextId(const std::string& key, std::int64_t least, std::int64_t distance) {
    if (least == 0) return;
    const auto entry = std::find_if(metadata_.begin(), metadata_.end(),
                                    [&](const VersionedValue& each) { return each.key == key; });
    if (entry != metadata_.end()) {
      const std::string& text = entry->value;
      std::int64_t id = 0;
      std::from_chars(text.data(), text.data() + text.size(), id);
      if (id >= least) return;
      metadata_.erase(entry);
    }
    metadata_.push_back({key, std::to_string(least + distance), NextRevision()});
    Add(fmt::format("{} was lost or is too low; it is {} now", Quote(key), least + distance));
  }

  std::int64_t NextRevision() {
    revision_ = revision_.value_or(0) + 1;
    return *revision_;
  }

  void Add(std::string what) { report_.Add({Severity::kDamage, kPlace, std::move(what)}); }

  std::vector<VersionedValue>& metadata_;
  std::optional<std::int64_t>& revision_;
  Report& report_;
  std::int64_t topic_ids_end_ = 0;
};

}  // namespace

void FitMetadata(const std::map<PartitionId, CopiedLog>& logs, Truth* truth, Report* report) {
  Fitter(truth, report).Run(logs);
}

}  // namespace strata::storage::tool
