#include "client/cli/bench/cost_meter.h"

#include <ctime>
#include <optional>

namespace strata::cli {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{500};

std::chrono::microseconds CpuTimeOfThisProcess() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

}  // namespace

Result<CostMeter> CostMeter::Begin(std::shared_ptr<Connection> connection) {
  CostMeter meter(std::move(connection));
  STRATA_TRY(meter.LookNow());
  meter.client_begin_ = CpuTimeOfThisProcess();
  return meter;
}

void CostMeter::Look() {
  if (Clock::now() >= next_) static_cast<void>(LookNow());
}

Cost CostMeter::Finish() {
  const auto client_cpu_time = CpuTimeOfThisProcess() - client_begin_;
  return {.broker = LookNow() ? tally_.cost() : std::nullopt, .client_cpu_time = client_cpu_time};
}

Result<void> CostMeter::LookNow() {
  STRATA_TRY_ASSIGN(const BrokerInfo info, admin_.DescribeBroker());
  tally_.Add(info);
  next_ = Clock::now() + kBetweenLooks;
  return Ok();
}

}  // namespace strata::cli
