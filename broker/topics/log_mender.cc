#include "broker/topics/log_mender.h"

#include <algorithm>

namespace strata::broker {

LogMender::LogMender(const Environment& environment, const Pace& pace)
    : environment_(environment), pace_(pace) {}

std::shared_ptr<LogMender> LogMender::Start(const Environment& environment, const Pace& pace) {
  std::shared_ptr<LogMender> mender(new LogMender(environment, pace));
  mender->Schedule(pace.first);
  return mender;
}

void LogMender::Stop() {
  MutexLock lock(mutex_);
  stopped_ = true;
}

void LogMender::Schedule(std::chrono::milliseconds delay) {
  environment_.timers.CallAfter(delay, [weak = weak_from_this(), delay] {
    if (const auto self = weak.lock()) self->PostMending(delay);
  });
}

void LogMender::PostMending(std::chrono::milliseconds delay) {
  MutexLock lock(mutex_);
  if (stopped_) return;
  const bool posted = environment_.executor.Post([weak = weak_from_this(), delay] {
    if (const auto self = weak.lock()) self->Mend(delay);
  });
  if (!posted) Schedule(delay);  // too much to do
}

void LogMender::Mend(std::chrono::milliseconds delay) {
  const bool all_well = environment_.topics.MendLogs() == 0;
  Schedule(all_well ? pace_.first : std::min(delay * 2, pace_.longest));
}

}  // namespace strata::broker
