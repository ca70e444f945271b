#include "tests/fault/process/steady_producers.h"

#include <stdexcept>
#include <utility>

#include "tests/fault/history/payload_record.h"

namespace strata::fault {
namespace {

constexpr std::int64_t kLongestBurst = 30;

template <class T>
T Must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

}  // namespace

SteadyProducers::SteadyProducers(const std::string& broker, Options options, Dice& dice)
    : options_(std::move(options)) {
  const auto connection = Must(Connection::Open({.broker = broker}));
  for (int i = 0; i < options_.producers; ++i) {
    producers_.push_back(Must(Producer::Open(connection, options_.topic, {})));
  }
  for (const auto& producer : producers_) {
    threads_.emplace_back([this, &producer, own = dice.Split()] { Produce(*producer, own); });
  }
}

SteadyProducers::~SteadyProducers() {
  Stop();
}

void SteadyProducers::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void SteadyProducers::Produce(Producer& producer, Dice dice) {
  while (!stopping_) {
    for (std::int64_t i = dice.Between(1, kLongestBurst); i > 0; --i) {
      Send(producer, static_cast<std::int32_t>(dice.Between(0, options_.partitions - 1)));
    }
    producer.Flush();
    LetWork(options_.pause);
  }
}

void SteadyProducers::Send(Producer& producer, std::int32_t partition) {
  const testing::PayloadId payload = ++payloads_;
  const testing::PayloadRecord record(payload, /*keyed=*/false);
  producer.Send(
      record.view(), [this, payload](const Result<Placed>& placed) { Returned(payload, placed); },
      partition);
}

void SteadyProducers::Returned(testing::PayloadId payload, const Result<Placed>& placed) {
  MutexLock lock(mutex_);
  if (placed) {
    acked_.push_back({placed->partition, placed->offset, payload});
  } else {
    ++failures_;
  }
  changed_.NotifyAll();
}

void SteadyProducers::LetWork(std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  MutexLock lock(mutex_);
  while (changed_.WaitUntil(mutex_, until)) {
  }
}

std::vector<testing::AckedRecord> SteadyProducers::acked() const {
  MutexLock lock(mutex_);
  return acked_;
}

std::int64_t SteadyProducers::failures() const {
  MutexLock lock(mutex_);
  return failures_;
}

}  // namespace strata::fault
