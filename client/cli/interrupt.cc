#include "client/cli/interrupt.h"

#include <csignal>
#include <utility>

#include <pthread.h>
#include <unistd.h>

namespace strata::cli {
namespace {

// As a shell reports a process that SIGINT has ended.
constexpr int kInterruptedStatus = 128 + SIGINT;

sigset_t Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGUSR1);  // from the destructor
  return signals;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t signals = Signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([this] { Run(); });
}

Interrupt::~Interrupt() {
  finished_ = true;
  pthread_kill(thread_.native_handle(), SIGUSR1);
  thread_.join();
}

void Interrupt::SetWakeUp(std::function<void()> wake_up) {
  MutexLock lock(mutex_);
  wake_up_ = std::move(wake_up);
  if (wake_up_ && requested_) wake_up_();
}

void Interrupt::Run() {
  const sigset_t signals = Signals();
  while (true) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (finished_) return;
    if (signal == SIGUSR1) continue;
    if (requested_.exchange(true)) _exit(kInterruptedStatus);
    MutexLock lock(mutex_);
    if (wake_up_) wake_up_();
  }
}

}  // namespace strata::cli
