// Tells a person that the way to the broker is broken, and that it is mended, while a command goes
// on trying: one line on standard error each time.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "client/lib/connection.h"
#include "proto/base/mutex.h"

namespace strata::cli {

class BrokerWatch {
 public:
  // For a connection on which the broker has answered. Looks a few times a second, on a thread of
  // its own, until it is destroyed.
  explicit BrokerWatch(std::shared_ptr<Connection> connection);
  ~BrokerWatch();
  BrokerWatch(const BrokerWatch&) = delete;
  BrokerWatch& operator=(const BrokerWatch&) = delete;

  // Waits while the broker cannot be reached and `gives_up`, which is asked a few times a second,
  // says no.
  void WaitUntilReachable(const std::function<bool()>& gives_up);

 private:
  void Run() STRATA_EXCLUDES(mutex_);
  void Look();

  // Constant after construction.
  const std::shared_ptr<Connection> connection_;

  // Owned by the thread.
  bool lost_ = false;

  Mutex mutex_;
  CondVar ended_changed_;
  bool ended_ STRATA_GUARDED_BY(mutex_) = false;

  std::thread thread_;  // last, so that it finds everything above
};

}  // namespace strata::cli
