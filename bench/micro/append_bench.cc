// Appending 100 B records with fsync before the ack, without any network: batches of 64 KiB and
// 1 MiB, over 1, 16 and 256 partitions, with 16 MiB in flight. Logs are trimmed as they go, so that
// the disk does not fill.
#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "bench/micro/in_flight.h"
#include "bench/micro/log_bench.h"

namespace strata::bench {
namespace {

constexpr std::size_t kBytesInFlight = 16 << 20;

void Append(benchmark::State& state, Durability durability) {
  const auto batch_bytes = static_cast<std::size_t>(state.range(0));
  const auto partitions = static_cast<std::int32_t>(state.range(1));
  BenchLogs logs;
  storage::LogOptions options;
  options.segment_bytes = 64 << 20;
  options.durability = durability;
  for (std::int32_t i = 0; i < partitions; ++i) {
    if (!logs.store().Open({1, i}, options)) return state.SkipWithError("cannot open");
  }
  const SharedBytes batch = SharedBytes::FromString(BatchOfBytes(batch_bytes));
  const BatchHeader header = ParseBatchHeader(batch.view()).value();
  InFlight in_flight;
  std::atomic<bool> failed = false;
  std::int64_t sent = 0;
  for (auto _ : state) {
    const auto partition = static_cast<std::int32_t>(sent % partitions);
    in_flight.Start(kBytesInFlight / batch_bytes);
    logs.store().Append({1, partition}, header, {batch}, durability,
                        [&](const Result<storage::AppendResult>& result) {
                          if (!result) failed = true;
                          in_flight.Finish();
                        });
    if (++sent % (1 << 30 >> 16) == 0) {
      for (std::int32_t i = 0; i < partitions; ++i) {
        (void)logs.store().Trim({1, i}, logs.store().Ends({1, i})->stable);
      }
    }
  }
  in_flight.WaitForAll();
  if (failed) state.SkipWithError("an append has failed");
  state.SetItemsProcessed(sent * header.record_count);
  state.SetBytesProcessed(sent * static_cast<std::int64_t>(batch.size()));
}

// One append at a time: what one ack costs.
void AppendOne(benchmark::State& state) {
  BenchLogs logs;
  if (!logs.store().Open({1, 0}, {})) return state.SkipWithError("cannot open");
  const SharedBytes batch = SharedBytes::FromString(BatchOfBytes(200));
  const BatchHeader header = ParseBatchHeader(batch.view()).value();
  InFlight in_flight;
  for (auto _ : state) {
    in_flight.Start(1);
    logs.store().Append({1, 0}, header, {batch}, Durability::kFsync,
                        [&](const Result<storage::AppendResult>&) { in_flight.Finish(); });
    in_flight.WaitForAll();
  }
}

// The limit: bytes written to one file and flushed, without a log around them. Space is reserved
// ahead as segments do.
void BareDisk(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  const std::string path = (std::filesystem::temp_directory_path() / "strata-bare-disk").string();
  constexpr std::int64_t kFileBytes = 64 << 20;
  auto& file_system = storage::FileSystem::Real();
  (void)file_system.RemoveFile(path);
  const std::string content(bytes, 'v');
  const std::array<std::string_view, 1> fragments{content};
  std::unique_ptr<storage::File> file;
  std::int64_t position = kFileBytes;
  for (auto _ : state) {
    if (position + static_cast<std::int64_t>(bytes) > kFileBytes) {
      (void)file_system.RemoveFile(path);
      file = file_system.Open(path, storage::FileSystem::OpenMode::kCreate).value();
      if (!file->Allocate(kFileBytes)) return state.SkipWithError("cannot reserve");
      position = 0;
    }
    if (!file->Write(position, fragments) || !file->Sync()) return state.SkipWithError("failed");
    position += static_cast<std::int64_t>(bytes);
  }
  (void)file_system.RemoveFile(path);
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK(BareDisk)->ArgName("bytes")->Arg(200)->Arg(1 << 20)->Arg(8 << 20)->UseRealTime()->Unit(
    benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Append, fsync, Durability::kFsync)
    ->ArgNames({"batch", "partitions"})
    ->ArgsProduct({{64 << 10, 1 << 20}, {1, 16, 256}})
    ->UseRealTime();
BENCHMARK_CAPTURE(Append, os, Durability::kOs)
    ->ArgNames({"batch", "partitions"})
    ->ArgsProduct({{64 << 10, 1 << 20}, {1}})
    ->UseRealTime();
BENCHMARK(AppendOne)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace strata::bench
