// Starting: a log of 10,000 segments, and 10,000 logs of one segment each, after a clean stop and
// after a crash of the process. `memory_per_log` is what an idle open log costs, in bytes.
#include <cstdint>
#include <fstream>
#include <string>

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include "bench/micro/log_bench.h"
#include "proto/base/mutex.h"

namespace strata::bench {
namespace {

constexpr std::int32_t kMany = 10'000;

double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0;
  double resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

storage::LogOptions OneBatchPerSegment() {
  storage::LogOptions options;
  options.segment_bytes = 1;
  return options;
}

void OpenAll(storage::LogStore& store, std::int32_t partitions) {
  for (std::int32_t i = 0; i < partitions; ++i) {
    if (!store.Open({1, i}, OneBatchPerSegment())) std::abort();
  }
}

// One batch for each partition in turn, `count` in all.
void Append(storage::LogStore& store, std::int32_t partitions, std::int32_t count) {
  const SharedBytes batch = SharedBytes::FromString(BatchOfBytes(200));
  const BatchHeader header = ParseBatchHeader(batch.view()).value();
  Mutex mutex;
  CondVar changed;
  std::int32_t missing = count;
  for (std::int32_t i = 0; i < count; ++i) {
    store.Append({1, i % partitions}, header, {batch}, Durability::kFsync,
                 [&](const Result<storage::AppendResult>& result) {
                   if (!result) std::abort();
                   MutexLock lock(mutex);
                   --missing;
                   changed.NotifyAll();
                 });
  }
  MutexLock lock(mutex);
  while (missing > 0) changed.Wait(mutex);
}

void Open(benchmark::State& state, std::int32_t partitions, bool clean) {
  BenchLogs logs;
  OpenAll(logs.store(), partitions);
  Append(logs.store(), partitions, kMany);
  double grown = 0;
  for (auto _ : state) {
    state.PauseTiming();
    if (clean && !logs.store().Close()) std::abort();
    logs.Stop();
    malloc_trim(0);
    const double before = ResidentBytes();
    state.ResumeTiming();
    logs.Start();
    OpenAll(logs.store(), partitions);
    state.PauseTiming();
    grown = ResidentBytes() - before;
    state.ResumeTiming();
  }
  if (partitions > 1) state.counters["memory_per_log"] = grown / partitions;
}

BENCHMARK_CAPTURE(Open, ten_thousand_segments_after_clean_stop, 1, true)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(3);
BENCHMARK_CAPTURE(Open, ten_thousand_segments_after_crash, 1, false)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(3);
BENCHMARK_CAPTURE(Open, ten_thousand_logs_after_clean_stop, kMany, true)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(3);
BENCHMARK_CAPTURE(Open, ten_thousand_logs_after_crash, kMany, false)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->Iterations(3);

}  // namespace
}  // namespace strata::bench
