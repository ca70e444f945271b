// One member of a group, seen from the broker: the test reads what the member says and answers by
// hand. Thread-safe.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "proto/base/mutex.h"
#include "strata/v1/groups.pb.h"

namespace strata::testing {

class ConsumeSession : public grpc::ServerBidiReactor<v1::ConsumeRequest, v1::ConsumeResponse>,
                       public std::enable_shared_from_this<ConsumeSession> {
 public:
  using Kind = v1::ConsumeRequest::RequestCase;

  // Starts to read. The session keeps itself alive until the call is over.
  void Begin();

  // The next request of this kind; others in front of it are passed over. Fails the test, and
  // returns an empty one, if none comes within 20 seconds or the stream ends.
  v1::ConsumeRequest Expect(Kind kind);

  // How often the member has sent a request of this kind so far, and whether it ever has.
  std::size_t CountOf(Kind kind);
  bool HasReceived(Kind kind) { return CountOf(kind) > 0; }

  // All credit granted so far that was not passed over by Expect.
  v1::Credit TakeCredit();

  // Waits until the member has closed its half. False after 20 seconds.
  bool AwaitLeave();

  void Send(v1::ConsumeResponse response);
  void End(grpc::Status status);

  // Answers a Commit: all is well.
  void Confirm(const v1::Commit& commit);
  // ...or all of its offsets are refused.
  void Refuse(const v1::Commit& commit, const std::string& reason);

 private:
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone() override;
  void WriteNext() STRATA_REQUIRES(mutex_);

  v1::ConsumeRequest incoming_;  // owned by gRPC while a read is under way

  Mutex mutex_;
  CondVar changed_;
  std::deque<v1::ConsumeRequest> requests_ STRATA_GUARDED_BY(mutex_);
  std::multiset<Kind> received_ STRATA_GUARDED_BY(mutex_);
  v1::Credit credit_ STRATA_GUARDED_BY(mutex_);
  std::deque<v1::ConsumeResponse> responses_ STRATA_GUARDED_BY(mutex_);
  bool writing_ STRATA_GUARDED_BY(mutex_) = false;
  bool half_closed_ STRATA_GUARDED_BY(mutex_) = false;
  bool broken_ STRATA_GUARDED_BY(mutex_) = false;
  std::optional<grpc::Status> end_ STRATA_GUARDED_BY(mutex_);
  bool finished_ STRATA_GUARDED_BY(mutex_) = false;
  std::shared_ptr<ConsumeSession> self_ STRATA_GUARDED_BY(mutex_);
};

// Hands sessions from the service to the test.
class SessionQueue {
 public:
  void Add(std::shared_ptr<ConsumeSession> session);
  // Fails the test and returns null if none comes within 20 seconds.
  std::shared_ptr<ConsumeSession> Next();

 private:
  Mutex mutex_;
  CondVar added_;
  std::deque<std::shared_ptr<ConsumeSession>> sessions_ STRATA_GUARDED_BY(mutex_);
};

// Responses, ready to send.
v1::ConsumeResponse Assigned(std::int64_t generation, const std::string& topic,
                             const std::vector<std::int32_t>& partitions, std::int64_t current = 0,
                             std::int64_t stable = 0);
v1::ConsumeResponse Revoked(const std::string& topic, std::int32_t partition,
                            std::int64_t finish_within_ms);
v1::ConsumeResponse RecordsOf(std::int64_t generation, const std::string& topic,
                              std::int32_t partition, std::int64_t base_offset,
                              const std::vector<std::string>& values);

}  // namespace strata::testing
