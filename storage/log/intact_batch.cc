#include "storage/log/intact_batch.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace strata::storage {
namespace {

constexpr std::int64_t kChunkBytes = 1 << 20;
constexpr auto kHeaderBytes = static_cast<std::int64_t>(kBatchHeaderBytes);

class Search {
 public:
  Search(const File& file, std::int64_t limit, Offset lowest, Offset highest)
      : file_(file), limit_(limit), lowest_(lowest), highest_(highest) {}

  Result<std::optional<BatchPlace>> Run(std::int64_t position);

 private:
  Result<std::optional<BatchPlace>> FindFrom(std::int64_t position);
  Result<std::optional<BatchPlace>> Check(std::string_view bytes, std::int64_t position);
  Result<std::string> Read(std::int64_t position, std::int64_t count);

  const File& file_;
  const std::int64_t limit_;
  const Offset lowest_;
  const Offset highest_;
};

Result<std::optional<BatchPlace>> Search::Run(std::int64_t position) {
  std::optional<BatchPlace> best;
  std::int64_t best_bytes = 0;
  while (true) {
    STRATA_TRY_ASSIGN(const auto found, FindFrom(position));
    if (!found) return best;
    BatchScanner scanner(file_, found->position, limit_, found->header.base_offset,
                         BatchScanner::Check::kHeaders);
    BatchPlace batch;
    while (true) {
      STRATA_TRY_ASSIGN(const bool more, scanner.Next(&batch));
      if (!more) break;
    }
    if (IsCleanEnd(scanner.end())) return found;
    const std::int64_t bytes = scanner.position() - found->position;
    if (bytes > best_bytes) {
      best = found;
      best_bytes = bytes;
    }
    position = scanner.position();
  }
}

Result<std::optional<BatchPlace>> Search::FindFrom(std::int64_t position) {
  for (; position + kHeaderBytes <= limit_; position += kChunkBytes) {
    // The headers that begin in this chunk; they may end in the next one.
    STRATA_TRY_ASSIGN(const std::string chunk,
                      Read(position, std::min(limit_ - position, kChunkBytes + kHeaderBytes - 1)));
    for (std::size_t at = 0; at + kBatchHeaderBytes <= chunk.size(); ++at) {
      if (chunk[at + kPlacementBytes] != kMagic) continue;  // nearly all of them, cheaply
      STRATA_TRY_ASSIGN(const auto found, Check(std::string_view(chunk).substr(at),
                                                position + static_cast<std::int64_t>(at)));
      if (found) return found;
    }
  }
  return std::nullopt;
}

Result<std::optional<BatchPlace>> Search::Check(std::string_view bytes, std::int64_t position) {
  const Result<BatchHeader> header = ParseBatchHeader(bytes);
  if (!header || header->base_offset < lowest_ || header->next_offset() > highest_) {
    return std::nullopt;
  }
  const BatchPlace place{*header, position};
  if (place.end_position() > limit_) return std::nullopt;
  STRATA_TRY_ASSIGN(const std::string batch,
                    Read(position, static_cast<std::int64_t>(header->total_bytes())));
  if (batch.size() < header->total_bytes() || !BatchCrcMatches(batch)) return std::nullopt;
  return place;
}

Result<std::string> Search::Read(std::int64_t position, std::int64_t count) {
  std::string bytes(static_cast<std::size_t>(count), '\0');
  STRATA_TRY_ASSIGN(const std::size_t got, file_.Read(position, bytes.data(), bytes.size()));
  bytes.resize(got);
  return bytes;
}

}  // namespace

Result<std::optional<BatchPlace>> FindIntactBatch(const File& file, std::int64_t position,
                                                  std::int64_t limit, Offset lowest,
                                                  Offset highest) {
  return Search(file, limit, lowest, highest).Run(position);
}

}  // namespace strata::storage
