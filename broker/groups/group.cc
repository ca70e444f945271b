#include "broker/groups/group.h"

#include <utility>

#include <fmt/format.h>

namespace strata::broker {
namespace {

constexpr std::size_t kMaxCommitMetadataBytes = 4096;
// How long current offsets that move are gathered before they are written.
constexpr std::chrono::milliseconds kWriteMovedAfter{500};

std::string_view ReasonText(Lose::Reason reason) {
  switch (reason) {
    case Lose::Reason::kRevokeTimedOut:
      return "not released in time";
    case Lose::Reason::kTopicDeleted:
      return "topic deleted";
    case Lose::Reason::kSeek:
      return "the group was moved";
  }
  return "";
}

}  // namespace

Group::Group(std::string name, const Environment& environment,
             const std::vector<storage::CursorEntry>& cursors)
    : name_(std::move(name)),
      environment_(environment),
      membership_(environment.first_generation),
      cursors_(name_, environment.cursors, cursors, stored_) {}

Error Group::Deleted() const {
  return {ErrorCode::UNKNOWN_GROUP, fmt::format("group '{}' was deleted", name_)};
}

Result<void> Group::CheckStillThere(const std::vector<SeekTarget>& targets) {
  if (retired_) return Fail(Deleted());
  for (const SeekTarget& target : targets) {
    if (environment_.find_topic(target.partition.topic)) continue;
    return Fail(ErrorCode::UNKNOWN_TOPIC, "the topic was deleted meanwhile");
  }
  return Ok();
}

Result<std::vector<TopicPtr>> Group::FindTopics(const std::vector<TopicPtr>& named,
                                                TopicMatches* matching) {
  std::vector<TopicPtr> now;
  for (const TopicPtr& topic : named) {
    now.push_back(environment_.find_topic(topic->id));
    if (!now.back()) {
      return Fail(ErrorCode::UNKNOWN_TOPIC,
                  fmt::format("topic '{}' was deleted meanwhile", topic->name));
    }
  }
  if (!matching) return now;
  return UnionById(std::move(now), matching->Now());
}

Result<void> Group::Join(MemberInfo info, const MemberOptions& options,
                         const std::vector<TopicPtr>& named, MemberSink* sink,
                         const std::function<void(Generation)>& joined, TopicMatches* matching) {
  MutexLock lock(mutex_);
  if (retired_) return Fail(Deleted());
  auto replaced = roster_.FindInstance(info.instance_id);
  const auto members = static_cast<std::int64_t>(roster_.members().size());
  const bool full = members >= environment_.max_members;
  if (full && !replaced) replaced = roster_.FindLongestAway();
  if (full && !replaced) {
    return Fail(
        ErrorCode::OVERLOADED,
        fmt::format("group '{}' has {} members already, the limit of this broker", name_, members));
  }
  const bool alone = !roster_.AnybodyHereBut(replaced.value_or(MemberId()));
  if (!alone && membership_.strategy() != options.strategy) {
    return Fail(ErrorCode::INCOMPATIBLE_STRATEGY,
                fmt::format("the members of group '{}' share the partitions out {}", name_,
                            broker::Describe(membership_.strategy())));
  }
  STRATA_TRY_ASSIGN(const auto topics, FindTopics(named, matching));
  // From here on nothing is refused.
  used_ = true;
  membership_.set_strategy(options.strategy);
  const MemberId id = info.id;
  const std::string instance_id = info.instance_id;
  if (replaced) {
    if (MemberSink* const old = roster_.SinkOf(*replaced)) old->OnReplaced();
    Forget(*replaced);
  }
  std::set<std::string> names;
  for (const TopicPtr& topic : named) names.insert(topic->name);
  roster_.Add(std::move(info), options, std::move(names), matching ? matching->pattern() : nullptr,
              sink);
  joined(membership_.generation());
  std::map<TopicId, std::int32_t> partition_counts;
  for (const TopicPtr& topic : topics) {
    topics_[topic->id] = topic;
    partition_counts[topic->id] = topic->partition_count;
  }
  untold_.insert(id);
  CarryOut(replaced ? membership_.Replace(*replaced, id, partition_counts, instance_id)
                    : membership_.Join(id, partition_counts, instance_id));
  return Ok();
}

void Group::Forget(const MemberId& member) {
  if (const auto away = roster_.Remove(member)) environment_.timers.Cancel(*away);
  untold_.erase(member);
}

void Group::Leave(const MemberId& member, Absence absence) {
  MutexLock lock(mutex_);
  const Roster::Member* const leaving = roster_.Find(member);
  if (!leaving) return;
  const std::chrono::milliseconds keep = leaving->options.return_within;
  const bool is_static = !leaving->info.instance_id.empty();
  if (absence == Absence::kForGood || !is_static || keep.count() == 0) {
    Forget(member);
    return CarryOut(membership_.Leave(member));
  }
  if (!leaving->sink) return;
  untold_.erase(member);
  roster_.SetAway(member, environment_.timers.CallAfter(keep, [weak = weak_from_this(), member] {
    if (auto group = weak.lock()) group->AwayForTooLong(member);
  }));
  CarryOut(membership_.Suspend(member));
}

// Whoever takes a member's place has another id, so this concerns nobody who is back.
void Group::AwayForTooLong(const MemberId& member) {
  MutexLock lock(mutex_);
  const Roster::Member* const away = roster_.Find(member);
  if (!away) return;
  environment_.journal.NotBack(name_, away->info, away->options.return_within);
  Forget(member);
  CarryOut(membership_.Leave(member));
}

void Group::Release(const MemberId& member, const std::vector<PartitionId>& partitions) {
  MutexLock lock(mutex_);
  CarryOut(membership_.Release(member, partitions));
}

std::optional<Error> Group::CheckCommit(const MemberId& member, const OffsetToCommit& commit) {
  if (auto allowed = membership_.CheckCommit(member, commit.partition, commit.generation);
      !allowed) {
    return allowed.error();
  }
  if (commit.metadata.size() > kMaxCommitMetadataBytes) {
    return Error{ErrorCode::INVALID_ARGUMENT,
                 fmt::format("the note of a commit has {} bytes, more than {}",
                             commit.metadata.size(), kMaxCommitMetadataBytes)};
  }
  const auto ends = environment_.logs.Ends(commit.partition);
  if (!ends) return ends.error();
  if (commit.offset < 0 || commit.offset > ends->visible) {
    return Error{ErrorCode::OFFSET_OUT_OF_RANGE,
                 fmt::format("offset {} cannot be committed: partition {} ends at {}",
                             commit.offset, commit.partition.partition, ends->visible)};
  }
  return std::nullopt;
}

void Group::Commit(const MemberId& member, std::vector<OffsetToCommit> offsets,
                   std::function<void(CommitOutcome)> done) {
  CommitOutcome outcome;
  std::vector<OffsetToCommit> allowed;
  MutexLock lock(mutex_);
  BeginAnewWhereTooFar();
  for (OffsetToCommit& commit : offsets) {
    outcome.push_back(CheckCommit(member, commit));
    if (!outcome.back()) allowed.push_back(std::move(commit));
  }
  cursors_.Commit(member, std::move(allowed),
                  [weak = weak_from_this(), outcome = std::move(outcome),
                   done = std::move(done)](Result<void> result) mutable {
                    const auto group = weak.lock();
                    if (!result && group) group->WriteRefused({});
                    for (auto& error : outcome) {
                      if (!result && !error) error = result.error();
                    }
                    done(std::move(outcome));
                  });
}

void Group::BeginAnewWhereTooFar() {
  const auto begun_too_far = cursors_.TakeBegunTooFar();
  if (!begun_too_far.empty()) CarryOut(membership_.Regrant(begun_too_far));
}

void Group::Delivered(const MemberId& member, PartitionId partition, Generation generation,
                      Offset next_offset) {
  MutexLock lock(mutex_);
  if (!membership_.CheckCommit(member, partition, generation)) return;
  if (!cursors_.Delivered(partition, next_offset)) return;
  environment_.timers.CallAfter(kWriteMovedAfter, [weak = weak_from_this()] {
    if (auto group = weak.lock()) group->WriteMoved();
  });
}

void Group::WriteMoved() {
  MutexLock lock(mutex_);
  if (retired_) return;
  // What a member has begun behind may have been refused before this, and be known only now.
  cursors_.WriteMoved([weak = weak_from_this()](const Result<void>& result) {
    const auto group = weak.lock();
    if (!result && group) group->WriteRefused({});
  });
}

Result<void> Group::SeekMember(const MemberId& member, const SeekTarget& target,
                               std::uint64_t correlation_id) {
  MutexLock lock(mutex_);
  const auto holding = membership_.holdings().find(target.partition);
  if (holding == membership_.holdings().end() || holding->second.member != member ||
      holding->second.revoking) {
    return Fail(ErrorCode::NOT_ASSIGNED, fmt::format("member '{}' does not hold partition {}",
                                                     member, target.partition.partition));
  }
  CarryOut(membership_.Regrant({target.partition}), &target, correlation_id);
  return Ok();
}

void Group::Seek(const std::vector<SeekTarget>& targets, std::function<void(Result<void>)> done) {
  std::vector<PartitionId> partitions;
  for (const SeekTarget& target : targets) partitions.push_back(target.partition);
  MutexLock lock(mutex_);
  if (auto there = CheckStillThere(targets); !there) {
    lock.Unlock();
    return done(std::move(there));
  }
  used_ = true;
  cursors_.Seek(targets,
                [weak = weak_from_this(), partitions, done = std::move(done)](Result<void> result) {
                  const auto group = weak.lock();
                  if (!result && group) group->WriteRefused(partitions);
                  done(std::move(result));
                });
  CarryOut(membership_.Regrant(partitions));
}

void Group::WriteRefused(const std::vector<PartitionId>& sought) {
  environment_.timers.CallAfter(std::chrono::milliseconds(0), [weak = weak_from_this(), sought] {
    const auto group = weak.lock();
    if (!group) return;
    MutexLock lock(group->mutex_);
    group->cursors_.SeekRefused(sought);
    group->CarryOut(group->membership_.Regrant(sought));
    group->BeginAnewWhereTooFar();
  });
}

Offset Group::Committed(PartitionId partition) {
  return stored_->Get(partition).committed;
}

// Whoever joins before the lock is taken again has found the topic by itself.
void Group::TopicCreated(const TopicPtr& created) {
  const auto matching = FindMatching(created->name);
  MutexLock lock(mutex_);
  const TopicPtr topic = environment_.find_topic(created->id);
  if (!topic) return;
  const std::vector<MemberId> subscribers = roster_.FindReaders(topic->name, matching);
  if (subscribers.empty()) return;
  topics_[topic->id] = topic;
  CarryOut(membership_.Subscribe(subscribers, topic->id, topic->partition_count));
}

std::set<Roster::PatternPtr> Group::FindMatching(std::string_view topic) {
  std::set<Roster::PatternPtr> patterns;
  {
    MutexLock lock(mutex_);
    patterns = roster_.Patterns();
  }
  std::erase_if(patterns, [topic](const auto& pattern) { return !pattern->Matches(topic); });
  return patterns;
}

void Group::PartitionsAdded(const TopicPtr& topic) {
  MutexLock lock(mutex_);
  const auto known = topics_.find(topic->id);
  if (known == topics_.end() || known->second->partition_count >= topic->partition_count) return;
  known->second = topic;
  CarryOut(membership_.SetTopic(topic->id, topic->partition_count));
}

void Group::TopicDeleted(TopicId topic) {
  MutexLock lock(mutex_);
  if (topics_.erase(topic) > 0) CarryOut(membership_.SetTopic(topic, 0));
  cursors_.Forget(topic);
}

bool Group::Retire() {
  MutexLock lock(mutex_);
  if (roster_.AnybodyHereBut(MemberId())) return false;
  retired_ = true;
  while (!roster_.members().empty()) {
    const MemberId member = roster_.members().begin()->first;
    Forget(member);
    CarryOut(membership_.Leave(member));
  }
  return true;
}

bool Group::RetireIfUnused() {
  MutexLock lock(mutex_);
  retired_ |= !used_;
  return !used_;
}

void Group::StopSharingOut() {
  MutexLock lock(mutex_);
  shares_out_ = false;
}

std::int32_t Group::member_count() {
  MutexLock lock(mutex_);
  return static_cast<std::int32_t>(roster_.members().size());
}

Generation Group::generation() {
  MutexLock lock(mutex_);
  return membership_.generation();
}

std::set<TopicId> Group::AllTopics() const {
  std::set<TopicId> topics = cursors_.Topics();
  for (const auto& [topic, known] : topics_) topics.insert(topic);
  return topics;
}

GroupDescription Group::Describe() {
  MutexLock lock(mutex_);
  std::map<PartitionId, GroupDescription::Partition> partitions;
  std::map<MemberId, std::int32_t> held;
  for (const TopicId id : AllTopics()) {
    const TopicPtr topic = environment_.find_topic(id);
    for (std::int32_t i = 0; topic && i < topic->partition_count; ++i) {
      partitions[topic->Partition(i)].partition = topic->Partition(i);
    }
  }
  for (storage::CursorEntry& entry : cursors_.Describe()) {
    partitions[entry.partition] = {entry.partition, std::move(entry.cursor), {}};
  }
  for (const auto& [partition, holding] : membership_.holdings()) {
    auto& described = partitions[partition];
    described.partition = partition;
    described.holder = holding.member;
    ++held[holding.member];
  }
  GroupDescription description;
  description.generation = membership_.generation();
  for (const Roster::Member* member : roster_.ByJoinTime()) {
    description.members.push_back({member->info, held[member->info.id], member->sink == nullptr});
  }
  for (auto& [id, partition] : partitions) description.partitions.push_back(std::move(partition));
  return description;
}

GroupProgress Group::Progress() {
  GroupProgress progress;
  progress.name = name_;
  progress.committed = stored_->Committed();
  MutexLock lock(mutex_);
  progress.members = static_cast<std::int32_t>(roster_.members().size());
  progress.topics = AllTopics();
  return progress;
}

void Group::CarryOut(const MembershipActions& actions, const SeekTarget* seek,
                     std::uint64_t correlation_id) {
  if (!shares_out_) return;
  TellLost(actions);
  TellRevoked(actions);
  std::map<MemberId, std::vector<Assignment>> assigned;
  for (const Grant& grant : actions.grants) assigned[grant.member].push_back(Begin(grant, seek));
  for (const auto& [member, assignments] : assigned) {
    untold_.erase(member);
    MemberSink* const sink = roster_.SinkOf(member);
    if (sink) sink->OnAssigned(membership_.generation(), assignments, correlation_id);
  }
  TellOfNothing();
}

// A new member for which there is no partition shall not wait for one.
void Group::TellOfNothing() {
  for (auto it = untold_.begin(); it != untold_.end();) {
    const MemberId& member = *it;
    if (membership_.HasTarget(member)) {
      ++it;
      continue;
    }
    roster_.SinkOf(member)->OnAssigned(membership_.generation(), {}, 0);
    it = untold_.erase(it);
  }
}

void Group::TellLost(const MembershipActions& actions) {
  std::map<std::pair<MemberId, Lose::Reason>, std::vector<PartitionId>> lost;
  for (const Lose& lose : actions.loses) {
    lost[{lose.member, lose.reason}].push_back(lose.partition);
  }
  for (const auto& [told, partitions] : lost) {
    const auto& [member, reason] = told;
    MemberSink* const sink = roster_.SinkOf(member);
    if (sink) sink->OnRevoked(partitions, std::chrono::milliseconds(0), ReasonText(reason));
  }
}

void Group::TellRevoked(const MembershipActions& actions) {
  std::map<MemberId, std::vector<PartitionId>> revoked;
  for (const Revoke& revoke : actions.revokes) revoked[revoke.member].push_back(revoke.partition);
  for (const auto& [member, partitions] : revoked) {
    roster_.SinkOf(member)->OnRevoked(partitions, environment_.revoke_timeout, "rebalance");
  }
  if (revoked.empty()) return;
  revoke_deadlines_.Add(actions.revokes, environment_.timers.Now() + environment_.revoke_timeout);
  WatchRevocations();
}

void Group::WatchRevocations() {
  const auto next = revoke_deadlines_.next();
  if (!next || std::exchange(revocations_watched_, true)) return;
  const auto left = *next - environment_.timers.Now();
  environment_.timers.CallAfter(std::chrono::ceil<std::chrono::milliseconds>(left),
                                [weak = weak_from_this()] {
                                  if (auto group = weak.lock()) group->EndRevocations();
                                });
}

void Group::EndRevocations() {
  MutexLock lock(mutex_);
  revocations_watched_ = false;
  if (!shares_out_) return;
  const MembershipActions actions =
      membership_.RevokeTimedOut(revoke_deadlines_.TakeDue(environment_.timers.Now()));
  std::map<MemberId, std::size_t> late;
  for (const Lose& lose : actions.loses) ++late[lose.member];
  for (const auto& [member, count] : late) environment_.journal.NotReleased(name_, member, count);
  CarryOut(actions);
  WatchRevocations();
}

Assignment Group::Begin(const Grant& grant, const SeekTarget* seek) {
  const auto ends = environment_.logs.Ends(grant.partition);
  const Offset log_start = ends ? ends->log_start : 0;
  std::optional<Offset> seek_to;
  if (seek && seek->partition == grant.partition) seek_to = seek->to;
  const storage::Cursor cursor = cursors_.Begin(grant.partition, log_start, seek_to);
  return {topics_.at(grant.partition.topic), grant.partition, cursor.current, cursor.committed,
          grant.generation};
}

}  // namespace strata::broker
