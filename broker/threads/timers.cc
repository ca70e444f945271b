#include "broker/threads/timers.h"

namespace strata::broker {

ThreadTimers::ThreadTimers() : thread_([this] { Run(); }) {}

ThreadTimers::~ThreadTimers() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

Timers::Ticket ThreadTimers::CallAfter(std::chrono::milliseconds delay,
                                       std::function<void()> callback) {
  bool is_next = false;
  Ticket ticket;
  {
    MutexLock lock(mutex_);
    ticket = {Clock::now() + delay, ++last_id_};
    const auto it = pending_.emplace(ticket, std::move(callback)).first;
    is_next = it == pending_.begin();
  }
  if (is_next) changed_.NotifyAll();
  return ticket;
}

bool ThreadTimers::Cancel(const Ticket& ticket) {
  MutexLock lock(mutex_);
  return pending_.erase(ticket) > 0;
}

void ThreadTimers::Run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    if (pending_.empty()) {
      changed_.Wait(mutex_);
      continue;
    }
    const auto next = pending_.begin();
    const Clock::time_point due = next->first.first;
    if (Clock::now() < due) {
      changed_.WaitUntil(mutex_, due);
      continue;
    }
    auto callback = std::move(next->second);
    pending_.erase(next);
    lock.Unlock();
    callback();
    callback = nullptr;
    lock.Lock();
  }
}

}  // namespace strata::broker
