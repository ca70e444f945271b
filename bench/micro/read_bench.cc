// Reading 100 B records in batches of 64 KiB, without any network: from the tail cache, and from
// segment files that the operating system holds in memory.
#include <cstdint>
#include <string>

#include <benchmark/benchmark.h>

#include "bench/micro/log_bench.h"
#include "proto/base/mutex.h"

namespace strata::bench {
namespace {

constexpr std::size_t kBatchBytes = 64 << 10;
constexpr std::size_t kLogBytes = 256 << 20;
constexpr storage::PartitionId kPartition{1, 0};

// A log of 256 MiB.
void Fill(storage::LogStore& store, const SharedBytes& batch) {
  const BatchHeader header = ParseBatchHeader(batch.view()).value();
  Mutex mutex;
  CondVar changed;
  std::size_t missing = kLogBytes / batch.size();
  const std::size_t count = missing;
  storage::LogOptions options;
  options.segment_bytes = 64 << 20;
  if (!store.Open(kPartition, options)) std::abort();
  for (std::size_t i = 0; i < count; ++i) {
    store.Append(kPartition, header, {batch}, Durability::kFsync,
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

void ReadAll(benchmark::State& state, std::size_t cache_bytes) {
  storage::LocalLogStoreOptions options;
  options.tail_cache_bytes = cache_bytes;
  options.max_queued_bytes = 2 * kLogBytes;
  BenchLogs logs(options);
  const SharedBytes batch = SharedBytes::FromString(BatchOfBytes(kBatchBytes));
  Fill(logs.store(), batch);
  const storage::ReadLimits limits{static_cast<std::size_t>(state.range(0))};
  const Offset end = logs.store().Ends(kPartition)->visible;
  std::int64_t records = 0;
  std::int64_t bytes = 0;
  Offset next = 0;
  for (auto _ : state) {
    const auto read = logs.store().Read(kPartition, next, limits);
    if (!read) return state.SkipWithError(read.error().message.c_str());
    records += read->next_offset - next;
    bytes += static_cast<std::int64_t>(read->bytes);
    next = read->next_offset == end ? 0 : read->next_offset;
  }
  state.SetItemsProcessed(records);
  state.SetBytesProcessed(bytes);
}

BENCHMARK_CAPTURE(ReadAll, tail_cache, 2 * kLogBytes)->ArgName("max_bytes")->Arg(1 << 20);
BENCHMARK_CAPTURE(ReadAll, page_cache, 0)->ArgName("max_bytes")->Arg(64 << 10)->Arg(1 << 20);

}  // namespace
}  // namespace strata::bench
