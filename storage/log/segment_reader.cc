#include "storage/log/segment_reader.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

namespace strata::storage {
namespace {

struct Buffer {
  std::shared_ptr<char[]> memory;
  std::string_view bytes;
};

Result<Buffer> ReadBuffer(const File& file, std::int64_t position, std::size_t count) {
  auto memory = std::make_shared_for_overwrite<char[]>(count);
  STRATA_TRY_ASSIGN(const std::size_t got, file.Read(position, memory.get(), count));
  const std::string_view bytes(memory.get(), got);
  return Buffer{std::move(memory), bytes};
}

struct WholeBatches {
  std::size_t bytes = 0;
  Offset next_offset = 0;
};

// How much of `bytes` is whole and right batches with dense offsets.
WholeBatches CountWholeBatches(std::string_view bytes, std::optional<Offset> expected) {
  WholeBatches whole;
  while (true) {
    const std::string_view rest = bytes.substr(whole.bytes);
    if (rest.size() < kBatchHeaderBytes) return whole;
    const Result<BatchHeader> header = ParseBatchHeader(rest);
    if (!header || header->total_bytes() > rest.size()) return whole;
    if (expected && header->base_offset != *expected) return whole;
    if (!BatchCrcMatches(rest.substr(0, header->total_bytes()))) return whole;
    whole.bytes += header->total_bytes();
    whole.next_offset = header->next_offset();
    expected = whole.next_offset;
  }
}

tl::unexpected<Error> Damage(std::int64_t position, std::string_view what) {
  return Fail(ErrorCode::CORRUPT_LOG,
              "damage at position " + std::to_string(position) + ": " + std::string(what));
}

// The size of the batch at `position` if it is larger than what `bytes` has of it.
Result<std::size_t> SizeOfLargeBatch(std::string_view bytes, std::int64_t position,
                                     std::int64_t limit, std::optional<Offset> expected) {
  const Result<BatchHeader> header = ParseBatchHeader(bytes);
  if (!header) return Damage(position, header.error().message);
  if (expected && header->base_offset != *expected) {
    return Damage(position, Describe(ScanEnd::kWrongOffset));
  }
  const std::size_t total = header->total_bytes();
  if (total <= bytes.size()) return Damage(position, Describe(ScanEnd::kBadCrc));
  if (static_cast<std::int64_t>(total) > limit - position) {
    return Damage(position, Describe(ScanEnd::kIncompleteBatch));
  }
  return total;
}

// Lets go of a buffer that is mostly unused.
SharedBytes Share(Buffer buffer, std::size_t used) {
  const std::string_view bytes = buffer.bytes.substr(0, used);
  if (used >= buffer.bytes.size() / 2) return SharedBytes(std::move(buffer.memory), bytes);
  return SharedBytes::FromString(std::string(bytes));
}

}  // namespace

Result<BatchRun> ReadBatches(const File& file, std::int64_t position, std::int64_t limit,
                             std::optional<Offset> expected, std::size_t max_bytes) {
  const auto available = static_cast<std::size_t>(std::max<std::int64_t>(limit - position, 0));
  const std::size_t wanted = std::min(std::max(max_bytes, kBatchHeaderBytes), available);
  STRATA_TRY_ASSIGN(Buffer buffer, ReadBuffer(file, position, wanted));
  WholeBatches whole = CountWholeBatches(buffer.bytes, expected);
  if (whole.bytes == 0) {
    STRATA_TRY_ASSIGN(const std::size_t size,
                      SizeOfLargeBatch(buffer.bytes, position, limit, expected));
    STRATA_TRY_ASSIGN(buffer, ReadBuffer(file, position, size));
    whole = CountWholeBatches(buffer.bytes, expected);
    if (whole.bytes == 0) return Damage(position, Describe(ScanEnd::kBadCrc));
  }
  BatchRun run;
  run.next_offset = whole.next_offset;
  run.end_position = position + static_cast<std::int64_t>(whole.bytes);
  run.bytes = Share(std::move(buffer), whole.bytes);
  return run;
}

Result<BatchPlace> FindBatch(const File& file, std::int64_t position, std::int64_t limit,
                             Offset expected, Offset offset) {
  BatchScanner scanner(file, position, limit, expected, BatchScanner::Check::kHeaders);
  BatchPlace batch;
  while (true) {
    STRATA_TRY_ASSIGN(const bool more, scanner.Next(&batch));
    if (!more) return Damage(scanner.position(), Describe(scanner.end()));
    if (batch.header.next_offset() > offset) return batch;
  }
}

}  // namespace strata::storage
