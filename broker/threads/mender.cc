#include "broker/threads/mender.h"

#include <algorithm>
#include <utility>

namespace strata::broker {

Mender::Mender(const Threads& threads, const Pace& pace, Mend mend)
    : threads_(threads), pace_(pace), mend_(std::move(mend)) {}

std::shared_ptr<Mender> Mender::Start(const Threads& threads, const Pace& pace, Mend mend) {
  std::shared_ptr<Mender> mender(new Mender(threads, pace, std::move(mend)));
  mender->Schedule(pace.first);
  return mender;
}

void Mender::Stop() {
  MutexLock lock(mutex_);
  stopped_ = true;
}

void Mender::Schedule(std::chrono::milliseconds delay) {
  threads_.timers.CallAfter(delay, [weak = weak_from_this(), delay] {
    if (const auto self = weak.lock()) self->PostMending(delay);
  });
}

void Mender::PostMending(std::chrono::milliseconds delay) {
  MutexLock lock(mutex_);
  if (stopped_) return;
  const bool posted = threads_.executor.Post([weak = weak_from_this(), delay] {
    if (const auto self = weak.lock()) self->Run(delay);
  });
  if (!posted) Schedule(delay);  // too much to do
}

void Mender::Run(std::chrono::milliseconds delay) {
  Schedule(mend_() ? pace_.first : std::min(delay * 2, pace_.longest));
}

}  // namespace strata::broker
