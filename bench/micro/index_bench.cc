// Looking offsets and times up in an index over 64 GiB, which are one log or 1,000. The blocks that
// it takes come from RocksDB's own cache (the same few places again and again), from the page cache
// (places all over the index, most of which that cache does not hold), or from the disk (the first
// look-up after the database has been opened, without anything of it in memory).
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/micro/filled_index.h"

namespace strata::bench {
namespace {

using storage::IndexEntry;
using storage::OffsetIndex;
using storage::PartitionId;

enum class Source { kBlockCache, kPageCache, kDisk };

struct Place {
  PartitionId log;
  IndexEntry entry;
};

class OpenIndex {
 public:
  explicit OpenIndex(const FilledIndex& filled) : database_(filled.Open()), index_(*database_) {}
  const OffsetIndex& get() const { return index_; }

 private:
  const std::unique_ptr<storage::RocksDb> database_;
  const OffsetIndex index_;
};

std::vector<Place> PlacesFor(Source source, std::int32_t logs) {
  constexpr std::size_t kFew = 64;
  constexpr std::size_t kMany = 1 << 16;
  std::mt19937_64 random(1);
  std::vector<Place> places(source == Source::kBlockCache ? kFew : kMany);
  for (Place& place : places) {
    const auto chosen = static_cast<std::int64_t>(random() % kIndexEntries);
    // Entry number i of all is of log i % logs.
    place.log = {1, static_cast<std::int32_t>(chosen % logs)};
    place.entry = EntryOfLog(chosen / logs);
  }
  return places;
}

template <typename Find>
void LookUp(benchmark::State& state, Source source, const Find& find) {
  const auto logs = static_cast<std::int32_t>(state.range(0));
  const FilledIndex& filled = IndexOver(logs);
  const std::vector<Place> places = PlacesFor(source, logs);
  auto index = std::make_unique<OpenIndex>(filled);
  if (source != Source::kDisk) {
    for (const Place& place : places) benchmark::DoNotOptimize(find(index->get(), place));
  }
  std::size_t next = 0;
  for (auto _ : state) {
    if (source == Source::kDisk) {
      state.PauseTiming();
      index = std::make_unique<OpenIndex>(filled);
      filled.DropFromPageCache();
      state.ResumeTiming();
    }
    const Place& place = places[next++ % places.size()];
    if (find(index->get(), place) != place.entry) return state.SkipWithError("not found");
  }
}

void FindOffset(benchmark::State& state, Source source) {
  LookUp(state, source, [](const OffsetIndex& index, const Place& place) {
    return index.FindOffset(place.log, place.entry.offset + 1);
  });
}

void FindTime(benchmark::State& state, Source source) {
  LookUp(state, source, [](const OffsetIndex& index, const Place& place) {
    return index.FindTime(place.log, place.entry.segment_base, place.entry.max_timestamp_ms + 1);
  });
}

void InMemory(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("logs")->Arg(1)->Arg(1'000)->Unit(benchmark::kMicrosecond);
}

// Opening the database before each of them takes far longer than what is measured.
void OnDisk(benchmark::internal::Benchmark* benchmark) {
  InMemory(benchmark);
  benchmark->Iterations(300)->UseRealTime();
}

BENCHMARK_CAPTURE(FindOffset, block_cache, Source::kBlockCache)->Apply(InMemory);
BENCHMARK_CAPTURE(FindOffset, page_cache, Source::kPageCache)->Apply(InMemory);
BENCHMARK_CAPTURE(FindOffset, disk, Source::kDisk)->Apply(OnDisk);
BENCHMARK_CAPTURE(FindTime, block_cache, Source::kBlockCache)->Apply(InMemory);
BENCHMARK_CAPTURE(FindTime, page_cache, Source::kPageCache)->Apply(InMemory);
BENCHMARK_CAPTURE(FindTime, disk, Source::kDisk)->Apply(OnDisk);

}  // namespace
}  // namespace strata::bench
