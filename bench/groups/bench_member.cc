#include "bench/groups/bench_member.h"

#include <chrono>
#include <utility>

#include "bench/groups/must.h"

namespace strata::bench {

BenchMember::BenchMember(const std::string& broker, ConsumerOptions options, Callbacks callbacks)
    : callbacks_(std::move(callbacks)) {
  options.listener.assigned = [this](const auto&) { Held(); };
  options.listener.lost = [this](const auto&, const Error&) { Held(); };
  consumer_ = Must(Consumer::Open(Must(Connection::Open({.broker = broker})), std::move(options)));
  thread_ = std::thread([this] { Work(); });
}

BenchMember::~BenchMember() {
  Leave();
}

void BenchMember::Leave() {
  if (!thread_.joinable()) return;
  leaving_ = true;
  consumer_->Wakeup();
  thread_.join();
}

void BenchMember::Held() {
  told_ = consumer_->assignment().size();
  callbacks_.holds(told_);
}

void BenchMember::Work() {
  while (!leaving_) {
    const auto records = Must(consumer_->Poll(std::chrono::seconds(60)));
    if (!records.empty()) callbacks_.records(*consumer_, records);
    // What was revoked is given back when the listener has returned.
    if (consumer_->assignment().size() != told_) Held();
  }
  consumer_->Close();
  Held();
}

}  // namespace strata::bench
