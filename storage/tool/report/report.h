// All that an examination has found, and how it is told: to people as lines, to programs as JSON.
// Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "storage/tool/report/finding.h"

namespace strata::storage::tool {

// How much was looked at, or copied.
struct Counts {
  std::int64_t partitions = 0;
  std::int64_t segments = 0;
  std::int64_t batches = 0;
  std::int64_t records = 0;
  std::int64_t bytes = 0;  // of segments
  std::int64_t index_entries = 0;
  std::int64_t metadata_entries = 0;
  std::int64_t groups = 0;
  std::int64_t cursors = 0;
};

struct Report {
  std::string examined;                        // the path
  std::string repaired_to;                     // the new directory, if one was made
  std::string advice;                          // what to do if there is damage; may be empty
  std::map<TopicId, std::string> topic_names;  // as far as they are known
  Counts counts;
  std::vector<Finding> findings;

  void Add(Finding finding) { findings.push_back(std::move(finding)); }
  std::int64_t Count(Severity severity) const;
  // Nothing is damaged: what else was found needs nobody's attention.
  bool intact() const { return Count(Severity::kDamage) == 0; }
};

// "offsets 12 to 14", or "offset 12".
std::string ToText(OffsetRange offsets);

// A line for each finding, the worst first, and a summary.
std::string ToText(const Report& report);

// One JSON object with a newline.
std::string ToJson(const Report& report);

}  // namespace strata::storage::tool
