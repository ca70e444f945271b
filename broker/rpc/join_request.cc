#include "broker/rpc/join_request.h"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "broker/delivery/read_plan.h"
#include "broker/topics/names.h"
#include "broker/wire/error_message.h"
#include "strata/v1/groups.pb.h"

namespace strata::broker {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxClientIdBytes = 256;
constexpr std::size_t kMaxInstanceIdBytes = 249;
constexpr milliseconds kLongestTime = std::chrono::hours(24);

// Unique among all members of all brokers, for all practical purposes.
MemberId NewMemberId(const std::string& instance_id) {
  std::random_device random;
  return fmt::format("{}-{:08x}{:08x}", instance_id.empty() ? "member" : instance_id, random(),
                     random());
}

Result<milliseconds> TimeOrDefault(std::string_view field, std::int64_t value_ms,
                                   milliseconds preset) {
  if (value_ms == 0) return preset;
  if (value_ms < 0 || value_ms > kLongestTime.count()) {
    return Fail(ErrorCode::INVALID_ARGUMENT, fmt::format("{} is {}: choose 0 (the default) to {}",
                                                         field, value_ms, kLongestTime.count()));
  }
  return milliseconds(value_ms);
}

Result<AssignmentStrategy> ReadStrategy(v1::AssignmentStrategy strategy) {
  switch (strategy) {
    case v1::ASSIGNMENT_STRATEGY_UNIFORM:
      return AssignmentStrategy::kUniform;
    case v1::ASSIGNMENT_STRATEGY_RANGE:
      return AssignmentStrategy::kRange;
    default:
      return Fail(
          ErrorCode::INVALID_ARGUMENT,
          fmt::format("strategy {} is neither uniform nor range", static_cast<int>(strategy)));
  }
}

}  // namespace

Result<JoinRequest> ReadJoin(const v1::Join& join, const JoinDefaults& defaults,
                             TopicPatterns& patterns, const std::string& peer) {
  if (!v1::Encoding_IsValid(join.encoding())) {
    return Fail(ErrorCode::INVALID_ARGUMENT, fmt::format("encoding {} is not one of the three",
                                                         static_cast<int>(join.encoding())));
  }
  if (join.instance_id().size() > kMaxInstanceIdBytes) {
    return Fail(ErrorCode::INVALID_ARGUMENT,
                fmt::format("an instance id of {} bytes is longer than {}",
                            join.instance_id().size(), kMaxInstanceIdBytes));
  }
  JoinRequest request;
  STRATA_TRY_ASSIGN(request.options.strategy, ReadStrategy(join.strategy()));
  STRATA_TRY_ASSIGN(
      request.options.return_within,
      TimeOrDefault("return_within_ms", join.return_within_ms(), defaults.return_within));
  STRATA_TRY_ASSIGN(
      request.session.max_processing,
      TimeOrDefault("max_processing_ms", join.max_processing_ms(), defaults.max_processing));
  if (!join.topic_pattern().empty()) {
    STRATA_TRY_ASSIGN(request.pattern, patterns.Compile(join.topic_pattern()));
  }
  request.session.as_batches = join.encoding() == v1::ENCODING_BATCHES;
  request.session.max_bytes = std::min<std::size_t>(
      join.max_bytes() == 0 ? kDefaultReadBytes : join.max_bytes(), defaults.max_bytes);
  const std::string instance_id = PrintableMessage(join.instance_id());
  request.info = {NewMemberId(instance_id),
                  PrintableMessage(join.client_id().substr(0, kMaxClientIdBytes)), peer,
                  instance_id};
  return request;
}

Result<std::vector<TopicPtr>> FindNamedTopics(const TopicRegistry& registry, const v1::Join& join) {
  if (join.topics().empty() && join.topic_pattern().empty()) {
    return Fail(ErrorCode::INVALID_ARGUMENT,
                "a member must name at least one topic, or a pattern of topics");
  }
  std::vector<TopicPtr> topics;
  for (const std::string& name :
       std::set<std::string>(join.topics().begin(), join.topics().end())) {
    STRATA_TRY_ASSIGN(TopicPtr topic, registry.Find(name));
    topics.push_back(std::move(topic));
  }
  return topics;
}

}  // namespace strata::broker
