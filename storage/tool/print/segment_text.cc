#include "storage/tool/print/segment_text.h"

#include <fmt/format.h>

#include "proto/batch/compression.h"
#include "storage/encoding/quote.h"
#include "storage/tool/report/report.h"

namespace strata::storage::tool {
namespace {

std::string Field(const std::optional<std::string_view>& bytes) {
  return bytes ? Quote(*bytes) : "null";
}

std::string Producer(const BatchHeader& header) {
  if (header.producer_id < 0) return "-";
  return fmt::format("{}/{}/{}", header.producer_id, header.producer_epoch, header.base_sequence);
}

class PeopleText : public SegmentText {
 public:
  std::string Title() const override {
    return fmt::format("{:>12} {:>10} {:>12} {:>12} {:>8} {:<7}{:>14} {:>14}  {:<5} {:<20}\n",
                       "POSITION", "BYTES", "OFFSET", "LAST", "RECORDS", "CODEC", "BASE-TIME",
                       "MAX-TIME", "CRC", "PRODUCER/EPOCH/SEQUENCE");
  }

  std::string Batch(const BatchPlace& batch) const override {
    const BatchHeader& header = batch.header;
    return fmt::format("{:>12} {:>10} {:>12} {:>12} {:>8} {:<7}{:>14} {:>14}  {:<5} {}\n",
                       batch.position, header.total_bytes(), header.base_offset,
                       header.last_offset(), header.record_count,
                       CompressionName(header.compression()), header.base_timestamp_ms,
                       header.max_timestamp_ms, "ok", Producer(header));
  }

  std::string Record(const RecordView& record) const override {
    std::string line = fmt::format("  record {} at {}: key {}, value {}", record.offset,
                                   record.timestamp_ms, Field(record.key), Field(record.value));
    for (const HeaderView& header : record.headers) {
      line += fmt::format(", header {}={}", Quote(header.name), Field(header.value));
    }
    return line + "\n";
  }

  std::string BadRecords(const std::string& why) const override {
    return fmt::format("  its records cannot be read: {}\n", why);
  }

  std::string Gap(const tool::Gap& gap) const override {
    return fmt::format("damaged from {} to {}, {}: {}\n", gap.begin, gap.end, ToText(gap.offsets),
                       Describe(gap.what));
  }

  std::string Unreadable(const UnreadablePart& part) const override {
    return fmt::format("unreadable from {} to {}: {}\n", part.position, part.position + part.bytes,
                       part.why);
  }

  std::string End(const SegmentEnd& end) const override {
    const std::int64_t rest = end.file_bytes - end.position;
    switch (end.how) {
      case ScanEnd::kEndOfData:
        return fmt::format("ends cleanly at {}; the next offset is {}\n", end.position,
                           end.next_offset);
      case ScanEnd::kZeroedTail:
        return fmt::format(
            "ends cleanly at {}, with {} reserved bytes behind; the next offset is {}\n",
            end.position, rest, end.next_offset);
      default:
        return fmt::format(
            "torn or damaged from {} to its end at {}: {}; offset {} should follow\n", end.position,
            end.file_bytes, Describe(end.how), end.next_offset);
    }
  }
};

}  // namespace

std::unique_ptr<SegmentText> SegmentText::ForPeople() {
  return std::make_unique<PeopleText>();
}

}  // namespace strata::storage::tool
