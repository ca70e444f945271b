// A member of a group on a thread of its own, as a program would be, with a connection of its own.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/lib/consumer.h"

namespace strata::bench {

class BenchMember {
 public:
  // Both are called on its thread.
  struct Callbacks {
    // Whenever it holds other partitions than before.
    std::function<void(std::size_t held)> holds = [](std::size_t) {};
    std::function<void(Consumer&, const std::vector<ConsumedRecord>&)> records = [](Consumer&,
                                                                                    const auto&) {};
  };

  // Begins to join. Ends the process with a message if the broker refuses something.
  BenchMember(const std::string& broker, ConsumerOptions options, Callbacks callbacks);
  // Leaves.
  ~BenchMember();

  // Leaves the group, and waits until it has.
  void Leave();

 private:
  void Work();
  void Held();

  const Callbacks callbacks_;
  std::atomic<bool> leaving_ = false;
  std::unique_ptr<Consumer> consumer_;
  std::size_t told_ = 0;  // what it held when `holds` was called last; of its thread
  std::thread thread_;    // last: it uses the rest
};

}  // namespace strata::bench
