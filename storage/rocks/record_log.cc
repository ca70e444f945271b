#include "storage/rocks/record_log.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "proto/batch/crc32c.h"

namespace strata::storage {

namespace {

constexpr std::size_t kBlockBytes = 32 << 10;
constexpr std::size_t kPieceHeaderBytes = 7;

enum class PieceType { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

std::uint32_t LittleEndian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

// RocksDB never stores a CRC as it is, because data may hold CRCs themselves.
std::uint32_t Masked(std::uint32_t crc) {
  return (crc >> 15 | crc << 17) + 0xa282ead8U;
}

// The size of the piece at the beginning of `rest`, with its header; 0 if there is no whole one.
std::size_t SizeOfPiece(std::string_view rest) {
  if (rest.size() < kPieceHeaderBytes) return 0;
  const std::size_t size = kPieceHeaderBytes + LittleEndian(rest.substr(4, 2));
  if (size > rest.size()) return 0;
  const std::string_view covered = rest.substr(6, size - 6);
  return LittleEndian(rest.substr(0, 4)) == Masked(Crc32c(covered)) ? size : 0;
}

// Of a write: the number of its first change (u64), little-endian, then what it changes.
constexpr std::size_t kSequenceBytes = 8;

bool BeginsWithPiece(std::string_view rest) {
  return SizeOfPiece(rest) > 0 && rest[6] >= static_cast<char>(PieceType::kFull) &&
         rest[6] <= static_cast<char>(PieceType::kLast);
}

// How many bytes lie before the next piece, if none that is whole begins `rest`, within a block.
std::size_t SizeOfDamage(std::string_view rest) {
  // The length may be right all the same; and data may hold what looks like a piece.
  const std::size_t told = kPieceHeaderBytes + LittleEndian(rest.substr(4, 2));
  if (told < rest.size() && BeginsWithPiece(rest.substr(told))) return told;
  std::size_t bytes = 1;
  while (bytes < rest.size() && !BeginsWithPiece(rest.substr(bytes))) ++bytes;
  return bytes;
}

// Follows the pieces of records from block to block.
class RecordWalk {
 public:
  // Ends before the first record that holds a write numbered higher than this.
  explicit RecordWalk(std::optional<std::uint64_t> last_sequence = std::nullopt)
      : last_sequence_(last_sequence) {}

  // Takes the next block; false if something in it is not as it must be.
  bool TakeBlock(std::string_view block) {
    while (block.size() >= kPieceHeaderBytes) {
      const std::size_t size = SizeOfPiece(block);
      if (size == 0 || !TakePiece(static_cast<PieceType>(block[6]))) return false;
      KeepHead(block.substr(kPieceHeaderBytes, size - kPieceHeaderBytes));
      position_ += static_cast<std::int64_t>(size);
      if (!within_record_ && IsBeyond()) return false;
      if (!within_record_) end_ = position_;
      block.remove_prefix(size);
    }
    if (block.empty()) return true;
    // What is too short for a header fills the block up; or the file ends before the block does.
    position_ += static_cast<std::int64_t>(block.size());
    if (position_ % static_cast<std::int64_t>(kBlockBytes) != 0) return false;
    if (block.find_first_not_of('\0') != block.npos) return false;
    if (!within_record_) end_ = position_;
    return true;
  }

  // Behind the last whole record.
  std::int64_t end() const { return end_; }
  // Whether it has met a write that comes too late.
  bool beyond() const { return beyond_; }

 private:
  bool TakePiece(PieceType type) {
    const bool begins = type == PieceType::kFull || type == PieceType::kFirst;
    const bool goes_on = type == PieceType::kMiddle || type == PieceType::kLast;
    if (within_record_ ? !goes_on : !begins) return false;
    within_record_ = type == PieceType::kFirst || type == PieceType::kMiddle;
    if (begins) head_.clear();
    return true;
  }

  void KeepHead(std::string_view data) {
    if (head_.size() < kSequenceBytes) head_ += data.substr(0, kSequenceBytes - head_.size());
  }

  bool IsBeyond() {
    if (!last_sequence_ || head_.size() < kSequenceBytes) return false;
    const std::uint64_t high = LittleEndian(std::string_view(head_).substr(4));
    const std::uint64_t sequence = high << 32 | LittleEndian(std::string_view(head_).substr(0, 4));
    return beyond_ = sequence > *last_sequence_;
  }

  const std::optional<std::uint64_t> last_sequence_;
  std::int64_t position_ = 0;
  std::int64_t end_ = 0;
  bool within_record_ = false;
  bool beyond_ = false;
  std::string head_;  // of the record, as far as it was met
};

Result<void> WalkAll(const File& file, RecordWalk& walk) {
  std::string block(kBlockBytes, '\0');
  for (std::int64_t position = 0;; position += static_cast<std::int64_t>(kBlockBytes)) {
    STRATA_TRY_ASSIGN(const std::size_t got, file.Read(position, block.data(), kBlockBytes));
    const bool good = walk.TakeBlock(std::string_view(block).substr(0, got));
    if (!good || got < kBlockBytes) return Ok();
  }
}

std::string ToLittleEndian(std::uint32_t value, int bytes) {
  std::string encoded;
  for (int i = 0; i < bytes; ++i) encoded += static_cast<char>(value >> (8 * i) & 0xff);
  return encoded;
}

class RecordWriter {
 public:
  explicit RecordWriter(File& file) : file_(file) {}

  Result<void> Write(std::string_view record) {
    std::string pieces;
    bool begins = true;
    do {
      std::size_t room = kBlockBytes - (size_ + pieces.size()) % kBlockBytes;
      if (room < kPieceHeaderBytes) pieces.append(room, '\0');
      if (room < kPieceHeaderBytes) room = kBlockBytes;
      const std::string_view data = record.substr(0, room - kPieceHeaderBytes);
      record.remove_prefix(data.size());
      AddPiece(TypeOf(begins, record.empty()), data, &pieces);
      begins = false;
    } while (!record.empty());
    const std::string_view view = pieces;
    STRATA_TRY(file_.Write(static_cast<std::int64_t>(size_), std::span(&view, 1)));
    size_ += pieces.size();
    return Ok();
  }

 private:
  static PieceType TypeOf(bool begins, bool ends) {
    if (begins) return ends ? PieceType::kFull : PieceType::kFirst;
    return ends ? PieceType::kLast : PieceType::kMiddle;
  }

  static void AddPiece(PieceType type, std::string_view data, std::string* pieces) {
    const std::string covered = static_cast<char>(type) + std::string(data);
    *pieces += ToLittleEndian(Masked(Crc32c(covered)), 4);
    *pieces += ToLittleEndian(static_cast<std::uint32_t>(data.size()), 2);
    *pieces += covered;
  }

  File& file_;
  std::size_t size_ = 0;
};

// Puts records together from their pieces, and passes over what is damaged.
class RecordCopier {
 public:
  explicit RecordCopier(File& to) : writer_(to) {}

  Result<void> TakeBlock(std::string_view block) {
    while (block.size() >= kPieceHeaderBytes) {
      const bool whole = BeginsWithPiece(block);
      const std::size_t size = whole ? SizeOfPiece(block) : SizeOfDamage(block);
      const std::string_view taken = block.substr(0, size);
      if (whole) {
        STRATA_TRY(TakePiece(static_cast<PieceType>(taken[6]), taken.substr(kPieceHeaderBytes)));
      } else {
        TakeDamage(taken);
      }
      Advance(&block, size);
    }
    Advance(&block, block.size());
    return Ok();
  }

  std::vector<DamagedPart> TakeDamaged() { return std::move(damaged_); }

 private:
  void Advance(std::string_view* block, std::size_t bytes) {
    block->remove_prefix(bytes);
    position_ += static_cast<std::int64_t>(bytes);
  }

  void TakeDamage(std::string_view bytes) {
    record_.reset();
    const bool unused = bytes.find_first_not_of('\0') == bytes.npos;
    if (!unused) damaged_.push_back({position_, static_cast<std::int64_t>(bytes.size())});
  }

  Result<void> TakePiece(PieceType type, std::string_view data) {
    if (type == PieceType::kFull || type == PieceType::kFirst) record_.emplace();
    if (!record_) return Ok();
    record_->append(data);
    if (type != PieceType::kFull && type != PieceType::kLast) return Ok();
    STRATA_TRY(writer_.Write(*record_));
    record_.reset();
    return Ok();
  }

  RecordWriter writer_;
  std::int64_t position_ = 0;
  std::optional<std::string> record_;  // of which the beginning was found
  std::vector<DamagedPart> damaged_;
};

}  // namespace

Result<std::int64_t> EndOfWholeRecords(const File& file) {
  RecordWalk walk;
  STRATA_TRY(WalkAll(file, walk));
  return walk.end();
}

Result<std::optional<std::int64_t>> BeginOfWritesAfter(const File& file, std::uint64_t sequence) {
  RecordWalk walk(sequence);
  STRATA_TRY(WalkAll(file, walk));
  if (!walk.beyond()) return std::nullopt;
  return walk.end();
}

Result<std::vector<DamagedPart>> CopyWholeRecords(const File& from, File& to) {
  RecordCopier copier(to);
  std::string block(kBlockBytes, '\0');
  for (std::int64_t position = 0;; position += static_cast<std::int64_t>(kBlockBytes)) {
    STRATA_TRY_ASSIGN(const std::size_t got, from.Read(position, block.data(), kBlockBytes));
    STRATA_TRY(copier.TakeBlock(std::string_view(block).substr(0, got)));
    if (got < kBlockBytes) return copier.TakeDamaged();
  }
}

}  // namespace strata::storage
