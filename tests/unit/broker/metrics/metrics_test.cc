#include "broker/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace strata::broker {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, CountersBeginAtZero) {
  const std::string page = Metrics().Render();
  EXPECT_THAT(page, HasSubstr("\nstrata_appended_records_total 0\n"));
  EXPECT_THAT(page, HasSubstr("\nstrata_fetched_bytes_total 0\n"));
}

TEST(Metrics, AppendsAreCountedInRecordsBytesAndTime) {
  Metrics metrics;
  metrics.CountAppend(10, 1000, std::chrono::microseconds(300));
  metrics.CountAppend(5, 500, std::chrono::milliseconds(30));
  const std::string page = metrics.Render();
  EXPECT_THAT(page, HasSubstr("\nstrata_appended_records_total 15\n"));
  EXPECT_THAT(page, HasSubstr("\nstrata_appended_bytes_total 1500\n"));
  EXPECT_THAT(page, HasSubstr("\nstrata_append_latency_seconds_count 2\n"));
  EXPECT_THAT(page, HasSubstr("strata_append_latency_seconds_bucket{le=\"0.0005\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("strata_append_latency_seconds_bucket{le=\"0.05\"} 2\n"));
}

TEST(Metrics, ErrorsAreCountedByReason) {
  Metrics metrics;
  metrics.CountAppendError(ErrorCode::DISK_FULL);
  metrics.CountAppendError(ErrorCode::DISK_FULL);
  metrics.CountAppendError(ErrorCode::CORRUPT_BATCH);
  const std::string page = metrics.Render();
  EXPECT_THAT(page, HasSubstr("strata_append_errors_total{reason=\"DISK_FULL\"} 2\n"));
  EXPECT_THAT(page, HasSubstr("strata_append_errors_total{reason=\"CORRUPT_BATCH\"} 1\n"));
}

TEST(Metrics, FetchesAreCountedInBytes) {
  Metrics metrics;
  metrics.CountFetch(7);
  EXPECT_THAT(metrics.Render(), HasSubstr("\nstrata_fetched_bytes_total 7\n"));
}

TEST(Metrics, GaugesAreReadAtEachScrape) {
  Metrics metrics;
  double value = 1;
  metrics.AddGauge("strata_test", "What a test says", [&] { return value; });
  EXPECT_THAT(metrics.Render(), HasSubstr("# HELP strata_test What a test says\n"));
  value = 42;
  EXPECT_THAT(metrics.Render(), HasSubstr("\nstrata_test 42\n"));
}

}  // namespace
}  // namespace strata::broker
