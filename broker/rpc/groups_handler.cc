#include "broker/rpc/groups_handler.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "broker/delivery/positions.h"
#include "broker/groups/cursor_lag.h"
#include "proto/base/awaited.h"
#include "strata/v1/groups.pb.h"

namespace strata::broker {
namespace {

// How long ago the record at `offset` was made; 0 if it cannot be read.
double AgeSeconds(storage::LogStore& logs, PartitionId partition, Offset offset) {
  const auto made_at = TimestampAt(logs, partition, offset);
  if (!made_at || !*made_at) return 0;
  return static_cast<double>(std::max<TimestampMs>(0, WallClockMs() - **made_at)) / 1e3;
}

Result<std::set<PartitionId>> PartitionsToSeek(const Topic& topic,
                                               const v1::SeekGroupRequest& request) {
  std::set<PartitionId> partitions;
  for (const std::int32_t partition : request.partitions()) {
    STRATA_TRY(CheckPartition(topic, partition));
    partitions.insert(topic.Partition(partition));
  }
  if (!partitions.empty()) return partitions;
  for (std::int32_t i = 0; i < topic.partition_count; ++i) partitions.insert(topic.Partition(i));
  return partitions;
}

}  // namespace

Result<v1::ListGroupsResponse> GroupsHandler::Handle(const v1::ListGroupsRequest&) {
  v1::ListGroupsResponse response;
  STRATA_TRY_ASSIGN(const auto names, groups_.List());
  for (const std::string& name : names) {
    const auto group = groups_.Find(name);
    if (!group && group.error().code == ErrorCode::UNKNOWN_GROUP) continue;  // deleted meanwhile
    if (!group) return Fail(group.error());
    v1::GroupSummary* summary = response.add_groups();
    summary->set_group(name);
    summary->set_members((*group)->member_count());
    summary->set_generation((*group)->generation());
  }
  return response;
}

Result<v1::DescribeGroupResponse> GroupsHandler::Handle(const v1::DescribeGroupRequest& request) {
  STRATA_TRY_ASSIGN(const auto group, groups_.Find(request.group()));
  const GroupDescription description = group->Describe();
  v1::DescribeGroupResponse response;
  response.set_group(group->name());
  response.set_generation(description.generation);
  for (const GroupDescription::Member& member : description.members) {
    v1::GroupMember* out = response.add_members();
    out->set_member_id(member.info.id);
    out->set_client_id(member.info.client_id);
    out->set_peer(member.info.peer);
    out->set_partitions(member.partitions);
    out->set_instance_id(member.info.instance_id);
    out->set_away(member.away);
  }
  for (const GroupDescription::Partition& partition : description.partitions) {
    const TopicPtr topic = topics_.FindById(partition.partition.topic);
    if (!topic) continue;  // deleted meanwhile
    v1::GroupPartition* out = response.add_partitions();
    out->set_topic(topic->name);
    Describe(partition, out);
  }
  std::sort(response.mutable_partitions()->begin(), response.mutable_partitions()->end(),
            [](const auto& a, const auto& b) {
              return std::tuple(a.topic(), a.partition()) < std::tuple(b.topic(), b.partition());
            });
  return response;
}

void GroupsHandler::Describe(const GroupDescription::Partition& partition,
                             v1::GroupPartition* out) {
  const storage::Cursor& cursor = partition.cursor;
  const auto ends = logs_.Ends(partition.partition).value_or(storage::LogEnds{});
  const CursorLag lag = LagOf(cursor, ends);
  out->set_partition(partition.partition.partition);
  out->set_current(lag.current);
  out->set_committed(cursor.committed);
  out->set_log_start(ends.log_start);
  out->set_log_end(ends.visible);
  out->set_lag_records(lag.behind);
  out->set_lag_delivery_records(lag.to_deliver);
  out->set_in_flight(lag.current - lag.done);
  out->set_member(partition.holder);
  out->set_committed_at_ms(cursor.committed_at_ms);
  out->set_committed_by(cursor.member);
  out->set_metadata(cursor.metadata);
  if (lag.behind > 0) out->set_lag_seconds(AgeSeconds(logs_, partition.partition, lag.done));
  if (lag.to_deliver > 0) {
    out->set_lag_delivery_seconds(lag.current == lag.done
                                      ? out->lag_seconds()
                                      : AgeSeconds(logs_, partition.partition, lag.current));
  }
}

Result<v1::SeekGroupResponse> GroupsHandler::Handle(const v1::SeekGroupRequest& request) {
  if (request.to().at_case() == v1::Position::AT_NOT_SET) {
    return Fail(ErrorCode::INVALID_ARGUMENT, "a seek must say where to");
  }
  STRATA_TRY_ASSIGN(const auto group, groups_.Find(request.group()));
  STRATA_TRY_ASSIGN(const TopicPtr topic, topics_.Find(request.topic()));
  STRATA_TRY_ASSIGN(const auto partitions, PartitionsToSeek(*topic, request));
  v1::SeekGroupResponse response;
  std::vector<SeekTarget> targets;
  for (PartitionId partition : partitions) {
    STRATA_TRY_ASSIGN(const Offset to, ResolvePosition(logs_, partition, request.to()));
    targets.push_back({partition, to});
    v1::SeekResult* result = response.add_results();
    result->set_partition(partition.partition);
    STRATA_TRY_ASSIGN(const auto ends, logs_.Ends(partition));
    const Offset committed = group->Committed(partition);
    result->set_from_offset(committed);
    result->set_to_offset(to);
    result->set_records(to - std::max(committed, ends.log_start));
  }
  if (request.dry_run()) return response;
  const Awaited<void> sought;
  group->Seek(targets, sought.Callback());
  STRATA_TRY(sought.Wait());
  spdlog::info("group '{}' was moved in {} partitions of topic '{}'", group->name(), targets.size(),
               topic->name);
  return response;
}

Result<v1::DeleteGroupResponse> GroupsHandler::Handle(const v1::DeleteGroupRequest& request) {
  STRATA_TRY(groups_.Delete(request.group()));
  spdlog::info("deleted group '{}'", request.group());
  return v1::DeleteGroupResponse();
}

}  // namespace strata::broker
