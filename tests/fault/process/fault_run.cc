#include "tests/fault/process/fault_run.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "client/lib/reader.h"
#include "tests/fault/history/checker.h"
#include "tests/fault/history/partition_check.h"
#include "tests/fault/history/payload_record.h"

namespace strata::fault {
namespace {

// Some times what such a small load needs, also under a sanitizer. A segment is open once at most
// for those who read, and how many there are depends on how fast the machine is.
constexpr std::size_t kMostOpenFilesBesideSegments = 250;
constexpr std::int64_t kMostResidentBytes = 512 << 20;
// Small, so that every round crosses segments.
constexpr char kSegmentBytes[] = "65536";
constexpr char kCompactedSegmentBytes[] = "4096";
constexpr std::int64_t kAcksBeforeHarm = 5;
constexpr std::int64_t kAcksAfterHarm = 5;

template <class T>
T Must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

std::size_t CountSegments(const e2e::Broker& broker) {
  const std::filesystem::recursive_directory_iterator files(broker.data_dir() / "topics");
  return static_cast<std::size_t>(std::count_if(begin(files), end(files), [](const auto& file) {
    return file.path().extension() == ".log";
  }));
}

std::shared_ptr<Connection> Connect(const e2e::Broker& broker) {
  return Must(Connection::Open({.broker = broker.address()}));
}

}  // namespace

FaultRun::FaultRun(e2e::Broker& broker, Dice& dice, LoadOptions load)
    : broker_(broker), dice_(dice), load_(std::move(load)) {
  std::map<std::string, std::string> config = load_.config;
  config.emplace("segment.bytes", load_.compacted ? kCompactedSegmentBytes : kSegmentBytes);
  if (load_.compacted) {
    config.emplace("cleanup.policy", "compact");
    config.emplace("min.cleanable.dirty.ratio", "0");
    for (std::int32_t i = 0; i < load_.partitions; ++i) {
      history_.Add(testing::CleanupAllowed{NameInHistory({load_.topic, i}), /*compaction=*/true});
    }
  }
  Must(Admin(Connect(broker_)).CreateTopic(load_.topic, load_.partitions, config));
}

void FaultRun::Round(const Harm& harm) {
  MixedLoad load(broker_.address(), load_, history_, payloads_, dice_);
  ASSERT_TRUE(load.WaitForAcks(kAcksBeforeHarm, testing::kTimeToHeal)) << broker_.Log();
  harm(load);
  EXPECT_TRUE(load.WaitForAcks(kAcksAfterHarm, testing::kTimeToHeal)) << "I9: " << broker_.Log();
  EXPECT_TRUE(load.WaitForCommits(1, testing::kTimeToHeal)) << "I9: " << broker_.Log();
  load.Stop();
  ReadEverything();
  EXPECT_LT(broker_.OpenFiles(), kMostOpenFilesBesideSegments + CountSegments(broker_)) << "I9";
  EXPECT_LT(broker_.ResidentBytes(), kMostResidentBytes) << "I9";
}

void FaultRun::KillAndRestart() {
  broker_.Kill();
  history_.Add(testing::Restarted{.calls_go_on = true});
  broker_.Start();
}

void FaultRun::ReadEverything() {
  Admin admin(Connect(broker_));
  const TopicDescription topic = Must(admin.DescribeTopic(load_.topic));
  for (const PartitionInfo& partition : topic.partitions) ReadPartition(partition);
  for (const auto& [key, value] : topic.topic.config) {
    if (key == kConfiguredKey) history_.Add(testing::Got{load_.topic + " " + key, value});
  }
  for (const GroupPartitionInfo& cursor : Must(admin.DescribeGroup(load_.group)).partitions) {
    testing::CursorRead read{load_.group, NameInHistory({cursor.topic, cursor.partition})};
    if (cursor.committed != kNoOffset) read.offset = cursor.committed;
    history_.Add(std::move(read));
  }
}

void FaultRun::ReadPartition(const PartitionInfo& partition) {
  const auto reader = Must(Reader::Open(Connect(broker_), load_.topic, partition.partition,
                                        Position::Beginning(), {.stop_at_end = true}));
  testing::CompleteRead read{.partition = NameInHistory({load_.topic, partition.partition}),
                             .log_start = partition.log_start,
                             .log_end = partition.log_end};
  while (!reader->at_end()) {
    const auto records = reader->Poll(std::chrono::seconds(1));
    ASSERT_TRUE(records.has_value()) << records.error().message;
    for (const RecordView& record : *records) {
      read.records.push_back({record.offset, testing::PayloadRecord::In(record, load_.compacted)});
    }
  }
  const Offset offsets = read.log_end - read.log_start;
  compacted_ |= static_cast<Offset>(read.records.size()) < offsets;
  history_.Add(std::move(read));
}

bool FaultRun::WaitForCompaction() {
  const auto deadline = std::chrono::steady_clock::now() + testing::kTimeToHeal;
  while (!compacted_ && std::chrono::steady_clock::now() < deadline) ReadEverything();
  return compacted_;
}

void FaultRun::Check() {
  EXPECT_TRUE(!load_.compacted || WaitForCompaction()) << broker_.Log();
  const auto violations = testing::CheckHistory(history_.events());
  EXPECT_TRUE(violations.empty()) << testing::Describe(violations) << broker_.Log();
}

}  // namespace strata::fault
