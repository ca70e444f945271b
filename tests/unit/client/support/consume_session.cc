#include "tests/unit/client/support/consume_session.h"

#include <chrono>
#include <utility>

#include <gtest/gtest.h>

#include "tests/unit/client/support/memory_log.h"

namespace strata::testing {
namespace {

std::chrono::steady_clock::time_point LatestMoment() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(20);
}

}  // namespace

void ConsumeSession::Begin() {
  {
    MutexLock lock(mutex_);
    self_ = shared_from_this();
  }
  StartRead(&incoming_);
}

v1::ConsumeRequest ConsumeSession::Expect(Kind kind) {
  const auto deadline = LatestMoment();
  MutexLock lock(mutex_);
  while (true) {
    while (!requests_.empty()) {
      v1::ConsumeRequest request = std::move(requests_.front());
      requests_.pop_front();
      if (request.request_case() == kind) return request;
    }
    if (broken_ || half_closed_ || !changed_.WaitUntil(mutex_, deadline)) break;
  }
  ADD_FAILURE() << "the member never sent a request of kind " << kind;
  return {};
}

std::size_t ConsumeSession::CountOf(Kind kind) {
  MutexLock lock(mutex_);
  return received_.count(kind);
}

v1::Credit ConsumeSession::TakeCredit() {
  MutexLock lock(mutex_);
  return std::exchange(credit_, {});
}

bool ConsumeSession::AwaitLeave() {
  const auto deadline = LatestMoment();
  MutexLock lock(mutex_);
  while (!half_closed_ && changed_.WaitUntil(mutex_, deadline)) {
  }
  return half_closed_;
}

void ConsumeSession::Send(v1::ConsumeResponse response) {
  MutexLock lock(mutex_);
  responses_.push_back(std::move(response));
  WriteNext();
}

void ConsumeSession::End(grpc::Status status) {
  MutexLock lock(mutex_);
  end_ = std::move(status);
  WriteNext();
}

void ConsumeSession::Confirm(const v1::Commit& commit) {
  v1::ConsumeResponse response;
  response.mutable_committed()->set_correlation_id(commit.correlation_id());
  Send(response);
}

void ConsumeSession::Refuse(const v1::Commit& commit, const std::string& reason) {
  v1::ConsumeResponse response;
  v1::Committed& committed = *response.mutable_committed();
  committed.set_correlation_id(commit.correlation_id());
  for (const v1::OffsetCommit& offset : commit.offsets()) {
    v1::CommitFailure& failure = *committed.add_failures();
    failure.set_topic(offset.topic());
    failure.set_partition(offset.partition());
    failure.mutable_error()->set_reason(reason);
  }
  Send(std::move(response));
}

void ConsumeSession::OnReadDone(bool ok) {
  MutexLock lock(mutex_);
  changed_.NotifyAll();
  if (!ok) {
    half_closed_ = true;
    if (!end_) end_ = grpc::Status::OK;
    WriteNext();
    return;
  }
  if (incoming_.has_credit()) {
    credit_.set_records(credit_.records() + incoming_.credit().records());
    credit_.set_bytes(credit_.bytes() + incoming_.credit().bytes());
  }
  received_.insert(incoming_.request_case());
  requests_.push_back(std::move(incoming_));
  StartRead(&incoming_);
}

void ConsumeSession::OnWriteDone(bool ok) {
  MutexLock lock(mutex_);
  writing_ = false;
  responses_.pop_front();
  if (!ok) responses_.clear();
  WriteNext();
}

void ConsumeSession::OnDone() {
  std::shared_ptr<ConsumeSession> self;
  MutexLock lock(mutex_);
  broken_ = true;
  finished_ = true;
  changed_.NotifyAll();
  self = std::move(self_);
  lock.Unlock();
}

void ConsumeSession::WriteNext() {
  if (writing_ || finished_) return;
  if (!responses_.empty()) {
    writing_ = true;
    StartWrite(&responses_.front());
  } else if (end_) {
    finished_ = true;
    Finish(*end_);
  }
}

void SessionQueue::Add(std::shared_ptr<ConsumeSession> session) {
  MutexLock lock(mutex_);
  sessions_.push_back(std::move(session));
  added_.NotifyAll();
}

std::shared_ptr<ConsumeSession> SessionQueue::Next() {
  const auto deadline = LatestMoment();
  MutexLock lock(mutex_);
  while (sessions_.empty() && added_.WaitUntil(mutex_, deadline)) {
  }
  if (sessions_.empty()) {
    ADD_FAILURE() << "nobody joined";
    return nullptr;
  }
  auto session = std::move(sessions_.front());
  sessions_.pop_front();
  return session;
}

v1::ConsumeResponse Assigned(std::int64_t generation, const std::string& topic,
                             const std::vector<std::int32_t>& partitions, std::int64_t current,
                             std::int64_t stable) {
  v1::ConsumeResponse response;
  response.mutable_assigned()->set_generation(generation);
  for (const std::int32_t number : partitions) {
    v1::AssignedPartition& partition = *response.mutable_assigned()->add_partitions();
    partition.set_topic(topic);
    partition.set_partition(number);
    partition.set_current(current);
    partition.set_committed(-1);
    partition.set_generation(generation);
    partition.set_stable_offset(stable);
  }
  return response;
}

v1::ConsumeResponse Revoked(const std::string& topic, std::int32_t partition,
                            std::int64_t finish_within_ms) {
  v1::ConsumeResponse response;
  v1::TopicPartition& revoked = *response.mutable_revoked()->add_partitions();
  revoked.set_topic(topic);
  revoked.set_partition(partition);
  response.mutable_revoked()->set_finish_within_ms(finish_within_ms);
  return response;
}

v1::ConsumeResponse RecordsOf(std::int64_t generation, const std::string& topic,
                              std::int32_t partition, std::int64_t base_offset,
                              const std::vector<std::string>& values) {
  v1::ConsumeResponse response;
  v1::Records& records = *response.mutable_records();
  records.set_topic(topic);
  records.set_partition(partition);
  records.set_generation(generation);
  records.set_next_offset(base_offset + static_cast<std::int64_t>(values.size()));
  records.set_stable_offset(records.next_offset());
  records.set_batches(EncodeBatchAt(base_offset, values));
  return response;
}

}  // namespace strata::testing
