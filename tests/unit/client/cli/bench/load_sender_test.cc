// What a producer is given, and from when on its answers are measured; the producer is a fake that
// answers at once.
#include "client/cli/bench/load_sender.h"

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/bench/stamp.h"

namespace strata::cli {
namespace {

using std::chrono::hours;
using std::chrono::steady_clock;
using ::testing::ElementsAre;

struct Given {
  std::vector<std::string> values;
  std::vector<std::string> keys;
  std::vector<std::optional<Stamp::TimePoint>> stamps;
  int flushes = 0;
  std::promise<void> first;  // is set with the first record
};

class FakeProducer : public Producer {
 public:
  explicit FakeProducer(Given& given, Result<Placed> answer = Placed{})
      : given_(given), answer_(std::move(answer)) {}

  void Send(const RecordView& record, Callback done, std::optional<std::int32_t>) override {
    given_.values.emplace_back(record.value.value_or("absent"));
    given_.keys.emplace_back(record.key.value_or("absent"));
    given_.stamps.push_back(Stamp::Of(record));
    if (given_.values.size() == 1) given_.first.set_value();
    done(answer_);
  }
  void Flush() override { ++given_.flushes; }

 private:
  Given& given_;
  const Result<Placed> answer_;
};

class LoadSenderTest : public ::testing::Test {
 protected:
  LoadSender Sender(RecordShape shape, Result<Placed> answer = Placed{}) {
    return {std::make_unique<FakeProducer>(given_, std::move(answer)), shape, payloads_,
            /*first_value=*/1, run_};
  }

  const Interrupt interrupt_;
  RunState run_{interrupt_};
  const Payloads payloads_ = *Payloads::OfLines("a\nbb\nccc\n");
  Given given_;
};

TEST_F(LoadSenderTest, SendsItsShareWithAllValuesInTurnAndFlushes) {
  LoadSender sender = Sender({.keys = 2});
  sender.Send({{.records = 8}, steady_clock::now()}, {.first = 1, .stride = 3});
  EXPECT_THAT(given_.values, ElementsAre("bb", "ccc", "a"));
  EXPECT_THAT(given_.keys, ElementsAre("1", "0", "1"));  // 1, 4, 7
  EXPECT_THAT(given_.stamps, ElementsAre(std::nullopt, std::nullopt, std::nullopt));
  EXPECT_EQ(given_.flushes, 1);
  EXPECT_EQ(sender.sent(), (Amount{.records = 3, .bytes = 9}));
  EXPECT_EQ(sender.acknowledged(), 3U);
  EXPECT_EQ(sender.TakeLatencies().count(), 1U) << "of so few bytes";
  EXPECT_EQ(sender.TakeLatencies().count(), 0U);
  EXPECT_EQ(sender.TakeLateness().count(), 0U) << "without a rate nothing is due";
}

TEST_F(LoadSenderTest, TimesOneRecordInAThousandBytesAndEachLargeOne) {
  LoadSender small = Sender({});  // of 2 bytes on average
  small.Send({{.records = 1'600}, steady_clock::now()}, {});
  EXPECT_EQ(small.TakeLatencies().count(), 4U);
  const Payloads large = *Payloads::OfLines(std::string(1'000, 'x') + "\n");
  Given given;
  LoadSender sender(std::make_unique<FakeProducer>(given), {}, large, /*first_value=*/0, run_);
  sender.Send({{.records = 5}, steady_clock::now()}, {});
  EXPECT_EQ(sender.TakeLatencies().count(), 5U);
}

TEST_F(LoadSenderTest, StopsInTimeAlsoIfRecordsHaveNoBytes) {
  const Payloads empty = Payloads::OfSize(0);
  Given given;
  LoadSender sender(std::make_unique<FakeProducer>(given), {}, empty, /*first_value=*/0, run_);
  sender.Send({{.time = std::chrono::milliseconds(1)}, steady_clock::now()}, {});
  EXPECT_GT(sender.acknowledged(), 0U);
}

TEST_F(LoadSenderTest, GivesNoKeysUnlessAsked) {
  LoadSender sender = Sender({});
  sender.Send({{.records = 1}, steady_clock::now()}, {});
  EXPECT_THAT(given_.keys, ElementsAre("absent"));
}

TEST_F(LoadSenderTest, MeasuresALateRecordFromWhenItWasDue) {
  LoadSender sender = Sender({.stamped = true});
  const auto begin = steady_clock::now() - hours(1);
  sender.Send({{.records = 3, .per_second = 1}, begin}, {});
  const std::chrono::seconds second(1);
  EXPECT_THAT(given_.stamps, ElementsAre(begin, begin + second, begin + 2 * second));
  const Latencies latencies = sender.TakeLatencies();
  EXPECT_EQ(latencies.count(), 3U);
  EXPECT_GE(latencies.Percentile(0.01), hours(1) - 2 * second);
  const Latencies lateness = sender.TakeLateness();
  EXPECT_EQ(lateness.count(), 3U);
  EXPECT_GE(lateness.Percentile(0.01), hours(1) - 2 * second);
  EXPECT_EQ(sender.TakeLateness().count(), 0U);
}

TEST_F(LoadSenderTest, DoesNotSendBeforeARecordIsDue) {
  LoadSender sender = Sender({.stamped = true});
  const auto begin = steady_clock::now();
  sender.Send({{.records = 3, .per_second = 100}, begin}, {});
  EXPECT_GE(steady_clock::now(), begin + std::chrono::milliseconds(20));
  EXPECT_EQ(given_.stamps.size(), 3U);
}

TEST_F(LoadSenderTest, SendsNothingAheadOfItsTimeWhenTheRunEnds) {
  LoadSender sender = Sender({});
  const auto failing = std::async(std::launch::async, [this] {
    given_.first.get_future().wait();
    run_.Fail({ErrorCode::DISK_FULL, "full"});
  });
  sender.Send({{.records = 2, .per_second = 1}, steady_clock::now()}, {});
  EXPECT_EQ(given_.values.size(), 1U);
  EXPECT_EQ(given_.flushes, 1);
}

TEST_F(LoadSenderTest, EndsTheRunAtTheFirstError) {
  LoadSender sender = Sender({}, strata::Fail(ErrorCode::DISK_FULL, "full"));
  sender.Send({{.records = 1'000}, steady_clock::now()}, {});
  EXPECT_EQ(given_.values.size(), 1U);
  ASSERT_FALSE(run_.result());
  EXPECT_EQ(run_.result().error().code, ErrorCode::DISK_FULL);
  EXPECT_EQ(sender.acknowledged(), 0U);
  EXPECT_EQ(sender.TakeLatencies().count(), 0U);
}

}  // namespace
}  // namespace strata::cli
