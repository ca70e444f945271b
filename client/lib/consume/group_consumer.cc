#include "client/lib/consume/group_consumer.h"

#include <algorithm>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "client/lib/consume/commit_outcome.h"
#include "client/lib/consume/member_times.h"
#include "client/lib/names.h"

namespace strata {
namespace {

constexpr std::chrono::milliseconds kFirstBackoff{20};
constexpr std::chrono::milliseconds kLongestBackoff{2'000};

// How long Close waits for the broker to say goodbye.
constexpr std::chrono::seconds kLeaveTimeout{5};

// As many offsets as one Commit message may carry.
constexpr std::size_t kMaxOffsetsPerCommit = 10'000;

Error Closed() {
  return Error{ErrorCode::CANCELLED, "the consumer is closed"};
}

Error NotHeld(const TopicPartition& partition) {
  return Error{ErrorCode::NOT_ASSIGNED,
               fmt::format("partition {} of topic '{}' is not held by this member",
                           partition.partition, partition.topic)};
}

}  // namespace

GroupConsumer::GroupConsumer(std::shared_ptr<Connection> connection, ConsumerOptions options)
    : connection_(std::move(connection)),
      options_(std::move(options)),
      doorbell_(std::make_shared<Doorbell>()),
      backoff_(kFirstBackoff, kLongestBackoff, std::random_device{}()),
      ledger_({.records = options_.credit_records, .bytes = options_.credit_bytes}) {
  if (commits_by_self()) commit_at_ = Clock::now() + options_.auto_commit_every;
  Join();
}

Result<std::vector<ConsumedRecord>> GroupConsumer::Poll(std::chrono::milliseconds wait) {
  if (closed_) return Fail(Closed());
  const Clock::time_point deadline = Clock::now() + wait;
  outstanding_.reset();
  while (true) {
    CommitBySelf();
    STRATA_TRY(TakeEvents());
    ShowProgress();
    CallBackCommits();
    if (TellListener()) break;
    STRATA_TRY_ASSIGN(auto records, NextRecords());
    if (!records.empty()) return records;
    if (woken_.exchange(false) || Clock::now() >= deadline) break;
    Wait(std::min(deadline, NextDuty()));
  }
  return std::vector<ConsumedRecord>();
}

// Whoever polls is at work. A grant of credit says so too, but may be long in coming.
void GroupConsumer::ShowProgress() {
  if (held_.HasUncommitted()) StillWorking();
}

void GroupConsumer::StillWorking() {
  if (!stream_ || Clock::now() < sign_at_) return;
  stream_->Working();
  sign_at_ = Clock::now() + BetweenSigns(options_.max_processing);
}

// The records of one Poll are of one partition.
void GroupConsumer::GiveBack(const ConsumedRecord& last) {
  const bool is_out = outstanding_ && outstanding_->generation == last.generation &&
                      outstanding_->partition.partition == last.partition &&
                      outstanding_->partition.topic == last.topic;
  if (is_out) outstanding_->offset = last.record.offset + 1;
}

void GroupConsumer::CommitBySelf() {
  if (Clock::now() < commit_at_) return;
  commit_at_ = Clock::now() + options_.auto_commit_every;
  CommitGivenBack();
}

// What fails is put back, and committed with the next one.
void GroupConsumer::CommitGivenBack() {
  StartCommit(CommitsOfGivenBack(), [this](const Result<void>& result) {
    if (result || !options_.auto_commit_failed) return;
    commit_callbacks_.push_back([this, why = result.error()] { options_.auto_commit_failed(why); });
  });
}

GroupConsumer::Clock::time_point GroupConsumer::NextDuty() const {
  return held_.HasUncommitted() ? std::min(sign_at_, commit_at_) : commit_at_;
}

Result<void> GroupConsumer::Commit() {
  if (closed_) return Fail(Closed());
  // Shared: if the wait is given up, the answers may still come.
  auto answer = std::make_shared<std::optional<Result<void>>>();
  auto joint = std::make_shared<Joint>(
      Joint{[answer](Result<void> result) { *answer = std::move(result); }});
  JoinCommitsUnderWay(joint);
  StartCommit(CommitsOfProgress(), PartOf(joint));
  return WaitForAnswer(*answer);
}

// What CommitAsync has begun is on disk only when it is answered.
void GroupConsumer::JoinCommitsUnderWay(const std::shared_ptr<Joint>& joint) {
  for (auto& [correlation_id, commit] : commits_) {
    commit.done = [first = std::move(commit.done),
                   then = PartOf(joint)](const Result<void>& result) {
      first(result);
      then(result);
    };
  }
}

GroupConsumer::Done GroupConsumer::PartOf(const std::shared_ptr<Joint>& joint) {
  ++joint->missing;
  return [joint](Result<void> result) {
    KeepWorse(std::move(result), &joint->result);
    if (--joint->missing == 0) joint->done(joint->result);
  };
}

Result<void> GroupConsumer::Commit(const std::vector<OffsetCommit>& offsets) {
  std::vector<FencedCommit> commits;
  Result<void> refused = Ok();
  for (const OffsetCommit& offset : offsets) STRATA_TRY(CheckText(offset.metadata));
  for (const OffsetCommit& offset : offsets) {
    if (held_.IsHeld(offset.partition)) {
      commits.push_back({{offset.partition, offset.offset, offset.generation}, offset.metadata});
    } else {
      refused = Fail(NotHeld(offset.partition));
    }
  }
  STRATA_TRY(CommitAndWait(std::move(commits)));
  return refused;
}

void GroupConsumer::CommitAsync(Done done) {
  if (closed_) return done(Fail(Closed()));
  StartCommit(CommitsOfProgress(), [this, done = std::move(done)](Result<void> result) {
    commit_callbacks_.push_back([done, result = std::move(result)] { done(result); });
  });
}

Result<void> GroupConsumer::Seek(const TopicPartition& partition, const Position& to) {
  if (closed_) return Fail(Closed());
  STRATA_TRY(TakeEvents());
  if (!held_.IsHeld(partition) || !stream_) {
    return Fail(NotHeld(partition));
  }
  seek_ = SeekUnderWay{++last_correlation_id_, partition, std::nullopt};
  held_.ExpectMove(partition, true);
  stream_->Seek(seek_->correlation_id, partition, to);
  Result<void> result = WaitForAnswer(seek_->answer);
  if (!result) held_.ExpectMove(partition, false);
  seek_.reset();
  return result;
}

void GroupConsumer::Pause(const std::vector<TopicPartition>& partitions) {
  for (const TopicPartition& partition : partitions) held_.SetPaused(partition, true);
  if (stream_) stream_->Pause(partitions);
  GrantCredit();
}

void GroupConsumer::Resume(const std::vector<TopicPartition>& partitions) {
  for (const TopicPartition& partition : partitions) held_.SetPaused(partition, false);
  if (stream_) stream_->Resume(partitions);
}

void GroupConsumer::Wakeup() {
  woken_ = true;
  doorbell_->Ring();
}

void GroupConsumer::Close() {
  if (closed_) return;
  const std::vector<TopicPartition> held = held_.All();
  if (stream_ && !held.empty() && options_.listener.revoked) {
    options_.listener.revoked(held, connection_->options().call_timeout);
  }
  if (commits_by_self()) CommitGivenBack();
  if (stream_) stream_->Leave();
  WaitForLeaving();
  LoseEverything(Closed());
  notices_.clear();
  CallBackCommits();
  closed_ = true;
}

void GroupConsumer::WaitForLeaving() {
  const Clock::time_point deadline = Clock::now() + kLeaveTimeout;
  while (stream_ && Clock::now() < deadline) {
    // Why the stream ended matters no more.
    if (!TakeEvents()) break;
    if (stream_) doorbell_->WaitUntil(deadline);
  }
}

bool GroupConsumer::TellListener() {
  NoticeBrokenOff();
  bool changed = false;
  while (!notices_.empty()) {
    const Notice notice = std::move(notices_.front());
    notices_.pop_front();
    changed |= notice.kind != Notice::Kind::kDisconnected;
    Tell(notice);
  }
  return changed;
}

void GroupConsumer::Tell(const Notice& notice) {
  const RebalanceListener& listener = options_.listener;
  switch (notice.kind) {
    case Notice::Kind::kAssigned:
      if (listener.assigned) listener.assigned(notice.partitions);
      break;
    case Notice::Kind::kRevoked:
      TellRevoked(notice);
      break;
    case Notice::Kind::kLost:
      if (listener.lost) listener.lost(notice.partitions, *notice.why);
      break;
    case Notice::Kind::kDisconnected:
      if (listener.disconnected) listener.disconnected(*notice.why);
      break;
  }
}

// Until it is told, and while the listener works, partitions may be lost, and assigned anew.
void GroupConsumer::TellRevoked(const Notice& notice) {
  const std::vector<TopicPartition> revoked = StillRetired(notice);
  if (revoked.empty()) return;
  if (options_.listener.revoked) options_.listener.revoked(revoked, notice.finish_within);
  if (commits_by_self()) CommitGivenBack();
  const std::vector<TopicPartition> released = StillRetired(notice);
  if (released.empty()) return;
  if (stream_) stream_->Release(released);
  for (const TopicPartition& partition : released) held_.Remove(partition);
}

std::vector<TopicPartition> GroupConsumer::StillRetired(const Notice& notice) const {
  std::vector<TopicPartition> retired;
  for (std::size_t i = 0; i < notice.partitions.size(); ++i) {
    if (held_.IsRetired(notice.partitions[i], notice.generations[i])) {
      retired.push_back(notice.partitions[i]);
    }
  }
  return retired;
}

void GroupConsumer::CallBackCommits() {
  while (!commit_callbacks_.empty()) {
    const auto callback = std::move(commit_callbacks_.front());
    commit_callbacks_.pop_front();
    callback();
  }
}

Result<std::vector<ConsumedRecord>> GroupConsumer::NextRecords() {
  while (auto hand_out = held_.TakeNext()) {
    outstanding_ = Progress{hand_out->partition, hand_out->from, hand_out->generation};
    auto records = Decode(*std::move(hand_out));
    if (!records) LoseEverything(records.error());
    GrantCredit();
    if (!records || !records->empty()) return records;
  }
  outstanding_.reset();
  return std::vector<ConsumedRecord>();
}

Result<std::vector<ConsumedRecord>> GroupConsumer::Decode(HandOut hand_out) {
  std::vector<ConsumedRecord> records;
  current_reader_.reset();
  current_batch_ = std::move(hand_out.batch.bytes);
  if (current_batch_.empty()) return records;
  auto reader = RecordBatchReader::OpenReceived(current_batch_);
  if (!reader) {
    return Fail(reader.error().code,
                fmt::format("partition {} of topic '{}': {}", hand_out.partition.partition,
                            hand_out.partition.topic, reader.error().message));
  }
  current_reader_ = std::move(*reader);
  const std::string_view topic = *topic_names_.insert(hand_out.partition.topic).first;
  records.reserve(static_cast<std::size_t>(current_reader_->header().record_count));
  for (RecordView record; current_reader_->Next(&record);) {
    if (record.offset < hand_out.from) continue;
    records.push_back(
        {topic, hand_out.partition.partition, hand_out.generation, std::move(record)});
  }
  STRATA_TRY(current_reader_->status());
  return records;
}

void GroupConsumer::Wait(Clock::time_point deadline) {
  doorbell_->WaitUntil(stream_ ? deadline : std::min(deadline, rejoin_at_));
}

Result<void> GroupConsumer::WaitForAnswer(const std::optional<Result<void>>& answer) {
  const Clock::time_point deadline = Clock::now() + connection_->options().call_timeout;
  while (!answer) {
    Result<void> handled = HandleEvents();
    if (handled && !answer) handled = NoticeEnd();
    // It counts, whatever has ended the stream behind it: the next Poll joins again.
    if (answer) break;
    STRATA_TRY(handled);
    if (Clock::now() >= deadline) {
      return Fail(ErrorCode::TIMEOUT, fmt::format("the broker at {} did not answer in time",
                                                  connection_->options().broker));
    }
    Wait(deadline);
  }
  return *answer;
}

Result<void> GroupConsumer::CommitAndWait(std::vector<FencedCommit> commits) {
  if (closed_) return Fail(Closed());
  if (commits.empty()) return Ok();
  // Shared: if the wait is given up, the answer may still come.
  auto answer = std::make_shared<std::optional<Result<void>>>();
  StartCommit(std::move(commits), [answer](Result<void> result) { *answer = std::move(result); });
  return WaitForAnswer(*answer);
}

void GroupConsumer::StartCommit(std::vector<FencedCommit> commits, Done done) {
  if (commits.empty()) return done(Ok());
  if (!stream_) {
    for (const FencedCommit& commit : commits) held_.PutBack(commit.progress);
    return done(Fail(ErrorCode::UNAVAILABLE, "the member is not connected to the broker"));
  }
  auto joint = std::make_shared<Joint>(Joint{std::move(done)});
  for (std::size_t begin = 0; begin < commits.size(); begin += kMaxOffsetsPerCommit) {
    const std::size_t end = std::min(begin + kMaxOffsetsPerCommit, commits.size());
    const std::vector<FencedCommit> part(commits.begin() + static_cast<std::ptrdiff_t>(begin),
                                         commits.begin() + static_cast<std::ptrdiff_t>(end));
    CommitUnderWay& under_way = commits_[++last_correlation_id_];
    for (const FencedCommit& commit : part) under_way.progress.push_back(commit.progress);
    under_way.done = PartOf(joint);
    stream_->Commit(last_correlation_id_, part);
  }
}

std::vector<FencedCommit> GroupConsumer::CommitsOfProgress() {
  std::vector<FencedCommit> commits;
  for (Progress& progress : held_.TakeProgress()) commits.push_back({std::move(progress), ""});
  return commits;
}

// The program still has what Poll has returned last.
std::vector<FencedCommit> GroupConsumer::CommitsOfGivenBack() {
  std::vector<FencedCommit> commits = CommitsOfProgress();
  for (FencedCommit& commit : commits) {
    const Progress& progress = commit.progress;
    const bool is_out = outstanding_ && outstanding_->partition == progress.partition &&
                        outstanding_->generation == progress.generation;
    if (!is_out) continue;
    commit.progress.offset = std::min(commit.progress.offset, outstanding_->offset);
  }
  std::erase_if(commits, [this](const auto& commit) { return held_.IsCommitted(commit.progress); });
  return commits;
}

}  // namespace strata
