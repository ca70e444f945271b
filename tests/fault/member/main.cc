// A member of a group as a process, to be killed, stopped and continued:
//
//   strata_test_member HOST:PORT TOPIC GROUP NAME NOTES SEED MAX_PROCESSING_MS SELDOM
//
// It works until SIGTERM, and notes in the file NOTES what it has processed before it commits that
// (tests/fault/history/work_log.h). It takes its time, commits now and then, and one time in SELDOM
// (0: never) may stand still for so long that its partitions are taken from it. Exit status: 0 it
// has left in good order, 1 the broker has said what it must not say.
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "client/lib/consumer.h"
#include "tests/fault/history/payload_record.h"
#include "tests/fault/history/work_log.h"
#include "tests/fault/process/dice.h"

namespace strata::fault {
namespace {

using std::chrono::milliseconds;
using testing::Outcome;

constexpr milliseconds kTurn{50};
constexpr milliseconds kLongestWork{4};
// Little, so that a backlog takes many turns.
constexpr std::int64_t kCreditRecords = 200;

std::atomic<bool> stopping = false;

// Appends whole lines to a file at once.
class Notes {
 public:
  explicit Notes(const char* path)
      : file_(open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {}
  ~Notes() { close(file_); }
  Notes(const Notes&) = delete;
  Notes& operator=(const Notes&) = delete;

  void Write(const std::string& lines) {
    const ssize_t written = write(file_, lines.data(), lines.size());
    if (written != static_cast<ssize_t>(lines.size())) std::perror("notes");
  }

 private:
  const int file_;
};

// The work itself, which leaves the processor to others.
void Take(milliseconds time) {
  poll(nullptr, 0, static_cast<int>(time.count()));
}

class Member {
 public:
  Member(const char* notes, std::uint64_t seed, milliseconds max_processing, std::int64_t seldom)
      : notes_(notes), dice_(seed), max_processing_(max_processing), seldom_(seldom) {}

  // Returns why it could not go on.
  Result<void> Work(const ConnectionOptions& broker, ConsumerOptions options) {
    options.max_processing = max_processing_;
    options.credit_records = kCreditRecords;
    options.listener.revoked = [this](const auto& partitions, auto) { Finish(partitions); };
    options.listener.lost = [this](const auto& partitions, const Error&) { Forget(partitions); };
    STRATA_TRY_ASSIGN(auto connection, Connection::Open(broker));
    STRATA_TRY_ASSIGN(consumer_, Consumer::Open(connection, options));
    while (!stopping) {
      STRATA_TRY_ASSIGN(const auto records, consumer_->Poll(kTurn));
      Process(records);
      if (!done_.empty() && dice_.OneIn(2)) CommitOne(done_.begin());
    }
    consumer_->Close();
    return Ok();
  }

 private:
  // What is processed and not committed.
  using Done = std::map<TopicPartition, OffsetCommit>;

  void Process(const std::vector<ConsumedRecord>& records) {
    if (records.empty()) return;
    std::string lines;
    const testing::WorkTime now = testing::WorkNow();
    for (const ConsumedRecord& consumed : records) {
      const testing::PayloadId payload =
          testing::PayloadRecord::In(consumed.record, /*keyed=*/false);
      lines += WorkLine(testing::ProcessedRecord{now, consumed.partition, consumed.generation,
                                                 consumed.record.offset, payload});
      const OffsetCommit behind = OffsetCommit::Behind(consumed);
      done_[behind.partition] = behind;
    }
    notes_.Write(lines);
    const bool slow = seldom_ > 0 && dice_.OneIn(seldom_);
    Take(dice_.Between(milliseconds(0), slow ? max_processing_ * 2 : kLongestWork));
  }

  // What is to be given back is committed first, or not.
  void Finish(const std::vector<TopicPartition>& partitions) {
    for (const TopicPartition& partition : partitions) {
      const auto done = done_.find(partition);
      if (done != done_.end() && dice_.OneIn(2)) CommitOne(done);
    }
    Forget(partitions);
  }

  void Forget(const std::vector<TopicPartition>& partitions) {
    for (const TopicPartition& partition : partitions) done_.erase(partition);
  }

  // Each partition by itself, so that it is known what became of it.
  void CommitOne(Done::iterator done) {
    const OffsetCommit commit = done->second;
    done_.erase(done);
    testing::CommitMade made{.begun = testing::WorkNow(),
                             .partition = commit.partition.partition,
                             .generation = commit.generation,
                             .offset = commit.offset};
    const Result<void> committed = consumer_->Commit({commit});
    made.told = testing::WorkNow();
    if (committed) made.outcome = Outcome::kOk;
    if (!committed && IsRefusal(committed.error().code)) made.outcome = Outcome::kFailed;
    if (made.outcome == Outcome::kUnknown) done_.emplace(commit.partition, commit);
    notes_.Write(WorkLine(made));
  }

  static bool IsRefusal(ErrorCode code) {
    return code == ErrorCode::NOT_ASSIGNED || code == ErrorCode::STALE_GENERATION;
  }

  Notes notes_;
  Dice dice_;
  const milliseconds max_processing_;
  const std::int64_t seldom_;
  Done done_;
  std::unique_ptr<Consumer> consumer_;  // last: its listener uses the rest
};

std::int64_t Number(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

int Run(char** argv) {
  std::signal(SIGTERM, [](int) { stopping = true; });
  Member member(argv[5], static_cast<std::uint64_t>(Number(argv[6])), milliseconds(Number(argv[7])),
                Number(argv[8]));
  const Result<void> worked = member.Work({.broker = argv[1], .client_id = argv[4]},
                                          {.group = argv[3], .topics = {argv[2]}});
  if (!worked) std::fprintf(stderr, "%s\n", worked.error().message.c_str());
  return worked ? 0 : 1;
}

}  // namespace
}  // namespace strata::fault

int main(int argc, char** argv) {
  return argc == 9 ? strata::fault::Run(argv) : 2;
}
