// What the broker has written down of topics and producers, as far as this tool must know it: whose
// logs these are, and which ids are in use. The formats are the broker's (broker/topics/README.md,
// broker/producers/README.md). Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/log_store.h"
#include "storage/metadata_store.h"

namespace strata::storage::tool {

struct NamedRecord {
  std::uint64_t id = 0;
  std::string name;
};

// Whether this is the record of a topic, or of one whose data is being deleted.
bool IsTopicRecord(const VersionedValue& entry);
// Whether this is the record of a producer that has a name.
bool IsProducerRecord(const VersionedValue& entry);

// Nothing if it is damaged.
std::optional<NamedRecord> ParseNamedRecord(const VersionedValue& entry);

// The record of a topic without settings of its own, to be written by revision `version`.
VersionedValue MakeTopicRecord(const NamedRecord& topic, std::int32_t partition_count,
                               std::int64_t version);

// The names of all topics that have a good record, by id.
std::map<TopicId, std::string> TopicNames(const std::vector<VersionedValue>& metadata);

}  // namespace strata::storage::tool
