#include "tests/unit/bench/compare/memory_peer.h"

#include <algorithm>
#include <chrono>

namespace strata::compare {
namespace {

constexpr auto kPollTime = std::chrono::milliseconds(10);

}  // namespace

class MemoryPeer::MemoryPublisher final : public Publisher {
 public:
  explicit MemoryPublisher(MemoryPeer& peer) : peer_(peer) {}

  void Publish(int partition, std::string_view value) override {
    peer_.before_publish(published_++);
    MutexLock lock(peer_.mutex_);
    peer_.records_.push_back({partition, std::string(value)});
    peer_.changed_.NotifyAll();
  }

  void Push() override {
    MutexLock lock(peer_.mutex_);
    ++peer_.pushes_;
  }

  void Flush() override {}

 private:
  MemoryPeer& peer_;
  std::size_t published_ = 0;
};

class MemoryPeer::MemorySubscriber final : public Subscriber {
 public:
  explicit MemorySubscriber(MemoryPeer& peer) : peer_(peer) {
    MutexLock lock(peer_.mutex_);
    place_ = peer_.read_.size();
    peer_.read_.push_back(0);
  }

  void Poll(const Handler& handle) override {
    const std::vector<Record> news = News();
    for (const Record& record : news) handle(record.value);
    MutexLock lock(peer_.mutex_);
    peer_.read_[place_] += news.size();
    peer_.changed_.NotifyAll();
  }

 private:
  std::vector<Record> News() {
    MutexLock lock(peer_.mutex_);
    const std::size_t begin = peer_.read_[place_];
    if (begin == peer_.records_.size()) {
      peer_.changed_.WaitUntil(peer_.mutex_, std::chrono::steady_clock::now() + kPollTime);
    }
    return {peer_.records_.begin() + static_cast<std::ptrdiff_t>(begin), peer_.records_.end()};
  }

  MemoryPeer& peer_;
  std::size_t place_ = 0;
};

std::unique_ptr<Publisher> MemoryPeer::OpenPublisher() {
  return std::make_unique<MemoryPublisher>(*this);
}

std::unique_ptr<Subscriber> MemoryPeer::OpenSubscriber(int) {
  return std::make_unique<MemorySubscriber>(*this);
}

void MemoryPeer::WaitUntilAllIsRead() {
  MutexLock lock(mutex_);
  while (!AllIsRead()) changed_.Wait(mutex_);
}

bool MemoryPeer::AllIsRead() const {
  return std::all_of(read_.begin(), read_.end(),
                     [count = records_.size()](std::size_t read) { return read == count; });
}

std::vector<MemoryPeer::Record> MemoryPeer::records() {
  MutexLock lock(mutex_);
  return records_;
}

int MemoryPeer::pushes() {
  MutexLock lock(mutex_);
  return pushes_;
}

}  // namespace strata::compare
