#include "tests/fault/process/mixed_load.h"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

#include "client/lib/admin.h"
#include "client/lib/reader.h"
#include "tests/fault/history/payload_record.h"

namespace strata::fault {

using testing::Outcome;

namespace {

constexpr std::chrono::milliseconds kTurn{20};
constexpr std::int64_t kLongestBurst = 30;

std::shared_ptr<Connection> Connect(const std::string& broker) {
  auto connection =
      Connection::Open({.broker = broker, .call_timeout = std::chrono::milliseconds(10'000)});
  if (!connection) throw std::runtime_error(connection.error().message);
  return *connection;
}

// Whether a commit with this error certainly has no effect.
bool IsRefusal(ErrorCode code) {
  return code == ErrorCode::NOT_ASSIGNED || code == ErrorCode::STALE_GENERATION;
}

}  // namespace

std::string NameInHistory(const TopicPartition& partition) {
  return partition.topic + "/" + std::to_string(partition.partition);
}

MixedLoad::MixedLoad(const std::string& broker, LoadOptions options, testing::History& history,
                     std::atomic<testing::PayloadId>& payloads, Dice& dice)
    : options_(std::move(options)),
      connection_(Connect(broker)),
      history_(history),
      payloads_(payloads) {
  counts_.acks.resize(static_cast<std::size_t>(options_.partitions));
  for (int i = 0; i < options_.producers; ++i) {
    threads_.emplace_back([this, own = dice.Split()] { Produce(own); });
  }
  for (int i = 0; i < options_.members; ++i) {
    threads_.emplace_back([this, own = dice.Split()] { Work(own); });
  }
  threads_.emplace_back([this] { Follow(); });
  threads_.emplace_back([this, own = dice.Split()] { Configure(own); });
}

MixedLoad::~MixedLoad() {
  Stop();
}

void MixedLoad::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void MixedLoad::Produce(Dice dice) {
  std::unique_ptr<Producer> producer;
  while (!producer) {
    auto opened = Producer::Open(connection_, options_.topic,
                                 {.delivery_timeout = options_.delivery_timeout});
    if (opened) producer = std::move(*opened);
    if (stopping_) return;
  }
  Numbering numbering{history_.NextCall(),
                      std::vector<std::int32_t>(static_cast<std::size_t>(options_.partitions))};
  while (!stopping_) {
    for (std::int64_t i = dice.Between(1, kLongestBurst); i > 0; --i) {
      Send(*producer, numbering, dice);
    }
    producer->Flush();
  }
}

void MixedLoad::Send(Producer& producer, Numbering& numbering, Dice& dice) {
  const testing::PayloadId payload = ++payloads_;
  const auto partition = static_cast<std::int32_t>(dice.Between(0, options_.partitions - 1));
  const testing::CallId call = history_.NextCall();
  const testing::ProducerStamp stamp{numbering.producer, 0,
                                     numbering.next[static_cast<std::size_t>(partition)]++};
  history_.Add(
      testing::AppendInvoked{call, NameInHistory({options_.topic, partition}), {payload}, stamp});
  const testing::PayloadRecord record(payload, options_.compacted);
  producer.Send(
      record.view(),
      [this, call, partition](const Result<Placed>& placed) { Returned(call, partition, placed); },
      partition);
}

void MixedLoad::Returned(testing::CallId call, std::int32_t partition,
                         const Result<Placed>& placed) {
  testing::AppendReturned returned{.call = call};
  if (placed) {
    returned.outcome = Outcome::kOk;
    returned.base_offset = placed->offset;
  }
  history_.Add(returned);
  MutexLock lock(mutex_);
  if (placed) {
    ++counts_.acks[static_cast<std::size_t>(partition)];
  } else {
    ++counts_.failures;
  }
  counted_.NotifyAll();
}

void MixedLoad::Follow() {
  std::vector<std::unique_ptr<Reader>> readers;
  for (std::int32_t i = 0; i < options_.partitions; ++i) {
    auto reader = Reader::Open(connection_, options_.topic, i, Position::End());
    if (!reader) throw std::runtime_error(reader.error().message);
    readers.push_back(std::move(*reader));
  }
  std::vector<std::optional<Offset>> next(readers.size());
  while (!stopping_) {
    for (std::int32_t i = 0; i < options_.partitions; ++i) {
      const auto records = readers[static_cast<std::size_t>(i)]->Poll(kTurn);
      std::optional<Offset>& from = next[static_cast<std::size_t>(i)];
      if (!records) {
        NoteFailedRead(NameInHistory({options_.topic, i}), from.value_or(kNoOffset),
                       records.error());
      }
      if (!records || records->empty()) continue;
      testing::ReadReturned seen{.partition = NameInHistory({options_.topic, i}), .from = from};
      for (const RecordView& record : *records) seen.records.push_back(SeenIn(record));
      from = seen.records.back().offset + 1;
      history_.Add(std::move(seen));
    }
  }
}

void MixedLoad::Work(Dice dice) {
  GivenByPartition given;
  ConsumerOptions options{.group = options_.group, .topics = {options_.topic}};
  std::map<TopicPartition, OffsetCommit> processed;
  options.listener.revoked = [&](const auto& partitions, auto) {
    for (const TopicPartition& partition : partitions) processed.erase(partition);
  };
  options.listener.lost = [&](const auto& partitions, const Error& why) {
    for (const TopicPartition& partition : partitions) {
      processed.erase(partition);
      if (why.code != ErrorCode::CORRUPT_LOG) continue;
      NoteFailedRead(NameInHistory(partition), given[partition].next, why);
    }
  };
  auto consumer = Consumer::Open(connection_, options);
  if (!consumer) throw std::runtime_error(consumer.error().message);
  while (!stopping_) {
    const auto records = (*consumer)->Poll(kTurn);
    if (!records) {
      NoteFailedRead(NameInHistory({options_.topic, 0}), kNoOffset, records.error());
      continue;
    }
    NoteConsumed(*records, &given);
    for (const ConsumedRecord& record : *records) {
      const OffsetCommit behind = OffsetCommit::Behind(record);
      processed[behind.partition] = behind;
    }
    if (processed.empty() || !dice.OneIn(3)) continue;
    const OffsetCommit commit = processed.begin()->second;
    processed.erase(processed.begin());
    Commit(**consumer, commit);
    if (!dice.OneIn(3)) continue;
    OffsetCommit late = commit;
    late.offset = std::max<Offset>(late.offset - dice.Between(1, 10), 0);
    Commit(**consumer, late);
  }
  (*consumer)->Close();
}

testing::SeenRecord MixedLoad::SeenIn(const RecordView& record) const {
  return {record.offset, testing::PayloadRecord::In(record, options_.compacted)};
}

// A broker that is not there is waited for within Poll; so whatever it says is too much.
void MixedLoad::NoteFailedRead(const std::string& partition, Offset from, const Error& error) {
  history_.Add(testing::ReadFailed{partition, from, std::string(ErrorName(error.code))});
}

void MixedLoad::NoteConsumed(const std::vector<ConsumedRecord>& records, GivenByPartition* given) {
  std::map<TopicPartition, testing::ReadReturned> seen;
  for (const ConsumedRecord& record : records) {
    const TopicPartition partition{std::string(record.topic), record.partition};
    const std::string name = NameInHistory(partition);
    const auto [last, first] = given->try_emplace(partition);
    if (first || last->second.generation != record.generation) {
      history_.Add(testing::Resumed{options_.group, name, record.record.offset});
      last->second = {record.generation, record.record.offset};
    }
    testing::ReadReturned& read = seen[partition];
    if (read.records.empty()) {
      read.partition = name;
      read.from = last->second.next;
    }
    read.records.push_back(SeenIn(record.record));
    last->second.next = record.record.offset + 1;
  }
  for (auto& [partition, read] : seen) history_.Add(std::move(read));
}

void MixedLoad::Commit(Consumer& consumer, const OffsetCommit& commit) {
  const testing::CallId call = history_.NextCall();
  history_.Add(testing::CommitInvoked{call, options_.group, NameInHistory(commit.partition),
                                      commit.offset, /*forward_only=*/true});
  const Result<void> committed = consumer.Commit({commit});
  testing::CommitReturned returned{.call = call};
  if (committed) returned.outcome = Outcome::kOk;
  if (!committed && IsRefusal(committed.error().code)) returned.outcome = Outcome::kFailed;
  history_.Add(returned);
  if (!committed) return;
  MutexLock lock(mutex_);
  ++counts_.commits;
  counted_.NotifyAll();
}

void MixedLoad::Configure(Dice dice) {
  Admin admin(connection_);
  while (!stopping_) {
    const std::string value = std::to_string(dice.Between(1'000'000, 2'000'000));
    const testing::CallId call = history_.NextCall();
    history_.Add(testing::PutInvoked{call, options_.topic + " " + kConfiguredKey, value});
    const auto altered = admin.AlterTopic(options_.topic, {{kConfiguredKey, value}});
    if (altered) history_.Add(testing::PutReturned{call, Outcome::kOk});
    MutexLock lock(mutex_);
    if (altered) ++counts_.changes;
    counted_.NotifyAll();
    counted_.WaitUntil(mutex_, Clock::now() + kTurn);
  }
}

bool MixedLoad::WaitForAcks(std::int64_t more, std::chrono::milliseconds patience) {
  return WaitFor(
      [more](const Counts& before, const Counts& now) {
        return std::equal(before.acks.begin(), before.acks.end(), now.acks.begin(),
                          [more](auto was, auto is) { return is >= was + more; });
      },
      patience);
}

bool MixedLoad::WaitForFailures(std::int64_t more, std::chrono::milliseconds patience) {
  return WaitFor([more](const Counts& before,
                        const Counts& now) { return now.failures >= before.failures + more; },
                 patience);
}

bool MixedLoad::WaitForChanges(std::int64_t more, std::chrono::milliseconds patience) {
  return WaitFor([more](const Counts& before,
                        const Counts& now) { return now.changes >= before.changes + more; },
                 patience);
}

bool MixedLoad::WaitForCommits(std::int64_t more, std::chrono::milliseconds patience) {
  return WaitFor([more](const Counts& before,
                        const Counts& now) { return now.commits >= before.commits + more; },
                 patience);
}

bool MixedLoad::WaitFor(const Condition& condition, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  MutexLock lock(mutex_);
  const Counts before = counts_;
  while (!condition(before, counts_)) {
    if (!counted_.WaitUntil(mutex_, deadline)) return condition(before, counts_);
  }
  return true;
}

}  // namespace strata::fault
