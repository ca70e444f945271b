#include "client/cli/group_text.h"

#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "client/cli/table.h"
#include "client/cli/time_text.h"

namespace strata::cli {
namespace {

using Json = nlohmann::ordered_json;
using enum Table::Align;

PartitionRates RatesOf(const GroupPartitionInfo& partition, const GroupRates& rates) {
  const auto found = rates.find({partition.topic, partition.partition});
  return found == rates.end() ? PartitionRates() : found->second;
}

Json PartitionJson(const GroupPartitionInfo& partition, const GroupRates* rates) {
  Json json = {{"topic", partition.topic},
               {"partition", partition.partition},
               {"current", partition.current},
               {"committed", partition.committed},
               {"log_start", partition.log_start},
               {"log_end", partition.log_end},
               {"lag_records", partition.lag_records},
               {"lag_seconds", partition.lag_seconds},
               {"lag_delivery_records", partition.lag_delivery_records},
               {"lag_delivery_seconds", partition.lag_delivery_seconds},
               {"in_flight", partition.in_flight},
               {"member", partition.member},
               {"committed_at_ms", partition.committed_at_ms},
               {"committed_by", partition.committed_by},
               {"metadata", partition.metadata}};
  if (!rates) return json;
  const PartitionRates each = RatesOf(partition, *rates);
  json["current_per_second"] = each.current;
  json["committed_per_second"] = each.committed;
  json["log_end_per_second"] = each.log_end;
  return json;
}

Json MemberJson(const GroupMemberInfo& member) {
  return {{"member", member.member_id},
          {"client_id", member.client_id},
          {"peer", member.peer},
          {"partitions", member.partitions},
          {"instance_id", member.instance_id},
          {"away", member.away}};
}

std::string PartitionsTable(const GroupDescription& group, const GroupRates* rates) {
  std::vector<Table::Column> columns = {{"TOPIC"}};
  for (const char* title : {"PARTITION", "CURRENT", "COMMITTED", "END", "LAG", "LAG-SECONDS",
                            "DELIVERY-LAG", "DELIVERY-LAG-SECONDS", "IN-FLIGHT"}) {
    columns.push_back({title, kRight});
  }
  if (rates) {
    for (const char* title : {"CURRENT/S", "COMMITTED/S", "END/S"}) {
      columns.push_back({title, kRight});
    }
  }
  columns.push_back({"MEMBER"});
  Table table(std::move(columns));
  for (const auto& partition : group.partitions) {
    std::vector<std::string> cells = {
        partition.topic,
        std::to_string(partition.partition),
        OffsetText(partition.current),
        OffsetText(partition.committed),
        std::to_string(partition.log_end),
        std::to_string(partition.lag_records),
        fmt::format("{:.1f}", partition.lag_seconds),
        std::to_string(partition.lag_delivery_records),
        fmt::format("{:.1f}", partition.lag_delivery_seconds),
        std::to_string(partition.in_flight),
    };
    if (rates) {
      const PartitionRates each = RatesOf(partition, *rates);
      for (const double rate : {each.current, each.committed, each.log_end}) {
        cells.push_back(fmt::format("{:.0f}", rate));
      }
    }
    cells.push_back(partition.member.empty() ? "-" : partition.member);
    table.Add(std::move(cells));
  }
  return table.ToString();
}

// A note may hold anything: quoted, it does nothing to a terminal.
std::string Quoted(const std::string& note) {
  return note.empty() ? "" : Json(note).dump(-1, ' ', /*ensure_ascii=*/true);
}

std::string CommitsTable(const std::vector<const GroupPartitionInfo*>& committed) {
  Table table({{"TOPIC"}, {"PARTITION", kRight}, {"COMMITTED-AT"}, {"BY"}, {"NOTE"}});
  for (const GroupPartitionInfo* partition : committed) {
    table.Add({partition->topic, std::to_string(partition->partition),
               TimeText(partition->committed_at_ms),
               partition->committed_by.empty() ? "-" : partition->committed_by,
               Quoted(partition->metadata)});
  }
  return table.ToString();
}

std::string MembersTable(const GroupDescription& group) {
  Table table({{"MEMBER"}, {"CLIENT"}, {"PEER"}, {"PARTITIONS", kRight}, {"STATE"}});
  for (const auto& member : group.members) {
    table.Add({member.member_id, member.client_id, member.peer, std::to_string(member.partitions),
               member.away ? "away" : "here"});
  }
  return table.ToString();
}

}  // namespace

std::string OffsetText(Offset offset) {
  return offset == kNoOffset ? "-" : std::to_string(offset);
}

GroupRates RatesBetween(const GroupSnapshot& before, const GroupSnapshot& after) {
  const double seconds = std::chrono::duration<double>(after.at - before.at).count();
  GroupRates rates;
  if (seconds <= 0) return rates;
  std::map<TopicPartition, const GroupPartitionInfo*> earlier;
  for (const auto& partition : before.group.partitions) {
    earlier[{partition.topic, partition.partition}] = &partition;
  }
  // From nothing committed to a first offset is no speed.
  const auto rate = [&](Offset from, Offset to) {
    return from == kNoOffset || to == kNoOffset ? 0 : static_cast<double>(to - from) / seconds;
  };
  for (const auto& now : after.group.partitions) {
    const auto then = earlier.find({now.topic, now.partition});
    if (then == earlier.end()) continue;
    rates[then->first] = {rate(then->second->current, now.current),
                          rate(then->second->committed, now.committed),
                          rate(then->second->log_end, now.log_end)};
  }
  return rates;
}

std::string ToText(const GroupDescription& group, const GroupRates* rates) {
  const std::size_t members = group.members.size();
  std::string text =
      fmt::format("group {}, {} member{}\n\n", group.name, members, members == 1 ? "" : "s") +
      PartitionsTable(group, rates);
  std::vector<const GroupPartitionInfo*> committed;
  for (const auto& partition : group.partitions) {
    if (partition.committed_at_ms != kNoTimestamp) committed.push_back(&partition);
  }
  if (!committed.empty()) text += "\n" + CommitsTable(committed);
  if (!group.members.empty()) text += "\n" + MembersTable(group);
  return text;
}

Json ToJson(const GroupDescription& group, const GroupRates* rates) {
  Json json = {{"group", group.name}, {"generation", group.generation}};
  json["members"] = Json::array();
  for (const auto& member : group.members) json["members"].push_back(MemberJson(member));
  json["partitions"] = Json::array();
  for (const auto& partition : group.partitions) {
    json["partitions"].push_back(PartitionJson(partition, rates));
  }
  return json;
}

}  // namespace strata::cli
