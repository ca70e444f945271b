// The way of a member into its group.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "broker/groups/group.h"
#include "broker/groups/group_registry.h"
#include "broker/groups/topic_pattern.h"
#include "broker/topics/topic_registry.h"
#include "proto/base/error.h"
#include "storage/log_store.h"

namespace strata::v1 {
class Join;
}

namespace strata::broker {

// What is there; outlives the call.
struct JoinEnvironment {
  TopicRegistry& topics;
  GroupRegistry& groups;
  storage::LogStore& logs;
};

// Joins the group, with the topics that the member names. Errors as Group::Join.
using EnterGroup = std::function<Result<void>(const std::shared_ptr<Group>& group,
                                              const std::vector<TopicPtr>& named)>;

// Finds the group and has `enter` called. If there is none it is made, and begins where `join`
// says, with what it names and what is `matching`; one that is deleted just then is made anew,
// once. A member that is refused leaves no group behind that was made for it, unless somebody else
// has used it since, or the disk refuses that. Waits for a disk. Errors: as `enter`,
// FindNamedTopics, ResolvePosition, and GroupRegistry::GetOrCreate.
Result<void> JoinGroup(const v1::Join& join, TopicMatches* matching,
                       const JoinEnvironment& environment, const EnterGroup& enter);

}  // namespace strata::broker
