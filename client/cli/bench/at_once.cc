#include "client/cli/bench/at_once.h"

#include <chrono>
#include <future>
#include <thread>

namespace strata::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{20};

}  // namespace

void RunAtOnce(const std::vector<std::function<void()>>& tasks, const std::function<void()>& look) {
  std::vector<std::future<void>> running;
  running.reserve(tasks.size());
  for (const auto& task : tasks) running.push_back(std::async(std::launch::async, task));
  for (auto& task : running) {
    while (task.wait_for(kBetweenLooks) != std::future_status::ready) look();
    task.get();
  }
}

void LookUntil(const std::function<bool()>& done, const std::function<void()>& look) {
  while (!done()) {
    look();
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

}  // namespace strata::cli
