#include "broker/rpc/read_calls.h"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "broker/delivery/positions.h"
#include "broker/delivery/record_page.h"
#include "broker/rpc/byte_buffer.h"
#include "broker/rpc/message_codec.h"
#include "broker/rpc/status.h"
#include "proto/base/mutex.h"
#include "strata/v1/data.pb.h"

namespace strata::broker {
namespace {

const Error kStopping{ErrorCode::SHUTTING_DOWN, "the broker is stopping"};

// What a reader that waits has asked for, and must take back.
struct Registration {
  std::uint64_t log_ticket = 0;
  std::optional<Timers::Ticket> timer;
};

// Wakes a reader once, whoever comes first: the log that has grown, the timer, or the client that
// has gone. Those who come later find nothing to do, so that they may outlive the reader.
class WakeOnce {
 public:
  explicit WakeOnce(std::function<void(const Registration&)> wake) : wake_(std::move(wake)) {}

  void Wake() {
    Registration registration;
    {
      MutexLock lock(mutex_);
      if (woken_) return;
      woken_ = true;
      registration = registration_;
    }
    wake_(registration);
  }

  // What to hand to `wake`. False: it was called already.
  bool Keep(const Registration& registration) {
    MutexLock lock(mutex_);
    registration_ = registration;
    return !woken_;
  }

 private:
  const std::function<void(const Registration&)> wake_;
  Mutex mutex_;
  bool woken_ STRATA_GUARDED_BY(mutex_) = false;
  Registration registration_ STRATA_GUARDED_BY(mutex_);
};

void TakeBack(const ReadEnvironment& environment, storage::PartitionId partition,
              const Registration& registration) {
  if (registration.log_ticket != 0) {
    environment.logs.CancelNotify(partition, registration.log_ticket);
  }
  if (registration.timer) environment.timers.Cancel(*registration.timer);
}

// What both calls share: one read after the other on the executor, and the wait in between.
class ReadCall {
 public:
  explicit ReadCall(const ReadEnvironment& environment)
      : environment_(environment), in_flight_(environment.budget) {}
  virtual ~ReadCall() = default;

 protected:
  // On one of the executor's threads.
  virtual void Step() = 0;
  virtual void Fail(const Error& error) = 0;

  // Parses the request; the rest happens on the executor.
  void Begin(const grpc::ByteBuffer& buffer) {
    if (auto parsed = ParseMessage(buffer, &request_); !parsed) {
      return Fail(parsed.error());
    }
    auto plan = PlanRead(environment_.topics, request_, environment_.limits);
    if (!plan) return Fail(plan.error());
    plan_ = std::move(*plan);
    max_bytes_ = plan_.max_bytes;
    Post([this] {
      const auto from = ResolvePosition(environment_.logs, plan_.partition, request_.from());
      if (!from) return Fail(from.error());
      next_ = *from;
      Step();
    });
  }

  void Post(std::function<void()> task) {
    if (!environment_.executor.Post(std::move(task))) Fail(kStopping);
  }

  // As much as was asked for, or as the broker can spare.
  Result<storage::ReadResult> ReadLog() {
    // Its log may be there for a moment longer.
    if (!environment_.topics.FindById(plan_.partition.topic)) {
      return strata::Fail(ErrorCode::UNKNOWN_TOPIC,
                          fmt::format("topic '{}' has been deleted", request_.topic()));
    }
    plan_.max_bytes = environment_.budget.Share(max_bytes_);
    return environment_.logs.Read(plan_.partition, next_, {.max_bytes = plan_.max_bytes});
  }

  // The response is held from now on, until OnWriteDone or the end of the call.
  grpc::ByteBuffer Sent(EncodedRead encoded) {
    environment_.metrics.CountFetch(static_cast<std::int64_t>(encoded.bytes));
    in_flight_.Set(TotalBytes(encoded.message));
    return ToByteBuffer(std::move(encoded.message));
  }

  // Steps again when the log has grown, after `timeout` if there is one, or on Cancel.
  void WaitForMore(std::optional<std::chrono::milliseconds> timeout) {
    auto waiter = std::make_shared<WakeOnce>([this](const Registration& registration) {
      Post([this, registration] {
        TakeBack(environment_, plan_.partition, registration);
        Step();
      });
    });
    // As soon as the waiter is known to others, this object may be gone: use copies from there on.
    const ReadEnvironment& environment = environment_;
    const storage::PartitionId partition = plan_.partition;
    const Offset next = next_;
    bool cancelled = false;
    {
      MutexLock lock(mutex_);
      waiter_ = waiter;
      cancelled = cancelled_;
    }
    if (cancelled) return waiter->Wake();
    Registration registration;
    const auto wake = [waiter] { waiter->Wake(); };
    if (timeout) registration.timer = environment.timers.CallAfter(*timeout, wake);
    const auto ticket = environment.logs.NotifyBeyond(partition, next, wake);
    if (!ticket) return waiter->Wake();
    registration.log_ticket = *ticket;
    if (!waiter->Keep(registration)) TakeBack(environment, partition, registration);
  }

  void Cancel() {
    std::shared_ptr<WakeOnce> waiter;
    {
      MutexLock lock(mutex_);
      cancelled_ = true;
      waiter = waiter_;
    }
    if (waiter) waiter->Wake();
  }

  bool cancelled() {
    MutexLock lock(mutex_);
    return cancelled_;
  }

  // Constant after construction, or after Begin.
  const ReadEnvironment& environment_;
  v1::ReadRequest request_;
  std::size_t max_bytes_ = 0;

  // Owned by whoever steps: there is one step at a time.
  ReadPlan plan_;
  Offset next_ = 0;
  BudgetUse in_flight_;

 private:
  Mutex mutex_;
  bool cancelled_ STRATA_GUARDED_BY(mutex_) = false;
  std::shared_ptr<WakeOnce> waiter_ STRATA_GUARDED_BY(mutex_);
};

class UnaryRead : public grpc::ServerUnaryReactor, public ReadCall, public LiveStream {
 public:
  UnaryRead(const ReadEnvironment& environment, const grpc::ByteBuffer* request,
            grpc::ByteBuffer* response)
      : ReadCall(environment), response_(response) {
    environment_.streams.Add(this);
    Begin(*request);
  }

  void OnCancel() override { Cancel(); }
  void Stop() override { Cancel(); }
  void OnDone() override {
    environment_.streams.Remove(this);
    delete this;
  }

 private:
  void Step() override {
    auto read = ReadLog();
    if (!read) return Fail(read.error());
    if (read->fragments.empty() && !waited_ && plan_.max_wait_ms > 0) {
      waited_ = true;
      return WaitForMore(std::chrono::milliseconds(plan_.max_wait_ms));
    }
    auto encoded = EncodeRead(plan_, next_, kForEver, std::move(*read));
    // Where compaction has left no record, an empty answer would say that there are none at all.
    while (encoded && !encoded->any && encoded->next_offset > next_) {
      next_ = encoded->next_offset;
      read = ReadLog();
      if (!read) return Fail(read.error());
      encoded = EncodeRead(plan_, next_, kForEver, std::move(*read));
    }
    if (!encoded) return Fail(encoded.error());
    *response_ = Sent(std::move(*encoded));
    Finish(grpc::Status::OK);
  }

  void Fail(const Error& error) override { Finish(ToGrpcStatus(error)); }

  grpc::ByteBuffer* const response_;
  bool waited_ = false;
};

class ReadStream : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                   public ReadCall,
                   public LiveStream {
 public:
  ReadStream(const ReadEnvironment& environment, const grpc::ByteBuffer* request)
      : ReadCall(environment) {
    environment_.streams.Add(this);
    Begin(*request);
  }

  void OnWriteDone(bool ok) override {
    in_flight_.Set(0);
    if (!ok) return Fail({ErrorCode::CANCELLED, "the reader has gone"});
    Post([this] { Step(); });
  }
  void OnCancel() override { Cancel(); }
  void Stop() override { Cancel(); }
  void OnDone() override {
    environment_.streams.Remove(this);
    delete this;
  }

 private:
  void Step() override {
    if (cancelled()) return Fail(kStopping);
    if (!until_ && !SetEnd()) return;
    if (next_ >= *until_) return Finish(grpc::Status::OK);
    auto read = ReadLog();
    if (!read) return Fail(read.error());
    if (read->fragments.empty() && told_position_) return WaitForMore(std::nullopt);
    told_position_ = true;
    auto encoded = EncodeRead(plan_, next_, *until_, std::move(*read));
    if (!encoded) return Fail(encoded.error());
    next_ = encoded->next_offset;
    message_ = Sent(std::move(*encoded));
    StartWrite(&message_);
  }

  bool SetEnd() {
    until_ = kForEver;
    if (!request_.stop_at_end()) return true;
    const auto ends = environment_.logs.Ends(plan_.partition);
    if (!ends) {
      Fail(ends.error());
      return false;
    }
    until_ = ends->visible;
    return true;
  }

  void Fail(const Error& error) override { Finish(ToGrpcStatus(error)); }

  std::optional<Offset> until_;
  // Whether the reader knows where it stands: one that began at the end and loses its connection
  // must be able to go on from there.
  bool told_position_ = false;
  grpc::ByteBuffer message_;  // owned by the write under way
};

}  // namespace

grpc::ServerUnaryReactor* StartRead(const ReadEnvironment& environment,
                                    const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return new UnaryRead(environment, request, response);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartReadStream(const ReadEnvironment& environment,
                                                            const grpc::ByteBuffer* request) {
  return new ReadStream(environment, request);
}

}  // namespace strata::broker
