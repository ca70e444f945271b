#include "broker/metrics/metrics.h"

#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "proto/base/mutex.h"

namespace strata::broker {
namespace {

prometheus::Counter& AddCounter(prometheus::Registry& registry, const char* name,
                                const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

// From a tenth of a millisecond, which a fast disk takes, to ten seconds, in steps of 1, 2.5, 5.
prometheus::Histogram::BucketBoundaries LatencyBucketsSeconds() {
  prometheus::Histogram::BucketBoundaries buckets;
  for (double decade = 0.0001; decade < 5; decade *= 10) {
    for (double step : {1.0, 2.5, 5.0}) buckets.push_back(decade * step);
  }
  buckets.push_back(10);
  return buckets;
}

prometheus::MetricFamily ToFamily(const Metrics::Gauge& gauge) {
  prometheus::MetricFamily family{gauge.name, gauge.help, prometheus::MetricType::Gauge, {}};
  for (const Metrics::Sample& sample : gauge.samples) {
    prometheus::ClientMetric& metric = family.metric.emplace_back();
    metric.gauge.value = sample.value;
    for (const auto& [label, value] : sample.labels) metric.label.push_back({label, value});
  }
  return family;
}

using ReadGauges = std::function<std::vector<Metrics::Gauge>()>;

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
  prometheus::Counter& appended_records = AddCounter(registry, "strata_appended_records_total",
                                                     "Records that were appended and acknowledged");
  prometheus::Counter& appended_bytes =
      AddCounter(registry, "strata_appended_bytes_total",
                 "Bytes of encoded batches that were appended and acknowledged");
  prometheus::Counter& duplicates =
      AddCounter(registry, "strata_duplicate_appends_total",
                 "Batches that producers sent again and that were not appended twice");
  prometheus::Counter& fetched_bytes =
      AddCounter(registry, "strata_fetched_bytes_total",
                 "Bytes of records that were sent to readers and group members: of encoded "
                 "batches, or of keys, values and headers");
  prometheus::Histogram& append_latency =
      prometheus::BuildHistogram()
          .Name("strata_append_latency_seconds")
          .Help("Time from an append's arrival to its acknowledgement")
          .Register(registry)
          .Add({}, LatencyBucketsSeconds());
  prometheus::Family<prometheus::Counter>& append_errors =
      prometheus::BuildCounter()
          .Name("strata_append_errors_total")
          .Help("Appends that were answered with an error, by its reason")
          .Register(registry);
  prometheus::Counter& joins =
      AddCounter(registry, "strata_group_joins_total", "Members that have joined a group");
  prometheus::Family<prometheus::Counter>& departures =
      prometheus::BuildCounter()
          .Name("strata_group_departures_total")
          .Help("Members whose stream has ended, by the reason: left, disconnected, or the error")
          .Register(registry);

  // Whoever watches how a counter grows must see it before.
  Impl() {
    for (const ErrorCode code :
         {ErrorCode::NO_PROGRESS, ErrorCode::INSTANCE_REPLACED, ErrorCode::OVERLOADED}) {
      departures.Add({{"reason", std::string(ErrorName(code))}});
    }
    for (const char* reason : {"left", "disconnected"}) departures.Add({{"reason", reason}});
  }

  Mutex mutex;
  std::vector<ReadGauges> gauges STRATA_GUARDED_BY(mutex);
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::CountAppend(std::int64_t records, std::int64_t bytes,
                          std::chrono::nanoseconds latency) {
  impl_->appended_records.Increment(static_cast<double>(records));
  impl_->appended_bytes.Increment(static_cast<double>(bytes));
  impl_->append_latency.Observe(std::chrono::duration<double>(latency).count());
}

void Metrics::CountDuplicate() {
  impl_->duplicates.Increment();
}

void Metrics::CountAppendError(ErrorCode code) {
  impl_->append_errors.Add({{"reason", std::string(ErrorName(code))}}).Increment();
}

void Metrics::CountFetch(std::int64_t bytes) {
  impl_->fetched_bytes.Increment(static_cast<double>(bytes));
}

void Metrics::CountJoin() {
  impl_->joins.Increment();
}

void Metrics::CountDeparture(std::string_view reason) {
  impl_->departures.Add({{"reason", std::string(reason)}}).Increment();
}

void Metrics::AddGauge(const std::string& name, const std::string& help,
                       std::function<double()> read) {
  AddGauges([name, help, read = std::move(read)] {
    return std::vector<Gauge>{{name, help, {{{}, read()}}}};
  });
}

void Metrics::AddGauges(ReadGauges read) {
  MutexLock lock(impl_->mutex);
  impl_->gauges.push_back(std::move(read));
}

std::string Metrics::Render() const {
  std::vector<prometheus::MetricFamily> families = impl_->registry.Collect();
  std::vector<ReadGauges> gauges;
  {
    MutexLock lock(impl_->mutex);
    gauges = impl_->gauges;
  }
  for (const ReadGauges& read : gauges) {
    for (const Gauge& gauge : read()) families.push_back(ToFamily(gauge));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace strata::broker
