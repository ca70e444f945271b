#include "storage/log/segment_name.h"

#include <charconv>
#include <cinttypes>
#include <cstdio>

#include "storage/encoding/quote.h"

namespace strata::storage {
namespace {

constexpr std::size_t kDigits = 20;
constexpr std::string_view kSuffix = ".log";
constexpr std::string_view kGeneration = ".generation-";

std::string TopicName(TopicId topic) {
  char text[17];
  std::snprintf(text, sizeof text, "%016" PRIx64, topic);
  return text;
}

}  // namespace

std::string TopicsDirectory(const std::string& data_dir) {
  return data_dir + "/topics";
}

std::string TopicDirectory(const std::string& data_dir, TopicId topic) {
  return TopicsDirectory(data_dir) + "/" + TopicName(topic);
}

std::string PartitionDirectory(const std::string& data_dir, PartitionId partition) {
  return TopicDirectory(data_dir, partition.topic) + "/" + std::to_string(partition.partition);
}

std::string SegmentFileName(Offset base_offset) {
  char text[kDigits + 1];
  std::snprintf(text, sizeof text, "%020" PRId64, base_offset);
  return std::string(text).append(kSuffix);
}

std::string SegmentPath(const std::string& data_dir, PartitionId partition, Offset base_offset) {
  return PartitionDirectory(data_dir, partition) + "/" + SegmentFileName(base_offset);
}

std::optional<Offset> ParseSegmentFileName(std::string_view name) {
  if (name.size() != kDigits + kSuffix.size() || !name.ends_with(kSuffix)) return std::nullopt;
  const char* end = name.data() + kDigits;
  Offset base_offset = 0;
  const auto parsed = std::from_chars(name.data(), end, base_offset);
  if (parsed.ec != std::errc() || parsed.ptr != end || base_offset < 0) return std::nullopt;
  return base_offset;
}

std::string RewrittenPath(const std::string& data_dir, PartitionId partition, Offset base_offset,
                          std::uint32_t generation) {
  return SegmentPath(data_dir, partition, base_offset)
      .append(kGeneration)
      .append(std::to_string(generation));
}

bool IsRewrittenFileName(std::string_view name) {
  constexpr std::size_t kSegmentNameSize = kDigits + kSuffix.size();
  return ParseSegmentFileName(name.substr(0, kSegmentNameSize)) &&
         name.substr(kSegmentNameSize).starts_with(kGeneration);
}

std::string Describe(PartitionId partition) {
  return "partition " + std::to_string(partition.partition) + " of topic " +
         TopicName(partition.topic);
}

std::string Describe(PartitionId partition, std::string_view topic_name) {
  if (topic_name.empty()) return Describe(partition);
  return "partition " + std::to_string(partition.partition) + " of topic " + Quote(topic_name);
}

}  // namespace strata::storage
