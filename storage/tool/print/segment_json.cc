#include <nlohmann/json.hpp>

#include "proto/batch/compression.h"
#include "storage/tool/print/bytes_json.h"
#include "storage/tool/print/segment_text.h"

namespace strata::storage::tool {
namespace {

using Json = nlohmann::ordered_json;

std::string Line(const Json& json) {
  return json.dump() + "\n";
}

class JsonText : public SegmentText {
 public:
  std::string Title() const override { return ""; }

  std::string Batch(const BatchPlace& batch) const override {
    const BatchHeader& header = batch.header;
    return Line({{"type", "batch"},
                 {"position", batch.position},
                 {"bytes", header.total_bytes()},
                 {"base_offset", header.base_offset},
                 {"last_offset", header.last_offset()},
                 {"records", header.record_count},
                 {"codec", CompressionName(header.compression())},
                 {"base_timestamp_ms", header.base_timestamp_ms},
                 {"max_timestamp_ms", header.max_timestamp_ms},
                 {"producer_id", header.producer_id},
                 {"producer_epoch", header.producer_epoch},
                 {"base_sequence", header.base_sequence},
                 {"epoch", header.epoch},
                 {"crc_ok", true}});
  }

  std::string Record(const RecordView& record) const override {
    Json json = {
        {"type", "record"}, {"offset", record.offset}, {"timestamp_ms", record.timestamp_ms}};
    SetBytes(json, "key", record.key);
    SetBytes(json, "value", record.value);
    Json& headers = json["headers"] = Json::array();
    for (const HeaderView& header : record.headers) {
      Json& added = headers.emplace_back(Json::object());
      SetBytes(added, "name", header.name);
      SetBytes(added, "value", header.value);
    }
    return Line(json);
  }

  std::string BadRecords(const std::string& why) const override {
    return Line({{"type", "bad_records"}, {"what", why}});
  }

  std::string Gap(const tool::Gap& gap) const override {
    return Line({{"type", "damage"},
                 {"position", gap.begin},
                 {"end_position", gap.end},
                 {"first_offset", gap.offsets.first},
                 {"next_offset", gap.offsets.end},
                 {"what", Describe(gap.what)}});
  }

  std::string Unreadable(const UnreadablePart& part) const override {
    return Line({{"type", "unreadable"},
                 {"position", part.position},
                 {"end_position", part.position + part.bytes},
                 {"what", part.why}});
  }

  std::string End(const SegmentEnd& end) const override {
    return Line({{"type", "end"},
                 {"clean", IsCleanEnd(end.how)},
                 {"position", end.position},
                 {"next_offset", end.next_offset},
                 {"file_bytes", end.file_bytes},
                 {"what", Describe(end.how)}});
  }
};

}  // namespace

std::unique_ptr<SegmentText> SegmentText::ForPrograms() {
  return std::make_unique<JsonText>();
}

}  // namespace strata::storage::tool
