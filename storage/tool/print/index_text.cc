#include "storage/tool/print/index_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "storage/log/segment_name.h"

namespace strata::storage::tool {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const std::vector<IndexEntry>& entries) {
  Json json = Json::array();
  for (const IndexEntry& entry : entries) {
    json.push_back({{"offset", entry.offset},
                    {"position", entry.position},
                    {"max_timestamp_ms", entry.max_timestamp_ms}});
  }
  return json;
}

std::string ToLines(std::string_view kind, const std::vector<IndexEntry>& entries) {
  std::string lines;
  for (const IndexEntry& entry : entries) {
    lines += fmt::format("    {:<6}  offset {:>12}  position {:>12}  highest time {:>14}\n", kind,
                         entry.offset, entry.position, entry.max_timestamp_ms);
  }
  return lines;
}

}  // namespace

std::string ToText(PartitionId partition, const PartitionIndex& index) {
  std::string text = Describe(partition) + "\n";
  for (const auto& [base_offset, segment] : index.segments) {
    text += fmt::format("  segment {}: complete up to position {}\n", SegmentFileName(base_offset),
                        segment.covered_bytes);
    text += ToLines("offset", segment.by_offset) + ToLines("time", segment.by_time);
  }
  if (index.undecodable > 0) {
    text += fmt::format("  {} entries cannot be decoded\n", index.undecodable);
  }
  return text;
}

Json ToJson(PartitionId partition, const PartitionIndex& index) {
  Json json = {{"topic", partition.topic},
               {"partition", partition.partition},
               {"undecodable", index.undecodable}};
  Json& segments = json["segments"] = Json::array();
  for (const auto& [base_offset, segment] : index.segments) {
    segments.push_back({{"base_offset", base_offset},
                        {"covered_bytes", segment.covered_bytes},
                        {"by_offset", ToJson(segment.by_offset)},
                        {"by_time", ToJson(segment.by_time)}});
  }
  return json;
}

}  // namespace strata::storage::tool
