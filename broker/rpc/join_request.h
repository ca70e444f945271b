// What a member asks for when it joins, checked and with the broker's defaults.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "broker/delivery/member_session.h"
#include "broker/groups/group.h"
#include "broker/topics/topic_registry.h"
#include "proto/base/error.h"

namespace strata::v1 {
class Join;
}

namespace strata::broker {

struct JoinDefaults {
  std::size_t max_bytes = 0;  // of records in one message, and what a member may ask for at most
  std::chrono::milliseconds max_processing{0};
  std::chrono::milliseconds return_within{0};
};

struct JoinRequest {
  MemberInfo info;  // with a new id
  MemberOptions options;
  std::shared_ptr<const TopicPattern> pattern;  // may be null
  MemberSession::Options session;
};

// INVALID_ARGUMENT, INVALID_PATTERN.
Result<JoinRequest> ReadJoin(const v1::Join& join, const JoinDefaults& defaults,
                             TopicPatterns& patterns, const std::string& peer);

// The topics that it names. UNKNOWN_TOPIC, INVALID_TOPIC_NAME; INVALID_ARGUMENT: it names none, and
// has no pattern.
Result<std::vector<TopicPtr>> FindNamedTopics(const TopicRegistry& registry, const v1::Join& join);

}  // namespace strata::broker
