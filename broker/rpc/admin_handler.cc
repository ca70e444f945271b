#include "broker/rpc/admin_handler.h"

#include <utility>

#include <fmt/format.h>

#include "broker/metrics/process_usage.h"
#include "broker/topics/log_problem.h"
#include "strata/v1/admin.pb.h"

namespace strata::broker {
namespace {

v1::Topic ToProto(const Topic& topic) {
  v1::Topic proto;
  proto.set_name(topic.name);
  proto.set_id(topic.id);
  proto.set_partition_count(topic.partition_count);
  proto.mutable_config()->insert(topic.config_text.begin(), topic.config_text.end());
  proto.set_created_at_ms(topic.created_at_ms);
  return proto;
}

v1::Partition ToProto(std::int32_t partition, const storage::LogStatus& status) {
  v1::Partition proto;
  proto.set_partition(partition);
  proto.set_log_start_offset(status.ends.log_start);
  proto.set_stable_offset(status.ends.stable);
  proto.set_log_end_offset(status.ends.log_end);
  proto.set_size_bytes(status.size_bytes);
  if (const auto problem = ProblemOf(status)) proto.set_problem(*problem);
  return proto;
}

v1::ConfigEntry ToProto(const ConfigKey<TopicConfig>& key, const Topic& topic) {
  const std::string name(key.name);
  v1::ConfigEntry proto;
  proto.set_key(name);
  proto.set_value(key.field.get(topic.config));
  proto.set_is_set(topic.config_text.count(name) > 0);
  proto.set_description(fmt::format("{} ({})", key.doc, key.field.allowed));
  return proto;
}

TopicConfigText ToText(const google::protobuf::Map<std::string, std::string>& config) {
  return TopicConfigText(config.begin(), config.end());
}

}  // namespace

AdminHandler::AdminHandler(TopicRegistry& topics, storage::LogStore& logs, BrokerIdentity identity)
    : topics_(topics), logs_(logs), identity_(std::move(identity)) {}

Result<v1::CreateTopicResponse> AdminHandler::Handle(const v1::CreateTopicRequest& request) {
  STRATA_TRY_ASSIGN(const TopicPtr topic, topics_.Create(request.name(), request.partition_count(),
                                                         ToText(request.config())));
  v1::CreateTopicResponse response;
  *response.mutable_topic() = ToProto(*topic);
  return response;
}

Result<v1::ListTopicsResponse> AdminHandler::Handle(const v1::ListTopicsRequest&) {
  v1::ListTopicsResponse response;
  for (const TopicPtr& topic : topics_.List()) *response.add_topics() = ToProto(*topic);
  return response;
}

Result<v1::DescribeTopicResponse> AdminHandler::Handle(const v1::DescribeTopicRequest& request) {
  STRATA_TRY_ASSIGN(const TopicPtr topic, topics_.Find(request.name()));
  v1::DescribeTopicResponse response;
  *response.mutable_topic() = ToProto(*topic);
  for (std::int32_t partition = 0; partition < topic->partition_count; ++partition) {
    STRATA_TRY_ASSIGN(const auto status, logs_.Status(topic->Partition(partition)));
    *response.add_partitions() = ToProto(partition, status);
  }
  for (const auto& key : TopicConfigKeys()) *response.add_config() = ToProto(key, *topic);
  return response;
}

Result<v1::AlterTopicResponse> AdminHandler::Handle(const v1::AlterTopicRequest& request) {
  STRATA_TRY_ASSIGN(const TopicPtr topic, topics_.Alter(request.name(), ToText(request.config()),
                                                        request.partition_count()));
  v1::AlterTopicResponse response;
  *response.mutable_topic() = ToProto(*topic);
  return response;
}

Result<v1::DeleteTopicResponse> AdminHandler::Handle(const v1::DeleteTopicRequest& request) {
  STRATA_TRY(topics_.Delete(request.name()));
  return v1::DeleteTopicResponse();
}

Result<v1::DescribeBrokerResponse> AdminHandler::Handle(const v1::DescribeBrokerRequest&) {
  const auto uptime = std::chrono::steady_clock::now() - identity_.started;
  v1::DescribeBrokerResponse response;
  response.set_version(identity_.version);
  response.set_cluster_id(identity_.cluster_id);
  response.set_uptime_ms(std::chrono::duration_cast<std::chrono::milliseconds>(uptime).count());
  response.set_topic_count(topics_.topic_count());
  response.set_partition_count(topics_.partition_count());
  const ProcessUsage usage = ReadProcessUsage();
  response.set_cpu_time_us(usage.cpu_time.count());
  response.set_resident_bytes(usage.resident_bytes);
  return response;
}

}  // namespace strata::broker
