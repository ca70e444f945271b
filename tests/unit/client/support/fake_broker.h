// A broker in this process, over memory: enough of strata.v1 to test a client against, with
// failures on demand. Group members talk to a script: see ConsumeSession.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <grpcpp/grpcpp.h>

#include "client/lib/connection.h"
#include "proto/base/error.h"
#include "strata/v1/data.pb.h"
#include "tests/unit/client/support/consume_session.h"
#include "tests/unit/client/support/fake_producers.h"
#include "tests/unit/client/support/memory_log.h"

namespace strata::testing {

// What becomes of an AppendRequest of a stream.
struct AppendFate {
  enum class Kind {
    kAppend,
    kRefuse,     // answered with `error`
    kCutBefore,  // the stream breaks, nothing is stored
    kCutAfter,   // it is stored, and the stream breaks before the answer
    kIgnore,     // never answered
  } kind = Kind::kAppend;
  ErrorCode error = ErrorCode::OVERLOADED;
};

class FakeBroker {
 public:
  // Listens on a free port of the loopback.
  FakeBroker();
  ~FakeBroker();

  std::string address() const;
  // To this broker, with a short call timeout.
  std::shared_ptr<Connection> Connect() const;

  // Breaks all calls off and stops listening; Start listens at the same address again.
  void Stop();
  void Start();

  MemoryLog& log() { return log_; }
  FakeProducers& producers() { return producers_; }

  // Asked for every AppendRequest of a stream, on threads of gRPC's, one at a time.
  void DecideAppends(std::function<AppendFate(const v1::AppendRequest&)> decide);

  // Asked for every InitProducer: an error refuses it.
  void DecideIdentities(std::function<std::optional<ErrorCode>()> decide);

  // The fate of each response of ReadStream: false breaks the stream off behind it.
  void DecideReads(std::function<bool()> go_on);

  // The next group member that joins.
  std::shared_ptr<ConsumeSession> NextSession() { return sessions_.Next(); }

 private:
  struct Services;

  MemoryLog log_;
  FakeProducers producers_;
  SessionQueue sessions_;
  int port_ = 0;
  std::unique_ptr<Services> services_;
  std::unique_ptr<grpc::Server> server_;
};

// As the broker sends it: with google.rpc.ErrorInfo.
grpc::Status StatusOf(ErrorCode code, const std::string& message);

}  // namespace strata::testing
