#include "client/lib/admin.h"

#include <utility>

#include <grpcpp/grpcpp.h>

#include "client/lib/names.h"
#include "client/lib/rpc/connection_impl.h"
#include "client/lib/rpc/positions.h"
#include "client/lib/rpc/status.h"
#include "strata/v1/admin.grpc.pb.h"
#include "strata/v1/groups.grpc.pb.h"

namespace strata {
namespace {

// Calls `method` of a new `Service` stub and waits for its answer.
template <class Service, class Request, class Response>
Result<Response> Call(Connection& connection,
                      grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                            Response*),
                      const Request& request) {
  const ConnectionOptions& options = connection.options();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + options.call_timeout);
  typename Service::Stub stub(connection.impl().channel);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return Fail(ErrorFromStatus(status, options.broker));
  return response;
}

Result<void> CheckConfig(const std::map<std::string, std::string>& config) {
  for (const auto& [key, value] : config) {
    STRATA_TRY(CheckText(key));
    STRATA_TRY(CheckText(value));
  }
  return Ok();
}

TopicInfo FromMessage(const v1::Topic& topic) {
  return TopicInfo{.name = topic.name(),
                   .id = topic.id(),
                   .partition_count = topic.partition_count(),
                   .config = {topic.config().begin(), topic.config().end()},
                   .created_at_ms = topic.created_at_ms()};
}

PartitionInfo FromMessage(const v1::Partition& partition) {
  return PartitionInfo{.partition = partition.partition(),
                       .log_start = partition.log_start_offset(),
                       .stable = partition.stable_offset(),
                       .log_end = partition.log_end_offset(),
                       .size_bytes = partition.size_bytes(),
                       .problem = partition.problem()};
}

GroupPartitionInfo FromMessage(const v1::GroupPartition& partition) {
  return GroupPartitionInfo{.topic = partition.topic(),
                            .partition = partition.partition(),
                            .current = partition.current(),
                            .committed = partition.committed(),
                            .log_start = partition.log_start(),
                            .log_end = partition.log_end(),
                            .lag_records = partition.lag_records(),
                            .lag_seconds = partition.lag_seconds(),
                            .lag_delivery_records = partition.lag_delivery_records(),
                            .lag_delivery_seconds = partition.lag_delivery_seconds(),
                            .in_flight = partition.in_flight(),
                            .member = partition.member(),
                            .committed_at_ms = partition.committed_at_ms(),
                            .committed_by = partition.committed_by(),
                            .metadata = partition.metadata()};
}

}  // namespace

Admin::Admin(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
Admin::~Admin() = default;

Result<TopicInfo> Admin::CreateTopic(const std::string& name, std::int32_t partition_count,
                                     const std::map<std::string, std::string>& config) {
  STRATA_TRY(CheckTopicName(name));
  STRATA_TRY(CheckConfig(config));
  v1::CreateTopicRequest request;
  request.set_name(name);
  request.set_partition_count(partition_count);
  request.mutable_config()->insert(config.begin(), config.end());
  STRATA_TRY_ASSIGN(const auto response,
                    Call<v1::Admin>(*connection_, &v1::Admin::Stub::CreateTopic, request));
  return FromMessage(response.topic());
}

Result<std::vector<TopicInfo>> Admin::ListTopics() {
  STRATA_TRY_ASSIGN(const auto response, Call<v1::Admin>(*connection_, &v1::Admin::Stub::ListTopics,
                                                         v1::ListTopicsRequest()));
  std::vector<TopicInfo> topics;
  for (const auto& topic : response.topics()) topics.push_back(FromMessage(topic));
  return topics;
}

Result<TopicDescription> Admin::DescribeTopic(const std::string& name) {
  STRATA_TRY(CheckTopicName(name));
  v1::DescribeTopicRequest request;
  request.set_name(name);
  STRATA_TRY_ASSIGN(const auto response,
                    Call<v1::Admin>(*connection_, &v1::Admin::Stub::DescribeTopic, request));
  TopicDescription description;
  description.topic = FromMessage(response.topic());
  for (const auto& partition : response.partitions()) {
    description.partitions.push_back(FromMessage(partition));
  }
  for (const auto& entry : response.config()) {
    description.config.push_back({entry.key(), entry.value(), entry.is_set(), entry.description()});
  }
  return description;
}

Result<TopicInfo> Admin::AlterTopic(const std::string& name,
                                    const std::map<std::string, std::string>& config,
                                    std::int32_t partition_count) {
  STRATA_TRY(CheckTopicName(name));
  STRATA_TRY(CheckConfig(config));
  v1::AlterTopicRequest request;
  request.set_name(name);
  request.mutable_config()->insert(config.begin(), config.end());
  request.set_partition_count(partition_count);
  STRATA_TRY_ASSIGN(const auto response,
                    Call<v1::Admin>(*connection_, &v1::Admin::Stub::AlterTopic, request));
  return FromMessage(response.topic());
}

Result<void> Admin::DeleteTopic(const std::string& name) {
  STRATA_TRY(CheckTopicName(name));
  v1::DeleteTopicRequest request;
  request.set_name(name);
  STRATA_TRY(Call<v1::Admin>(*connection_, &v1::Admin::Stub::DeleteTopic, request));
  return Ok();
}

Result<std::vector<GroupInfo>> Admin::ListGroups() {
  STRATA_TRY_ASSIGN(
      const auto response,
      Call<v1::Groups>(*connection_, &v1::Groups::Stub::ListGroups, v1::ListGroupsRequest()));
  std::vector<GroupInfo> groups;
  for (const auto& group : response.groups()) {
    groups.push_back({group.group(), group.members(), group.generation()});
  }
  return groups;
}

Result<GroupDescription> Admin::DescribeGroup(const std::string& group) {
  STRATA_TRY(CheckGroupName(group));
  v1::DescribeGroupRequest request;
  request.set_group(group);
  STRATA_TRY_ASSIGN(const auto response,
                    Call<v1::Groups>(*connection_, &v1::Groups::Stub::DescribeGroup, request));
  GroupDescription description;
  description.name = response.group();
  description.generation = response.generation();
  for (const auto& member : response.members()) {
    description.members.push_back({member.member_id(), member.client_id(), member.peer(),
                                   member.partitions(), member.instance_id(), member.away()});
  }
  for (const auto& partition : response.partitions()) {
    description.partitions.push_back(FromMessage(partition));
  }
  return description;
}

Result<std::vector<SeekInfo>> Admin::SeekGroup(const std::string& group, const std::string& topic,
                                               const std::vector<std::int32_t>& partitions,
                                               const Position& to, bool dry_run) {
  STRATA_TRY(CheckGroupName(group));
  STRATA_TRY(CheckTopicName(topic));
  v1::SeekGroupRequest request;
  request.set_group(group);
  request.set_topic(topic);
  request.mutable_partitions()->Assign(partitions.begin(), partitions.end());
  *request.mutable_to() = ToMessage(to);
  request.set_dry_run(dry_run);
  STRATA_TRY_ASSIGN(const auto response,
                    Call<v1::Groups>(*connection_, &v1::Groups::Stub::SeekGroup, request));
  std::vector<SeekInfo> moves;
  for (const auto& result : response.results()) {
    moves.push_back(
        {result.partition(), result.from_offset(), result.to_offset(), result.records()});
  }
  return moves;
}

Result<void> Admin::DeleteGroup(const std::string& group) {
  STRATA_TRY(CheckGroupName(group));
  v1::DeleteGroupRequest request;
  request.set_group(group);
  STRATA_TRY(Call<v1::Groups>(*connection_, &v1::Groups::Stub::DeleteGroup, request));
  return Ok();
}

Result<BrokerInfo> Admin::DescribeBroker() {
  STRATA_TRY_ASSIGN(
      const auto response,
      Call<v1::Admin>(*connection_, &v1::Admin::Stub::DescribeBroker, v1::DescribeBrokerRequest()));
  return BrokerInfo{.version = response.version(),
                    .cluster_id = response.cluster_id(),
                    .uptime_ms = response.uptime_ms(),
                    .topic_count = response.topic_count(),
                    .partition_count = response.partition_count(),
                    .cpu_time = std::chrono::microseconds(response.cpu_time_us()),
                    .resident_bytes = response.resident_bytes()};
}

}  // namespace strata
