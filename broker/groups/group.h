// One consumer group: its members, who holds what, and both cursors of every partition.
//
// It drives the Membership state machine: turns its actions into calls of the members' sinks, keeps
// the timers of revocations, and lets those who hold a partition move its cursors (GroupCursors).
//
// Where a new holder begins: at the committed offset; without one at the log start. What moves a
// cursor, and what becomes of it when the CursorStore refuses: group_cursors.h. Whoever has begun
// behind a commit that is refused then is granted the partition anew, and can commit nothing under
// its older grant.
//
// Threads: every method may be called from any thread; none waits for a disk. The group's lock is
// taken before a member's; callbacks given to Commit and Seek run on a thread of the CursorStore.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "broker/groups/group_cursors.h"
#include "broker/groups/member_journal.h"
#include "broker/groups/member_sink.h"
#include "broker/groups/membership.h"
#include "broker/groups/revoke_deadlines.h"
#include "broker/groups/roster.h"
#include "broker/groups/stored_cursors.h"
#include "broker/groups/topic_pattern.h"
#include "broker/threads/timers.h"
#include "broker/topics/topic.h"
#include "proto/base/mutex.h"
#include "storage/cursor_store.h"
#include "storage/log_store.h"

namespace strata::broker {

// The error of each offset, in their order; absent where it was committed.
using CommitOutcome = std::vector<std::optional<Error>>;

struct GroupDescription {
  struct Partition {
    PartitionId partition;
    storage::Cursor cursor;
    MemberId holder;  // empty: nobody
  };
  struct Member {
    MemberInfo info;
    std::int32_t partitions = 0;
    bool away = false;  // a static member that is expected back
  };
  Generation generation = 0;
  std::vector<Member> members;  // by join time
  // All of the topics that it reads, or has read; by topic id and number.
  std::vector<Partition> partitions;
};

// How far a group is, for a look at all of them.
struct GroupProgress {
  std::string name;
  std::int32_t members = 0;                 // with those that are away
  std::set<TopicId> topics;                 // that it reads, or has read
  std::map<PartitionId, Offset> committed;  // on disk; kNoOffset where nothing was committed
};

class Group : public std::enable_shared_from_this<Group> {
 public:
  struct Environment {
    storage::LogStore& logs;
    storage::CursorStore& cursors;
    Timers& timers;
    std::chrono::milliseconds revoke_timeout;
    std::int64_t max_members;
    // Larger than any generation that was used before this broker was started.
    Generation first_generation;
    // The topics there are, as they are now: from before TopicCreated and PartitionsAdded are
    // called on, and until before TopicDeleted is. May be called with the group's lock held. Null:
    // there is none.
    std::function<TopicPtr(TopicId)> find_topic;
    MemberJournal& journal;
  };

  // `cursors` is what the CursorStore holds of this group.
  Group(std::string name, const Environment& environment,
        const std::vector<storage::CursorEntry>& cursors);

  const std::string& name() const { return name_; }

  // `sink` must live until Leave has returned. `joined` is called before the first call of the
  // sink. `matching`: of the same topics as find_topic; null: the member has no pattern. A static
  // member takes the place of the one with its instance id, which is told OnReplaced if it is still
  // there; in a group that is full, whoever joins takes the place of the one that has been away for
  // longest. OVERLOADED: the group is full, and all are here. UNKNOWN_GROUP: it has been deleted
  // meanwhile; UNKNOWN_TOPIC: so has a topic that it names. INCOMPATIBLE_STRATEGY: the others share
  // the partitions out in another way.
  Result<void> Join(MemberInfo info, const MemberOptions& options,
                    const std::vector<TopicPtr>& named, MemberSink* sink,
                    const std::function<void(Generation)>& joined, TopicMatches* matching = nullptr)
      STRATA_EXCLUDES(mutex_);

  // kForGood: its partitions go to the others. kForNow: those of a static member are kept for it,
  // as long as it has asked for; any other member is gone for good.
  enum class Absence { kForGood, kForNow };
  // When this returns the sink is not called any more. Unknown members are ignored.
  void Leave(const MemberId& member, Absence absence = Absence::kForNow) STRATA_EXCLUDES(mutex_);

  void Release(const MemberId& member, const std::vector<PartitionId>& partitions)
      STRATA_EXCLUDES(mutex_);

  // Commits what may be committed, and calls `done` once, when it is on disk. The errors of single
  // offsets: NOT_ASSIGNED, STALE_GENERATION, OFFSET_OUT_OF_RANGE, INVALID_ARGUMENT, and for all of
  // them DISK_FULL, IO_ERROR or SHUTTING_DOWN.
  void Commit(const MemberId& member, std::vector<OffsetToCommit> offsets,
              std::function<void(CommitOutcome)> done) STRATA_EXCLUDES(mutex_);

  // Records that a member was sent everything before `next_offset`. It is written with the next
  // commit, or within a second or so: a crash may forget it, which costs nothing.
  void Delivered(const MemberId& member, PartitionId partition, Generation generation,
                 Offset next_offset) STRATA_EXCLUDES(mutex_);

  // Hands current offsets that have moved since to the CursorStore, without waiting for the disk.
  void WriteMoved() STRATA_EXCLUDES(mutex_);

  // Moves a member's own delivery; its sink is told of the new generation. NOT_ASSIGNED.
  Result<void> SeekMember(const MemberId& member, const SeekTarget& target,
                          std::uint64_t correlation_id) STRATA_EXCLUDES(mutex_);

  // Moves both cursors, for holders too, and calls `done` when that is on disk; holders go back if
  // it is refused. DISK_FULL, IO_ERROR, UNKNOWN_GROUP and UNKNOWN_TOPIC (deleted meanwhile).
  void Seek(const std::vector<SeekTarget>& targets, std::function<void(Result<void>)> done)
      STRATA_EXCLUDES(mutex_);

  // The committed offset that is on disk, or kNoOffset.
  Offset Committed(PartitionId partition) STRATA_EXCLUDES(mutex_);

  // Members whose pattern it matches, or who have named one of that name before it was deleted,
  // read it from its beginning on, if they do not already.
  void TopicCreated(const TopicPtr& created) STRATA_EXCLUDES(mutex_);
  void PartitionsAdded(const TopicPtr& topic) STRATA_EXCLUDES(mutex_);
  void TopicDeleted(TopicId topic) STRATA_EXCLUDES(mutex_);

  // From now on nobody can join or seek, and no cursor is written; those that are away have no
  // place to come back to. False: it has members that are here.
  bool Retire() STRATA_EXCLUDES(mutex_);
  // The same, for a group that nobody has joined or moved yet. False: somebody has.
  bool RetireIfUnused() STRATA_EXCLUDES(mutex_);

  // The broker stops, and ends all streams next: members are told nothing any more, so that nobody
  // is given what those who go leave behind.
  void StopSharingOut() STRATA_EXCLUDES(mutex_);

  std::int32_t member_count() STRATA_EXCLUDES(mutex_);
  Generation generation() STRATA_EXCLUDES(mutex_);
  GroupDescription Describe() STRATA_EXCLUDES(mutex_);
  GroupProgress Progress() STRATA_EXCLUDES(mutex_);

 private:
  // Whether these cursors may be written: once a topic is deleted nobody would delete them again.
  Result<void> CheckStillThere(const std::vector<SeekTarget>& targets) STRATA_REQUIRES(mutex_);
  Error Deleted() const;
  // What a member subscribes to, as it is now. UNKNOWN_TOPIC.
  Result<std::vector<TopicPtr>> FindTopics(const std::vector<TopicPtr>& named,
                                           TopicMatches* matching) STRATA_REQUIRES(mutex_);
  // Those that match. Takes long: never with a lock held.
  std::set<Roster::PatternPtr> FindMatching(std::string_view topic) STRATA_EXCLUDES(mutex_);
  // Those that it reads, or has read.
  std::set<TopicId> AllTopics() const STRATA_REQUIRES(mutex_);
  void Forget(const MemberId& member) STRATA_REQUIRES(mutex_);
  void AwayForTooLong(const MemberId& member) STRATA_EXCLUDES(mutex_);
  std::optional<Error> CheckCommit(const MemberId& member, const OffsetToCommit& commit)
      STRATA_REQUIRES(mutex_);
  // Of a write that the CursorStore has refused: takes holders back where it was a seek, of
  // `sought`, and begins anew where somebody has begun behind it. On another thread, soon: whoever
  // is told of a refusal may hold the lock.
  void WriteRefused(const std::vector<PartitionId>& sought) STRATA_EXCLUDES(mutex_);
  void BeginAnewWhereTooFar() STRATA_REQUIRES(mutex_);
  void CarryOut(const MembershipActions& actions, const SeekTarget* seek = nullptr,
                std::uint64_t correlation_id = 0) STRATA_REQUIRES(mutex_);
  void TellLost(const MembershipActions& actions) STRATA_REQUIRES(mutex_);
  void TellRevoked(const MembershipActions& actions) STRATA_REQUIRES(mutex_);
  void TellOfNothing() STRATA_REQUIRES(mutex_);
  // Has a timer look when the next revocation is over; one at a time.
  void WatchRevocations() STRATA_REQUIRES(mutex_);
  void EndRevocations() STRATA_EXCLUDES(mutex_);
  Assignment Begin(const Grant& grant, const SeekTarget* seek) STRATA_REQUIRES(mutex_);

  // Constant after construction.
  const std::string name_;
  const Environment environment_;
  // Kept by cursors_; may be asked without the lock.
  const std::shared_ptr<StoredCursors> stored_ = std::make_shared<StoredCursors>();

  Mutex mutex_;
  Membership membership_ STRATA_GUARDED_BY(mutex_);
  Roster roster_ STRATA_GUARDED_BY(mutex_);
  // Members that do not know yet what they hold.
  std::set<MemberId> untold_ STRATA_GUARDED_BY(mutex_);
  RevokeDeadlines revoke_deadlines_ STRATA_GUARDED_BY(mutex_);
  bool revocations_watched_ STRATA_GUARDED_BY(mutex_) = false;  // a timer will look
  GroupCursors cursors_ STRATA_GUARDED_BY(mutex_);
  std::map<TopicId, TopicPtr> topics_ STRATA_GUARDED_BY(mutex_);
  bool used_ STRATA_GUARDED_BY(mutex_) = false;  // joined or moved, since this object was made
  bool retired_ STRATA_GUARDED_BY(mutex_) = false;
  bool shares_out_ STRATA_GUARDED_BY(mutex_) = true;
};

}  // namespace strata::broker
