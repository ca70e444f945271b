// One member of a group at work: what it holds, its credit, and what is sent to it next.
//
// Between a transport (the open stream) below and the group and the logs above. At any time at most
// one message of records is on its way to the member or waits to be, so that a slow one costs the
// broker one message and nobody else anything; one that lets other messages pile up is cut off.
// Messages go in the order in which what they tell has happened. Partitions are served in turn.
//
//     transport --On...--> MemberSession --Commit, Release, Delivered--> Group
//     transport <--Send--- MemberSession <--OnAssigned, OnRevoked------- Group
//
// Lifetime: shared; the transport and the tasks under way hold it. The transport lives until it is
// told to End, and is not called after that.
// Threads: every method may be called from any thread. No lock of the session is held while the
// transport or the group is called.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/delivery/consume_messages.h"
#include "broker/delivery/held_partitions.h"
#include "broker/delivery/outbox.h"
#include "broker/delivery/progress_lease.h"
#include "broker/delivery/response_budget.h"
#include "broker/groups/group.h"
#include "broker/metrics/metrics.h"
#include "broker/threads/executor.h"
#include "broker/wire/wire_message.h"
#include "proto/base/mutex.h"
#include "storage/log_store.h"

namespace strata::v1 {
class Commit;
class Credit;
class Seek;
}  // namespace strata::v1

namespace strata::broker {

// The way to the member.
class MemberTransport {
 public:
  virtual ~MemberTransport() = default;

  // Called only when the message before it has been written (MemberSession::OnWritten).
  virtual void Send(WireMessage message) = 0;

  // Called once at most: the session cannot go on. The transport calls MemberSession::Finish with
  // the error; `at_once`: it also breaks off what is being written.
  virtual void GiveUp(const Error& error, bool at_once) = 0;

  // Called once, when nothing is being written: the stream ends. Without an error: in good order.
  virtual void End(const std::optional<Error>& error) = 0;
};

class MemberSession : public MemberSink, public std::enable_shared_from_this<MemberSession> {
 public:
  struct Options {
    bool as_batches = false;  // records travel as encoded batches
    std::size_t max_bytes = 1 << 20;
    // How long the member may hold records without progress (progress_lease.h).
    std::chrono::milliseconds max_processing{300'000};
  };

  // What a session works with; outlives it.
  struct Environment {
    storage::LogStore& logs;
    Executor& executor;
    Metrics& metrics;
    ResponseBudget& budget;
    Timers& timers;
  };

  MemberSession(std::shared_ptr<Group> group, MemberId id, Options options,
                const Environment& environment, MemberTransport* transport);

  const MemberId& id() const { return id_; }

  // Joins the group, as Group::Join; the member's first message is Joined.
  Result<void> Start(MemberInfo info, const MemberOptions& options,
                     const std::vector<TopicPtr>& named, TopicMatches* matching = nullptr);

  // What OnSeekBegun gives and OnSeek wants, so that no caller leaves the first one out.
  class SeekBegun {
    friend class MemberSession;
    SeekBegun() = default;
  };

  // What the member says. INVALID_ARGUMENT ends the stream.
  Result<void> OnCredit(const v1::Credit& credit) STRATA_EXCLUDES(mutex_);
  Result<void> OnCommit(const v1::Commit& commit) STRATA_EXCLUDES(mutex_);
  // It seeks; until OnSeek, which follows when the place has been found, nothing is expected of it.
  [[nodiscard]] SeekBegun OnSeekBegun() STRATA_EXCLUDES(mutex_);
  // `target`: an error if it cannot be found.
  void OnSeek(SeekBegun begun, std::uint64_t correlation_id, const Result<SeekTarget>& target)
      STRATA_EXCLUDES(mutex_);
  void OnPause(const std::vector<PartitionId>& partitions, bool paused) STRATA_EXCLUDES(mutex_);
  void OnRelease(const std::vector<PartitionId>& partitions) STRATA_EXCLUDES(mutex_);
  void OnWorking() STRATA_EXCLUDES(mutex_);

  // The message given to Send last has been written.
  void OnWritten() STRATA_EXCLUDES(mutex_);

  // Leaves the group. The commits that are under way are answered, unless the member does not read
  // what it is sent (OVERLOADED); then the transport is told to End.
  void Finish(std::optional<Error> error) STRATA_EXCLUDES(mutex_);

  // Whether so much waits to be answered or written that the member should not be listened to.
  bool Congested() STRATA_EXCLUDES(mutex_);

  // Partition of a topic that this member holds. NOT_ASSIGNED.
  Result<PartitionId> FindPartition(const std::string& topic, std::int32_t partition)
      STRATA_EXCLUDES(mutex_);

  // MemberSink.
  void OnAssigned(Generation newest, const std::vector<Assignment>& assignments,
                  std::uint64_t seek_correlation_id) override STRATA_EXCLUDES(mutex_);
  void OnRevoked(const std::vector<PartitionId>& partitions,
                 std::chrono::milliseconds finish_within, std::string_view reason) override
      STRATA_EXCLUDES(mutex_);
  void OnReplaced() override STRATA_EXCLUDES(mutex_);

 private:
  // One offset of a commit.
  struct CommittedPlace {
    NamedPartition name;
    PartitionId partition;
    Generation generation = 0;
    Offset offset = 0;
    bool refused = false;
  };
  // One step of delivery: what to read, as of the moment it began.
  struct Turn : HeldPartitions::Place {
    std::int64_t max_records = 0;
    std::size_t max_bytes = 0;
  };
  // What a turn came to.
  struct Delivery {
    WireMessage message;
    std::size_t bytes = 0;
    std::int64_t records = 0;
    Offset next_offset = 0;
    Offset sent = 0;  // behind the last record; 0 if there is none
  };
  // What Pump does next.
  struct Step {
    enum class Kind { kNothing, kSend, kTurn, kFail, kEnd } kind = Kind::kNothing;
    WireMessage message;
    Turn turn;
    std::optional<Error> error;
  };
  using Cancellations = std::vector<std::pair<PartitionId, std::uint64_t>>;

  // Does whatever can be done next: sends, ends, or takes a turn.
  void Pump() STRATA_EXCLUDES(mutex_);
  void PumpSoon() STRATA_EXCLUDES(mutex_);
  Step NextStep() STRATA_EXCLUDES(mutex_);
  void TellFailure(const Error& error) STRATA_EXCLUDES(mutex_);
  // Has a timer look when the lease ends.
  void WatchProgress() STRATA_REQUIRES(mutex_);
  void CheckProgress() STRATA_EXCLUDES(mutex_);
  void Tell(WireMessage message) STRATA_EXCLUDES(mutex_);
  // Nothing is sent any more to a member that has failed...
  void Push(WireMessage message) STRATA_REQUIRES(mutex_);
  // ...but what became of its commits, if it still reads.
  void PushAnswer(WireMessage answer) STRATA_REQUIRES(mutex_);
  void CommitDone(std::size_t commit_bytes, const std::vector<CommittedPlace>& places,
                  WireMessage answer) STRATA_EXCLUDES(mutex_);

  std::optional<Turn> NextTurn() STRATA_REQUIRES(mutex_);
  void TakeTurn(const Turn& turn) STRATA_EXCLUDES(mutex_);
  void TakeTurnOnExecutor(const Turn& turn) STRATA_EXCLUDES(mutex_);
  void Deliver(const Turn& turn, Result<storage::ReadResult> read) STRATA_EXCLUDES(mutex_);
  Result<Delivery> Encode(const Turn& turn, storage::ReadResult read) const;
  void Send(const Turn& turn, Delivery delivery) STRATA_EXCLUDES(mutex_);
  void Queue(const Turn& turn, Delivery delivery) STRATA_REQUIRES(mutex_);
  Result<void> ReadCommit(const v1::Commit& commit, std::vector<CommittedPlace>* places,
                          std::vector<OffsetToCommit>* offsets, std::vector<NamedFailure>* unknown)
      STRATA_EXCLUDES(mutex_);
  void WaitForMore(const Turn& turn) STRATA_EXCLUDES(mutex_);
  void LogGrew(PartitionId partition, Generation generation) STRATA_EXCLUDES(mutex_);
  void ReadFailed(const Turn& turn, const Error& error) STRATA_EXCLUDES(mutex_);

  void UpdateLease() STRATA_REQUIRES(mutex_);
  void Drop(PartitionId partition, Cancellations* cancellations) STRATA_REQUIRES(mutex_);
  void Cancel(const Cancellations& cancellations);

  // Constant after construction.
  const std::shared_ptr<Group> group_;
  const MemberId id_;
  const Options options_;
  storage::LogStore& logs_;
  Executor& executor_;
  Metrics& metrics_;
  const ResponseBudget& budget_;
  Timers& timers_;
  MemberTransport* const transport_;

  Mutex mutex_;
  HeldPartitions held_ STRATA_GUARDED_BY(mutex_);
  std::int64_t credit_records_ STRATA_GUARDED_BY(mutex_) = 0;
  std::int64_t credit_bytes_ STRATA_GUARDED_BY(mutex_) = 0;
  ProgressLease lease_ STRATA_GUARDED_BY(mutex_);
  std::optional<Timers::Ticket> progress_watch_ STRATA_GUARDED_BY(mutex_);
  Outbox outbox_ STRATA_GUARDED_BY(mutex_);
  BudgetUse in_flight_ STRATA_GUARDED_BY(mutex_);  // the message of records in the outbox
  std::int32_t commits_under_way_ STRATA_GUARDED_BY(mutex_) = 0;
  std::size_t commit_bytes_under_way_ STRATA_GUARDED_BY(mutex_) = 0;
  bool seek_under_way_ STRATA_GUARDED_BY(mutex_) = false;
  bool in_turn_ STRATA_GUARDED_BY(mutex_) = false;
  bool pump_posted_ STRATA_GUARDED_BY(mutex_) = false;
  std::optional<Error> failure_ STRATA_GUARDED_BY(mutex_);  // why the session cannot go on
  bool failure_told_ STRATA_GUARDED_BY(mutex_) = false;
  bool telling_failure_ STRATA_GUARDED_BY(mutex_) =
      false;  // the transport must live until it is told
  bool finishing_ STRATA_GUARDED_BY(mutex_) = false;
  bool ended_ STRATA_GUARDED_BY(mutex_) = false;
  std::optional<Error> end_error_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata::broker
