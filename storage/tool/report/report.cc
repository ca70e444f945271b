#include "storage/tool/report/report.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "storage/encoding/quote.h"

namespace strata::storage::tool {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kSeverities = {Severity::kDamage, Severity::kTorn, Severity::kHint,
                                    Severity::kStray};

const std::string* NameOf(const Report& report, const Finding& finding) {
  if (!finding.partition) return nullptr;
  const auto name = report.topic_names.find(finding.partition->topic);
  return name == report.topic_names.end() ? nullptr : &name->second;
}

std::string ToLine(const Report& report, const Finding& finding) {
  std::string line = fmt::format("{:<6}  {}", Name(finding.severity), finding.where);
  if (finding.position) line += fmt::format(" at {}", *finding.position);
  if (finding.bytes) line += fmt::format(", {} bytes", *finding.bytes);
  if (finding.offsets) line += ", " + ToText(*finding.offsets);
  if (const std::string* const name = NameOf(report, finding)) {
    line += fmt::format(" of topic {} partition {}", Quote(*name), finding.partition->partition);
  }
  return line + ": " + finding.what + "\n";
}

Json ToJson(const Report& report, const Finding& finding) {
  Json json = {{"severity", Name(finding.severity)}, {"where", finding.where}};
  if (const std::string* const name = NameOf(report, finding)) json["topic"] = *name;
  if (finding.partition) {
    json["topic_id"] = finding.partition->topic;
    json["partition"] = finding.partition->partition;
  }
  if (finding.position) json["position"] = *finding.position;
  if (finding.bytes) json["bytes"] = *finding.bytes;
  if (finding.offsets) {
    json["first_offset"] = finding.offsets->first;
    json["next_offset"] = finding.offsets->end;
  }
  json["what"] = finding.what;
  return json;
}

Json ToJson(const Counts& counts) {
  return {{"partitions", counts.partitions},
          {"segments", counts.segments},
          {"batches", counts.batches},
          {"records", counts.records},
          {"bytes", counts.bytes},
          {"index_entries", counts.index_entries},
          {"metadata_entries", counts.metadata_entries},
          {"groups", counts.groups},
          {"cursors", counts.cursors}};
}

std::string Headline(const Report& report) {
  if (report.repaired_to.empty()) return report.intact() ? "intact" : "damaged";
  return fmt::format("copied to {}, {}", report.repaired_to,
                     report.intact() ? "with all that it held" : "without what is named above");
}

std::string Summary(const Report& report) {
  const Counts& counts = report.counts;
  std::string text = fmt::format(
      "{}: {}\n"
      "  {:<9} {} partitions, {} segments, {} batches, {} records, {} bytes\n"
      "            {} index entries, {} metadata entries, {} groups, {} cursors\n"
      "  found     {} damaged, {} torn, {} stale hints, {} stray\n",
      report.examined, Headline(report), report.repaired_to.empty() ? "looked at" : "copied",
      counts.partitions, counts.segments, counts.batches, counts.records, counts.bytes,
      counts.index_entries, counts.metadata_entries, counts.groups, counts.cursors,
      report.Count(Severity::kDamage), report.Count(Severity::kTorn), report.Count(Severity::kHint),
      report.Count(Severity::kStray));
  if (!report.intact() && !report.advice.empty()) text += "  to do     " + report.advice + "\n";
  return text;
}

}  // namespace

std::string_view Name(Severity severity) {
  switch (severity) {
    case Severity::kDamage:
      return "damage";
    case Severity::kTorn:
      return "torn";
    case Severity::kHint:
      return "hint";
    case Severity::kStray:
      return "stray";
  }
  return "unknown";
}

std::int64_t Report::Count(Severity severity) const {
  return std::count_if(findings.begin(), findings.end(),
                       [severity](const Finding& finding) { return finding.severity == severity; });
}

std::string ToText(OffsetRange offsets) {
  if (offsets.end == offsets.first + 1) return fmt::format("offset {}", offsets.first);
  return fmt::format("offsets {} to {}", offsets.first, offsets.end - 1);
}

std::string ToText(const Report& report) {
  std::string text;
  for (const Severity severity : kSeverities) {
    for (const Finding& finding : report.findings) {
      if (finding.severity == severity) text += ToLine(report, finding);
    }
  }
  return text + Summary(report);
}

std::string ToJson(const Report& report) {
  Json json = {{"examined", report.examined}, {"intact", report.intact()}};
  if (!report.repaired_to.empty()) json["repaired_to"] = report.repaired_to;
  json["counts"] = ToJson(report.counts);
  Json& findings = json["findings"] = Json::array();
  for (const Finding& finding : report.findings) findings.push_back(ToJson(report, finding));
  // Names of files may hold any bytes.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace strata::storage::tool
