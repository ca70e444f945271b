// What it costs the broker to deliver one topic to many groups that all read its tail.
//
//   strata_tail_groups [--groups N...] [--batch-bytes N] [--seconds N] [--rounds N] [--commit]
//
// One batch at a time is appended, and the next one when every group has got it; so nobody ever
// falls behind. A stratad of its own, over loopback; each group has one member, a thread of this
// process with a connection of its own. bench/METHOD.md says what is measured.
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "bench/groups/bench_member.h"
#include "bench/groups/must.h"
#include "bench/groups/rounds.h"
#include "client/lib/admin.h"
#include "client/lib/producer.h"
#include "proto/base/mutex.h"
#include "tests/support/process/broker.h"
#include "tests/support/temp_dir.h"

namespace strata::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kTopic[] = "t";
constexpr std::size_t kRecordBytes = 100;
constexpr double kGigabyte = 1e9;
constexpr double kMegabyte = 1e6;

struct Options {
  std::vector<int> groups = {1, 10, 100, 1'000};
  std::size_t batch_bytes = 64 << 10;
  int seconds = 4;
  int rounds = 3;
  bool commit = false;
};

// Counts which groups have got a batch.
class Arrivals {
 public:
  void Arrived() {
    MutexLock lock(mutex_);
    ++count_;
    changed_.NotifyAll();
  }
  void WaitFor(std::int64_t count) {
    MutexLock lock(mutex_);
    while (count_ < count) changed_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::int64_t count_ STRATA_GUARDED_BY(mutex_) = 0;
};

struct Results {
  Rounds cpu_s_per_gb;        // of the broker
  Rounds delivered_mb_per_s;  // beside it
  Rounds resident_mb;         // of the broker, when all are at work
  Rounds read_mb;             // by the broker, from files
};

// So many groups on a broker of their own.
class Round {
 public:
  Round(const Options& options, int groups)
      : options_(options), records_(options.batch_bytes / kRecordBytes) {
    const auto connection = Must(Connection::Open({.broker = broker_.address()}));
    Must(Admin(connection).CreateTopic(kTopic, 1));
    producer_ = Must(Producer::Open(
        connection, kTopic, {.batch_bytes = 2 * options.batch_bytes, .linger = kLongerThanABatch}));
    for (int i = 0; i < groups; ++i) Join(i);
    // All have joined and begun when the first batch is there.
    SendBatch();
  }

  void Run(Results* results) {
    SendFor(std::chrono::seconds(1));
    const auto cpu_before = broker_.CpuTime();
    const std::int64_t read_before = broker_.BytesRead();
    const auto begun = Clock::now();
    const std::int64_t batches = SendFor(std::chrono::seconds(options_.seconds));
    const std::chrono::duration<double> took = Clock::now() - begun;
    const std::chrono::duration<double> cpu = broker_.CpuTime() - cpu_before;
    const double bytes = static_cast<double>(batches) *
                         static_cast<double>(records_ * kRecordBytes * members_.size());
    results->cpu_s_per_gb.Add(cpu.count() / (bytes / kGigabyte));
    results->delivered_mb_per_s.Add(bytes / kMegabyte / took.count());
    results->resident_mb.Add(static_cast<double>(broker_.ResidentBytes()) / kMegabyte);
    results->read_mb.Add(static_cast<double>(broker_.BytesRead() - read_before) / kMegabyte);
  }

 private:
  // What is sent goes out with the Flush.
  static constexpr std::chrono::milliseconds kLongerThanABatch{1'000};

  void Join(int number) {
    const auto got = std::make_shared<std::size_t>(0);
    members_.push_back(std::make_unique<BenchMember>(
        broker_.address(),
        ConsumerOptions{.group = "g" + std::to_string(number), .topics = {kTopic}},
        BenchMember::Callbacks{.records = [this, got](Consumer& consumer, const auto& records) {
          if (options_.commit) consumer.CommitAsync([](const Result<void>& done) { Must(done); });
          *got += records.size();
          for (; *got >= records_; *got -= records_) arrivals_.Arrived();
        }}));
  }

  void SendBatch() {
    const std::string value(kRecordBytes, 'v');
    RecordView record;
    record.value = value;
    for (std::size_t i = 0; i < records_; ++i) producer_->Send(record, nullptr);
    producer_->Flush();
    expected_ += static_cast<std::int64_t>(members_.size());
    arrivals_.WaitFor(expected_);
  }

  std::int64_t SendFor(std::chrono::seconds time) {
    const auto end = Clock::now() + time;
    std::int64_t batches = 0;
    for (; Clock::now() < end; ++batches) SendBatch();
    return batches;
  }

  const Options& options_;
  const std::size_t records_;  // of a batch
  const strata::testing::TempDir directory_;
  // A small cache, so that memory does not tell how much was appended.
  e2e::Broker broker_{directory_ / "data", {"--tail-cache-bytes", "8388608"}};
  Arrivals arrivals_;
  std::int64_t expected_ = 0;
  std::unique_ptr<Producer> producer_;
  std::vector<std::unique_ptr<BenchMember>> members_;
};

void Print(const Options& options, std::map<int, Results>& results) {
  fmt::print(
      "batches of {} B in records of {} B, on disk before the ack, {} commits; median of {} "
      "rounds (least to most)\n",
      options.batch_bytes, kRecordBytes, options.commit ? "with" : "without", options.rounds);
  fmt::print("{:>7}  {:<26}{:<10}{:<28}{:<24}{}\n", "groups", "broker CPU s / GB", "of one",
             "delivered MB/s", "resident MB", "read from files MB");
  const double one = results.begin()->second.cpu_s_per_gb.median();
  for (const auto& [groups, result] : results) {
    fmt::print("{:>7}  {:<26}{:<10.2f}{:<28}{:<24}{}\n", groups, result.cpu_s_per_gb.Text(3),
               result.cpu_s_per_gb.median() / one, result.delivered_mb_per_s.Text(0),
               result.resident_mb.Text(0), result.read_mb.Text(1));
  }
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Measures what many groups at the tail of one topic cost the broker");
  app.add_option("--groups", options.groups)->check(CLI::Range(1, 5'000));
  app.add_option("--batch-bytes", options.batch_bytes)
      ->check(CLI::Range(std::size_t{kRecordBytes}, std::size_t{4 << 20}));
  app.add_option("--seconds", options.seconds)->check(CLI::Range(1, 3'600));
  app.add_option("--rounds", options.rounds)->check(CLI::Range(1, 1'000));
  app.add_flag("--commit", options.commit, "Each group commits whatever it is given");
  CLI11_PARSE(app, argc, argv);
  std::map<int, Results> results;
  for (int i = 0; i < options.rounds; ++i) {
    for (const int groups : options.groups) Round(options, groups).Run(&results[groups]);
  }
  Print(options, results);
  return 0;
}

}  // namespace
}  // namespace strata::bench

int main(int argc, char** argv) {
  return strata::bench::Main(argc, argv);
}
