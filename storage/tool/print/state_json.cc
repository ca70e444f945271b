#include <nlohmann/json.hpp>

#include "storage/tool/print/bytes_json.h"
#include "storage/tool/print/state_text.h"

namespace strata::storage::tool {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(PartitionId partition, const LoadedState& state) {
  Json json = {{"topic", partition.topic},
               {"partition", partition.partition},
               {"log_start", state.log_start},
               {"stable", state.stable}};
  Json& sealed = json["sealed"] = Json::array();
  for (const auto& [base_offset, segment] : state.sealed) {
    sealed.push_back({{"base_offset", base_offset},
                      {"next_offset", segment.next_offset},
                      {"size_bytes", segment.size_bytes},
                      {"max_timestamp_ms", segment.max_timestamp_ms}});
  }
  if (!state.clean_end) return json;
  const CleanEnd& end = *state.clean_end;
  json["clean_end"] = {{"segment_base", end.segment_base},
                       {"log_end", end.log_end},
                       {"size_bytes", end.size_bytes},
                       {"max_timestamp_ms", end.max_timestamp_ms}};
  return json;
}

Json ToJson(const GroupCursor& entry) {
  Json json = {};
  SetBytes(json, "group", entry.group);
  json["topic"] = entry.partition.topic;
  json["partition"] = entry.partition.partition;
  json["current"] = entry.cursor.current;
  json["committed"] = entry.cursor.committed;
  json["committed_at_ms"] = entry.cursor.committed_at_ms;
  SetBytes(json, "member", entry.cursor.member);
  SetBytes(json, "metadata", entry.cursor.metadata);
  return json;
}

Json GroupsToJson(const Truth& truth) {
  Json groups = Json::array();
  for (const std::string& group : truth.groups) {
    SetBytes(groups.emplace_back(Json::object()), "group", group);
  }
  return groups;
}

Json MetadataToJson(const Truth& truth) {
  Json metadata = Json::array();
  for (const VersionedValue& entry : truth.metadata) {
    Json& added = metadata.emplace_back(Json::object());
    SetBytes(added, "key", entry.key);
    added["version"] = entry.version;
    SetBytes(added, "value", entry.value);
  }
  return metadata;
}

}  // namespace

std::string StateJson(const Truth& truth, const PartitionFilter& shown) {
  Json json = Json::object();
  json["run"] = truth.run ? Json(truth.run->number) : Json();
  json["clean"] = truth.run && truth.run->clean;
  Json& logs = json["logs"] = Json::array();
  for (const auto& [partition, state] : truth.logs) {
    if (shown(partition)) logs.push_back(ToJson(partition, state));
  }
  json["groups"] = GroupsToJson(truth);
  Json& cursors = json["cursors"] = Json::array();
  for (const GroupCursor& entry : truth.cursors) {
    if (shown(entry.partition)) cursors.push_back(ToJson(entry));
  }
  json["revision"] = truth.revision.value_or(0);
  json["metadata"] = MetadataToJson(truth);
  Json& damage = json["damage"] = Json::array();
  for (const Finding& finding : truth.damage) {
    damage.push_back({{"where", finding.where}, {"what", finding.what}});
  }
  return json.dump(2) + "\n";
}

}  // namespace strata::storage::tool
