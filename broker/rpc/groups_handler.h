// What the Groups service does besides Consume, apart from gRPC. proto/strata/v1/groups.proto has
// the meaning of each request; errors are those of GroupRegistry, TopicRegistry and LogStore.
//
// Threads: any; all methods may wait for the disk.
#pragma once

#include "broker/groups/group_registry.h"
#include "broker/topics/topic_registry.h"
#include "proto/base/error.h"
#include "storage/log_store.h"

namespace strata::v1 {
class DeleteGroupRequest;
class DeleteGroupResponse;
class DescribeGroupRequest;
class DescribeGroupResponse;
class GroupPartition;
class ListGroupsRequest;
class ListGroupsResponse;
class SeekGroupRequest;
class SeekGroupResponse;
}  // namespace strata::v1

namespace strata::broker {

class GroupsHandler {
 public:
  // All must outlive the handler.
  GroupsHandler(GroupRegistry& groups, TopicRegistry& topics, storage::LogStore& logs)
      : groups_(groups), topics_(topics), logs_(logs) {}

  Result<v1::ListGroupsResponse> Handle(const v1::ListGroupsRequest& request);
  Result<v1::DescribeGroupResponse> Handle(const v1::DescribeGroupRequest& request);
  Result<v1::SeekGroupResponse> Handle(const v1::SeekGroupRequest& request);
  Result<v1::DeleteGroupResponse> Handle(const v1::DeleteGroupRequest& request);

 private:
  void Describe(const GroupDescription::Partition& partition, v1::GroupPartition* out);

  GroupRegistry& groups_;
  TopicRegistry& topics_;
  storage::LogStore& logs_;
};

}  // namespace strata::broker
