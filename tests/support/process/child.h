// A child process whose standard streams are files: no pipe fills up, nothing has to be pumped, and
// a test can watch the output grow.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace strata::e2e {

// How long a test waits for what is bound to come, before it fails.
inline constexpr std::chrono::seconds kPatience{60};

struct ChildStreams {
  std::filesystem::path input = "/dev/null";
  std::filesystem::path output = "/dev/null";
  std::filesystem::path errors = "/dev/null";
};

class Child {
 public:
  // Starts `arguments[0]` (a path). Throws std::runtime_error if that is not possible.
  Child(const std::vector<std::string>& arguments, const ChildStreams& streams);
  // Kills it with -9 if it still runs.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }

  // No effect on a child that has ended.
  void Signal(int signal);

  // The exit status, or 128 + the signal that ended it; nothing if it still runs after `patience`.
  std::optional<int> Wait(std::chrono::milliseconds patience = kPatience);

  // Waits until `condition` holds. False if the child ended first, or patience did.
  bool WaitUntil(const std::function<bool()>& condition);

 private:
  pid_t pid_ = -1;
  int pid_fd_ = -1;
  std::optional<int> status_;
};

// Waits until `condition` holds; false if it did not within kPatience. For conditions that nothing
// announces: asks again and again.
bool Eventually(const std::function<bool()>& condition);

}  // namespace strata::e2e
