// Commits in the cursor store on disk, each acknowledged when it is there: so many groups at once,
// each of which commits again as soon as it has its answer. Calls that come together share a flush;
// what one flush costs is BareDisk/bytes:200 of strata_append_bench. Percentiles are of the time
// from the call to the answer; items are cursors.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/micro/in_flight.h"
#include "storage/cursors/cursor_codec.h"
#include "storage/cursors/rocks_cursor_table.h"
#include "storage/rocks/rocks_db.h"

namespace strata::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Lives below $TMPDIR, which must name the disk that is meant.
class BenchCursors {
 public:
  BenchCursors() : directory_(std::filesystem::temp_directory_path() / "strata-cursor-bench") {
    std::filesystem::remove_all(directory_);
    storage::RocksDbOptions options;
    options.directory = directory_.string();
    options.kind = storage::RocksDbOptions::Kind::kTruth;
    options.families = {storage::kCursorFamily};
    options.create = true;
    truth_ = storage::RocksDb::Open(options).value();
    store_ = storage::OpenRocksCursorStore(*truth_, truth_->Family(storage::kCursorFamily)).value();
  }
  ~BenchCursors() {
    store_.reset();
    truth_.reset();
    std::filesystem::remove_all(directory_);
  }

  storage::CursorStore& store() { return *store_; }

 private:
  const std::filesystem::path directory_;
  std::unique_ptr<storage::RocksDb> truth_;
  std::unique_ptr<storage::CursorStore> store_;
};

// Added to by one thread at a time, and read when that has come to its end.
class Latencies {
 public:
  explicit Latencies(std::size_t most) { all_.reserve(most); }

  void Add(Clock::duration latency) { all_.push_back(latency); }

  // 0.99: as long as 99 % of them took at most.
  double Microseconds(double part) {
    if (all_.empty()) return 0;
    const auto place = all_.begin() + static_cast<std::ptrdiff_t>(part * (all_.size() - 1));
    std::nth_element(all_.begin(), place, all_.end());
    return std::chrono::duration<double, std::micro>(*place).count();
  }

 private:
  std::vector<Clock::duration> all_;
};

// The `number`th commit of a group, of so many partitions.
std::vector<storage::CursorWrite> CommitOf(std::int64_t group, std::int64_t partitions,
                                           std::int64_t number) {
  std::vector<storage::CursorWrite> writes;
  storage::Cursor cursor;
  cursor.current = number;
  cursor.committed = number;
  cursor.member = "member-0123456789abcdef";
  cursor.committed_at_ms = 1'700'000'000'000 + number;
  for (std::int64_t i = 0; i < partitions; ++i) {
    writes.push_back({"group-" + std::to_string(group), {1, static_cast<std::int32_t>(i)}, cursor});
  }
  return writes;
}

void Commit(benchmark::State& state) {
  const std::int64_t groups = state.range(0);
  const std::int64_t partitions = state.range(1);
  InFlight in_flight;
  Latencies latencies(static_cast<std::size_t>(state.max_iterations));
  std::atomic<bool> failed = false;
  BenchCursors cursors;  // its thread uses the others
  const auto commit = [&](std::int64_t number, bool measured) {
    auto writes = CommitOf(number % groups, partitions, number / groups);
    // Answers come in the order of the calls: then this group has its last one.
    in_flight.Start(static_cast<std::size_t>(groups));
    cursors.store().Write(std::move(writes), /*durable=*/true,
                          [&, measured, begun = Clock::now()](const Result<void>& result) {
                            if (measured) latencies.Add(Clock::now() - begun);
                            if (!result) failed = true;
                            in_flight.Finish();
                          });
  };
  // The first commit of a group makes it.
  std::int64_t number = 0;
  while (number < groups) commit(number++, /*measured=*/false);
  in_flight.WaitForAll();
  for (auto _ : state) commit(number++, /*measured=*/true);
  in_flight.WaitForAll();
  if (failed) state.SkipWithError("a commit has failed");
  state.SetItemsProcessed(state.iterations() * partitions);
  state.counters["p50_us"] = latencies.Microseconds(0.5);
  state.counters["p99_us"] = latencies.Microseconds(0.99);
}

BENCHMARK(Commit)
    ->ArgNames({"groups", "partitions"})
    ->ArgsProduct({{1, 10, 1'000}, {1, 10}})
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace strata::bench
