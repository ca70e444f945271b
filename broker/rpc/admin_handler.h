// What the Admin service does, apart from gRPC. proto/strata/v1/admin.proto has the meaning of each
// request; errors are those of TopicRegistry and LogStore.
//
// Threads: any; all methods may wait for the disk.
#pragma once

#include <chrono>
#include <string>

#include "broker/topics/topic_registry.h"
#include "proto/base/error.h"
#include "storage/log_store.h"

namespace strata::v1 {
class AlterTopicRequest;
class AlterTopicResponse;
class CreateTopicRequest;
class CreateTopicResponse;
class DeleteTopicRequest;
class DeleteTopicResponse;
class DescribeBrokerRequest;
class DescribeBrokerResponse;
class DescribeTopicRequest;
class DescribeTopicResponse;
class ListTopicsRequest;
class ListTopicsResponse;
}  // namespace strata::v1

namespace strata::broker {

struct BrokerIdentity {
  std::string version;
  std::string cluster_id;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

class AdminHandler {
 public:
  // Both must outlive the handler.
  AdminHandler(TopicRegistry& topics, storage::LogStore& logs, BrokerIdentity identity);

  Result<v1::CreateTopicResponse> Handle(const v1::CreateTopicRequest& request);
  Result<v1::ListTopicsResponse> Handle(const v1::ListTopicsRequest& request);
  Result<v1::DescribeTopicResponse> Handle(const v1::DescribeTopicRequest& request);
  Result<v1::AlterTopicResponse> Handle(const v1::AlterTopicRequest& request);
  Result<v1::DeleteTopicResponse> Handle(const v1::DeleteTopicRequest& request);
  Result<v1::DescribeBrokerResponse> Handle(const v1::DescribeBrokerRequest& request);

 private:
  TopicRegistry& topics_;
  storage::LogStore& logs_;
  const BrokerIdentity identity_;
};

}  // namespace strata::broker
