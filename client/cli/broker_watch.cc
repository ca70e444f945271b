#include "client/cli/broker_watch.h"

#include <chrono>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

namespace strata::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{100};

}  // namespace

BrokerWatch::BrokerWatch(std::shared_ptr<Connection> connection)
    : connection_(std::move(connection)), thread_([this] { Run(); }) {}

BrokerWatch::~BrokerWatch() {
  {
    MutexLock lock(mutex_);
    ended_ = true;
    ended_changed_.NotifyAll();
  }
  thread_.join();
}

void BrokerWatch::WaitUntilReachable(const std::function<bool()>& gives_up) {
  while (connection_->state() == Connection::State::kUnreachable && !gives_up()) {
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

void BrokerWatch::Run() {
  MutexLock lock(mutex_);
  while (!ended_) {
    Look();
    ended_changed_.WaitUntil(mutex_, std::chrono::steady_clock::now() + kBetweenLooks);
  }
}

void BrokerWatch::Look() {
  const std::string& broker = connection_->options().broker;
  switch (connection_->state()) {
    case Connection::State::kIdle:
      return;
    case Connection::State::kConnected:
      if (lost_) fmt::print(stderr, "strata: the broker at {} is back\n", broker);
      lost_ = false;
      return;
    case Connection::State::kUnreachable:
      if (!lost_) {
        fmt::print(stderr, "strata: lost the broker at {}, trying again\n", broker);
        lost_ = true;
      }
      return;
  }
}

}  // namespace strata::cli
