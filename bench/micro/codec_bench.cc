// The record batch codec on one core: encoding, validating and reading batches of about 256 KiB of
// records, and the pieces below them. `items_per_second` counts records, `bytes_per_second` the
// uncompressed batch.
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "proto/batch/compression.h"
#include "proto/batch/crc32c.h"
#include "proto/batch/partitioner.h"
#include "proto/batch/record_batch.h"
#include "proto/wire/payload_message.h"

namespace strata {
namespace {

constexpr std::size_t kBatchBytes = 256 << 10;

// Values like lines of a log: words from a small stock, and numbers that never repeat.
std::vector<std::string> Values(std::size_t value_bytes) {
  static constexpr std::string_view kWords[] = {"installed",       "upgrade", "status",
                                                "half-configured", "linux",   "amd64",
                                                "trigproc",        "unpacked"};
  std::mt19937 random(1);
  std::vector<std::string> values(kBatchBytes / value_bytes);
  for (std::string& value : values) {
    while (value.size() < value_bytes) {
      value.append(kWords[random() % std::size(kWords)]).append(" ");
      value.append(std::to_string(random() % 100'000)).append(" ");
    }
    value.resize(value_bytes);
  }
  return values;
}

void AddAll(const std::vector<std::string>& values, RecordBatchBuilder* builder) {
  RecordView record;
  record.timestamp_ms = 1'700'000'000'000;
  for (const std::string& value : values) {
    record.value = value;
    ++record.timestamp_ms;
    builder->Add(record);
  }
}

std::string Encoded(const std::vector<std::string>& values, Compression codec) {
  RecordBatchBuilder builder(codec);
  AddAll(values, &builder);
  return builder.Finish();
}

Compression CodecOf(const benchmark::State& state) {
  return static_cast<Compression>(state.range(1));
}

void Count(std::size_t records, std::size_t bytes, benchmark::State* state) {
  state->SetItemsProcessed(static_cast<std::int64_t>(state->iterations() * records));
  state->SetBytesProcessed(static_cast<std::int64_t>(state->iterations() * bytes));
}

void Describe(const std::vector<std::string>& values, benchmark::State* state) {
  const double plain = Encoded(values, Compression::kNone).size();
  const double encoded = Encoded(values, CodecOf(*state)).size();
  Count(values.size(), static_cast<std::size_t>(plain), state);
  state->SetLabel(std::string(CompressionName(CodecOf(*state))));
  state->counters["ratio"] = plain / encoded;
}

void Encode(benchmark::State& state) {
  const auto values = Values(state.range(0));
  RecordBatchBuilder builder(CodecOf(state));
  for (auto _ : state) {
    AddAll(values, &builder);
    benchmark::DoNotOptimize(builder.Finish());
  }
  Describe(values, &state);
}

void Validate(benchmark::State& state) {
  const auto values = Values(state.range(0));
  const std::string batch = Encoded(values, CodecOf(state));
  for (auto _ : state) {
    const auto header = ValidateBatch(batch, {});
    if (!header) state.SkipWithError(header.error().message.c_str());
  }
  Describe(values, &state);
}

// As a batch comes from a socket: in pieces of 16 KiB.
void ValidateFragments(benchmark::State& state) {
  constexpr std::size_t kFragmentBytes = 16 << 10;
  const auto values = Values(state.range(0));
  const SharedBytes batch = SharedBytes::FromString(Encoded(values, CodecOf(state)));
  Fragments fragments;
  for (std::size_t at = 0; at < batch.size(); at += kFragmentBytes) {
    fragments.push_back(
        SharedBytes::FromString(std::string(batch.Slice(at, kFragmentBytes).view())));
  }
  for (auto _ : state) {
    const auto header = ValidateBatch(fragments, {});
    if (!header) state.SkipWithError(header.error().message.c_str());
  }
  Describe(values, &state);
}

void Read(benchmark::State& state) {
  const auto values = Values(state.range(0));
  const std::string batch = Encoded(values, CodecOf(state));
  RecordView record;
  for (auto _ : state) {
    auto reader = RecordBatchReader::Open(batch);
    while (reader->Next(&record)) benchmark::DoNotOptimize(record);
    if (!reader->status()) state.SkipWithError("the batch is damaged");
  }
  Describe(values, &state);
}

const std::vector<std::vector<std::int64_t>> kSizesAndCodecs = {{100, 1024}, {0, 1, 2, 3, 4}};
BENCHMARK(Encode)->ArgsProduct(kSizesAndCodecs);
BENCHMARK(Validate)->ArgsProduct(kSizesAndCodecs);
BENCHMARK(ValidateFragments)->ArgsProduct(kSizesAndCodecs);
BENCHMARK(Read)->ArgsProduct(kSizesAndCodecs);

void Crc(benchmark::State& state) {
  const std::string bytes(state.range(0), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(Crc32c(bytes));
  Count(1, bytes.size(), &state);
}
BENCHMARK(Crc)->Arg(128)->Arg(4 << 10)->Arg(256 << 10)->Arg(4 << 20);

void Partition(benchmark::State& state) {
  const std::string key(state.range(0), 'k');
  for (auto _ : state) benchmark::DoNotOptimize(PartitionForKey(key, 12));
  Count(1, key.size(), &state);
}
BENCHMARK(Partition)->Arg(8)->Arg(36);

void SplitRequest(benchmark::State& state) {
  const std::string payload(state.range(0), 'x');
  const std::string request =
      "\x0a\x06orders\x10\x01" + PayloadPrefix(15, payload.size()) + payload;
  for (auto _ : state) benchmark::DoNotOptimize(SplitPayload(request, 15));
  Count(1, request.size(), &state);
}
BENCHMARK(SplitRequest)->Arg(256 << 10);

}  // namespace
}  // namespace strata
