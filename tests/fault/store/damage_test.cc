// Damage on a disk that says nothing: a log cut at every byte, and single bits that have flipped.
// Whatever is left, the store serves what is intact of it or says what is wrong; it never gives out
// wrong bytes, and never less than was acked without a word.
#include <algorithm>
#include <atomic>
#include <iostream>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "proto/batch/batch_header.h"
#include "storage/log/local_log_store.h"
#include "storage/log/segment_name.h"
#include "tests/fault/history/checker.h"
#include "tests/fault/seed.h"
#include "tests/fault/store/lives.h"
#include "tests/fault/store/many_disks.h"
#include "tests/support/log_appends.h"
#include "tests/support/log_batches.h"
#include "tests/support/log_place.h"

namespace strata::testing {
namespace {

constexpr storage::PartitionId kPartition{1, 0};
constexpr std::size_t kLogBytes = 64 << 10;

// One segment of 64 KiB in batches of several sizes. The first half is recorded as stable.
class DamagedLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Start(std::chrono::milliseconds(0));
    Fill(kLogBytes / 2);
    stable_ = store_->Ends(kPartition)->log_end;
    store_.reset();
    Start(std::chrono::hours(1));
    Fill(kLogBytes);
    store_.reset();
    whole_ = disk_.Contents(path_).substr(0, static_cast<std::size_t>(size_));
    for (std::size_t at = 0; at < whole_.size();) {
      starts_.push_back(at);
      at += ParseBatchHeader(std::string_view(whole_).substr(at)).value().total_bytes();
    }
    starts_.push_back(whole_.size());
    before_ = disk_.Save();
    place_.OpenDatabases();
  }

  void Start(std::chrono::milliseconds note_interval) {
    storage::LocalLogStoreOptions options;
    options.note_interval = note_interval;
    store_ = place_.Open(options);
    ASSERT_TRUE(store_->Open(kPartition, {}).has_value());
  }

  void Fill(std::size_t bytes) {
    for (int i = 0; static_cast<std::size_t>(size_) < bytes; ++i) {
      const std::size_t batch = 100 + static_cast<std::size_t>(i * 37 % 400);
      ASSERT_TRUE(Append(*store_, kPartition, MakeBatchOfSize(batch)).has_value());
      size_ = store_->Status(kPartition)->size_bytes;
    }
  }

  // The log as it is opened with this in its segment.
  void OpenWith(const std::string& content) {
    for (const std::string& name : aside_) disk_.Erase(name);
    aside_.clear();
    disk_.SetContents(path_, content);
    storage::LocalLogStoreOptions options;
    options.data_dir = place_.path();
    options.state = &place_.state();
    options.index = &place_.index();
    options.file_system = &disk_;
    store_ = storage::OpenLocalLogStore(options).value();
    const auto opened = store_->Open(kPartition, {});
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    const std::string directory = storage::PartitionDirectory(place_.path(), kPartition);
    const std::vector<std::string> names = disk_.List(directory).value();
    for (const std::string& name : names) {
      if (name.find(".cut-at-") != name.npos) aside_.push_back(directory + "/" + name);
    }
  }

  // All that the store gives out, without what it says to be damaged.
  std::string ReadBytes() {
    std::string bytes;
    for (Offset next = 0;;) {
      const auto read = store_->Read(kPartition, next, {1 << 20});
      if (read && read->fragments.empty()) return bytes;
      if (read) {
        bytes += Join(*read);
        next = read->next_offset;
      } else {
        const auto damage = store_->Status(kPartition)->damage;
        if (damage.size() != 1 || damage[0].begin != next) return bytes;
        next = damage[0].end;
      }
    }
  }

  // How many whole batches lie before this position.
  Offset BatchesBefore(std::size_t position) const {
    const auto behind = std::upper_bound(starts_.begin(), starts_.end(), position);
    return static_cast<Offset>(behind - starts_.begin()) - 1;
  }

  // Of the log nothing is left but the batches before `end`, and the store says so if they were
  // more for sure. What it has cut off is set aside.
  void ExpectEndsAt(Offset end, const std::string& content) {
    const auto status = store_->Status(kPartition).value();
    const std::size_t bytes = starts_[static_cast<std::size_t>(end)];
    ASSERT_EQ(status.ends.log_end, std::max(end, stable_));
    ASSERT_EQ(status.damage.size(), end < stable_ ? 1U : 0U);
    if (end < stable_) {
      ASSERT_EQ(status.damage[0].begin, end);
      ASSERT_EQ(status.damage[0].end, stable_);
    }
    ASSERT_EQ(status.health.has_value(), end >= stable_);
    ASSERT_EQ(ReadBytes(), whole_.substr(0, bytes));
    if (end < stable_) {
      ASSERT_EQ(disk_.Contents(path_), content) << "nothing is touched";
    } else if (content.find_first_not_of('\0', bytes) != content.npos) {
      ASSERT_EQ(aside_.size(), 1u);
      ASSERT_EQ(disk_.Contents(aside_[0]), content.substr(bytes));
    }
  }

  // All is there but one batch, below what is recorded as stable.
  void ExpectHoleAt(Offset batch, const std::string& content) {
    const std::string bytes = ReadBytes();
    const auto status = store_->Status(kPartition).value();
    const auto index = static_cast<std::size_t>(batch);
    ASSERT_TRUE(status.health.has_value()) << status.health.error().message;
    ASSERT_EQ(status.damage.size(), 1u);
    ASSERT_EQ(status.damage[0].begin, batch);
    ASSERT_EQ(status.damage[0].end, batch + 1);
    ASSERT_EQ(bytes, whole_.substr(0, starts_[index]) + whole_.substr(starts_[index + 1]));
    ASSERT_EQ(disk_.Contents(path_), content) << "nothing is touched";
    ASSERT_TRUE(aside_.empty());
  }

  SimulatedFileSystem disk_;
  LogPlace place_{disk_};
  const std::string path_ = place_.SegmentPath(kPartition, 0);
  std::unique_ptr<storage::LogStore> store_;
  std::int64_t size_ = 0;
  Offset stable_ = 0;
  std::string whole_;
  std::vector<std::size_t> starts_;  // of the batches, and the end
  std::vector<std::string> aside_;
  DiskImage before_;
};

TEST_F(DamagedLogTest, CutAtEveryByteItEndsBehindTheLastWholeBatch) {
  const int cuts =
      std::min(ScaledRuns(static_cast<int>(whole_.size())), static_cast<int>(whole_.size()));
  const std::size_t step = whole_.size() / static_cast<std::size_t>(cuts);
  for (std::size_t cut = 0; cut <= whole_.size(); cut += step) {
    SCOPED_TRACE("cut at " + std::to_string(cut));
    const std::string content = whole_.substr(0, cut);
    OpenWith(content);
    if (!HasFatalFailure()) ExpectEndsAt(BatchesBefore(cut), content);
    if (HasFatalFailure()) return;
  }
  RecordProperty("cuts", cuts);
}

TEST_F(DamagedLogTest, WithAnyPagesOfItsUnflushedTailMissingItEndsBeforeTheFirstOfThem) {
  const std::uint64_t seed = FaultSeed();
  Dice dice(seed);
  const std::size_t first = starts_[static_cast<std::size_t>(stable_)];
  const int runs = ScaledRuns(2000);
  for (int run = 0; run < runs; ++run) {
    SCOPED_TRACE("run " + std::to_string(run));
    std::string content = whole_;
    std::size_t first_missing = content.size();
    for (std::size_t page = first / 4096; page * 4096 < content.size(); ++page) {
      if (Roll(dice, 2) == 0) continue;
      const std::size_t begin = std::max(page * 4096, first);
      const std::size_t end = std::min((page + 1) * 4096, content.size());
      content.replace(begin, end - begin, end - begin, '\0');
      first_missing = std::min(first_missing, begin);
    }
    OpenWith(content);
    if (!HasFatalFailure()) ExpectEndsAt(BatchesBefore(first_missing), content);
    if (HasFatalFailure()) return;
  }
  RecordProperty("tails", runs);
}

// The epoch of the owner stands in each batch beside its CRC; nobody uses it yet.
bool IsInEpoch(std::size_t byte_of_batch) {
  return byte_of_batch >= 12 && byte_of_batch < 16;
}

TEST_F(DamagedLogTest, ABitThatHasFlippedCostsItsBatchOrEndsTheUnflushedTailUnlessItIsInTheEpoch) {
  const std::uint64_t seed = FaultSeed();
  Dice dice(seed);
  const std::size_t bits = whole_.size() * 8;
  const bool all = static_cast<std::size_t>(ScaledRuns(5000)) >= bits;
  const int runs = all ? static_cast<int>(bits) : ScaledRuns(5000);
  for (int run = 0; run < runs; ++run) {
    const std::size_t bit = all ? static_cast<std::size_t>(run) : Roll(dice, bits);
    SCOPED_TRACE("bit " + std::to_string(bit));
    std::string content = whole_;
    content[bit / 8] =
        static_cast<char>(static_cast<unsigned char>(content[bit / 8]) ^ (1U << bit % 8));
    OpenWith(content);
    if (HasFatalFailure()) return;
    const Offset batch = BatchesBefore(bit / 8);
    if (IsInEpoch(bit / 8 - starts_[static_cast<std::size_t>(batch)])) {
      ASSERT_EQ(ReadBytes(), content);
    } else if (batch < stable_) {
      ExpectHoleAt(batch, content);
    } else {
      ExpectEndsAt(batch, content);
    }
    if (HasFatalFailure()) return;
  }
  RecordProperty("bits", runs);
}

// What a store left behind, and what its clients had been told.
struct Leftover {
  DiskImage disk;
  std::vector<Event> events;
  bool clean = false;  // it was closed in order
  // Where each partition ended when the store was closed in order last: on disk, and known to be.
  std::map<std::string, Offset> settled;
};

Leftover LeaveBehind(std::uint64_t seed, bool stop_cleanly) {
  Lives lives(seed);
  lives.OpenAndRead();
  lives.Work();
  lives.StopCleanly();
  Leftover left;
  left.clean = stop_cleanly;
  if (!stop_cleanly) {
    lives.OpenAndRead();
    for (const Event& event : lives.history().events()) {
      if (const auto* read = std::get_if<CompleteRead>(&event.body)) {
        left.settled[read->partition] = read->log_end;
      }
    }
    lives.Work();
    lives.KillProcess();
  }
  left.disk = lives.disk().Save();
  left.events = lives.history().events();
  return left;
}

// Whether the store has set something of this partition aside, and said so: what a crash left above
// the recorded stable offset is cut where it is not whole.
bool TailWasCut(const DiskImage& disk, const std::string& partition) {
  const std::size_t slash = partition.find('/');
  const std::string directory =
      "/data/topics/000000000000000" + partition.substr(0, slash) + partition.substr(slash) + "/";
  return std::any_of(disk.files.begin(), disk.files.end(), [&](const auto& file) {
    return file.first.starts_with(directory) && file.first.find(".cut-at-") != std::string::npos;
  });
}

// What clients were told of the store and of what is left of it.
std::vector<Event> WholeHistory(const Leftover& left, Lives& lives) {
  std::vector<Event> events = left.events;
  for (Event event : lives.history().events()) {
    if (auto* read = std::get_if<CompleteRead>(&event.body)) {
      if (!left.clean && TailWasCut(lives.disk().Save(), read->partition)) {
        const Offset least = std::max(read->log_end, left.settled.at(read->partition));
        read->damage.push_back({least, std::numeric_limits<Offset>::max()});
      }
    }
    events.push_back(std::move(event));
  }
  return events;
}

struct Flip {
  std::string path;
  std::uint64_t bit = 0;
};

Flip AnyFlip(const DiskImage& disk, Dice& dice) {
  while (true) {
    auto file = disk.files.begin();
    std::advance(file, static_cast<std::ptrdiff_t>(Roll(dice, disk.files.size())));
    if (!file->second.empty()) return {file->first, Roll(dice, file->second.size() * 8)};
  }
}

// Each bit; but of what RocksDB notes of its options, most of the bytes, one of each byte: nothing
// reads that.
std::vector<Flip> FlipsOfDatabases(const DiskImage& disk, Dice& dice) {
  std::vector<Flip> flips;
  for (const auto& [path, content] : disk.files) {
    if (path.find("/meta/") == path.npos && path.find("/index/") == path.npos) continue;
    const bool is_read = path.find("/OPTIONS-") == path.npos;
    for (std::uint64_t byte = 0; byte < content.size(); ++byte) {
      const std::uint64_t only = Roll(dice, 8);
      for (std::uint64_t bit = 0; bit < 8; ++bit) {
        if (is_read || bit == only) flips.push_back({path, byte * 8 + bit});
      }
    }
  }
  return flips;
}

class FlippedBitTest : public ::testing::TestWithParam<bool> {
 protected:
  // Opens what was left behind, with the bit flipped, and judges it.
  void Judge(const Leftover& left, const Flip& flip) {
    SCOPED_TRACE(flip.path + ", bit " + std::to_string(flip.bit));
    Lives lives(1);
    lives.disk().Load(left.disk);
    lives.disk().FlipBit(flip.path, flip.bit);
    const bool in_log = flip.path.find("/topics/") != std::string::npos;
    if (const Result<void> opened = lives.Open(); !opened) {
      ++refused_;
      EXPECT_FALSE(in_log) << opened.error().message;
      EXPECT_EQ(flip.path.find("/index/"), std::string::npos) << opened.error().message;
      EXPECT_NE(opened.error().code, ErrorCode::IO_ERROR) << opened.error().message;
      return;
    }
    const int reports = lives.workload().ReadWhatIsIntact(lives.store());
    // Damage of a log has bounds, and whoever reads on behind it gets the rest.
    EXPECT_TRUE(!in_log || lives.workload().ReadEverything(lives.store()));
    (reports > 0 ? reported_ : unharmed_) += 1;
    EXPECT_EQ(Describe(CheckHistory(WholeHistory(left, lives))), "");
  }

  void TellCounts(int bits) {
    RecordProperty("bits", bits);
    std::cout << bits << " bits: " << refused_ << " refused to start, " << reported_
              << " reported, " << unharmed_ << " did no harm" << std::endl;
  }

  std::atomic<int> refused_ = 0;
  std::atomic<int> reported_ = 0;
  std::atomic<int> unharmed_ = 0;
};

TEST_P(FlippedBitTest, NoFileOfAStoreLosesOrChangesAnythingWithoutAWord) {
  constexpr int kFlipsOfALeftover = 20;
  const std::uint64_t seed = FaultSeed();
  const int leftovers = ScaledRuns(1000 / kFlipsOfALeftover);
  OnManyDisks(leftovers, [&](int number) {
    Dice dice(seed + static_cast<unsigned>(number));
    SCOPED_TRACE("seed " + std::to_string(seed + static_cast<unsigned>(number)));
    const Leftover left = LeaveBehind(dice(), GetParam());
    for (int i = 0; i < kFlipsOfALeftover; ++i) Judge(left, AnyFlip(left.disk, dice));
  });
  TellCounts(leftovers * kFlipsOfALeftover);
}

TEST_P(FlippedBitTest, NoBitOfTheTruthOrTheIndexLosesOrChangesAnythingWithoutAWord) {
  const std::uint64_t seed = FaultSeed();
  const Leftover left = LeaveBehind(seed, GetParam());
  Dice dice(seed);
  std::vector<Flip> flips = FlipsOfDatabases(left.disk, dice);
  std::shuffle(flips.begin(), flips.end(), dice);
  const int runs = std::min(ScaledRuns(500), static_cast<int>(flips.size()));
  OnManyDisks(runs, [&](int run) { Judge(left, flips[static_cast<std::size_t>(run)]); });
  std::cout << "of " << flips.size() << ", ";
  TellCounts(runs);
}

std::string NameOf(const ::testing::TestParamInfo<bool>& stop_cleanly) {
  return stop_cleanly.param ? "clean" : "killed";
}

INSTANTIATE_TEST_SUITE_P(AfterAStop, FlippedBitTest, ::testing::Bool(), NameOf);

}  // namespace
}  // namespace strata::testing
