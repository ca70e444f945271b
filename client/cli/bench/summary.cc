#include "client/cli/bench/summary.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace strata::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMegabyte = 1e6;

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

double Milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

double PerSecond(double count, std::chrono::nanoseconds time) {
  return time.count() > 0 ? count / Seconds(time) : 0;
}

double RecordsPerSecond(const BenchSummary& summary) {
  return PerSecond(static_cast<double>(summary.moved.records), summary.time);
}

double Megabytes(const Amount& amount) {
  return static_cast<double>(amount.bytes) / kMegabyte;
}

std::string Throughput(const BenchSummary& summary) {
  return fmt::format(
      "{} records, {:.1f} MB {} in {:.3f} s: {:.0f} records/s{}, {:.1f} MB/s\n",
      summary.moved.records, Megabytes(summary.moved), summary.moved_how, Seconds(summary.time),
      RecordsPerSecond(summary),
      summary.due_per_second ? fmt::format(" of {} that were due", *summary.due_per_second) : "",
      PerSecond(Megabytes(summary.moved), summary.time));
}

std::string ToText(const std::optional<MeasuredLatency>& latency) {
  if (!latency || latency->of_records.count() == 0) return "";
  const Latencies& all = latency->of_records;
  return fmt::format("{}: p50 {:.2f} ms, p99 {:.2f} ms, p99.9 {:.2f} ms, max {:.2f} ms\n",
                     latency->how, Milliseconds(all.Percentile(0.5)),
                     Milliseconds(all.Percentile(0.99)), Milliseconds(all.Percentile(0.999)),
                     Milliseconds(all.max()));
}

std::string CpuTime(std::chrono::microseconds cpu_time, const Amount& moved) {
  const std::string per_gigabyte =
      moved.bytes > 0 ? fmt::format(" ({:.3f} s per GB)", SecondsPerGigabyte(cpu_time, moved.bytes))
                      : "";
  return fmt::format("{:.3f} s of processor time{}", Seconds(cpu_time), per_gigabyte);
}

std::string ToText(const Cost& cost, const Amount& moved) {
  const std::string broker =
      cost.broker ? fmt::format("{}, peak memory {:.1f} MB", CpuTime(cost.broker->cpu_time, moved),
                                static_cast<double>(cost.broker->peak_resident_bytes) / kMegabyte)
                  : "it is not known what it has used";
  return fmt::format("broker: {}\nclient: {}\n", broker, CpuTime(cost.client_cpu_time, moved));
}

std::string Interruption(std::uint64_t missing) {
  if (missing == 0) return "interrupted\n";
  return fmt::format("interrupted, and {} more that were sent are missing in all of this\n",
                     missing);
}

Json ToJson(const Latencies& latencies) {
  return {{"p50", Milliseconds(latencies.Percentile(0.5))},
          {"p99", Milliseconds(latencies.Percentile(0.99))},
          {"p99.9", Milliseconds(latencies.Percentile(0.999))},
          {"max", Milliseconds(latencies.max())}};
}

Json CpuTimeToJson(std::chrono::microseconds cpu_time, const Amount& moved) {
  Json json = {{"cpu_seconds", Seconds(cpu_time)}, {"cpu_seconds_per_gb", nullptr}};
  if (moved.bytes > 0) json["cpu_seconds_per_gb"] = SecondsPerGigabyte(cpu_time, moved.bytes);
  return json;
}

void AddLatency(const char* name, const std::optional<MeasuredLatency>& latency, Json& json) {
  if (latency && latency->of_records.count() > 0) json[name] = ToJson(latency->of_records);
}

void AddCost(const Cost& cost, const Amount& moved, Json& json) {
  if (cost.broker) {
    json["broker"] = CpuTimeToJson(cost.broker->cpu_time, moved);
    json["broker"]["peak_resident_bytes"] = cost.broker->peak_resident_bytes;
  }
  json["client"] = CpuTimeToJson(cost.client_cpu_time, moved);
}

}  // namespace

std::string ToText(const BenchSummary& summary) {
  std::string text = Throughput(summary);
  if (summary.durability) text += fmt::format("durability: {}\n", *summary.durability);
  text += ToText(summary.latency) + ToText(summary.ack_latency) + ToText(summary.send_lateness);
  if (summary.retries.value_or(0) > 0) text += fmt::format("sent again: {}\n", *summary.retries);
  if (summary.interrupted) text += Interruption(summary.missing.value_or(0));
  return summary.cost ? text + ToText(*summary.cost, summary.moved) : text;
}

std::string ToJson(const BenchSummary& summary) {
  Json json = {{"records", summary.moved.records},
               {"bytes", summary.moved.bytes},
               {"seconds", Seconds(summary.time)},
               {"records_per_second", RecordsPerSecond(summary)},
               {"megabytes_per_second", PerSecond(Megabytes(summary.moved), summary.time)}};
  if (summary.due_per_second) json["due_per_second"] = *summary.due_per_second;
  if (summary.groups) json["groups"] = *summary.groups;
  if (summary.durability) json["durability"] = *summary.durability;
  AddLatency("latency_ms", summary.latency, json);
  AddLatency("ack_latency_ms", summary.ack_latency, json);
  AddLatency("send_lateness_ms", summary.send_lateness, json);
  if (summary.retries) json["retries"] = *summary.retries;
  json["interrupted"] = summary.interrupted;
  if (summary.missing) json["missing"] = *summary.missing;
  if (summary.cost) AddCost(*summary.cost, summary.moved, json);
  return json.dump(2) + "\n";
}

}  // namespace strata::cli
