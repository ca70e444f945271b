// Compaction of a log of 256 MiB in 100 B records, of digits that no codec halves more than once:
// how many bytes a second it takes in, depending on how many records a key has and on the codec;
// and what it leaves of the rate of appends that run beside it.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <thread>

#include <benchmark/benchmark.h>

#include "bench/micro/in_flight.h"
#include "bench/micro/log_bench.h"
#include "storage/log/local_log_store_impl.h"

namespace strata::bench {
namespace {

constexpr std::int64_t kLogBytes = 256 << 20;
constexpr std::size_t kBatchBytes = 64 << 10;
constexpr std::size_t kAppendBytes = 1 << 20;
constexpr std::size_t kBytesInFlight = 16 << 20;

storage::LocalLogStoreOptions WithoutCleaner(std::size_t map_bytes) {
  storage::LocalLogStoreOptions options;
  options.cleanup_interval = std::chrono::milliseconds(0);
  options.compaction_map_bytes = map_bytes;
  return options;
}

storage::LogOptions Compacted() {
  storage::LogOptions options;
  options.segment_bytes = 32 << 20;
  options.durability = Durability::kOs;
  options.cleanup.compact = true;
  return options;
}

std::string Digits(std::mt19937_64& random, std::size_t count) {
  std::string digits;
  while (digits.size() < count) digits += std::to_string(random());
  digits.resize(count);
  return digits;
}

// Records with keys out of `keys`, in a fixed disorder, from the `first` one on.
std::string KeyedBatch(std::int64_t first, std::int64_t keys, Compression codec) {
  constexpr std::int64_t kPrime = 1'000'003;
  RecordBatchBuilder builder(codec);
  std::mt19937_64 random(static_cast<std::uint64_t>(first));
  for (std::int64_t i = first; builder.uncompressed_bytes() < kBatchBytes; ++i) {
    const std::string key = "key-" + std::to_string(i * kPrime % keys);
    const std::string value = Digits(random, kRecordBytes - key.size());
    RecordView record;
    record.key = key;
    record.value = value;
    record.timestamp_ms = 1'700'000'000'000;
    builder.Add(record);
  }
  return builder.Finish();
}

bool Append(storage::LogStore& store, storage::PartitionId partition, const std::string& batch,
            InFlight& in_flight, std::size_t limit) {
  const auto header = ParseBatchHeader(batch);
  if (!header) return false;
  in_flight.Start(limit);
  store.Append(partition, *header, {SharedBytes::FromString(batch)}, Durability::kOs,
               [&](const Result<storage::AppendResult>&) { in_flight.Finish(); });
  return true;
}

// Fills a log up; what is in it is on disk then.
void Fill(storage::LogStore& store, storage::PartitionId partition, std::int64_t records_per_key,
          Compression codec) {
  InFlight in_flight;
  const std::int64_t records = kLogBytes / static_cast<std::int64_t>(kRecordBytes);
  const std::int64_t keys = std::max<std::int64_t>(records / records_per_key, 1);
  for (std::int64_t first = 0; first < records;) {
    const std::string batch = KeyedBatch(first, keys, codec);
    first += ParseBatchHeader(batch)->record_count;
    if (!Append(store, partition, batch, in_flight, 64)) return;
  }
  in_flight.WaitForAll();
  while (store.Ends(partition)->stable < store.Ends(partition)->log_end) std::this_thread::yield();
}

void Clean(BenchLogs& logs) {
  static_cast<storage::LocalLogStore&>(logs.store()).CleanAll();
}

void Compact(benchmark::State& state) {
  const auto codec = static_cast<Compression>(state.range(1));
  std::int64_t before = 0;
  std::int64_t after = 0;
  for (auto _ : state) {
    BenchLogs logs(WithoutCleaner(256 << 20));
    if (!logs.store().Open({1, 0}, Compacted())) return state.SkipWithError("cannot open");
    Fill(logs.store(), {1, 0}, state.range(0), codec);
    before += logs.store().Status({1, 0})->size_bytes;
    const auto started = std::chrono::steady_clock::now();
    Clean(logs);
    state.SetIterationTime(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
    after += logs.store().Status({1, 0})->size_bytes;
  }
  state.SetBytesProcessed(before);
  state.counters["left"] = static_cast<double>(after) / static_cast<double>(before);
}

// Appends with fsync, alone or beside a compaction that never ends: with little memory for keys it
// needs many passes, each over the whole log.
void AppendBeside(benchmark::State& state) {
  BenchLogs logs(WithoutCleaner(1 << 20));
  storage::LogOptions options;
  options.segment_bytes = 64 << 20;
  if (!logs.store().Open({1, 0}, options) || !logs.store().Open({2, 0}, Compacted())) {
    return state.SkipWithError("cannot open");
  }
  const bool compacting = state.range(0) != 0;
  std::atomic<bool> done = false;
  std::atomic<int> passes = 0;
  std::thread cleaner;
  if (compacting) {
    Fill(logs.store(), {2, 0}, 1, Compression::kNone);
    cleaner = std::thread([&] {
      for (; !done; ++passes) Clean(logs);
    });
  }
  const SharedBytes batch = SharedBytes::FromString(BatchOfBytes(kAppendBytes));
  const BatchHeader header = ParseBatchHeader(batch.view()).value();
  InFlight in_flight;
  std::int64_t sent = 0;
  for (auto _ : state) {
    in_flight.Start(kBytesInFlight / kAppendBytes);
    logs.store().Append({1, 0}, header, {batch}, Durability::kFsync,
                        [&](const Result<storage::AppendResult>&) { in_flight.Finish(); });
    if (++sent % 1024 == 0) (void)logs.store().Trim({1, 0}, logs.store().Ends({1, 0})->stable);
  }
  in_flight.WaitForAll();
  done = true;
  if (cleaner.joinable()) cleaner.join();
  state.SetBytesProcessed(sent * static_cast<std::int64_t>(batch.size()));
  state.counters["passes"] = passes.load();
}

BENCHMARK(Compact)
    ->ArgNames({"records_per_key", "codec"})
    ->ArgsProduct({{1, 10, 100}, {0}})
    ->Args({10, static_cast<std::int64_t>(Compression::kLz4)})
    ->Args({10, static_cast<std::int64_t>(Compression::kZstd)})
    ->UseManualTime()
    ->Iterations(3)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(AppendBeside)->ArgName("compacting")->Arg(0)->Arg(1)->UseRealTime()->MinTime(8);

}  // namespace
}  // namespace strata::bench
