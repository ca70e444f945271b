// Who is in a group, and who holds which partition: the state machine behind a rebalance.
//
// Each partition goes through
//
//     free --grant--> held --revoke--> revoking --release, time-out, leave--> free
//
// and is granted to its new holder only when the old one has let go, so that at any time a
// partition has one holder at most. Partitions whose holder stays are not touched. Each grant has
// a generation that is larger than all before it; a commit counts only with the generation of the
// grant that its holder has now.
//
// Pure: no clock, no I/O, no thread, no lock. The caller serialises the events, carries out the
// actions in order, and reports time-outs. Not safe for use from several threads at once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/groups/assignor.h"
#include "proto/base/error.h"

namespace strata::broker {

using Generation = std::int64_t;

// The member shall know that it holds the partition from now on.
struct Grant {
  MemberId member;
  PartitionId partition;
  Generation generation = 0;
};

// The member shall finish with the partition and release it; report RevokeTimedOut if it does not.
struct Revoke {
  MemberId member;
  PartitionId partition;
  Generation generation = 0;  // of the grant that is revoked
};

// The member has lost the partition: it did not release it in time, the partition is gone, or the
// group was moved while the partition was being revoked.
struct Lose {
  enum class Reason { kRevokeTimedOut, kTopicDeleted, kSeek };
  MemberId member;
  PartitionId partition;
  Reason reason;
};

// What the caller has to carry out: losses first, then revocations, then grants.
struct MembershipActions {
  std::vector<Lose> loses;
  std::vector<Revoke> revokes;
  std::vector<Grant> grants;
};

class Membership {
 public:
  // `generation`: the newest that was ever used in this group; grants begin above it.
  explicit Membership(Generation generation = 0) : generation_(generation) {}

  // How partitions are shared out; uniform until this is called. Takes effect with the next
  // rebalance: meant for a group without members that are here.
  void set_strategy(AssignmentStrategy strategy) { strategy_ = strategy; }
  AssignmentStrategy strategy() const { return strategy_; }

  // The topic has partitions 0 to `partition_count` - 1 from now on. 0: it is gone.
  MembershipActions SetTopic(TopicId topic, std::int32_t partition_count);

  // `member` must be new. `topics`: those it subscribes to, with the partitions that they have at
  // least from now on. `instance_id`: of a static member; empty otherwise.
  MembershipActions Join(const MemberId& member, const std::map<TopicId, std::int32_t>& topics,
                         const std::string& instance_id = {});

  // These members subscribe to one more topic from now on. Unknown members are ignored.
  MembershipActions Subscribe(const std::vector<MemberId>& members, TopicId topic,
                              std::int32_t partition_count);

  // Frees what the member holds. Unknown members are ignored.
  MembershipActions Leave(const MemberId& member);

  // Nobody answers for the member now, but it is expected back: it keeps what it holds. What is on
  // its way to it goes to others, or stays free if nobody here reads it, and what is being revoked
  // from it, or will be until it is back, is free at once. Unknown members are ignored.
  MembershipActions Suspend(const MemberId& member);

  // `member`, which must be new, takes the place of `old_member`, suspended or not, and is granted
  // anew what that held: with the same topics and (range) the same instance id all of it, and
  // nobody else notices. What is being revoked from the old one is free.
  MembershipActions Replace(const MemberId& old_member, const MemberId& member,
                            const std::map<TopicId, std::int32_t>& topics,
                            const std::string& instance_id = {});

  // The member has let go of partitions after Revoke. Those that are not being revoked from it are
  // ignored.
  MembershipActions Release(const MemberId& member, const std::vector<PartitionId>& partitions);

  // Grants were not released in time. Those that have ended meanwhile are ignored.
  MembershipActions RevokeTimedOut(const std::vector<Revoke>& revokes);

  // Grants partitions anew to those who hold them, so that commits made under the older grant
  // become stale: the fence of a seek. A partition that is being revoked is lost by its holder and
  // goes to the next one at once; a free one is left alone.
  MembershipActions Regrant(const std::vector<PartitionId>& partitions);

  // Whether a commit counts. NOT_ASSIGNED: another member holds it, or nobody. STALE_GENERATION:
  // not the generation under which this member holds it.
  Result<void> CheckCommit(const MemberId& member, PartitionId partition,
                           Generation generation) const;

  // Whether some partition is meant for this member, held already or still to come.
  bool HasTarget(const MemberId& member) const;

  struct Holding {
    MemberId member;
    Generation generation = 0;
    bool revoking = false;
  };
  // Every partition that somebody holds.
  const std::map<PartitionId, Holding>& holdings() const { return holdings_; }
  const std::map<MemberId, std::set<TopicId>>& members() const { return members_; }
  bool IsSuspended(const MemberId& member) const { return suspended_.contains(member); }
  Generation generation() const { return generation_; }

 private:
  // `silent`: a member that need not be asked for what it does not keep; one of those that are
  // suspended needs not either.
  MembershipActions Rebalance(MembershipActions actions = {}, const MemberId* silent = nullptr);
  // Grants to their targets what nobody holds, among `partitions`.
  void GrantFree(const std::vector<PartitionId>& partitions, MembershipActions* actions);
  void GrantAllFree(MembershipActions* actions);
  bool IsRevoking(const MemberId& member, PartitionId partition) const;
  std::set<TopicId> Learn(const std::map<TopicId, std::int32_t>& topics);
  void Add(const MemberId& member, const std::map<TopicId, std::int32_t>& topics,
           const std::string& instance_id);
  void Remove(const MemberId& member);
  // Ends the holdings of a member; of those that are not being revoked too, if `all`.
  std::vector<PartitionId> Free(const MemberId& member, bool all);

  Generation generation_;
  AssignmentStrategy strategy_ = AssignmentStrategy::kUniform;
  std::map<MemberId, std::set<TopicId>> members_;
  std::map<MemberId, std::string> instances_;  // of the static ones
  std::set<MemberId> suspended_;               // some of them
  std::map<TopicId, std::int32_t> topics_;
  std::map<PartitionId, Holding> holdings_;
  std::map<PartitionId, MemberId> target_;
};

}  // namespace strata::broker
