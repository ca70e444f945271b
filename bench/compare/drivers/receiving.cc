#include "bench/compare/drivers/receiving.h"

#include <chrono>
#include <stdexcept>
#include <string>

namespace strata::compare {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);

}  // namespace

Received Receive(Subscriber& subscriber, std::uint64_t records, const Subscriber::Handler& see,
                 const Clock& clock, const std::atomic<bool>& given_up) {
  Received received;
  auto last = clock.Now();
  while (received.records < records) {
    const auto before = received.records;
    subscriber.Poll([&](std::string_view value) {
      ++received.records;
      received.bytes += value.size();
      see(value);
    });
    if (received.records > before) {
      last = clock.Now();
    } else if (given_up || clock.Now() - last > kPatience) {
      throw std::runtime_error("only " + std::to_string(received.records) + " of " +
                               std::to_string(records) + " records came");
    }
  }
  return received;
}

}  // namespace strata::compare
