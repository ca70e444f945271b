// Members at work over a transport that keeps what they are sent.
#pragma once

#include <chrono>
#include <deque>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "broker/delivery/member_session.h"
#include "strata/v1/groups.pb.h"
#include "tests/support/group_fixture.h"

namespace strata::broker {

// Keeps what is sent until the test takes it.
class TestTransport : public MemberTransport {
 public:
  void Send(WireMessage message) override {
    std::string bytes;
    for (const SharedBytes& fragment : message) bytes.append(fragment.view());
    MutexLock lock(mutex_);
    EXPECT_FALSE(writing_) << "a message was sent while another was being written";
    writing_ = true;
    sent_.emplace_back();
    EXPECT_TRUE(sent_.back().ParseFromString(bytes));
    changed_.NotifyAll();
  }
  void GiveUp(const Error& error, bool) override {
    MutexLock lock(mutex_);
    failure_ = error;
    changed_.NotifyAll();
  }
  void End(const std::optional<Error>& error) override {
    MutexLock lock(mutex_);
    EXPECT_FALSE(ended_);
    ended_ = true;
    end_error_ = error;
    changed_.NotifyAll();
  }

  // Waits for the next message and tells the session that it was written.
  v1::ConsumeResponse Take(MemberSession& session) {
    v1::ConsumeResponse message;
    {
      MutexLock lock(mutex_);
      while (sent_.empty()) changed_.Wait(mutex_);
      message = std::move(sent_.front());
      sent_.pop_front();
      writing_ = false;
    }
    session.OnWritten();
    return message;
  }

  std::optional<Error> WaitForEnd() {
    MutexLock lock(mutex_);
    while (!ended_) changed_.Wait(mutex_);
    return end_error_;
  }

  Error WaitForFailure() {
    MutexLock lock(mutex_);
    while (!failure_) changed_.Wait(mutex_);
    return *failure_;
  }

  bool HasFailed() {
    MutexLock lock(mutex_);
    return failure_.has_value();
  }

  bool HasSent() {
    MutexLock lock(mutex_);
    return !sent_.empty();
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::deque<v1::ConsumeResponse> sent_ STRATA_GUARDED_BY(mutex_);
  bool writing_ STRATA_GUARDED_BY(mutex_) = false;
  bool ended_ STRATA_GUARDED_BY(mutex_) = false;
  std::optional<Error> end_error_ STRATA_GUARDED_BY(mutex_);
  std::optional<Error> failure_ STRATA_GUARDED_BY(mutex_);
};

inline v1::Credit Credit(std::int64_t records, std::int64_t bytes = 1 << 20) {
  v1::Credit credit;
  credit.set_records(records);
  credit.set_bytes(bytes);
  return credit;
}

class MemberSessionTest : public testing::GroupFixture {
 protected:
  ~MemberSessionTest() override {
    for (auto& session : sessions_) session->Finish(std::nullopt);
    logs_.DrainCallbacks();
    cursors_.DrainCallbacks();
    executor_.Stop();
  }

  std::shared_ptr<MemberSession> Start(const std::shared_ptr<Group>& group, const MemberId& id,
                                       const TopicPtr& topic, TestTransport& transport,
                                       MemberSession::Options options = {}) {
    auto session = std::make_shared<MemberSession>(
        group, id, options,
        MemberSession::Environment{logs_, executor_, metrics_, budget_, timers_}, &transport);
    EXPECT_TRUE(session->Start({id, "", "", ""}, {}, {topic}));
    EXPECT_EQ(transport.Take(*session).joined().member_id(), id);
    sessions_.push_back(session);
    return session;
  }

  v1::Commit Commit(std::uint64_t correlation_id, Offset offset, Generation generation) {
    v1::Commit commit;
    commit.set_correlation_id(correlation_id);
    auto* added = commit.add_offsets();
    added->set_topic("topic1");
    added->set_partition(0);
    added->set_offset(offset);
    added->set_generation(generation);
    return commit;
  }

  // Returns when all that the session was doing on other threads is done.
  void Settle() {
    logs_.DrainCallbacks();
    cursors_.DrainCallbacks();
    SettleExecutor();
  }

  // The executor has one thread: what was posted before is done.
  void SettleExecutor() {
    std::promise<void> done;
    ASSERT_TRUE(executor_.Post([&] { done.set_value(); }));
    done.get_future().get();
  }

  // Lives as long as the sessions do.
  TestTransport& NewTransport() { return transports_.emplace_back(); }

  ResponseBudget budget_{64 << 20};
  Executor executor_{"test", 1};
  std::deque<TestTransport> transports_;
  std::vector<std::shared_ptr<MemberSession>> sessions_;
};

}  // namespace strata::broker
