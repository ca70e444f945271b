#include "bench/compare/drivers/sending.h"

#include <stdexcept>
#include <string>

#include "bench/compare/drivers/stamp.h"

namespace strata::compare {
namespace {

constexpr std::uint64_t kRecordsInTurn = 1'000;
constexpr auto kMostLate = std::chrono::seconds(30);

}  // namespace

int PartitionOf(std::uint64_t record, int partitions) {
  return static_cast<int>(record / kRecordsInTurn % static_cast<std::uint64_t>(partitions));
}

std::uint64_t SendAll(Publisher& publisher, const LoadSize& size, const cli::Payloads& values) {
  std::uint64_t bytes = 0;
  for (std::uint64_t i = 0; i < size.records; ++i) {
    const std::string_view value = values.At(i);
    publisher.Publish(PartitionOf(i, size.partitions), value);
    bytes += value.size();
  }
  publisher.Flush();
  return bytes;
}

void SendOnSchedule(Publisher& publisher, const LoadSize& size, const cli::Payloads& values,
                    const cli::LoadSchedule& schedule, Clock& clock) {
  std::string value;
  for (std::uint64_t i = 0; i < size.records; ++i) {
    const auto due = schedule.DueAt(i);
    const auto now = clock.Now();
    if (now < due) {
      publisher.Push();
      clock.SleepUntil(cli::LoadSchedule::WakeUp(due, now));
    }
    if (now - due > kMostLate) {
      throw std::runtime_error("it cannot keep up: record " + std::to_string(i) + " of " +
                               std::to_string(size.records) + " is sent 30 s too late");
    }
    value = values.At(i);
    Stamp(&value, due);
    publisher.Publish(PartitionOf(i, size.partitions), value);
  }
  publisher.Flush();
}

}  // namespace strata::compare
