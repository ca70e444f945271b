// The Consumer over one ConsumeStream after the other.
//
// Everything that the broker says is taken in at once by whichever method waits (TakeEvents), and
// has its effect on what is held at once; records wait in HeldPartitions and what the listener must
// hear waits in notices_ until the next Poll.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/lib/consume/consume_stream.h"
#include "client/lib/consume/credit.h"
#include "client/lib/consume/held_partitions.h"
#include "client/lib/consumer.h"
#include "client/lib/doorbell.h"
#include "client/lib/retry/backoff.h"
#include "proto/batch/record_batch.h"

namespace strata {

class GroupConsumer final : public Consumer {
 public:
  GroupConsumer(std::shared_ptr<Connection> connection, ConsumerOptions options);

  Result<std::vector<ConsumedRecord>> Poll(std::chrono::milliseconds wait) override;
  using Consumer::Commit;
  Result<void> Commit() override;
  Result<void> Commit(const std::vector<OffsetCommit>& offsets) override;
  void CommitAsync(std::function<void(Result<void>)> done) override;
  void StillWorking() override;
  void GiveBack(const ConsumedRecord& last) override;
  Result<void> Seek(const TopicPartition& partition, const Position& to) override;
  void Pause(const std::vector<TopicPartition>& partitions) override;
  void Resume(const std::vector<TopicPartition>& partitions) override;
  std::vector<TopicPartition> assignment() const override { return held_.All(); }
  bool at_end() const override { return knows_assignment_ && held_.AtEnd(); }
  void Wakeup() override;
  void Close() override;

 private:
  using Clock = std::chrono::steady_clock;
  bool commits_by_self() const { return options_.auto_commit_every.count() > 0; }
  using Done = std::function<void(Result<void>)>;

  // Something that the listener must hear.
  struct Notice {
    enum class Kind { kAssigned, kRevoked, kLost, kDisconnected } kind;
    std::vector<TopicPartition> partitions;
    std::chrono::milliseconds finish_within{0};
    std::vector<std::int64_t> generations;  // that were revoked, parallel to partitions
    std::optional<Error> why;               // of kLost and kDisconnected
  };

  // A Commit that is not answered yet; a big one goes out in several messages.
  struct CommitUnderWay {
    std::vector<Progress> progress;
    Done done;
  };

  // Calls `done` with what several parts have come to, when all of them are done.
  struct Joint {
    Done done;
    std::size_t missing = 0;
    Result<void> result = Ok();
  };
  static Done PartOf(const std::shared_ptr<Joint>& joint);

  // Joining, and what the broker says (group_consumer_events.cc).
  void Join();
  Result<void> TakeEvents();
  // ...in two steps: what it said, and how the stream has ended.
  Result<void> HandleEvents();
  Result<void> NoticeEnd();
  Result<void> Handle(const ConsumeEvent& event);
  void HandleAssigned(const v1::Assigned& assigned);
  void HandleRevoked(const v1::Revoked& revoked);
  Result<void> HandleRecords(const v1::Records& records, const Fragments& batches);
  void HandleCommitted(const v1::Committed& committed);
  void HandleSeekFailed(const v1::SeekFailed& failed);
  void LoseEverything(const Error& error);
  void GrantCredit();
  void FinishCommit(std::uint64_t correlation_id, Result<void> result);

  // Poll's steps.
  void ShowProgress();
  void CommitBySelf();
  void CommitGivenBack();
  // When one of these two is due again.
  Clock::time_point NextDuty() const;
  void NoticeBrokenOff();
  // Whether the assignment has changed.
  bool TellListener();
  void Tell(const Notice& notice);
  void TellRevoked(const Notice& notice);
  std::vector<TopicPartition> StillRetired(const Notice& notice) const;
  void CallBackCommits();
  Result<std::vector<ConsumedRecord>> NextRecords();
  Result<std::vector<ConsumedRecord>> Decode(HandOut hand_out);
  // Until something comes, or `deadline`.
  void Wait(Clock::time_point deadline);

  Result<void> WaitForAnswer(const std::optional<Result<void>>& answer);
  Result<void> CommitAndWait(std::vector<FencedCommit> commits);
  void JoinCommitsUnderWay(const std::shared_ptr<Joint>& joint);
  void StartCommit(std::vector<FencedCommit> commits, Done done);
  std::vector<FencedCommit> CommitsOfProgress();
  std::vector<FencedCommit> CommitsOfGivenBack();
  void WaitForLeaving();

  // Constant after construction.
  const std::shared_ptr<Connection> connection_;
  const ConsumerOptions options_;
  const std::shared_ptr<Doorbell> doorbell_;

  std::atomic<bool> woken_ = false;

  // Owned by the caller's thread.
  std::unique_ptr<ConsumeStream> stream_;  // null: to be joined again at rejoin_at_
  Clock::time_point rejoin_at_ = Clock::time_point::min();
  Backoff backoff_;
  bool closed_ = false;
  bool knows_assignment_ = false;  // the broker has answered this stream's join
  HeldPartitions held_;
  CreditLedger ledger_;
  Clock::time_point sign_at_ = Clock::time_point::min();
  Clock::time_point commit_at_ = Clock::time_point::max();
  // Where the records begin that Poll has returned last and the program has not given back.
  std::optional<Progress> outstanding_;
  std::deque<Notice> notices_;
  // Partitions, one in each, of which nothing more comes: to be noticed when what came is handed
  // out.
  std::vector<Notice> broken_off_;
  std::uint64_t last_correlation_id_ = 0;
  std::map<std::uint64_t, CommitUnderWay> commits_;
  std::deque<std::function<void()>> commit_callbacks_;
  struct SeekUnderWay {
    std::uint64_t correlation_id;
    TopicPartition partition;
    std::optional<Result<void>> answer;
  };
  std::optional<SeekUnderWay> seek_;

  // What the records returned last point into.
  Fragments current_batch_;
  std::optional<RecordBatchReader> current_reader_;
  std::set<std::string, std::less<>> topic_names_;
};

}  // namespace strata
