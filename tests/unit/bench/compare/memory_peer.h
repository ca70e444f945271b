// A peer that keeps everything in memory, and delivers it at once.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/compare/drivers/peer.h"
#include "proto/base/mutex.h"

namespace strata::compare {

class MemoryPeer final : public Peer {
 public:
  struct Record {
    int partition;
    std::string value;
  };

  // Called with the number of each record before it is kept: may throw, or let time go by.
  std::function<void(std::size_t record)> before_publish = [](std::size_t) {};

  void CreateTopic() override {}
  void DeleteTopic() override {}
  std::unique_ptr<Publisher> OpenPublisher() override;
  std::unique_ptr<Subscriber> OpenSubscriber(int group) override;

  // Until every subscriber has handled all that was published.
  void WaitUntilAllIsRead();

  std::vector<Record> records();
  // How often the publisher was told that nothing more is due.
  int pushes();

 private:
  class MemoryPublisher;
  class MemorySubscriber;

  bool AllIsRead() const STRATA_REQUIRES(mutex_);

  Mutex mutex_;
  CondVar changed_;
  std::vector<Record> records_ STRATA_GUARDED_BY(mutex_);
  std::vector<std::size_t> read_ STRATA_GUARDED_BY(mutex_);  // by each subscriber
  int pushes_ STRATA_GUARDED_BY(mutex_) = 0;
};

}  // namespace strata::compare
