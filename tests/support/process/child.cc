#include "tests/support/process/child.h"

#include <csignal>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace strata::e2e {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kAskAgain{5};

pid_t Spawn(const std::vector<std::string>& arguments, const ChildStreams& streams) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int kCreate = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, 0, streams.input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, streams.output.c_str(), kCreate, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, streams.errors.c_str(), kCreate, 0600);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("cannot start " + arguments[0]);
  return pid;
}

}  // namespace

Child::Child(const std::vector<std::string>& arguments, const ChildStreams& streams)
    : pid_(Spawn(arguments, streams)),
      // glibc has a wrapper only since 2.36, and not for C++.
      pid_fd_(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0))) {
  if (pid_fd_ < 0) throw std::runtime_error("cannot watch " + arguments[0]);
}

Child::~Child() {
  Signal(SIGKILL);
  Wait();
  close(pid_fd_);
}

void Child::Signal(int signal) {
  if (!status_) kill(pid_, signal);
}

std::optional<int> Child::Wait(std::chrono::milliseconds patience) {
  if (status_) return status_;
  pollfd ended{.fd = pid_fd_, .events = POLLIN, .revents = 0};
  if (poll(&ended, 1, static_cast<int>(patience.count())) <= 0) return std::nullopt;
  int status = 0;
  waitpid(pid_, &status, 0);
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return status_;
}

bool Child::WaitUntil(const std::function<bool()>& condition) {
  const auto deadline = Clock::now() + kPatience;
  while (!condition()) {
    if (Wait(kAskAgain)) return condition();
    if (Clock::now() > deadline) return false;
  }
  return true;
}

bool Eventually(const std::function<bool()>& condition) {
  const auto deadline = Clock::now() + kPatience;
  while (!condition()) {
    if (Clock::now() > deadline) return false;
    poll(nullptr, 0, static_cast<int>(kAskAgain.count()));
  }
  return true;
}

}  // namespace strata::e2e
