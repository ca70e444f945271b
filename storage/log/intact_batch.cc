#include "storage/log/intact_batch.h"

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>

#include "proto/base/big_endian.h"
#include "proto/batch/header_layout.h"

namespace strata::storage {
namespace {

constexpr std::int64_t kWindowBytes = 1 << 20;
constexpr std::int64_t kMaxCheckedBytes = 1 << 30;

class Search {
 public:
  Search(const File& file, std::int64_t limit, Offset lowest, Offset highest)
      : file_(file), limit_(limit), lowest_(lowest), highest_(highest) {}

  Result<std::optional<BatchPlace>> Run(std::int64_t position);

 private:
  using Accept = std::function<Result<bool>(const BatchPlace&)>;

  // The header of a damaged batch, and the intact one to which its length leads.
  struct Jump {
    BatchHeader from;
    BatchPlace to;
  };
  Result<std::optional<Jump>> FollowLength(std::int64_t position);
  // The first batch that begins before `end` and is accepted, with the first of all in `first_`.
  Result<std::optional<BatchPlace>> TryEach(std::int64_t position, std::int64_t end,
                                            const Accept& accept);
  Result<std::optional<BatchPlace>> TryWindow(std::int64_t position, std::string_view window,
                                              const Accept& accept);
  // The batch at `position`, if an intact one lies there.
  Result<std::optional<BatchPlace>> Check(std::int64_t position);
  Result<bool> IsConfirmed(const BatchPlace& batch) const;
  // Whether intact batches lie from `batch` up to `next` without a gap.
  Result<bool> LeadsTo(const BatchPlace& next, BatchPlace batch);
  std::optional<std::size_t> FindMagic(std::string_view window, std::size_t from) const;
  bool InRange(const BatchHeader& header) const {
    return header.base_offset >= lowest_ && header.next_offset() <= highest_;
  }
  bool exhausted() const { return checked_bytes_ >= kMaxCheckedBytes; }
  Result<std::string> Read(std::int64_t position, std::int64_t count) const;

  const File& file_;
  const std::int64_t limit_;
  const Offset lowest_;
  const Offset highest_;
  std::int64_t checked_bytes_ = 0;
  std::optional<BatchPlace> first_;
};

Result<std::optional<BatchPlace>> Search::Run(std::int64_t position) {
  STRATA_TRY_ASSIGN(const auto here, Check(position));
  STRATA_TRY_ASSIGN(const auto jump, FollowLength(position));
  const bool expected = here && here->header.base_offset == lowest_;
  const bool goes_on = jump && jump->from.next_offset() == jump->to.header.base_offset;
  if (expected || (here && goes_on)) return here;
  if (jump) {
    // Its length is right: only its records are damaged.
    if (goes_on && jump->from.base_offset == lowest_) return jump->to;
    const auto leads_there = [&](const BatchPlace& batch) { return LeadsTo(jump->to, batch); };
    STRATA_TRY_ASSIGN(const auto passed, TryEach(position + 1, jump->to.position, leads_there));
    return passed ? *passed : jump->to;
  }
  STRATA_TRY_ASSIGN(const auto found,
                    TryEach(position + 1, limit_,
                            [this](const BatchPlace& batch) { return IsConfirmed(batch); }));
  return found ? found : first_;
}

Result<std::optional<Search::Jump>> Search::FollowLength(std::int64_t position) {
  STRATA_TRY_ASSIGN(const std::string front, Read(position, kBatchHeaderBytes));
  const Result<BatchHeader> header = ParseBatchHeader(front);
  if (!header) return std::nullopt;
  STRATA_TRY_ASSIGN(const auto to,
                    Check(position + static_cast<std::int64_t>(header->total_bytes())));
  if (!to) return std::nullopt;
  return Jump{*header, *to};
}

Result<std::optional<BatchPlace>> Search::TryEach(std::int64_t position, std::int64_t end,
                                                  const Accept& accept) {
  // Windows overlap, so that each header lies whole within one of them.
  constexpr auto kStep = kWindowBytes - static_cast<std::int64_t>(kBatchHeaderBytes) + 1;
  for (; position < end && !exhausted(); position += kStep) {
    const auto reach = end - position + static_cast<std::int64_t>(kBatchHeaderBytes);
    STRATA_TRY_ASSIGN(const std::string window, Read(position, std::min(kWindowBytes, reach)));
    STRATA_TRY_ASSIGN(const auto found, TryWindow(position, window, accept));
    if (found) return found;
  }
  return std::nullopt;
}

Result<std::optional<BatchPlace>> Search::TryWindow(std::int64_t position, std::string_view window,
                                                    const Accept& accept) {
  for (auto at = FindMagic(window, 0); at && !exhausted(); at = FindMagic(window, *at + 1)) {
    STRATA_TRY_ASSIGN(const auto batch, Check(position + static_cast<std::int64_t>(*at)));
    if (!batch) continue;
    STRATA_TRY_ASSIGN(const bool accepted, accept(*batch));
    if (accepted) return batch;
    if (!first_) first_ = batch;
  }
  return std::nullopt;
}

Result<std::optional<BatchPlace>> Search::Check(std::int64_t position) {
  STRATA_TRY_ASSIGN(const std::string front, Read(position, kBatchHeaderBytes));
  const Result<BatchHeader> header = ParseBatchHeader(front);
  if (!header || !InRange(*header)) return std::nullopt;
  const BatchPlace place{*header, position};
  if (place.end_position() > limit_) return std::nullopt;
  const auto total = static_cast<std::int64_t>(header->total_bytes());
  checked_bytes_ += total;
  STRATA_TRY_ASSIGN(const std::string batch, Read(position, total));
  if (batch.size() < header->total_bytes() || !BatchCrcMatches(batch)) return std::nullopt;
  return place;
}

Result<bool> Search::IsConfirmed(const BatchPlace& batch) const {
  STRATA_TRY_ASSIGN(const std::string next, Read(batch.end_position(), kBatchHeaderBytes));
  if (const auto header = ParseBatchHeader(next)) {
    return header->base_offset == batch.header.next_offset();
  }
  return next.find_first_not_of('\0') == std::string::npos;
}

Result<bool> Search::LeadsTo(const BatchPlace& next, BatchPlace batch) {
  while (batch.end_position() < next.position) {
    STRATA_TRY_ASSIGN(const auto follower, Check(batch.end_position()));
    if (!follower || follower->header.base_offset < batch.header.next_offset()) return false;
    batch = *follower;
  }
  return batch.end_position() == next.position &&
         batch.header.next_offset() <= next.header.base_offset;
}

// The next place in `window` that may be a header, found cheaply.
std::optional<std::size_t> Search::FindMagic(std::string_view window, std::size_t from) const {
  constexpr std::size_t kMagicAt = kMagicField.offset;
  while (true) {
    const std::size_t magic = window.find(static_cast<char>(kMagic), from + kMagicAt);
    if (magic == std::string_view::npos) return std::nullopt;
    const std::size_t at = magic - kMagicAt;
    const auto base_offset = LoadBigEndian<Offset>(window.data() + at + kBaseOffsetField.offset);
    if (base_offset >= lowest_ && base_offset < highest_) return at;
    from = at + 1;
  }
}

Result<std::string> Search::Read(std::int64_t position, std::int64_t count) const {
  const std::int64_t left = std::max<std::int64_t>(limit_ - position, 0);
  std::string bytes(static_cast<std::size_t>(std::min(count, left)), '\0');
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
