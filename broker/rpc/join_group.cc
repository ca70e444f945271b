#include "broker/rpc/join_group.h"

#include <optional>
#include <utility>

#include <spdlog/spdlog.h>

#include "broker/delivery/positions.h"
#include "broker/groups/first_cursors.h"
#include "broker/rpc/join_request.h"
#include "strata/v1/groups.pb.h"

namespace strata::broker {
namespace {

Result<std::vector<storage::CursorEntry>> FindFirstCursors(const v1::Join& join,
                                                           const std::vector<TopicPtr>& topics,
                                                           storage::LogStore& logs) {
  const auto start = [&](storage::PartitionId partition) -> Result<std::optional<Offset>> {
    if (IsBeginning(join.start())) return std::nullopt;
    return ResolvePosition(logs, partition, join.start());
  };
  return FirstCursors(topics, start, logs);
}

Result<GroupRegistry::Found> FindOrMake(const v1::Join& join, const std::vector<TopicPtr>& named,
                                        TopicMatches* matching,
                                        const JoinEnvironment& environment) {
  auto group = environment.groups.Find(join.group());
  if (group) return GroupRegistry::Found{*std::move(group)};
  if (group.error().code != ErrorCode::UNKNOWN_GROUP) return Fail(group.error());
  STRATA_TRY_ASSIGN(auto first,
                    FindFirstCursors(join, UnionById(named, matching->Now()), environment.logs));
  return environment.groups.GetOrCreate(join.group(), std::move(first));
}

Result<void> TryJoin(const v1::Join& join, TopicMatches* matching,
                     const JoinEnvironment& environment, const EnterGroup& enter) {
  STRATA_TRY_ASSIGN(const auto named, FindNamedTopics(environment.topics, join));
  STRATA_TRY_ASSIGN(const auto found, FindOrMake(join, named, matching, environment));
  Result<void> entered = enter(found.group, named);
  // Or the next member would begin where one has said that never was in it.
  if (entered || !found.is_new) return entered;
  if (auto unmade = environment.groups.Unmake(found.group); !unmade) {
    spdlog::warn("group '{}' stays, though its first member could not join: {}", join.group(),
                 unmade.error().message);
  }
  return entered;
}

}  // namespace

Result<void> JoinGroup(const v1::Join& join, TopicMatches* matching,
                       const JoinEnvironment& environment, const EnterGroup& enter) {
  Result<void> joined = TryJoin(join, matching, environment, enter);
  const bool was_deleted = !joined && joined.error().code == ErrorCode::UNKNOWN_GROUP;
  return was_deleted ? TryJoin(join, matching, environment, enter) : joined;
}

}  // namespace strata::broker
